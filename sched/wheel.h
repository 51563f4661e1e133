/* SPDX-License-Identifier: MIT */
/*
 * wheel - timers of one worker, in a hierarchy of rings of buckets.
 *
 * A tick is 2^20 ns (1.05 ms).  Level 0 has one bucket per tick, each level
 * above one per WHEEL_BUCKETS of the level below; WHEEL_LEVELS of them reach
 * further than a uint64_t of nanoseconds, so every time has its place.  Set,
 * cancel and fire are O(1); a timer moves down at most WHEEL_LEVELS - 1 times.
 * A bitmap per level finds the next busy bucket without walking.
 *
 * A timer never fires early: its time is rounded up to a tick.  A wheel that is
 * advanced all the time fires it less than one tick late.  Timers fire in the
 * order of their ticks, those of one tick in the order in which they were set;
 * a time that has passed counts as the tick the wheel has reached.
 *
 * The record.  Timers live in a table of the wheel's, type-stable until the
 * wheel ends, and are named by a handle {wheel, index, generation}: a stale
 * handle finds nothing.
 *
 *             set                 due: fire()            wheel_done()
 *   FREE ------------> ARMED ------------------> FIRED --------------> FREE
 *                       | ^                       | |  cancel
 *                       | '----- fire() false ----' '----> REVOKED --> FREE
 *                       |  cancel                (true: done() says so)
 *                       '-----> FREE
 *                    (true: never fires)
 *
 * Instead of wheel_done() the receiver may call wheel_again(): FIRED becomes
 * ARMED in the same life, by the same handle; REVOKED becomes FREE.
 *
 * Who may do what.  A wheel is *held* by one thread at a time (wheel_try_hold):
 * its worker almost always, or a thief when that worker is stalled.  Set,
 * again, advance and unlinking need the hold.  Cancel and done are for any
 * thread: they decide the timer's fate by one compare-exchange on its state;
 * then they take the hold if it is free and put the record back, else they
 * leave it on a list that the next holder clears.
 *
 * Threads: as said.
 * Progress: try_hold, look, cancel, done: lock-free.  wheel_set() and
 * wheel_again() wait for a hold.
 * Limits: timers_max records in use; 2^26 records in a life, one of which is
 * used up with every 2^26 timers.
 * Errors: THS_LIMIT, THS_NO_MEMORY.
 * Source: G. Varghese, T. Lauck, "Hashed and Hierarchical Timing Wheels", 1987.
 */
#ifndef SCHED_WHEEL_H
#define SCHED_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/memory.h"
#include "thespis/status.h"

enum {
	WHEEL_TICK_SHIFT = 20, /* a tick is 1 << this, in ns */
	WHEEL_BUCKETS = 64,    /* per level */
	WHEEL_LEVELS = 8,
	WHEEL_MOVES_MAX = 4096, /* timers moved down by one wheel_advance() */
	WHEEL_SETTLE_MAX = 256, /* timers taken out by one wheel_settle() */
};

/* Names one life of one timer: wheel (12 bits), index (26), generation (26,
 * never 0).  0 names none. */
typedef uint64_t wheel_handle;

#define WHEEL_NONE ((wheel_handle)0)

/* What a timer carries; the wheel looks at the first word in
 * wheel_cancel_own() only. */
struct wheel_load {
	uint64_t words[4]; /* whose it is, and what for */
};

struct wheel;

/*
 * Called by the holder in wheel_advance() for each timer that came due.  True:
 * delivered; the receiver calls wheel_done() when it meets it, be it before
 * this call returns.  False: cannot be delivered now, and nobody else has
 * learnt of it; the wheel tries again one tick later.
 *
 * It may call wheel_set_held(), wheel_cancel() and wheel_done() of this wheel,
 * never wheel_set(), which would wait for itself.
 */
typedef bool (*wheel_fire)(void *context, wheel_handle handle,
    const struct wheel_load *load);

/* Makes wheel number `number` (< 4096), starting at `now`.  NULL: no memory. */
struct wheel *wheel_new(struct memory *memory, uint32_t number,
    uint32_t timers_max, uint64_t now, wheel_fire fire, void *context);

/* Frees the wheel and all its records.  Nobody may use it any more. */
void wheel_free(struct wheel *wheel);

/* Takes / gives the hold.  try never waits. */
bool wheel_try_hold(struct wheel *wheel);
void wheel_release(struct wheel *wheel);

/*
 * Sets a timer due at `due_ns` of the VM's clock; 0, or any time that has
 * passed: at the next advance.  Takes the hold itself, waiting for a thief's
 * short hold if need be; the caller must not have it.
 * Returns THS_OK, THS_LIMIT (timers_max; counted) or THS_NO_MEMORY.
 */
THS_NODISCARD ths_status wheel_set(struct wheel *wheel, uint64_t due_ns,
    struct wheel_load load, wheel_handle *handle);

/* The same for who has the hold: in fire(), or after wheel_try_hold().  Set in
 * fire() for a time that has passed, it fires in the same advance if max
 * allows. */
THS_NODISCARD ths_status wheel_set_held(struct wheel *wheel, uint64_t due_ns,
    struct wheel_load load, wheel_handle *handle);

/* Copies the load of a timer that is ARMED, FIRED or REVOKED.  False: stale
 * handle; *load is untouched.  Any thread; a handle of any bits is safe. */
bool wheel_look(const struct wheel *wheel, wheel_handle handle,
    struct wheel_load *load);

/*
 * True: the timer was ARMED and never fires, or was FIRED and is now REVOKED,
 * so that wheel_done() will say false.  False: stale handle, or REVOKED before.
 * Any thread; a handle made of any bits is safe.
 */
bool wheel_cancel(struct wheel *wheel, wheel_handle handle);

/*
 * As wheel_cancel(), and false unless the first word of the timer's load is
 * `owner`.  For the one thread that may end this owner's timers at the moment:
 * nobody else calls wheel_cancel() or wheel_done() for them meanwhile.  When it
 * gets the hold, that spares it a compare-exchange.
 *
 * Its record stays in its bucket until wheel_settle() has time for it, or a new
 * timer needs it.
 */
bool wheel_cancel_own(struct wheel *wheel, wheel_handle handle, uint64_t owner);

/*
 * Takes at most WHEEL_SETTLE_MAX cancelled timers out of their buckets, if the
 * hold is free.  True: there are more.  Its worker, now and then, and before it
 * sleeps until there are none: then the deadline is that of a timer that lives.
 */
bool wheel_settle(struct wheel *wheel);

/* Ends the life of a FIRED or REVOKED timer.  True if it was FIRED: the
 * wake-up counts; false if it was cancelled meanwhile.  The receiver, once per
 * firing. */
bool wheel_done(struct wheel *wheel, wheel_handle handle);

/*
 * Sets a FIRED timer for another time, instead of wheel_done(): true, the
 * wake-up counts.  False: it was cancelled meanwhile, and its life has ended.
 * Any thread that does not have the hold, the receiver's, once per firing; who
 * drives the wheel has to be told, unless it is the caller.
 */
bool wheel_again(struct wheel *wheel, wheel_handle handle, uint64_t due_ns);

/*
 * Fires what is due at `now`, calling fire() for at most `max` timers; returns
 * how many it took.
 * `now` may jump ahead by any span, and is ignored when it lies back.  Timers
 * that share a bucket of a higher level are moved down first, at most
 * WHEEL_MOVES_MAX in one call.  What could not be done remains due: the
 * deadline is then not after `now`.  Needs the hold.
 */
uint32_t wheel_advance(struct wheel *wheel, uint64_t now, uint32_t max);

/*
 * When to advance next: a time not after the tick of the next timer;
 * CLOCK_NEVER with none.  A far timer costs at most one early wake per level.
 * Exact for the holder, a guess for others.
 */
uint64_t wheel_deadline(const struct wheel *wheel);

/* Records in use: timers ARMED, FIRED or REVOKED, those ended by another
 * thread until the next holder clears them, and those not yet settled.  A guess
 * for any but the holder. */
uint32_t wheel_length(const struct wheel *wheel);

/*
 * Timers ARMED, FIRED or REVOKED: of the records in use those that have not
 * ended.  A record whose end nobody has had the time to clear may stay in use
 * until the next timer is set, which may be never.  A guess for any but the
 * holder.
 */
uint32_t wheel_pending(const struct wheel *wheel);

/*
 * Calls visit for every timer, ARMED or FIRED, in no order.  Looks at every
 * record that there has been, and sees each at another moment.  Any thread,
 * also in a signal handler; wait-free.
 */
void wheel_each(const struct wheel *wheel, void (*visit)(void *context,
    const struct wheel_load *load, bool has_fired), void *context);

/* Calls refused by timers_max so far. */
uint64_t wheel_limited(const struct wheel *wheel);

/* Records whose generations are used up. */
uint32_t wheel_retired(const struct wheel *wheel);

/* For tests: records used for the first time from now on begin as if they had
 * had this many (< 2^26) lives.  Needs the hold. */
void wheel_age(struct wheel *wheel, uint32_t lives);

/* Which wheel a handle belongs to. */
static inline uint32_t
wheel_number(wheel_handle handle)
{
	return (uint32_t)(handle >> 52);
}

#endif
