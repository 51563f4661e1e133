/* SPDX-License-Identifier: MIT */
/*
 * sentinel - sees to it that nobody waits behind a task that blocks or computes
 * for long, as long as another worker is left.
 *
 * What a worker has put aside to run or to send next (its next slot, its
 * outbox, its rings, its timers) is the worker's, and nobody is woken for it.
 * So when its task stays, somebody has to look.  Every sentinel_ns at most
 * there is a *look* at all workers: one that has begun no task since the look
 * before, and is busy, stands still; what it has is moved to the inject queue
 * or sent for it, and its timers that are due are fired.  So what becomes ready
 * waits for a worker that stands still for at most
 *     2 * sentinel_ns, and TIMER_POLL_UNITS of work of whoever looks,
 * and then as everything in the inject queue does (sched/worker.h).  What lies
 * in the mailbox of the actor that blocks is its own, and waits.
 *
 * Who looks: any worker that works, every TIMER_POLL_UNITS of work, when the
 * look is due; and one of those that are parked, which *keeps watch*: it parks
 * until the look is due, and not without end.
 *
 *   a worker goes idle:   announces itself, then takes the watch if it is free
 *   it comes back:        looks if that is due; keeps the watch
 *   it begins to work:    gives the watch up; then, if the watch is free, wakes
 *                         one that is idle, which takes it when it parks again
 *   it goes idle after a look that saw no task begun since the one before, and
 *   all are idle:         gives the watch up; looks again whether all are idle,
 *                         and takes it back if not
 *
 * So a VM at rest has no watch and makes no system call; and a VM that gets
 * work pays for it with one wake at most, if it had been at rest for
 * sentinel_ns.
 *
 *   [W] is_kept: all seq_cst.  "I begin to work (my idle bit is cleared, [I] of
 *       sched/crowd.h), then I look at the watch" against "I give up the watch,
 *       then I look who is idle", and "I announce myself idle, then I try the
 *       watch" against "I give up the watch, then I look for one that is idle":
 *       in each one of the two sees the other.  Who sees a search instead of
 *       somebody idle may trust it: the searcher looks at the watch after it.
 *   [D] due_ns: compare-exchange acq_rel; who succeeds makes the look.
 *
 * Threads: each worker for itself.
 * Limits: sentinel_ns (scheduler_config; 0, or one worker: nobody looks); what
 * is taken over counts as stolen.
 */
#ifndef SCHED_SENTINEL_H
#define SCHED_SENTINEL_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/machine.h"

struct worker;

struct sentinel {
	alignas(CACHE_LINE) _Atomic uint32_t is_kept; /* [W] 0 or 1 */
	_Atomic uint64_t due_ns; /* [D] of the next look */
};

void sentinel_init(struct sentinel *sentinel);

/* Looks at all workers if that is due.  Any worker, between two tasks. */
void sentinel_look(struct worker *worker);

/* Takes the watch if it is free, or gives it up; the worker has announced
 * itself idle.  Returns until when it may park: CLOCK_NEVER without the watch.
 *  */
uint64_t sentinel_park(struct worker *worker);

/* The worker has begun to work: somebody else keeps the watch. */
void sentinel_pass_on(struct worker *worker);

/* The worker ends. */
void sentinel_leave(struct worker *worker);

#endif
