/* SPDX-License-Identifier: MIT */
/*
 * timer - wakes an actor later.
 *
 * A timer that comes due sends its actor a ths_wakeup, as ordinary mail; an
 * actor receives it with THS_ON(ths_wakeup, function).  Never early; late by up
 * to a millisecond, and by what the actor's mailbox and worker have to do
 * first.  Those that come due together come in the order of their times, to the
 * millisecond, and then in the order in which they were set.  The timers of an
 * actor that has ended wake nobody; what they still send counts as absorbed.
 * In an inline VM timers that came due while nobody was inside come before
 * whatever the next call brings.
 *
 * Threads: the actor's own handlers.  Limits: timers_max of the VM.
 */
#ifndef THESPIS_TIMER_H
#define THESPIS_TIMER_H

#include "thespis/actor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Names one timer; stale once it was cancelled, or handled if it is not
 * periodic.
 * 0 names none. */
typedef uint64_t ths_timer;

/* What an actor receives when a timer of its comes due. */
THS_MESSAGE(ths_wakeup,
    THS_FIELD(uint64_t, timer),   /* the ths_timer */
    THS_FIELD(uint64_t, payload), /* as given when it was set */
    THS_FIELD(ths_duration, delay)) /* the same; of a periodic one its period */

/*
 * Sends this actor a ths_wakeup with payload after delay (0 or less: as soon as
 * possible).  timer may be NULL.
 * Returns THS_OK, THS_NO_MEMORY or THS_LIMIT (timers_max).
 */
THS_NODISCARD THS_PUBLIC ths_status ths_timer_set(ths_self *self,
    ths_duration delay, uint64_t payload, ths_timer *timer);

/*
 * Sends this actor a ths_wakeup with payload after each period, counted from
 * now and without drift: a late wake-up does not delay the next.  An actor that
 * is late by whole periods gets one ths_wakeup, and the periods that have
 * passed are skipped; ths_now() tells how many.  Ends with ths_timer_cancel(),
 * or with the actor.  timer may be NULL.
 * Returns THS_OK, THS_BAD_ARGUMENT (a period of 0 or less), THS_NO_MEMORY or
 * THS_LIMIT (timers_max).
 */
THS_NODISCARD THS_PUBLIC ths_status ths_timer_every(ths_self *self,
    ths_duration period, uint64_t payload, ths_timer *timer);

/*
 * Cancels a timer of this actor.  True: no ths_wakeup of it will be handled
 * from now on, even if one is already in the mailbox.  False: it was handled or
 * cancelled before, or is no timer of this actor's.
 */
THS_PUBLIC bool ths_timer_cancel(ths_self *self, ths_timer timer);

/* Monotonic time of this actor's VM, in nanoseconds since the VM's start. */
THS_PUBLIC ths_duration ths_now(const ths_self *self);

/*
 * The date, by the wall clock of this actor's VM: to tell people when something
 * was, or to compare with times from elsewhere.  Somebody may set that clock,
 * so it may jump either way, and stand still: spans are measured with
 * ths_now().  Timers and time-outs do not go by it.  An actor that reads the
 * system's clock instead is not the same twice in a simulated world.
 */
THS_PUBLIC ths_time ths_wall_clock(const ths_self *self);

#ifdef __cplusplus
}
#endif
#endif
