/* SPDX-License-Identifier: MIT */
/* life - an actor's beginning and end; see life.h. */
#include "vm/actor/life.h"

#include <string.h>

#include "base/check.h"
#include "mailbox/inbox.h"
#include "thespis/life.h"
#include "vm/actor/annex.h"
#include "vm/actor/children.h"
#include "vm/actor/dead.h"
#include "vm/actor/failure.h"
#include "vm/actor/handling.h"
#include "vm/actor/last_words.h"
#include "vm/actor/relations.h"
#include "vm/actor/witness.h"
#include "vm/admin/fit.h"
#include "vm/message/flat.h"
#include "vm/vm.h"

/* ------------------------------------------------------------------- state */

/* State that does not fit into the slot stands in an envelope's block, or in a
 * block of its own when even that is too small. */
static __attribute__((noinline)) void *
state_take_block(struct crew *crew, uint32_t size)
{
	struct envelope *block;

	if (size > ENVELOPE_MESSAGE_MAX)
		return memory_take(&crew->vm->memory, size, FLAT_ALIGNMENT);
	block = pool_take(&crew->cache, size);
	if (block == NULL)
		return NULL;
	return memset(block->message, 0, size);
}

static __attribute__((noinline)) void
state_give_block(struct crew *crew, void *state, uint32_t size)
{
	if (size > ENVELOPE_MESSAGE_MAX)
		memory_give(&crew->vm->memory, state, size, FLAT_ALIGNMENT);
	else
		pool_give(&crew->cache, CONTAINER_OF(state, struct envelope,
		    message));
}

/* Sets the state of a new actor; false: no memory. */
static inline bool
state_take(struct crew *crew, struct slot *slot, uint32_t size)
{
	if (LIKELY(size <= SLOT_STATE_INLINE)) {
		memset(slot->inline_state, 0, SLOT_STATE_INLINE);
		slot->state = slot->inline_state;
		return true;
	}
	slot->state = state_take_block(crew, size);
	return slot->state != NULL;
}

static inline void
state_give(struct crew *crew, struct slot *slot, uint32_t size)
{
	if (UNLIKELY(size > SLOT_STATE_INLINE))
		state_give_block(crew, slot->state, size);
}

/* ------------------------------------------------------------------- spawn */

/* What an actor brings along: envelopes of its own until it has started. */
struct luggage {
	struct envelope *start;        /* NULL: none */
	struct envelope *requirements; /* a capability_map; NULL: none */
};

static inline void
luggage_give(struct crew *crew, const struct luggage *luggage)
{
	if (luggage->start != NULL)
		pool_give(&crew->cache, luggage->start);
	if (UNLIKELY(luggage->requirements != NULL))
		pool_give(&crew->cache, luggage->requirements);
}

/* Seals the start message, if this kind of actor wants one. */
static enum ths_status
seal_start(struct crew *crew, const struct behaviour *behaviour,
    const ths_spawn_options *options, struct envelope **start)
{
	const ths_type *type = options == NULL ? NULL : options->start.type;
	enum ths_status status;

	if (LIKELY(behaviour->start_type == 0))
		return type == NULL ? THS_OK : THS_BAD_ARGUMENT;
	if (type == NULL)
		return THS_BAD_ARGUMENT;
	status = send_seal(crew, type, options->start.message, start);
	if (status != THS_OK)
		return status;
	if ((*start)->type == behaviour->start_type) {
		(*start)->kind = ENVELOPE_START;
		(*start)->from_slot = SLOT_NONE;
		return THS_OK;
	}
	pool_give(&crew->cache, *start);
	*start = NULL;
	return THS_BAD_ARGUMENT;
}

static enum ths_status
seal_requirements(struct crew *crew, ths_map requirements,
    struct envelope **sealed)
{
	const struct capability_map content = { requirements };
	uint32_t size;
	enum ths_status status = flat_measure(&capability_map_type, &content,
	    &size);

	if (status != THS_OK)
		return status;
	*sealed = pool_take(&crew->cache, size);
	if (*sealed == NULL)
		return THS_NO_MEMORY;
	flat_write(&capability_map_type, &content, (*sealed)->message, size);
	return THS_OK;
}

/* Looks at the options and packs the luggage. */
static inline enum ths_status
open_options(struct crew *crew, const struct behaviour *behaviour,
    const ths_spawn_options *options, struct luggage *luggage)
{
	enum ths_status status;

	*luggage = (struct luggage){ NULL, NULL };
	if (options != NULL && options->mailbox_max >= INBOX_COUNT_MAX)
		return THS_BAD_ARGUMENT;
	status = seal_start(crew, behaviour, options, &luggage->start);
	if (LIKELY(status != THS_OK || options == NULL ||
	    options->requirements.length == 0))
		return status;
	status = seal_requirements(crew, options->requirements,
	    &luggage->requirements);
	if (status != THS_OK)
		luggage_give(crew, luggage);
	return status;
}

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

/* Makes an actor, with its luggage packed already, which is taken only
 * on success. */
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
	enum ths_status status = open_options(crew, behaviour, options,
	    &luggage);

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

/* The part of life_spawn() that is not so usual. */
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
life_spawn(struct crew *crew, struct slot *parent, ths_address *address,
    const ths_actor *actor, const ths_spawn_options *options)
{
	const struct behaviour *behaviour = crew_known_behaviour(crew, actor);

	return LIKELY(options == NULL && behaviour != NULL &&
	    !behaviour->has_rules && behaviour->start_type == 0 &&
	    crew->outbox.slot == NULL && vm_state(crew->vm) == VM_RUNNING) ?
	    settle_plain(crew, parent, address, behaviour) :
	    spawn_any(crew, parent, address, actor, options);
}

/* ----------------------------------------------------------- begin and end */

void
life_close(struct slot *slot)
{
	slot->behaviour = NULL;
	slot->state = NULL;
	/* [I] of vm/actor/slot.h */
	atomic_store_explicit(&slot->is_alive, false, memory_order_relaxed);
	if (UNLIKELY(slot->generation == UINT32_MAX)) {
		slot->flags = SLOT_ENDED;
		slot->generation = 0; /* means nobody; retired for good */
		return;
	}
	slot->flags = SLOT_ENDED | SLOT_UNLISTED;
	slot->generation++;
}

/* Ends what others have to do with the actor. */
static __attribute__((noinline)) void
end_affairs(struct slot *slot)
{
	struct crew *crew = slot->crew;
	enum ths_exit_reason reason = life_reason(slot);

	if (slot->annex != NULL && slot->annex->names != NULL)
		names_forget(&crew->vm->names, slot, reason);
	if (dead_undertaker(crew->vm) != 0)
		dead_forget(slot);
	if (slot->relations != NULL)
		relations_end(slot, reason);
	if (slot->annex != NULL)
		annex_end(crew, slot);
}

/* There is no parent to hear them. */
static __attribute__((noinline)) void
give_last_words(struct crew *crew, struct envelope *last_words)
{
	if (last_words != NULL)
		pool_give(&crew->cache, last_words);
}

/* Ends the actor's life in its slot, and tells its parent.  Apart, and the last
 * thing that is done: so it has no registers to save. */
static __attribute__((noinline)) void
bury(struct slot *slot, struct envelope *last_words)
{
	struct crew *crew = slot->crew;
	uint32_t generation = slot->generation;
	enum ths_exit_reason reason = life_reason(slot);

	counts_add(&crew->counts.exited, 1);
	life_close(slot);
	if (UNLIKELY(slot_parent(slot) == SLOT_NONE)) {
		give_last_words(crew, last_words);
		return;
	}
	slot->flags = SLOT_ENDED; /* who meets the notice lists the slot */
	children_tell(slot, generation, reason, last_words);
}

/* Init or start has failed, or init has called ths_exit(). */
static void
note_unborn(struct slot *slot, const char *what, enum ths_status status)
{
	struct crew *crew = slot->crew;
	const char *why = failure_text(slot, status);

	if (status != THS_OK)
		log_write(&crew->vm->log, THS_LOG_WARNING,
		    "actor %s %u.%u: %s failed: %s", slot->behaviour->name,
		    slot->index, slot->generation, what, why);
	counts_add(&crew->counts.unborn, 1);
	slot->flags |= SLOT_LEAVING;
	life_set_reason(slot, THS_EXIT_INIT_FAILED);
	if (status != THS_OK && !(slot->flags & SLOT_SPOKEN))
		last_words_keep(slot, why);
	if (status != THS_OK && slot->relations != NULL)
		witness_unborn(slot, why);
}

/* Frees what the actor brought along. */
static __attribute__((noinline)) void
unpack(struct slot *slot)
{
	const struct luggage luggage = { slot->current, slot->taken };

	slot->current = NULL;
	slot->taken = NULL;
	luggage_give(slot->crew, &luggage);
}

/* True when it may go on. */
static bool
run_init(struct slot *slot, const void *message)
{
	struct outbox *outbox = &slot->crew->outbox;
	enum ths_status status;

	failure_forget(slot);
	outbox_bar(outbox);
	status = slot->behaviour->init(slot_self(slot), slot->state, message);
	outbox_unbar(outbox);
	if (LIKELY(status == THS_OK && (slot->flags &
	    ~(uint32_t)SLOT_WITNESSED) == SLOT_NEW))
		return true;
	note_unborn(slot, "init", status);
	slot->flags = (slot->flags & ~(uint32_t)SLOT_NEW) | SLOT_UNBORN;
	return false;
}

static void
run_start(struct slot *slot, const void *message)
{
	struct crew *crew = slot->crew;
	enum ths_status status;

	failure_forget(slot);
	slot->flags |= SLOT_STARTING;
	status = slot->behaviour->start(slot_self(slot), slot->state, message);
	slot->flags &= ~(uint32_t)SLOT_STARTING;
	if (UNLIKELY(crew->outbox.slot != NULL))
		outbox_close(crew);
	if (UNLIKELY(status != THS_OK) &&
	    life_reason(slot) != THS_EXIT_CRASHED)
		note_unborn(slot, "start", status);
	else if (UNLIKELY(status != THS_OK))
		witness_unborn(slot, failure_text(slot, status));
	if (UNLIKELY((slot->flags & SLOT_BECOMES) != 0))
		handling_become(slot);
}

/* Runs what there is of init and start. */
static void
run_first(struct slot *slot)
{
	const struct behaviour *behaviour = slot->behaviour;
	const struct envelope *start = slot->current;
	const void *message = start == NULL ? NULL : start->message;

	if (behaviour->init != NULL && !run_init(slot, message))
		return;
	slot->flags &= (uint32_t)SLOT_WITNESSED;
	if (behaviour->start != NULL)
		run_start(slot, message);
}

/* There is more to do than usual: it is to end, or somebody outside waits for
 * it to have begun. */
static __attribute__((noinline)) void
begin_oddly(struct slot *slot)
{
	enum ths_exit_reason reason = life_reason(slot);

	if (slot->flags & SLOT_WITNESSED && reason != THS_EXIT_INIT_FAILED &&
	    reason != THS_EXIT_CRASHED)
		witness_begun(slot);
	slot->flags &= ~(uint32_t)SLOT_WITNESSED;
	if (slot->flags & SLOT_LEAVING)
		life_leave(slot);
}

void
life_begin_fully(struct slot *slot)
{
	if (slot->behaviour->begins)
		run_first(slot);
	else
		slot->flags &= (uint32_t)SLOT_WITNESSED;
	unpack(slot);
	if (UNLIKELY((slot->flags & (SLOT_LEAVING | SLOT_WITNESSED)) != 0))
		begin_oddly(slot);
}

static void
set_exiting(struct slot *slot)
{
	/* Relaxed: a fact to look at. */
	atomic_store_explicit(&slot->is_exiting, true, memory_order_relaxed);
}

/* The children before the actor itself. */
static void
leave(struct slot *slot, bool kills)
{
	if (UNLIKELY(slot->youngest != NULL)) {
		if (!(slot->flags & SLOT_EXITING)) {
			slot->flags |= SLOT_EXITING;
			set_exiting(slot);
			slot->behaviour = slot->behaviour->exiting;
		}
		children_ask(slot, kills);
		if (slot->youngest != NULL)
			return;
	}
	life_end(slot);
}

void
life_leave(struct slot *slot)
{
	if (slot->flags & SLOT_EXITING)
		return;
	if (slot->flags & SLOT_ALONE)
		slot->youngest = NULL;
	leave(slot, false);
}

void
life_kill(struct slot *slot)
{
	/* Relaxed: [K], by its reader; it has done its work. */
	atomic_store_explicit(&slot->is_killed, false, memory_order_relaxed);
	if (slot->behaviour == NULL)
		return; /* it has ended meanwhile */
	life_set_reason(slot, THS_EXIT_KILLED);
	slot->flags |= SLOT_LEAVING;
	leave(slot, true);
}

void
life_stay(struct slot *slot)
{
	if (!(slot->flags & (SLOT_EXITING | SLOT_ALONE)))
		slot->flags &= ~(uint32_t)SLOT_LEAVING;
}

/* The behaviour that the actor was spawned with. */
static const struct behaviour *
first_behaviour(const struct slot *slot)
{
	return UNLIKELY(slot->annex != NULL) && slot->annex->born != NULL ?
	    slot->annex->born : slot->behaviour;
}

/* It cannot fail, but it may say that something went wrong. */
static __attribute__((noinline)) void
run_exit(struct slot *slot, const struct behaviour *behaviour)
{
	set_exiting(slot);
	failure_forget(slot);
	behaviour->exit(slot_self(slot), slot->state);
	if (UNLIKELY(failure_is_told(slot)))
		log_write(&slot->crew->vm->log, THS_LOG_WARNING,
		    "actor %s %u.%u: exit failed: %s", behaviour->name,
		    slot->index, slot->generation,
		    failure_text(slot, THS_FAILED));
}

void
life_end(struct slot *slot)
{
	const struct behaviour *behaviour;
	struct envelope *last_words = NULL;

	CHECK(slot->behaviour != NULL);
	behaviour = first_behaviour(slot);
	slot->flags |= SLOT_LEAVING; /* no more children */
	if (behaviour->exit != NULL &&
	    !(slot->flags & (SLOT_NEW | SLOT_UNBORN)))
		run_exit(slot, behaviour);
	if (UNLIKELY(slot->crew->outbox.slot != NULL))
		outbox_close(slot->crew);
	if (UNLIKELY((slot->flags & SLOT_NEW) != 0))
		unpack(slot); /* it has not begun */
	if (UNLIKELY((slot->flags & SLOT_SPOKEN) != 0))
		last_words = last_words_take(slot);
	if (UNLIKELY(slot->annex != NULL || slot->relations != NULL ||
	    dead_undertaker(slot->crew->vm) != 0))
		end_affairs(slot);
	state_give(slot->crew, slot, slot->behaviour->state_size);
	bury(slot, last_words);
}
