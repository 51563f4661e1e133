/* SPDX-License-Identifier: MIT */
/*
 * pick - the ready tasks of a worker: putting them in (worker_submit(),
 * declared in sched/worker.h), and choosing the next.
 *
 * Threads: the thread that drives the worker, unless said.
 */
#ifndef SCHED_PICK_H
#define SCHED_PICK_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/machine.h"
#include "base/sched_point.h"
#include "sched/chooser.h"
#include "sched/scheduler.h"
#include "sched/worker.h"

/* The next slot's task, taken out of it; NULL when there is none. */
static inline struct task *
pick_next(struct worker *worker)
{
	/* Relaxed: empty is empty, see worker_submit_woken(). */
	struct task *next = atomic_load_explicit(&worker->next,
	    memory_order_relaxed);

	if (next == NULL)
		return NULL;
	sched_point(SCHED_SITE_RUN_QUEUE);
	if (worker->is_alone) {
		/* Relaxed: without thieves the slot is this thread's. */
		atomic_store_explicit(&worker->next, NULL,
		    memory_order_relaxed);
		return next;
	}
	/* [X]; NULL when a thief was quicker. */
	return atomic_exchange_explicit(&worker->next, NULL,
	    memory_order_acq_rel);
}

/* The part of pick_own() when it is the turn of the oldest. */
struct task *pick_oldest(struct worker *worker);

/* The part of pick_own() after a look at the next slot: `next` was there, and
 * has won too often; or NULL. */
struct task *pick_queued(struct worker *worker, struct task *next);

/* True when it is the turn of the oldest. */
static inline bool
pick_is_turn_of_oldest(struct worker *worker)
{
	bool usual = --worker->until_oldest == 0;

	if (UNLIKELY(usual))
		worker->until_oldest = PICK_OLDEST_EVERY;
	return chooser_pick(&worker->chooser, CHOICE_OLDEST, 2, usual) != 0;
}

/* What is in the next slot, or else what is queued. */
static inline struct task *
pick_newest(struct worker *worker)
{
	struct task *next = pick_next(worker);

	if (LIKELY(next != NULL && ++worker->next_streak <= NEXT_STREAK_MAX))
		return next;
	return pick_queued(worker, next);
}

/* The next of the worker's own tasks, the inject queue included; or NULL.
 * Here, and not in pick.c, is what picks the receiver of a message just
 * sent. */
static inline struct task *
pick_own(struct worker *worker)
{
	if (UNLIKELY(pick_is_turn_of_oldest(worker)))
		return pick_oldest(worker);
	return pick_newest(worker);
}

/* A task of another worker's, or NULL; what is taken beside it joins the
 * worker's own.  The searcher only: others are not told of what it brings. */
struct task *pick_stolen(struct worker *worker);

/* Moves what a worker has ready to the inject queue.  Any thread; its owner stands
 * still, or is the caller, or takes from it as well.  Returns how many tasks. */
uint32_t pick_give_away(struct worker *worker);

/* The part of pick_share() that wakes. */
void pick_wake(struct worker *worker);

/* Wakes an idle worker if what was just made ready here needs one. */
static inline void
pick_share(struct worker *worker)
{
	sched_point(SCHED_SITE_RUN_QUEUE);
	if (UNLIKELY(crowd_wants_wake(&worker->scheduler->crowd)))
		pick_wake(worker);
}

#endif
