/* SPDX-License-Identifier: MIT */
/* long_handler - tells of a handler that stays; see long_handler.h. */
#include "vm/admin/long_handler.h"

#include "vm/admin/inspect.h"
#include "vm/vm.h"

/* How many calls of handlers have returned, or have been made again. */
static uint64_t
read_calls(const struct crew *crew)
{
	/* [H] */
	return atomic_load_explicit(&crew->counts.handled,
	    memory_order_relaxed) + atomic_load_explicit(&crew->counts.retried,
	    memory_order_relaxed);
}

/* True while the worker has not returned from the call that was seen. */
static bool
stays(const struct long_handler *seen, const struct worker *worker,
    const struct task *task)
{
	const struct crew *crew = worker->user;

	/* [R], [H] */
	return atomic_load_explicit(&worker->running, memory_order_acquire) ==
	    task && atomic_load_explicit(&worker->picks,
	    memory_order_acquire) == seen->picks &&
	    read_calls(crew) == seen->calls;
}

static void
tell(struct ths_vm *vm, const struct inspected *actor, uint32_t slot,
    uint64_t span_ns)
{
	char text[THS_ADDRESS_TEXT_SIZE];

	/* Relaxed: a number to look at; one writer. */
	counts_add(&vm->long_handlers, 1);
	log_write(&vm->log, THS_LOG_WARNING, "actor %s %s has been in its "
	    "handler for %llu ms", inspect_kind(vm, actor->kind),
	    ths_address_print(vm_address(vm, slot, actor->life), text),
	    (unsigned long long)(span_ns / 1000000));
}

void
long_handler_seen(struct ths_vm *vm, const struct worker *worker,
    struct task *task, uint64_t now)
{
	struct crew *crew = worker->user;
	struct long_handler *seen = &crew->long_handler;
	const struct slot *slot = slot_of_task(task);
	uint64_t calls = read_calls(crew);
	struct inspected actor;
	/* [R] */
	uint64_t picks = atomic_load_explicit(&worker->picks,
	    memory_order_acquire);

	if (seen->picks != picks || seen->calls != calls) {
		*seen = (struct long_handler){ picks, calls, now, false };
		return;
	}
	if (seen->is_told ||
	    now - seen->since_ns < (uint64_t)vm->config.long_handler_ns)
		return;
	/* A place where nobody lives has strays to bury, and no handler. */
	if (!inspect_slot(slot, &actor) || !stays(seen, worker, task))
		return;
	seen->is_told = true;
	tell(vm, &actor, slot->index, now - seen->since_ns);
}
