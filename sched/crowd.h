/* SPDX-License-Identifier: MIT */
/*
 * crowd - which workers are idle, and whether somebody searches for work.
 *
 * At most one worker searches at a time; one that searches sees new work by
 * itself, so work that arrives meanwhile wakes nobody.  A searcher that finds
 * work and sees more of it passes the search on by waking another.
 *
 * The trap.  A submitter pushes a task, then looks whether anybody must be
 * woken; a worker announces that it is idle, then looks once more for tasks.
 * Both sides are a read-modify-write or a load of seq_cst order:
 *
 *   submitter                          worker
 *   1 push: RMW of ring or inject      1 announce: RMW of idle
 *   2 look: loads searching, idle      2 leave search: RMW of searching
 *                                      3 look: loads of rings and inject
 *
 * In the one order of all seq_cst operations either the push comes before the
 * worker's look, which finds it, or the announcement comes before the
 * submitter's look, which wakes the worker.  tests/models/parker.pml.
 *
 *   [I] idle: RMW seq_cst -> load seq_cst.  A bit is cleared by a waker or by
 *       the worker itself; who clears it knows what the other will do.
 *   [N] searching: 0 or 1.  A waker raises it for the worker it wakes, which
 *       starts as the searcher.  One that then finds nobody to wake has claimed
 *       a search that nobody made: it lowers searching and looks at idle again,
 *       as a submitter that trusted the claim would have.
 *   [A] away: {changes:48, away:16}, RMW seq_cst -> load seq_cst.  How many
 *       members take no part now: spare workers that nobody needs, and the
 *       sentinel but for its looks.  They are not idle, for nobody wakes them
 *       for a task; but they keep the others from being all idle only while
 *       they are here.  Who is away has no task in hand.  The changes tell
 *       whoever looks at idle that nobody has come or gone meanwhile.
 *
 * Threads: any, unless said.
 */
#ifndef SCHED_CROWD_H
#define SCHED_CROWD_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/machine.h"
#include "sched/chooser.h"
#include "thespis/vm.h"

enum {
	CROWD_WORDS = (THS_WORKERS_MAX + THS_SPARES_MAX) / 64,
	CROWD_NOBODY = -1,
};

struct crowd {
	uint32_t members; /* workers, spares and the sentinel */
	uint32_t words;   /* of idle, in use */
	alignas(CACHE_LINE) _Atomic uint32_t searching; /* [N] */
	_Atomic uint64_t idle[CROWD_WORDS];             /* [I] */
	_Atomic uint64_t changes; /* of idle, when it has several words */
	_Atomic uint64_t away;    /* [A] */
};

/* A crowd of `workers`, who are here, and of `spares` and a sentinel, who are
 * away.  Spares have the numbers after the workers; the sentinel has none. */
void crowd_init(struct crowd *crowd, uint32_t workers, uint32_t spares);

/* True when new work must wake somebody: nobody searches, and one is idle. */
static inline bool
crowd_wants_wake(const struct crowd *crowd)
{
	/* [N] */
	if (atomic_load_explicit(&crowd->searching, memory_order_seq_cst) != 0)
		return false;
	for (uint32_t i = 0;;) {
		/* [I] */
		if (atomic_load_explicit(&crowd->idle[i],
		    memory_order_seq_cst) != 0)
			return true;
		if (LIKELY(++i == crowd->words))
			return false;
	}
}

/*
 * Takes one idle worker out of the idle set and raises searching for it.
 * Returns its index, to be woken by the caller, or CROWD_NOBODY.
 */
int crowd_pick_idle(struct crowd *crowd, struct chooser *chooser);

/* The calling worker becomes the searcher; false when there is one. */
bool crowd_try_search(struct crowd *crowd);

/* The calling worker, the searcher, is so no more. */
void crowd_leave_search(struct crowd *crowd);

/* Puts worker `index` into the idle set. */
void crowd_announce(struct crowd *crowd, uint32_t index);

/* Takes it out.  False: a waker did, and raised searching for it. */
bool crowd_withdraw(struct crowd *crowd, uint32_t index);

/* True when every member is in the idle set, or away. */
bool crowd_is_all_idle(const struct crowd *crowd);

/* True when somebody is in the idle set. */
bool crowd_has_idle(const struct crowd *crowd);

/* One that was away is here: as the calling one of them, or on behalf of one
 * that the caller is about to wake. */
void crowd_join(struct crowd *crowd);

/* One that was here, and is not idle, is away. */
void crowd_leave(struct crowd *crowd);

#endif
