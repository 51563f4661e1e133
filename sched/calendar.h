/* SPDX-License-Identifier: MIT */
/*
 * calendar - the hierarchy of rings of buckets in which the timers of one wheel
 * stand; private to the wheel.
 *
 * A tick's digits are its bits in groups of six, one digit per level.  A timer
 * stands on the level of the highest digit in which its tick differs from
 * `reached`, the last tick that was entered, in the bucket of its own digit
 * there.  Hence on every level
 *
 *   - all busy buckets lie after the digit of `reached`, never around the ring
 *     (level 0 may have that digit's own bucket busy: what is due),
 *   - all timers of a level come before all timers of the next level,
 *
 * so the next busy bucket is the lowest bit of the lowest busy level.  When
 * `reached` enters a bucket above level 0, its timers are put anew.  Before
 * that no timer of those ticks could stand on a lower level, so those of one
 * tick stay in the order in which they were put.  A large bucket is moved in
 * several parts; until that is done (`moving`) it remains the next, and what is
 * put for its ticks goes to its end.
 *
 * Threads: the wheel's holder; the deadline may be read by any.
 */
#ifndef SCHED_CALENDAR_H
#define SCHED_CALENDAR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "sched/timer.h"
#include "sched/timer_table.h"
#include "sched/wheel.h"

enum {
	CALENDAR_BUCKETS = WHEEL_LEVELS * WHEEL_BUCKETS,
	CALENDAR_NOWHERE = CALENDAR_BUCKETS, /* no bucket */
};

struct calendar_bucket {
	uint32_t oldest; /* indexes in the table; 0: empty */
	uint32_t newest;
};

struct calendar {
	struct timer_table *table;
	_Atomic uint64_t deadline; /* when the next busy bucket starts; [D] */
	uint64_t reached;  /* tick */
	uint32_t moving;   /* the bucket that is being moved, or NOWHERE */
	uint32_t settled;  /* the lowest level that takes timers */
	uint32_t levels;   /* bit per level that has a busy bucket */
	uint64_t busy[WHEEL_LEVELS]; /* bit per busy bucket */
	struct calendar_bucket buckets[CALENDAR_BUCKETS];
};

/* Makes an empty calendar at tick `reached`, in zeroed memory. */
void calendar_init(struct calendar *calendar, struct timer_table *table,
    uint64_t reached);

/* Puts a timer that stands nowhere at the end of the bucket for timer->tick; a
 * tick that has passed counts as `reached`. */
void calendar_put(struct calendar *calendar, uint32_t index,
    struct timer *timer);

/* Takes a timer out of its bucket. */
void calendar_remove(struct calendar *calendar, struct timer *timer);

/*
 * Enters the next busy bucket that starts by `tick`, moving timers down as long
 * as *moves, which it counts down, is not 0.  The index of the oldest timer of
 * the tick reached, which stays where it is; 0 when none is due, or moves are
 * used up (the deadline is then not after the tick).
 */
uint32_t calendar_enter(struct calendar *calendar, uint64_t tick,
    uint32_t *moves);

#endif
