/* SPDX-License-Identifier: MIT */
/*
 * inspect - looks at an actor from outside; see thespis/inspect.h.
 *
 * [I], by which a slot is read, stands in vm/actor/slot.h.
 */
#include "vm/admin/inspect.h"

#include <string.h>

#include "base/sched_point.h"
#include "vm/actor/dead.h"
#include "vm/admin/names.h"
#include "vm/vm.h"

/* ----------------------------------------------------------------- one slot */

/* All of them [I]. */
static void
read_slot(const struct slot *slot, struct inspected *seen)
{
	uint64_t handled;

	seen->kind = atomic_load_explicit(&slot->kind, memory_order_acquire);
	sched_point(SCHED_SITE_SLOT);
	seen->parent_slot = atomic_load_explicit(&slot->parent_slot,
	    memory_order_acquire);
	seen->parent_generation = atomic_load_explicit(
	    &slot->parent_generation, memory_order_acquire);
	seen->failed = atomic_load_explicit(&slot->failed,
	    memory_order_acquire);
	sched_point(SCHED_SITE_SLOT);
	handled = atomic_load_explicit(&slot->handled, memory_order_acquire);
	seen->handled = handled & SLOT_HANDLED_MASK;
	seen->is_exiting = atomic_load_explicit(&slot->is_exiting,
	    memory_order_acquire);
	/* A number of a moment: mail of another life may count. */
	seen->mailbox = (uint32_t)(handled >> SLOT_TAKEN_SHIFT) +
	    inbox_count(&slot->inbox);
	seen->is_ready = !inbox_is_idle(&slot->inbox);
}

bool
inspect_slot(const struct slot *slot, struct inspected *seen)
{
	if (!atomic_load_explicit(&slot->is_alive, memory_order_acquire))
		return false;
	seen->life = atomic_load_explicit(&slot->life, memory_order_acquire);
	sched_point(SCHED_SITE_SLOT);
	read_slot(slot, seen);
	sched_point(SCHED_SITE_SLOT);
	/* Acquire: a free slot may have another number there for a while, and
	 * is_alive tells. */
	return atomic_load_explicit(&slot->life, memory_order_acquire) ==
	    seen->life &&
	    atomic_load_explicit(&slot->is_alive, memory_order_relaxed);
}

const char *
inspect_kind(const struct ths_vm *vm, uint16_t kind)
{
	const struct behaviour *behaviour = behaviours_at(&vm->behaviours,
	    kind);

	return behaviour == NULL ? "" : behaviour->name;
}

ths_address
inspect_parent(const struct ths_vm *vm, const struct inspected *seen)
{
	if (seen->parent_slot == SLOT_NONE)
		return THS_NOBODY;
	return vm_address(vm, seen->parent_slot, seen->parent_generation);
}

/* -------------------------------------------------------------------- lists */

/* Which actors are wanted. */
struct wanted {
	bool is_parent; /* only the children of this one */
	uint32_t slot;
	uint32_t generation;
};

static size_t
list(const struct ths_vm *vm, const struct wanted *wanted,
    ths_address *actors, size_t max)
{
	uint32_t used = slots_used(&vm->slots);
	struct inspected seen;
	size_t count = 0;

	for (uint32_t i = 1; i < used; i++) {
		if (!inspect_slot(slots_at(&vm->slots, i), &seen) ||
		    (wanted->is_parent &&
		    (seen.parent_slot != wanted->slot ||
		    seen.parent_generation != wanted->generation)))
			continue;
		if (count < max)
			actors[count] = vm_address(vm, i, seen.life);
		count++;
	}
	return count;
}

size_t
ths_vm_actors(const ths_vm *vm, ths_address *actors, size_t max)
{
	const struct wanted everybody = { false, SLOT_NONE, 0 };

	return vm == NULL ? 0 : list(vm, &everybody, actors, max);
}

size_t
ths_actor_children(const ths_vm *vm, ths_address parent, ths_address *children,
    size_t max)
{
	struct wanted wanted = { true, SLOT_NONE, 0 };

	if (vm == NULL)
		return 0;
	if (!ths_address_is_nobody(parent)) {
		if (parent.vm != vm->id)
			return 0;
		wanted.slot = parent.slot;
		wanted.generation = parent.generation;
	}
	return list(vm, &wanted, children, max);
}

/* ---------------------------------------------------------------- one actor */

static void
count_name(void *context, const char *name, uint32_t slot, uint32_t generation)
{
	struct ths_actor_status *status = context;

	if (slot != status->address.slot ||
	    generation != status->address.generation)
		return;
	if (status->names++ == 0)
		strcpy(status->name, name); /* names.c knows its length */
}

static bool
lives_still(const struct slot *slot, uint32_t life)
{
	struct inspected seen;

	return inspect_slot(slot, &seen) && seen.life == life;
}

ths_status
ths_actor_status_read(const ths_vm *vm, ths_address address,
    ths_actor_status *status)
{
	ths_actor_status found = { .address = address };
	const struct slot *slot;
	struct inspected seen;

	if (vm == NULL || status == NULL)
		return THS_BAD_ARGUMENT;
	slot = address.vm != vm->id ? NULL :
	    slots_find(&vm->slots, address.slot);
	if (slot == NULL || !inspect_slot(slot, &seen) ||
	    seen.life != address.generation)
		return THS_GONE;
	found.kind = inspect_kind(vm, seen.kind);
	found.parent = inspect_parent(vm, &seen);
	found.mailbox = seen.mailbox;
	found.handled = seen.handled;
	found.failed = seen.failed;
	found.is_exiting = seen.is_exiting;
	found.is_ready = seen.is_ready;
	found.children = (uint32_t)ths_actor_children(vm, address, NULL, 0);
	found.timers = (uint32_t)ths_actor_timers(vm, address, NULL, 0);
	if (names_length(&vm->names) > 0)
		names_each(&vm->names, count_name, &found);
	if (!lives_still(slot, address.generation))
		return THS_GONE;
	*status = found;
	return THS_OK;
}

/* ----------------------------------------------------------------- requests */

/* Why nobody has a status there. */
static enum ths_dead_reason
reason_of(const struct ths_vm *vm, ths_address of)
{
	const struct slot *slot;

	if (of.vm != vm->id)
		return ths_address_is_nobody(of) ? THS_DEAD_NOBODY :
		    THS_DEAD_FOREIGN;
	slot = slots_find(&vm->slots, of.slot);
	if (slot == NULL)
		return THS_DEAD_NOBODY;
	/* Relaxed: to tell a client from one who is gone. */
	return atomic_load_explicit(&slot->waiter, memory_order_relaxed) !=
	    NULL ? THS_DEAD_UNHANDLED : THS_DEAD_STALE;
}

void
inspect_answer(const struct sender *sender, ths_address of,
    struct envelope *request)
{
	struct crew *crew = sender->crew;
	const struct ths_vm *vm = crew->vm;
	const struct sender subject = { crew, of.slot, of.generation };
	ths_actor_status status;

	request->to_generation = of.generation;
	request->from_slot = sender->slot;
	request->from_generation = sender->generation;
	if (ths_actor_status_read(vm, of, &status) != THS_OK) {
		dead_letter(crew, request, of, reason_of(vm, of));
		return;
	}
	dead_absorb(crew, request);
	(void)send_system(&subject, vm_address(vm, sender->slot,
	    sender->generation), &ths_status_report_type,
	    &(struct ths_status_report){
		.about = of, .kind = status.kind, .parent = status.parent,
		.name = status.name, .names = status.names,
		.children = status.children, .timers = status.timers,
		.mailbox = status.mailbox, .handled = status.handled,
		.failed = status.failed, .is_exiting = status.is_exiting,
		.is_ready = status.is_ready });
}
