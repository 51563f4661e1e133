/* SPDX-License-Identifier: MIT */
/*
 * sentinel - sees to it that nobody waits behind a task that blocks or computes
 * for long.
 *
 * What a worker has put aside to run or to send next (its next slot, its
 * outbox, its rings, its timers) is the worker's, and nobody is woken for it.
 * So when its task stays, somebody has to look: the sentinel, a thread beside
 * the workers that runs no task.  While somebody works it looks at all of them
 * every sentinel_ns.  One that has begun no task since the look before, and has
 * not ended it, *stands still*: what it has is moved to the inject queue or sent
 * for it, its timers that are due are fired, and if nobody is idle a spare
 * worker is sent (sched/spare.h).  So what becomes ready waits for a worker that
 * stands still for at most 2 * sentinel_ns, and then as everything in the inject
 * queue does (sched/worker.h), as long as not more of them stand still than
 * there are workers and spares.  What lies in the mailbox of the actor that
 * blocks is its own, and waits.
 *
 *   a worker begins to work:  begins the watch if there is none, and wakes the
 *                             sentinel
 *   the sentinel has looked,  ends the watch; looks again whether all are idle,
 *   no task was begun since   and begins it again if not
 *   the look before, no spare
 *   is here and all are idle:
 *   QUIET_NS after that:      calls quiet(), once
 *
 * So a VM at rest has no watch and makes no system call; and a VM that gets
 * work pays for it with one wake at most, if it had been at rest for
 * sentinel_ns.  One that is busy all the time pays with one look a period.
 *
 *   [W] is_kept: all seq_cst.  "I begin to work (my idle bit is cleared, [I] of
 *       sched/crowd.h, or I was sent, [A] there), then I look at the watch"
 *       against "I end the watch, then I look whether all are idle": one of the
 *       two sees the other.
 *   [R] worker.picks, then worker.running: store release by the worker before
 *       the task; running: store relaxed after it, NULL -> sentinel: running,
 *       then picks, load acquire.  A task seen there with the number that was
 *       seen in an earlier look too is still that one, and has not returned:
 *       between two tasks running is NULL, and who sees a number sees at least
 *       the NULL that came before it.
 *
 * While it looks it is in the crowd, so that what it has in hand is not missed.
 *
 * Threads: sentinel_rouse(): any worker; the rest: who drives the sentinel.
 * Limits: sentinel_ns (scheduler_config; 0: there is none).
 */
#ifndef SCHED_SENTINEL_H
#define SCHED_SENTINEL_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/machine.h"

struct worker;

/*
 *   line  field    written by          read by
 *   0     is_kept  workers, sentinel   both      [W]
 *   1     others   sentinel            sentinel; relieved: any, relaxed
 */
struct sentinel {
	alignas(CACHE_LINE) _Atomic uint32_t is_kept; /* [W] 0 or 1 */
	alignas(CACHE_LINE) uint64_t due_ns; /* of the next look; CLOCK_NEVER:
					      * it keeps no watch */
	uint64_t quiet_ns; /* when quiet() is due; CLOCK_NEVER: it is not */
	_Atomic uint64_t relieved; /* tasks taken from who stood still */
};

void sentinel_init(struct sentinel *sentinel);

/* The calling worker has begun to work; with that the watch begins. */
void sentinel_rouse(struct worker *worker);

/* One step of the sentinel, `worker`: looks if that is due.  When to step again:
 * worker->until_ns. */
void sentinel_step(struct worker *worker);

#endif
