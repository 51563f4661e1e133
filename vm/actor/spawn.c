/* SPDX-License-Identifier: MIT */
/* spawn - a new actor moves into a slot; see spawn.h. */
#include "vm/actor/spawn.h"

#include "mailbox/inbox.h"
#include "vm/actor/annex.h"
#include "vm/actor/children.h"
#include "vm/actor/luggage.h"
#include "vm/actor/state.h"
#include "vm/actor/witness.h"
#include "vm/admin/fit.h"
#include "vm/observe.h"
#include "vm/vm.h"

/* Tells others who lives in slot now; [I] of vm/actor/slot.h. */
static inline void
publish(struct slot *slot, const struct slot *parent,
    const struct behaviour *behaviour)
{
	atomic_store_explicit(&slot->life, slot->generation,
	    memory_order_relaxed);
	atomic_store_explicit(&slot->kind, behaviour->number,
	    memory_order_release);
	atomic_store_explicit(&slot->handled, 0, memory_order_release);
	atomic_store_explicit(&slot->failed, 0, memory_order_release);
	atomic_store_explicit(&slot->is_exiting, false, memory_order_release);
	if (LIKELY(parent != NULL)) {
		atomic_store_explicit(&slot->parent_slot, parent->index,
		    memory_order_release);
		atomic_store_explicit(&slot->parent_generation,
		    parent->generation, memory_order_release);
	} else {
		atomic_store_explicit(&slot->parent_slot, SLOT_NONE,
		    memory_order_release);
	}
	atomic_store_explicit(&slot->is_alive, true, memory_order_release);
}

/* Moves an actor into a claimed slot. */
static inline __attribute__((always_inline)) void
move_in(struct slot *parent, struct slot *slot,
    const struct behaviour *behaviour, const struct luggage *luggage,
    uint32_t mailbox_max)
{
	slot->flags = SLOT_NEW;
	slot->taken = luggage->requirements;
	slot->current = luggage->start;
	slot->behaviour = behaviour;
	slot->youngest = NULL;
	slot->relations = NULL;
	/* Relaxed: facts to look at; see vm/actor/slot.h. */
	atomic_store_explicit(&slot->mailbox_max, mailbox_max,
	    memory_order_relaxed);
	atomic_store_explicit(&slot->is_killed, false, memory_order_relaxed);
	publish(slot, parent, behaviour);
	if (LIKELY(parent != NULL))
		children_add(parent, slot);
}

/* Gives back a claimed slot that was not used. */
static void
move_out(struct crew *crew, struct slot *slot)
{
	slot->flags = SLOT_UNLISTED;
	slot->taken = NULL;
	slot->behaviour = NULL;
	/* Its task ends what may have come meanwhile, and lists it. */
	if (crew->worker != NULL)
		worker_submit(crew->worker, &slot->task, READY_RESUMED);
	else
		scheduler_inject(&crew->vm->scheduler, &slot->task);
}

/* Somebody outside waits for the beginning. */
static __attribute__((noinline)) void
bring_witness(struct crew *crew, struct slot *slot)
{
	slot->flags |= SLOT_WITNESSED;
	witness_hang_up(slot, vm_address(crew->vm, slot->index,
	    slot->generation), crew->witness);
	crew->witness = NULL;
}

/* Finds whoever has the name that options give, if they give one. */
static bool
is_there_already(const struct ths_vm *vm, const ths_spawn_options *options,
    ths_address *address)
{
	uint32_t slot, generation;

	if (options == NULL || options->name == NULL ||
	    !names_find(&vm->names, options->name, &slot, &generation))
		return false;
	*address = vm_address(vm, slot, generation);
	return true;
}

/* Takes a slot, with state, for an actor of this behaviour. */
static inline __attribute__((always_inline)) enum ths_status
take_room(struct crew *crew, const struct behaviour *behaviour,
    struct slot **slot)
{
	enum ths_status status = slots_take(&crew->vm->slots,
	    &crew->free_slots, slot);

	if (UNLIKELY(status != THS_OK)) {
		if (status == THS_LIMIT)
			counts_add(&crew->counts.limited, 1);
		return status;
	}
	if (LIKELY(state_take(crew, *slot, behaviour->state_size)))
		return THS_OK;
	move_out(crew, *slot);
	return THS_NO_MEMORY;
}

/*
 * Gives a claimed slot its name.  From then on others find the address, and
 * their mail waits: nothing that can fail follows.  THS_TAKEN: somebody was
 * quicker.  On failure the slot and its state are given back.
 */
static enum ths_status
take_name(struct crew *crew, struct slot *slot,
    const struct behaviour *behaviour, const char *name, uint32_t mailbox_max)
{
	enum ths_status status;

	/* Relaxed: a limit to look at; that of a former life would be wrong. */
	atomic_store_explicit(&slot->mailbox_max, mailbox_max,
	    memory_order_relaxed);
	status = annex_need(crew, slot) == NULL ? THS_NO_MEMORY :
	    names_add(&crew->vm->names, crew, slot, name);
	if (status == THS_OK)
		return THS_OK;
	annex_end(crew, slot);
	if (status == THS_LIMIT)
		counts_add(&crew->counts.limited, 1);
	state_give(crew, slot, behaviour->state_size);
	move_out(crew, slot);
	return status;
}

/* Makes an actor, with its luggage packed already, which is taken only on
 * success. */
static inline __attribute__((always_inline)) enum ths_status
settle(struct crew *crew, struct slot *parent, ths_address *address,
    const struct behaviour *behaviour, const ths_spawn_options *options,
    const struct luggage *luggage)
{
	struct ths_vm *vm = crew->vm;
	const char *name = options == NULL ? NULL : options->name;
	uint32_t mailbox_max = options != NULL && options->mailbox_max != 0 ?
	    options->mailbox_max : vm_mailbox_max(vm);
	struct slot *slot;
	enum ths_status status = take_room(crew, behaviour, &slot);

	if (UNLIKELY(status != THS_OK))
		return status;
	if (UNLIKELY(name != NULL)) {
		status = take_name(crew, slot, behaviour, name, mailbox_max);
		if (status != THS_OK)
			return status;
		parent = NULL;
	}
	move_in(parent, slot, behaviour, luggage, mailbox_max);
	if (UNLIKELY(parent == NULL && crew->witness != NULL))
		bring_witness(crew, slot);
	counts_add(&crew->counts.spawned, 1);
	observe_born(crew, slot);
	*address = vm_address(vm, slot->index, slot->generation);
	if (LIKELY(crew->worker != NULL))
		worker_submit(crew->worker, &slot->task, READY_FRESH);
	else
		scheduler_inject(&vm->scheduler, &slot->task);
	return THS_OK;
}

/* The same for one that wants nothing special and brings nothing. */
static __attribute__((noinline)) enum ths_status
settle_plain(struct crew *crew, struct slot *parent, ths_address *address,
    const struct behaviour *behaviour)
{
	const struct luggage luggage = { NULL, NULL };

	return settle(crew, parent, address, behaviour, NULL, &luggage);
}

/* Makes an actor, or finds who was quicker to take its name. */
static inline enum ths_status
settle_or_find(struct crew *crew, struct slot *parent, ths_address *address,
    const struct behaviour *behaviour, const ths_spawn_options *options)
{
	struct luggage luggage;
	enum ths_status status;

	if (options != NULL && options->mailbox_max >= INBOX_COUNT_MAX)
		return THS_BAD_ARGUMENT;
	status = luggage_pack(crew, behaviour, options, &luggage);
	if (UNLIKELY(status != THS_OK))
		return status;
	do
		status = settle(crew, parent, address, behaviour, options,
		    &luggage);
	while (status == THS_TAKEN &&
	    !is_there_already(crew->vm, options, address));
	if (LIKELY(status == THS_OK))
		return THS_OK;
	luggage_give(crew, &luggage);
	return status == THS_TAKEN ? THS_OK : status;
}

/* The same for a kind of actor that does not fit every VM. */
static __attribute__((noinline)) enum ths_status
settle_if_fit(struct crew *crew, struct slot *parent, ths_address *address,
    const struct behaviour *behaviour, const ths_spawn_options *options)
{
	const struct ths_capabilities *admitted;
	enum ths_status status = fit_admit(crew, behaviour,
	    options == NULL ? (ths_map){ NULL, 0 } : options->requirements,
	    &admitted);

	if (status != THS_OK)
		return status;
	status = settle_or_find(crew, parent, address, behaviour, options);
	fit_settle(crew, behaviour,
	    status == THS_OK ? *address : THS_NOBODY, admitted);
	return status;
}

/* The part of spawn_actor() that is not so usual. */
static __attribute__((noinline)) enum ths_status
spawn_any(struct crew *crew, struct slot *parent, ths_address *address,
    const ths_actor *actor, const ths_spawn_options *options)
{
	const struct behaviour *behaviour;
	enum ths_status status;

	if (UNLIKELY(vm_state(crew->vm) != VM_RUNNING))
		return THS_STOPPED;
	if (UNLIKELY(crew->outbox.slot != NULL))
		outbox_close(crew); /* the child must not overtake it */
	/* Before all else is looked at: it may make no sense then. */
	if (is_there_already(crew->vm, options, address))
		return THS_OK;
	status = crew_behaviour(crew, actor, &behaviour);
	if (UNLIKELY(status != THS_OK))
		return status;
	if (UNLIKELY(behaviour->has_rules))
		return settle_if_fit(crew, parent, address, behaviour, options);
	return settle_or_find(crew, parent, address, behaviour, options);
}

enum ths_status
spawn_actor(struct crew *crew, struct slot *parent, ths_address *address,
    const ths_actor *actor, const ths_spawn_options *options)
{
	const struct behaviour *behaviour = crew_known_behaviour(crew, actor);

	return LIKELY(options == NULL && behaviour != NULL &&
	    !behaviour->has_rules && behaviour->start_type == 0 &&
	    crew->outbox.slot == NULL && vm_state(crew->vm) == VM_RUNNING) ?
	    settle_plain(crew, parent, address, behaviour) :
	    spawn_any(crew, parent, address, actor, options);
}
