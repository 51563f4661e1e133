/* SPDX-License-Identifier: MIT */
/*
 * slice - one stay of an actor on a worker; see slice.h.
 *
 * Who runs a slice is the slot's consumer until inbox_try_idle() succeeds;
 * after that the slot may already run elsewhere and is not touched again.
 */
#include "vm/actor/slice.h"

#include "base/check.h"
#include "vm/actor/budget.h"
#include "vm/actor/calls.h"
#include "vm/actor/dead.h"
#include "vm/actor/exits.h"
#include "vm/actor/handling.h"
#include "vm/actor/life.h"
#include "vm/actor/pack.h"
#include "vm/actor/relations.h"
#include "vm/actor/stash.h"
#include "vm/actor/strays.h"
#include "vm/actor/wakeup.h"
#include "vm/observe.h"
#include "vm/vm.h"

/* Notes how much mail the actor has taken and not yet met. */
static inline void
set_taken(struct slot *slot, uint32_t length)
{
	/* Relaxed: one writer, the consumer; a number to look at. */
	uint64_t handled = atomic_load_explicit(&slot->handled,
	    memory_order_relaxed) & SLOT_HANDLED_MASK;
	uint64_t taken = length < SLOT_TAKEN_MAX ? length : SLOT_TAKEN_MAX;

	atomic_store_explicit(&slot->handled, taken << SLOT_TAKEN_SHIFT |
	    handled, memory_order_relaxed);
}

void
slice_take_past(struct slot *slot, const struct envelope *envelope)
{
	uint32_t length;

	if (slot->taken != NULL)
		return;
	slot->taken = inbox_take_counted(&slot->inbox, envelope, &length);
	set_taken(slot, length - 1);
}

/* What has become of a message that was to be handled. */
enum outcome {
	UNHANDLED, /* there is no handler */
	HANDLED,
	TAKEN, /* handled, and the envelope is neither here nor in the inbox any
		* more; something may have been released */
};

/* What seldom follows a handler: it failed, or has done something with the
 * message or the stash. */
static __attribute__((noinline)) enum outcome
after_odd_handler(struct slot *slot, struct envelope *envelope,
    enum ths_status status)
{
	if (!handling_after(slot, envelope, envelope->message, status))
		return TAKEN;
	if (LIKELY(!(slot->flags & SLOT_RELEASED)))
		return HANDLED;
	/* What is met again comes before what is in the inbox. */
	slice_take_past(slot, envelope);
	pool_give(&slot->crew->cache, envelope);
	return TAKEN;
}

/* Apart, so that the usual case does not keep the message's place for it. */
static __attribute__((noinline)) enum outcome
after_handler(struct slot *slot, struct envelope *envelope,
    enum ths_status status)
{
	if (UNLIKELY(status != THS_OK || (slot->flags & SLOT_ODD) != 0))
		return after_odd_handler(slot, envelope, status);
	handling_leave(slot);
	return HANDLED;
}

/* Gives a message of the present life to its handler. */
static inline enum outcome
try_handle(struct slot *slot, struct crew *crew, struct envelope *envelope)
{
	const struct behaviour *behaviour = slot->behaviour;
	ths_handler handler = LIKELY(behaviour != NULL) ?
	    behaviour_handler(behaviour, envelope->type) : NULL;
	enum ths_status status;

	if (UNLIKELY(handler == NULL)) {
		handler = handling_inherited(slot, envelope->type);
		if (handler == NULL)
			return UNHANDLED;
	}
	slot->current = envelope;
	observe_handled(crew, slot, envelope, envelope->message);
	status = handling_call(slot, handler, envelope->message);
	counts_add(&crew->counts.handled, 1);
	observe_returned(slot, status);
	if (UNLIKELY(crew->outbox.slot != NULL))
		outbox_close(crew);
	/* One look for all that is not usual. */
	if (UNLIKELY(((uint32_t)status | slot->flags) != 0))
		return after_handler(slot, envelope, status);
	return HANDLED;
}

/* False: something may have been released. */
static inline bool
handle(struct slot *slot, struct crew *crew, struct envelope *envelope)
{
	enum outcome outcome = try_handle(slot, crew, envelope);

	if (LIKELY(outcome == HANDLED))
		pool_give(&crew->cache, envelope);
	else if (outcome == UNHANDLED)
		strays_end_unhandled(slot, envelope);
	return outcome == HANDLED;
}

/* What is not plain mail of the present life. */
static void
handle_other(struct slot *slot, struct envelope *envelope)
{
	struct crew *crew = slot->crew;

	if (slot->behaviour == NULL) {
		strays_end_homeless(slot, envelope);
	} else if (envelope->to_generation != slot->generation &&
	    envelope->to_generation != ENVELOPE_ANY_GENERATION) {
		strays_end_stale(slot, envelope);
	} else if (envelope->kind == ENVELOPE_ANSWER) {
		calls_answered(slot, envelope);
	} else if (envelope->kind == ENVELOPE_EXIT) {
		exits_asked(slot, envelope);
	} else if (envelope->kind == ENVELOPE_CHILD) {
		exits_child_ended(slot, crew, envelope);
	} else if (envelope->kind >= ENVELOPE_MONITOR) {
		relations_meet(slot, envelope);
	} else {
		CHECK(envelope->kind == ENVELOPE_WAKEUP);
		if (wakeup_is_due(crew->vm, envelope))
			(void)handle(slot, crew, envelope);
		else
			dead_absorb(crew, envelope);
	}
}

/* What to fetch while envelope is met. */
static inline const void *
fetched_early(const struct envelope *envelope)
{
	return envelope->flags & ENVELOPE_AHEAD ?
	    (const void *)(uintptr_t)envelope->correlation :
	    (const void *)envelope->next;
}

/* Relaxed: the consumer's own. */
static inline uint32_t
taken_length(const struct slot *slot)
{
	return (uint32_t)(atomic_load_explicit(&slot->handled,
	    memory_order_relaxed) >> SLOT_TAKEN_SHIFT);
}

/* Meets one message; returns what is to be met next. */
static inline struct envelope *
meet(struct slot *slot, struct crew *crew, struct envelope *envelope)
{
	struct envelope *next = envelope->next;

	__builtin_prefetch(fetched_early(envelope));
	if (LIKELY(envelope->to_generation == slot->generation &&
	    envelope->kind == ENVELOPE_MAIL)) {
		if (LIKELY(handle(slot, crew, envelope)))
			return next;
	} else {
		handle_other(slot, envelope);
	}
	return stash_released(slot, next);
}

/* The message in `single` was not handled. */
static void
end_single(struct slot *slot, struct envelope *single)
{
	if (single->to_generation != slot->generation &&
	    slot->behaviour != NULL)
		strays_end_stale(slot, single);
	else
		strays_end_unhandled(slot, single);
}

/* Gives one message after the other of a pack, from the one that lies in
 * `single` already, to its handler, `max` at most, while nothing else is to be
 * done.  Returns how many have come out of the pack, and what became of the
 * last. */
static inline uint32_t
handle_packed(struct slot *slot, struct crew *crew, struct envelope *pack,
    struct envelope *single, uint32_t max, enum outcome *outcome)
{
	uint32_t next = pack_next(pack);
	uint32_t end = max < pack_end(pack) - next ? next + max :
	    pack_end(pack);

	while (LIKELY(single->to_generation == slot->generation)) {
		*outcome = try_handle(slot, crew, single);
		if (UNLIKELY(*outcome != HANDLED || next == end ||
		    worker_must_end_slice(crew->worker)))
			return next - pack_next(pack);
		pack_copy(pack, next++, single);
		observe_unpacked(crew, pack, single);
	}
	*outcome = UNHANDLED;
	return next - pack_next(pack);
}

/* Meets messages of a pack, as many as the budget allows; *goes_on says whether
 * it does.  Returns what is to be met next. */
static __attribute__((noinline)) struct envelope *
meet_pack(struct slot *slot, struct crew *crew, struct envelope *pack,
    struct budget *budget, bool *goes_on)
{
	struct envelope *rest = pack;
	struct envelope *single = pack_take(crew, slot, &rest);
	enum outcome outcome;
	uint32_t more;

	if (rest != pack) { /* the last one: it is met as any other */
		single->next = rest;
		return single;
	}
	more = handle_packed(slot, crew, pack, single,
	    budget->look - budget->met - 1, &outcome);
	if (LIKELY(outcome == HANDLED))
		pool_give(&crew->cache, single);
	else if (outcome == UNHANDLED)
		end_single(slot, single);
	rest = pack_leave(&crew->cache, pack, pack_next(pack) + more);
	budget->met += more;
	*goes_on = budget_spend(budget, crew);
	return stash_released(slot, rest);
}

/* Meets the `length` messages from `envelope` on; leaves what is over
 * the budget. */
static uint32_t
run_mail(struct slot *slot, struct envelope *envelope, uint32_t length)
{
	struct crew *crew = slot->crew;
	struct budget budget;
	bool goes_on = true;

	slot->taken = envelope;
	set_taken(slot, length);
	budget_init(&budget, crew);
	while (envelope != NULL && goes_on) {
		if (envelope->kind == ENVELOPE_PACK) {
			envelope = meet_pack(slot, crew, envelope, &budget,
			    &goes_on);
		} else {
			envelope = meet(slot, crew, envelope);
			goes_on = budget_spend(&budget, crew);
		}
	}
	slot->taken = envelope;
	slot->current = NULL;
	set_taken(slot, length > budget.met ? length - budget.met : 0);
	return budget.met;
}

static void
put_back(struct slot *slot)
{
	observe_slice_ends(slot->crew, slot);
	worker_submit(slot->crew->worker, &slot->task, READY_RESUMED);
}

/* Makes the slot idle, and lists it as free if its actor has ended.  `past` is
 * NULL, or what inbox_peek_one() gave.  False: mail has come. */
static inline bool
try_idle(struct slot *slot, struct crew *crew, struct envelope *past)
{
	uint32_t ending = slot->flags & (SLOT_UNLISTED | SLOT_ENDED);

	if (UNLIKELY(ending != 0))
		slot->flags &= ~ending;
	if (LIKELY(past != NULL ? inbox_try_idle_past(&slot->inbox, past) :
	    inbox_try_idle(&slot->inbox))) {
		observe_slice_ends(crew, slot);
		if (UNLIKELY((ending & SLOT_UNLISTED) != 0))
			slots_give(&crew->vm->slots, &crew->free_slots, slot);
		return true;
	}
	slot->flags |= ending;
	return false;
}

/* Ends a slice that has emptied the inbox. */
static inline void
go_on_or_idle(struct slot *slot, struct crew *crew)
{
	if (slot->taken != NULL || !try_idle(slot, crew, NULL))
		put_back(slot);
}

/* Relaxed: one writer, the consumer. */
static inline void
count_met(struct slot *slot, uint32_t met)
{
	atomic_store_explicit(&slot->handled, atomic_load_explicit(
	    &slot->handled, memory_order_relaxed) + met,
	    memory_order_relaxed);
}

/* Ends a slice of one message when more has come. */
static __attribute__((noinline)) void
go_on_past(struct slot *slot, struct crew *crew, struct envelope *envelope)
{
	uint32_t length;

	slot->taken = inbox_take_counted(&slot->inbox, envelope, &length);
	set_taken(slot, length - 1);
	pool_give(&crew->cache, envelope);
	put_back(slot);
}

/* The same when the message was taken by its handler. */
static __attribute__((noinline)) void
go_on_without(struct slot *slot, struct crew *crew)
{
	slot->taken = stash_released(slot, slot->taken);
	go_on_or_idle(slot, crew);
}

/*
 * The usual case: one plain message, which is handled where it lies.  False,
 * and nothing is done: it is not the usual case.  An inbox with a limit is
 * emptied first, so that the message in hand does not count.
 */
static inline bool
run_one(struct slot *slot, struct crew *crew)
{
	struct envelope *envelope = inbox_peek_one(&slot->inbox);
	enum outcome outcome;

	if (envelope == NULL || envelope->kind != ENVELOPE_MAIL ||
	    envelope->to_generation != slot->generation ||
	    atomic_load_explicit(&slot->mailbox_max,
	    memory_order_relaxed) != 0)
		return false;
	outcome = try_handle(slot, crew, envelope);
	if (outcome == UNHANDLED)
		return false;
	slot->current = NULL;
	count_met(slot, 1);
	if (UNLIKELY(outcome == TAKEN))
		go_on_without(slot, crew);
	else if (LIKELY(try_idle(slot, crew, envelope)))
		pool_give(&crew->cache, envelope);
	else
		go_on_past(slot, crew, envelope);
	return true;
}

/* All that is not the usual case.  Returns the messages met. */
static __attribute__((noinline)) uint32_t
run_all(struct slot *slot, struct crew *crew)
{
	struct envelope *envelope = slot->taken;
	uint32_t length, met;

	if (envelope == NULL)
		envelope = inbox_take_counted(&slot->inbox, NULL, &length);
	else
		length = taken_length(slot);
	/* Relaxed: [K], by inbox_take().  A kill comes with an exit request, so
	 * it is none of the usual cases. */
	if (UNLIKELY(atomic_load_explicit(&slot->is_killed,
	    memory_order_relaxed)))
		life_kill(slot);
	met = run_mail(slot, envelope, length);
	count_met(slot, met);
	go_on_or_idle(slot, crew);
	return met;
}

uint32_t
slice_run(void *context, struct worker *worker, struct task *task)
{
	struct slot *slot = slot_of_task(task);
	struct crew *crew = worker->user;

	(void)context;
	slot->crew = crew;
	observe_slice_begins(slot);
	if (UNLIKELY(slot->flags & SLOT_NEW))
		life_begin(slot);
	if (LIKELY(slot->taken == NULL && run_one(slot, crew)))
		return 1;
	return run_all(slot, crew);
}
