/* SPDX-License-Identifier: MIT */
/* wheel_end - a timer is cancelled, or its wake-up met, by whatever thread; see
 * wheel.h, and for the orders wheel_parts.h. */
#include "sched/wheel_parts.h"

static void
returned_push(struct wheel *wheel, uint32_t index, struct timer *timer)
{
	/* Relaxed: the exchange below finds out whether it is still so. */
	uint32_t next = atomic_load_explicit(&wheel->returned,
	    memory_order_relaxed);

	/* Relaxed, as all counts; before the record can be cleared. */
	atomic_fetch_add_explicit(&wheel->returned_count, 1,
	    memory_order_relaxed);
	/* Fails when another pushed or a holder cleared: one of us got on. */
	do {
		timer->returned = next;
		sched_point(SCHED_SITE_TIMER);
	} while (!atomic_compare_exchange_weak_explicit(&wheel->returned, &next,
	    index, memory_order_release, memory_order_relaxed)); /* [R] */
}

/* Gets rid of a record that the caller's compare-exchange has made FREE. */
static void
give_back(struct wheel *wheel, uint32_t index, struct timer *timer)
{
	if (LIKELY(wheel_hold_try(wheel))) {
		wheel_put_back(wheel, index, timer);
		wheel_hold_give(wheel);
	} else {
		returned_push(wheel, index, timer);
	}
}

bool
wheel_look(const struct wheel *wheel, wheel_handle handle,
    struct wheel_load *load)
{
	const struct timer *timer = timer_table_find(&wheel->table,
	    timer_index(handle));
	uint32_t generation = timer_generation(handle);
	struct wheel_load copy;

	if (timer == NULL || !timer_lives(timer, generation))
		return false;
	timer_load_read(timer, &copy);
	sched_point(SCHED_SITE_TIMER);
	if (!timer_lives(timer, generation))
		return false; /* it may be another's load, by [L] */
	*load = copy;
	return true;
}

bool
wheel_cancel(struct wheel *wheel, wheel_handle handle)
{
	uint32_t index = timer_index(handle);
	uint32_t generation = timer_generation(handle);
	const uint32_t armed = timer_word(generation, TIMER_ARMED);
	const uint32_t fired = timer_word(generation, TIMER_FIRED);
	struct timer *timer = timer_table_find(&wheel->table, index);
	uint32_t word = armed;

	if (timer == NULL)
		return false;
	/* Goes round again only when the timer has fired, or was armed again,
	 * between two looks. */
	while (word == armed || word == fired) {
		if (word == fired) {
			if (timer_try_change(timer, &word,
			    timer_word(generation, TIMER_REVOKED)))
				return true;
		} else if (timer_try_change(timer, &word,
		    timer_word(generation, TIMER_FREE))) {
			give_back(wheel, index, timer);
			return true;
		}
	}
	return false;
}

/* With the hold: nobody but the caller may change an armed timer of the
 * owner's. */
static bool
cancel_held(struct wheel *wheel, wheel_handle handle, struct timer *timer,
    uint64_t owner)
{
	uint32_t generation = timer_generation(handle);

	/* Relaxed: set by a holder; if it is another life's, the owner is no
	 * matter. */
	if (atomic_load_explicit(&timer->state, memory_order_relaxed) !=
	    timer_word(generation, TIMER_ARMED) ||
	    atomic_load_explicit(&timer->load[0], memory_order_relaxed) !=
	    owner)
		return false;
	/* Relaxed: as put back by the next holder. */
	atomic_store_explicit(&timer->state,
	    timer_word(generation, TIMER_FREE), memory_order_relaxed);
	timer->returned = wheel_left_get(wheel);
	wheel_left_set(wheel, timer_index(handle));
	wheel_left_count_add(wheel, 1);
	return true;
}

bool
wheel_cancel_own(struct wheel *wheel, wheel_handle handle, uint64_t owner)
{
	struct timer *timer = timer_table_find(&wheel->table,
	    timer_index(handle));
	struct wheel_load load;
	bool is_cancelled;

	if (timer == NULL)
		return false;
	if (LIKELY(wheel_hold_try(wheel))) {
		is_cancelled = cancel_held(wheel, handle, timer, owner);
		wheel_hold_give(wheel);
		if (LIKELY(is_cancelled))
			return true;
	}
	return wheel_look(wheel, handle, &load) && load.words[0] == owner &&
	    wheel_cancel(wheel, handle);
}

bool
wheel_done(struct wheel *wheel, wheel_handle handle)
{
	uint32_t index = timer_index(handle);
	uint32_t generation = timer_generation(handle);
	const uint32_t free = timer_word(generation, TIMER_FREE);
	struct timer *timer = timer_table_find(&wheel->table, index);
	uint32_t word = timer_word(generation, TIMER_FIRED);
	bool counts;

	if (timer == NULL)
		return false;
	counts = timer_try_change(timer, &word, free);
	/* A revoked one stays so until it is done. */
	if (!counts && (word != timer_word(generation, TIMER_REVOKED)
	    || !timer_try_change(timer, &word, free)))
		return false; /* stale */
	give_back(wheel, index, timer);
	return counts;
}
