/* SPDX-License-Identifier: MIT */
/*
 * stop - ends a VM, so that every message is accounted for.
 *
 *   1  close the door: state STOPPING; whoever waits outside wakes with
 *      THS_STOPPED, spawns and sends from outside are refused; who had sat
 *      down at a desk before has got up
 *   2  ask: every living actor without a parent gets an exit request, behind
 *      the mail it has, and asks its children
 *   3  wait for stillness: all workers idle and nothing queued; actors that are
 *      still alive then (spawned while the door closed, or left by their
 *      parents) are asked in turn
 *   4  end the workers
 *   5  settle: a visit to each client, behind whoever was past the door; its
 *      mail is dead with reason STOPPED
 *   6  bury: what is still alive (time was over) runs its exit here
 *   7  settle again: those exits may have sent mail to clients
 *   8  drain: all mail left is dead with reason STOPPED
 *
 * An actor may begin the stop: then it has closed the door, and asked, when the
 * host comes, and step 2 has been done but for whoever slipped in.
 *
 * A thread from outside that sits down at its client's desk looks at the state
 * again, so after the visit of step 5 nothing more comes in there.
 */
#include "base/check.h"
#include "base/sched_point.h"
#include "thespis/life.h"
#include "vm/actor/dead.h"
#include "vm/actor/init.h"
#include "vm/actor/life.h"
#include "vm/actor/strays.h"
#include "vm/admin/announce.h"
#include "vm/endpoint/client.h"
#include "vm/observe.h"
#include "vm/vm.h"

/* ------------------------------------------------------------------ asking */

/* Sends an exit request to whoever lives in slot now; false: no memory. */
static bool
ask_to_exit(struct crew *crew, struct slot *slot)
{
	struct envelope *request = send_exit_request(crew);

	if (request != NULL)
		send_own(crew, slot, request);
	return request != NULL;
}

/* The same for who has no crew of his own: at the door. */
static bool
ask_at_door(struct ths_vm *vm, struct slot *slot)
{
	struct ths_client *door = vm->door;
	bool is_asked;

	client_sit(door);
	is_asked = ask_to_exit(&door->crew, slot);
	client_stand(door);
	return is_asked;
}

/*
 * Asks everybody alive, or only those without a parent, who ask their children;
 * false when there was no memory for some.  crew is NULL, or who asks is a
 * handler on it.
 */
static bool
ask_all(struct ths_vm *vm, struct crew *crew, bool with_children)
{
	bool are_all_asked = true;

	for (uint32_t i = 1; i < slots_used(&vm->slots); i++) {
		struct slot *slot = slots_at(&vm->slots, i);

		/* Relaxed: who is missed is asked in the next round. */
		if (!atomic_load_explicit(&slot->is_alive,
		    memory_order_relaxed) || (!with_children &&
		    slot_parent(slot) != SLOT_NONE))
			continue;
		if (!(crew != NULL ? ask_to_exit(crew, slot) :
		    ask_at_door(vm, slot)))
			are_all_asked = false;
	}
	return are_all_asked;
}

static bool
is_anybody_alive(const struct ths_vm *vm)
{
	for (uint32_t i = 1; i < slots_used(&vm->slots); i++) {
		/* Relaxed: as above. */
		if (atomic_load_explicit(&slots_at(&vm->slots, i)->is_alive,
		    memory_order_relaxed))
			return true;
	}
	return false;
}

static bool
is_still(const struct ths_vm *vm)
{
	/* Twice: a worker that a timer woke in between may have taken a task to
	 * where has_work does not look. */
	return crowd_is_all_idle(&vm->scheduler.crowd) &&
	    !scheduler_has_work(&vm->scheduler) &&
	    crowd_is_all_idle(&vm->scheduler.crowd);
}

/* Waits until nothing runs or is ready; false when the time is over. */
static bool
wait_for_stillness(struct ths_vm *vm, uint64_t deadline_ns)
{
	for (;;) {
		uint32_t ticket = parker_ticket(&vm->stopper);

		sched_point(SCHED_SITE_CLIENT);
		if (is_still(vm))
			return true;
		if (vm_now(vm) >= deadline_ns)
			return false;
		if (vm->config.mode != THS_MODE_INLINE ||
		    (pump_run(vm, 1024, NULL, NULL) == 0 &&
		    pump_is_taken(vm)))
			parker_wait(&vm->stopper, ticket, deadline_ns);
	}
}

/* Steps 2 and 3; the parentless are asked already when an actor began the stop.
 * True: nobody is alive any more, and all is still. */
static bool
end_actors(struct ths_vm *vm, bool is_begun, uint64_t deadline_ns)
{
	for (bool is_first = true;; is_first = false) {
		bool are_all_asked = (is_first && is_begun) ||
		    ask_all(vm, NULL, !is_first);

		if (!wait_for_stillness(vm, deadline_ns))
			return false;
		if (!is_anybody_alive(vm))
			return true;
		/* Nothing runs that could free memory: step 6 ends them. */
		if (!are_all_asked)
			return false;
	}
}

/* ----------------------------------------------------------------- burying */

/* Step 6, on the first worker's crew; nothing else runs.  True: nobody was
 * left.
 */
static bool
bury_all(struct ths_vm *vm)
{
	struct worker *worker = &vm->scheduler.workers[0];
	struct worker *former = worker_set_current(worker);
	uint32_t used = slots_used(&vm->slots);
	bool was_empty = true;

	for (uint32_t i = 1; i < used; i++) {
		struct slot *slot = slots_at(&vm->slots, i);

		if (slot->behaviour == NULL)
			continue;
		was_empty = false;
		slot->crew = worker->user;
		life_set_reason(slot, THS_EXIT_STOPPED);
		life_end(slot);
	}
	worker_set_current(former);
	return was_empty;
}

/* Step 8, in the same way.  True: there was no mail. */
static bool
drain_all(struct ths_vm *vm)
{
	struct worker *worker = &vm->scheduler.workers[0];
	uint32_t used = slots_used(&vm->slots);
	bool was_empty = true;

	for (uint32_t i = 1; i < used; i++) {
		struct slot *slot = slots_at(&vm->slots, i);

		/* Relaxed: nobody else is here; clients are settled. */
		if (atomic_load_explicit(&slot->waiter,
		    memory_order_relaxed) != NULL)
			continue;
		slot->crew = worker->user;
		/* A timer of a dead actor may have come due since. */
		if (strays_drain(slot, THS_DEAD_STOPPED) > 0)
			was_empty = false;
	}
	return was_empty;
}

/* The equation of accounting, when nothing is queued or in flight. */
static void
check_equation(const struct ths_vm *vm)
{
	ths_vm_status status;
	uint64_t ended;

	ths_vm_status_read(vm, &status);
	ended = status.handled + status.absorbed;
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		ended += status.dead[i];
	if (status.accepted != ended)
		log_write((struct log *)(uintptr_t)&vm->log, THS_LOG_ERROR,
		    "messages do not add up: %llu accepted, %llu ended",
		    (unsigned long long)status.accepted,
		    (unsigned long long)ended);
	ASSERT(status.accepted == ended);
}

static void
end_workers(struct ths_vm *vm)
{
	scheduler_stop(&vm->scheduler);
	if (vm->ports.join != NULL)
		vm->ports.join(vm->ports.context, &vm->scheduler);
	else if (vm->config.mode == THS_MODE_INLINE)
		pump_end(vm);
	else
		threads_join(&vm->threads);
}

static enum ths_status
stop(struct ths_vm *vm, uint64_t deadline_ns)
{
	bool is_begun, is_done;

	/* Seq_cst: a client that reads RUNNING after its ticket is woken. */
	is_begun = atomic_exchange_explicit(&vm->state, VM_STOPPING,
	    memory_order_seq_cst) != VM_RUNNING;
	if (!is_begun)
		announce_stopping(vm, NULL);
	client_wake_all(vm);
	client_clear_desks(vm);
	is_done = end_actors(vm, is_begun, deadline_ns);
	end_workers(vm);
	client_settle_all(vm);
	if (!bury_all(vm))
		is_done = false;
	client_settle_all(vm);
	if (!drain_all(vm))
		is_done = false;
	check_equation(vm);
	/* The last line stands alone, and has been heard. */
	log_flush(&vm->log);
	announce_stopped(vm);
	log_flush(&vm->log);
	observe_stopped(vm);
	/* Release: who sees STOPPED sees everything ended. */
	atomic_store_explicit(&vm->state, VM_STOPPED, memory_order_release);
	return is_done ? THS_OK : THS_TIMEOUT;
}

ths_status
ths_self_stop_vm(ths_self *self)
{
	struct slot *slot = slot_of_self(self);
	struct ths_vm *vm = slot->crew->vm;
	uint32_t running = VM_RUNNING;

	if (init_refuses(slot, "ths_self_stop_vm"))
		return THS_NOT_READY;
	/* Seq_cst: as in stop(). */
	if (!atomic_compare_exchange_strong_explicit(&vm->state, &running,
	    VM_STOPPING, memory_order_seq_cst, memory_order_relaxed))
		return THS_OK;
	announce_stopping(vm, slot);
	client_wake_all(vm);
	/* Who could not be asked for lack of memory is asked by the host. */
	(void)ask_all(vm, slot->crew, false);
	return THS_OK;
}

ths_status
ths_vm_stop(ths_vm *vm, ths_duration timeout)
{
	if (vm == NULL)
		return THS_BAD_ARGUMENT;
	if (worker_current() != NULL)
		return THS_WRONG_PLACE;
	gate_enter(&vm->stop_gate, vm->ports.parker, vm->ports.clock,
	    CLOCK_NEVER);
	if (vm_state(vm) != VM_STOPPED)
		vm->stop_status = stop(vm, clock_after(vm_now(vm), timeout));
	gate_leave(&vm->stop_gate);
	return vm->stop_status;
}
