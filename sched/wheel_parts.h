/* SPDX-License-Identifier: MIT */
/*
 * wheel_parts - what wheel.c, the holder's side, and wheel_end.c, that of those
 * who end timers, have in common.  Nobody else includes it.
 *
 * Ordering.
 *   [S] [L] state and load of a timer: see timer.h.
 *   [H] hold: release by store, release -> try_hold by exchange, acquire
 *         A holder sees calendar, table and records as the last one left them.
 *   [R] returned: push by compare-exchange, release -> clear by exchange,
 *       acquire
 *         The holder sees what the one who ended the timer wrote.  The list is
 *         only ever taken whole, so no entry comes back under a push.
 *   [D] deadline: see calendar.c.
 *
 * A cancelled timer may be FREE and still stand in its bucket.  Its field
 * `bucket` tells, and only the holder reads it: whoever puts the record back
 * takes it out, unless an advance has met it first.
 *
 * To take it out means to write to its neighbours there, whose lines are far
 * away when many timers are set.  So wheel_cancel_own() leaves it there, on a
 * list of those that left: most time-outs are cancelled by a handler that has
 * something better to do, and the worker takes them out between two tasks.
 */
#ifndef SCHED_WHEEL_PARTS_H
#define SCHED_WHEEL_PARTS_H

#include <stdalign.h>
#include <stdatomic.h>

#include "base/machine.h"
#include "base/sched_point.h"
#include "sched/calendar.h"
#include "sched/timer.h"
#include "sched/timer_table.h"
#include "sched/wheel.h"

/*
 *   line  field       written by             read by
 *   0     fire…       wheel_new              any
 *   0     table       the holder; segments   the holder; any: segments,
 *                     as [T] there           retired
 *   ..    hold…       the holder             any
 *   ..    left…       the holder             the holder; any: whether, a guess
 *   ..    left_count  the holder             any: a guess
 *   ..    returned    any                    any
 *   ..    returned_…  any                    any: a guess
 *   ..    calendar    the holder             the holder; any: deadline
 */
struct wheel {
	struct memory *memory;
	wheel_fire fire;
	void *context;
	uint32_t number;
	uint32_t timers_max;
	struct timer_table table;
	alignas(CACHE_LINE) _Atomic uint32_t hold; /* [H] 1: held */
	_Atomic uint32_t length;
	_Atomic uint64_t limited;
	_Atomic uint32_t left; /* chained by `returned`; 0: none */
	_Atomic uint32_t left_count;
	alignas(CACHE_LINE) _Atomic uint32_t returned; /* [R] */
	_Atomic uint32_t returned_count; /* there, or about to be */
	alignas(CACHE_LINE) struct calendar calendar;
};

/* Relaxed, as all counts: only the holder writes; others read a guess. */
static inline void
wheel_length_set(struct wheel *wheel, uint32_t length)
{
	atomic_store_explicit(&wheel->length, length, memory_order_relaxed);
}

/* Makes the record of an ended timer ready for another. */
static inline void
wheel_put_back(struct wheel *wheel, uint32_t index, struct timer *timer)
{
	if (timer->bucket != CALENDAR_NOWHERE)
		calendar_remove(&wheel->calendar, timer);
	wheel_length_set(wheel, wheel_length(wheel) - 1);
	timer_table_put(&wheel->table, index, timer);
}

/* Relaxed, here and where it is read: only the holder writes; its worker looks
 * whether there is any. */
static inline void
wheel_left_set(struct wheel *wheel, uint32_t index)
{
	atomic_store_explicit(&wheel->left, index, memory_order_relaxed);
}

/* Relaxed, as all counts. */
static inline void
wheel_left_count_add(struct wheel *wheel, uint32_t n)
{
	atomic_store_explicit(&wheel->left_count, atomic_load_explicit(
	    &wheel->left_count, memory_order_relaxed) + n,
	    memory_order_relaxed);
}

static inline uint32_t
wheel_left_get(const struct wheel *wheel)
{
	return atomic_load_explicit(&wheel->left, memory_order_relaxed);
}

/* Puts back at most max of those that left, the last to do so first. */
static inline void
wheel_left_clear(struct wheel *wheel, uint32_t max)
{
	uint32_t index = wheel_left_get(wheel);
	uint32_t cleared = 0;

	for (; index != 0 && cleared < max; cleared++) {
		struct timer *timer = timer_table_at(&wheel->table, index);
		uint32_t next = timer->returned;

		machine_fetch_for_writing(timer_table_at(&wheel->table,
		    next));
		wheel_put_back(wheel, index, timer);
		index = next;
	}
	if (cleared == 0)
		return;
	wheel_left_count_add(wheel, -cleared);
	wheel_left_set(wheel, index);
}

/* Puts back what others ended while somebody had the hold. */
static inline void
wheel_returned_clear(struct wheel *wheel)
{
	uint32_t cleared = 0;
	uint32_t index;

	/* Relaxed: one that is missed is found by the next holder. */
	if (LIKELY(atomic_load_explicit(&wheel->returned,
	    memory_order_relaxed) == 0))
		return;
	sched_point(SCHED_SITE_TIMER);
	/* [R] */
	index = atomic_exchange_explicit(&wheel->returned, 0,
	    memory_order_acquire);
	for (; index != 0; cleared++) {
		struct timer *timer = timer_table_at(&wheel->table, index);
		uint32_t next = timer->returned;

		wheel_put_back(wheel, index, timer);
		index = next;
	}
	/* Relaxed, as all counts. */
	atomic_fetch_sub_explicit(&wheel->returned_count, cleared,
	    memory_order_relaxed);
}

/* As wheel_try_hold() and wheel_release(). */
static inline bool
wheel_hold_try(struct wheel *wheel)
{
	sched_point(SCHED_SITE_TIMER);
	/* [H] */
	if (atomic_exchange_explicit(&wheel->hold, 1, memory_order_acquire))
		return false;
	wheel_returned_clear(wheel);
	return true;
}

static inline void
wheel_hold_give(struct wheel *wheel)
{
	sched_point(SCHED_SITE_TIMER);
	/* [H] */
	atomic_store_explicit(&wheel->hold, 0, memory_order_release);
}

#endif
