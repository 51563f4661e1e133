/* SPDX-License-Identifier: MIT */
/*
 * wheel - timers of one worker, in a hierarchy of rings of buckets.
 *
 * A tick is 2^20 ns (1.05 ms).  Level 0 has one bucket per tick, each level
 * above one per WHEEL_BUCKETS of the level below; a timer further out than the
 * top waits in the top's last bucket and is put again.  Set, cancel and fire are
 * O(1); a timer moves down at most WHEEL_LEVELS - 1 times.  A bitmap per level
 * finds the next busy bucket without walking.
 *
 * The record.  Timers live in a table of the wheel's, type-stable until the
 * wheel ends, and are named by a handle {wheel, index, generation}: a stale
 * handle finds nothing.
 *
 *             set                 due: fire()            wheel_done()
 *   FREE ------------> ARMED ------------------> FIRED ---------------> FREE
 *                        |  cancel                 |  cancel
 *                        '-----> FREE              '-----> REVOKED --> FREE
 *                    (true: never fires)  (true: done() says so)  done()
 *
 * Who may do what.  A wheel is *held* by one thread at a time (wheel_try_hold):
 * its worker almost always, or a thief when that worker is stalled.  Set,
 * advance and unlinking need the hold.  Cancel is for any thread: it decides the
 * timer's fate by one compare-exchange on its state, and if it holds the wheel
 * unlinks it at once, else leaves it on a list that the next holder clears.
 *
 *   [S] state: compare-exchange acq_rel by everybody who changes it: exactly one
 *       of {fire, cancel} wins.
 *   [H] hold: exchange acquire / store release.
 *   [R] cancelled list: push compare-exchange release -> clear exchange acquire.
 *   [D] next deadline: store relaxed by the holder -> load by any; a guess for
 *       thieves, exact for the holder.
 *
 * Threads: as said.  Limits: timers_max records; wheel_set() says when reached.
 * Errors: WHEEL_NONE for no memory or no room.
 * Source: G. Varghese, T. Lauck, "Hashed and Hierarchical Timing Wheels" (1987).
 */
#ifndef SCHED_WHEEL_H
#define SCHED_WHEEL_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/memory.h"

/* Names one life of one timer: wheel (12 bits), index (26), generation (26,
 * never 0).  0 names none. */
typedef uint64_t wheel_handle;

#define WHEEL_NONE ((wheel_handle)0)

/* What a timer carries for its owner; the wheel does not look at it. */
struct wheel_load {
	uint64_t words[3];
};

struct wheel;

/*
 * Called by the holder in wheel_advance() for each timer that came due.  True:
 * delivered; the receiver calls wheel_done() when it meets it.  False: cannot be
 * delivered now; the wheel tries again one tick later.
 */
typedef bool (*wheel_fire)(void *context, wheel_handle handle,
    const struct wheel_load *load);

/* Makes wheel number `number` (< 4096), starting at `now`.  NULL: no memory. */
struct wheel *wheel_new(struct memory *memory, uint32_t number,
    uint32_t timers_max, uint64_t now, wheel_fire fire, void *context);

/* Frees the wheel and all its records. */
void wheel_free(struct wheel *wheel);

/* Takes / gives the hold.  try never waits. */
bool wheel_try_hold(struct wheel *wheel);
void wheel_release(struct wheel *wheel);

/*
 * Sets a timer due at `due_ns` of the VM's clock (a past time: at the next
 * advance).  Takes the hold itself, waiting for a thief's short hold if need
 * be; do not call it while holding, except from within fire().
 */
wheel_handle wheel_set(struct wheel *wheel, uint64_t due_ns,
    struct wheel_load load);

/*
 * True: the timer was ARMED and never fires, or was FIRED and is now REVOKED, so
 * that wheel_done() will say false.  False: stale handle, or REVOKED already.
 * Any thread.
 */
bool wheel_cancel(struct wheel *wheel, wheel_handle handle);

/* Ends the life of a FIRED or REVOKED timer.  True if it was FIRED: the wake-up
 * counts; false if it was cancelled meanwhile.  The receiver; once per firing. */
bool wheel_done(struct wheel *wheel, wheel_handle handle);

/* Fires everything due at `now`, in order of tick, at most `max` timers; returns
 * how many.  Needs the hold. */
uint32_t wheel_advance(struct wheel *wheel, uint64_t now, uint32_t max);

/* A time at or before the next timer is due (never after), CLOCK_NEVER with
 * none; at most one early wake per level.  [D] */
uint64_t wheel_deadline(const struct wheel *wheel);

/* Timers in ARMED or FIRED.  A guess for any but the holder. */
uint32_t wheel_length(const struct wheel *wheel);

/* Calls refused by timers_max so far. */
uint64_t wheel_limited(const struct wheel *wheel);

/* Which wheel a handle belongs to. */
static inline uint32_t
wheel_number(wheel_handle handle)
{
	return (uint32_t)(handle >> 52);
}

#endif
