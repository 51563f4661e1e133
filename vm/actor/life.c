/* SPDX-License-Identifier: MIT */
/* life - an actor's beginning and end; see life.h. */
#include "vm/actor/life.h"

#include "base/check.h"
#include "thespis/life.h"
#include "vm/actor/annex.h"
#include "vm/actor/children.h"
#include "vm/actor/dead.h"
#include "vm/actor/failure.h"
#include "vm/actor/handling.h"
#include "vm/actor/last_words.h"
#include "vm/actor/luggage.h"
#include "vm/actor/relations.h"
#include "vm/actor/state.h"
#include "vm/actor/witness.h"
#include "vm/observe.h"
#include "vm/vm.h"

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
	observe_ended(slot);
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
