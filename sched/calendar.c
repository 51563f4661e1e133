/* SPDX-License-Identifier: MIT */
/*
 * calendar - the hierarchy of rings of buckets of one wheel; see calendar.h.
 *
 *   [D] deadline: store relaxed by the holder -> load relaxed by any
 *         Exact for the holder, by the edge of the hold; a thief only guesses
 *         by it, and looks again once it has the hold.
 */
#include "sched/calendar.h"

#include <assert.h>

#include "base/clock.h"
#include "base/machine.h"

enum { DIGIT_BITS = 6 };

static_assert(WHEEL_BUCKETS == 1 << DIGIT_BITS, "one bucket per digit");
static_assert(WHEEL_LEVELS * DIGIT_BITS > 64 - WHEEL_TICK_SHIFT,
    "every time has a place, also the last one rounded up");

/* The next busy bucket, or NOWHERE. */
static uint32_t
bucket_next(const struct calendar *calendar)
{
	uint32_t level;

	if (UNLIKELY(calendar->moving != CALENDAR_NOWHERE))
		return calendar->moving;
	if (calendar->levels == 0)
		return CALENDAR_NOWHERE;
	level = (uint32_t)__builtin_ctz(calendar->levels);
	return level * WHEEL_BUCKETS
	    + (uint32_t)__builtin_ctzll(calendar->busy[level]);
}

/* The first tick of a busy bucket. */
static uint64_t
bucket_start(const struct calendar *calendar, uint32_t number)
{
	uint32_t shift = number / WHEEL_BUCKETS * DIGIT_BITS;
	uint64_t digit = number % WHEEL_BUCKETS;
	uint64_t above = calendar->reached >> (shift + DIGIT_BITS);

	return (above << DIGIT_BITS | digit) << shift;
}

/* The bucket for a tick. */
static uint32_t
bucket_for(const struct calendar *calendar, uint64_t tick)
{
	uint64_t reached = calendar->reached;
	uint64_t at = tick > reached ? tick : reached;
	uint32_t highest = 63u - (uint32_t)__builtin_clzll((at ^ reached) | 1);
	uint32_t level = highest / DIGIT_BITS;

	if (UNLIKELY(level < calendar->settled))
		return calendar->moving;
	return level * WHEEL_BUCKETS
	    + (uint32_t)(at >> level * DIGIT_BITS) % WHEEL_BUCKETS;
}

/* After the set of busy buckets changed. */
static void
deadline_publish(struct calendar *calendar)
{
	uint32_t number = bucket_next(calendar);
	uint64_t deadline = CLOCK_NEVER;

	if (number != CALENDAR_NOWHERE) {
		uint64_t start = bucket_start(calendar, number);

		if (start <= CLOCK_NEVER >> WHEEL_TICK_SHIFT)
			deadline = start << WHEEL_TICK_SHIFT;
	}
	/* [D] */
	atomic_store_explicit(&calendar->deadline, deadline,
	    memory_order_relaxed);
}

static void
bucket_set_busy(struct calendar *calendar, uint32_t number)
{
	uint32_t level = number / WHEEL_BUCKETS;

	calendar->busy[level] |= UINT64_C(1) << number % WHEEL_BUCKETS;
	calendar->levels |= 1u << level;
	deadline_publish(calendar);
}

static void
bucket_set_empty(struct calendar *calendar, uint32_t number)
{
	uint32_t level = number / WHEEL_BUCKETS;

	calendar->busy[level] &= ~(UINT64_C(1) << number % WHEEL_BUCKETS);
	if (calendar->busy[level] == 0)
		calendar->levels &= ~(1u << level);
	if (number == calendar->moving) {
		calendar->moving = CALENDAR_NOWHERE;
		calendar->settled = 0;
	}
	deadline_publish(calendar);
}

/* Puts the timers of the bucket that was entered anew.  False: *moves are used
 * up before it is empty. */
static bool
bucket_move(struct calendar *calendar, uint32_t number, uint32_t *moves)
{
	uint32_t index;

	calendar->moving = number;
	calendar->settled = 0;
	while ((index = calendar->buckets[number].oldest) != 0) {
		struct timer *timer = timer_table_at(calendar->table, index);

		if (*moves == 0) {
			calendar->settled = number / WHEEL_BUCKETS;
			deadline_publish(calendar);
			return false;
		}
		*moves -= 1;
		calendar_remove(calendar, timer);
		calendar_put(calendar, index, timer);
	}
	return true;
}

void
calendar_init(struct calendar *calendar, struct timer_table *table,
    uint64_t reached)
{
	calendar->table = table;
	calendar->reached = reached;
	calendar->moving = CALENDAR_NOWHERE;
	atomic_init(&calendar->deadline, CLOCK_NEVER);
}

void
calendar_put(struct calendar *calendar, uint32_t index, struct timer *timer)
{
	uint32_t number = bucket_for(calendar, timer->tick);
	struct calendar_bucket *bucket = &calendar->buckets[number];
	uint32_t older = bucket->newest;

	timer->bucket = number;
	timer->older = older;
	timer->newer = 0;
	bucket->newest = index;
	if (older != 0) {
		timer_table_at(calendar->table, older)->newer = index;
		return;
	}
	bucket->oldest = index;
	bucket_set_busy(calendar, number);
}

void
calendar_remove(struct calendar *calendar, struct timer *timer)
{
	uint32_t number = timer->bucket;
	struct calendar_bucket *bucket = &calendar->buckets[number];
	uint32_t older = timer->older;
	uint32_t newer = timer->newer;

	timer->bucket = CALENDAR_NOWHERE;
	if (older != 0)
		timer_table_at(calendar->table, older)->newer = newer;
	else
		bucket->oldest = newer;
	if (newer != 0)
		timer_table_at(calendar->table, newer)->older = older;
	else
		bucket->newest = older;
	if (bucket->oldest == 0)
		bucket_set_empty(calendar, number);
}

uint32_t
calendar_enter(struct calendar *calendar, uint64_t tick, uint32_t *moves)
{
	/* Ends at level 0, for each turn empties a bucket above it. */
	for (;;) {
		uint32_t number = bucket_next(calendar);
		uint64_t start;

		if (number == CALENDAR_NOWHERE)
			break;
		start = bucket_start(calendar, number);
		if (start > tick)
			break;
		calendar->reached = start;
		if (number < WHEEL_BUCKETS)
			return calendar->buckets[number].oldest;
		if (!bucket_move(calendar, number, moves))
			return 0;
	}
	if (calendar->reached < tick)
		calendar->reached = tick;
	return 0;
}
