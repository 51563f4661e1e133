/* SPDX-License-Identifier: MIT */
/*
 * worker - picks ready tasks and runs them, one step at a time.
 *
 * A worker is a step function: worker_step() runs one task, or makes one round
 * of search, or says that the worker is idle until a time.  It never sleeps:
 * whoever drives it does (sched/threads.c, the inline pump, the simulator), in
 * one call, between two steps.
 *
 * What a worker has, and who else may touch it:
 *
 *   next      one task woken by the running one   thieves, after a moment
 *   fresh     newly made tasks, newest first      thieves, from the oldest
 *   resumed   tasks with more to do, oldest first thieves, from the oldest
 *   wheel     timers                              whoever holds it
 *   user      what the floor above keeps here     nobody
 *
 * A thief takes what has waited for a moment: to move a task to another core costs
 * more than to wait for one that is soon done, and short-lived actors would only be
 * handed to and fro.  It takes next only when nothing has moved there, and only
 * while it searches: parked workers are not woken for a single hand-off.
 * Behind a task that blocks or computes for long it waits until somebody looks:
 * sched/sentinel.h.
 *
 * Order of picking: next, fresh from the newest, resumed from the oldest, the
 * inject queue, other workers.  Every PICK_OLDEST_EVERY-th pick looks in turn
 * at the inject queue, resumed and fresh for the *oldest* instead; and next may
 * win at most NEXT_STREAK_MAX times in a row while others wait.
 *
 * The bound on waiting.  A kind that has ready tasks gives its oldest to every
 * third of those turns.  A full fresh ring moves its older half to the inject
 * queue; a full resumed ring takes no more, and the new task goes to the inject
 * queue instead; from there a worker takes at least one, and no more than it
 * has room for.  So a task moves fresh -> inject -> resumed and never back, and
 * every place is first in, first out: ready with `ahead` tasks before it in the
 * inject queue, it waits for at most
 *     3 * PICK_OLDEST_EVERY * (RING_SIZE + ahead + 1)
 * picks of one worker, whatever others spawn; a fresh one for RING_SIZE turns
 * more, with `ahead` as it is when it is moved
 * (tests/stress/sched/stress_wait.c).
 *
 * Threads: worker_submit() and worker_step() by the thread that drives the
 * worker; worker_current() by any.
 */
#ifndef SCHED_WORKER_H
#define SCHED_WORKER_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/sched_point.h"
#include "sched/chooser.h"
#include "sched/parker.h"
#include "sched/ring.h"
#include "sched/task.h"

struct scheduler;
struct wheel;

enum {
	PICK_OLDEST_EVERY = 61, /* prime, so that no rhythm of tasks fits it */
	NEXT_STREAK_MAX = 64,   /* picks of next in a row while others wait */
	NEXT_MOMENT_ROUNDS = 16, /* of search, before next may be stolen */
	FRESH_MOMENT_ROUNDS = 12, /* the same for what is in the rings, a */
	RESUMED_MOMENT_ROUNDS = 6, /* microsecond each */
	YOUNG_PAUSES = 64, /* that a round with younger work takes */
	TIMER_POLL_UNITS = 64,  /* units of work between looks at the clock */
	INJECT_BATCH_MAX = 32,  /* tasks taken from the inject queue at once */
	TIMER_BATCH_MAX = 256,  /* timers fired in one step */
};

/* Picks of one worker that a task waits for at most once it is ready, with
 * `ahead` tasks in the inject queue then; see above. */
#define WORKER_WAIT_MAX(ahead) \
	((uint64_t)3 * PICK_OLDEST_EVERY * (RING_SIZE + (ahead) + 1))

/* How a task became ready. */
enum ready {
	READY_WOKEN,   /* by the running task: next slot */
	READY_FRESH,   /* new: newest first */
	READY_RESUMED, /* has more to do: oldest first */
};

enum worker_state {
	WORKER_WORKING,
	WORKER_ROUSED,    /* was idle or is new, and has found nothing yet */
	WORKER_SEARCHING, /* counted in crowd.searching */
	WORKER_IDLE,      /* announced in crowd.idle */
	WORKER_AWAY,      /* a spare, counted in crowd.away */
	WORKER_WATCHING,  /* the sentinel; never anything else */
};

/* Counts; each written by the worker alone, read relaxed by any. */
struct worker_counts {
	_Atomic uint64_t steals;
	_Atomic uint64_t parks;
	_Atomic uint64_t wakes;
	_Atomic uint64_t spilled; /* tasks moved to the inject queue */
	_Atomic uint64_t busy_ns; /* up to the last time it went idle */
	_Atomic uint64_t busy_since; /* 0 when idle */
};

/* What the searcher saw of this worker when it last looked. */
struct worker_seen {
	const struct task *next;
	uint64_t picks;
	uint32_t rounds;         /* for which next and picks are the same */
	uint32_t fresh_rounds;   /* for which there was a fresh task */
	uint32_t resumed_rounds; /* for which one of these has waited: the */
	uint32_t resumed_place;  /* oldest of them stood here, */
	uint32_t resumed_length; /* and so many there were */
};

/*
 *   line  field          written by             read by
 *   0     next           owner; thief takes     both        [X]
 *   1     picks, running owner                  sentinel    [R] of
 *                                               sched/sentinel.h
 *   1     picks          owner                  thieves     relaxed
 *   1     must_end_slice who stops the workers  owner, once a message; relaxed
 *   1     is_away        spare, sentinel        both        [S] of
 *                                               sched/spare.h
 *   1     state … user   owner                  owner
 *   1     wheel          once; of a spare the   owner
 *                        sentinel, [S]
 *   …     counts         owner                  any
 *   …     seen           whoever searches       the same (one at a time, handed
 *                                               over by crowd.searching)
 *   …     looked_picks…  sentinel               sentinel
 *   …     fresh, resumed see sched/ring.h
 *
 *   [X] owner puts: store release, or exchange acq_rel when it is not empty;
 *       owner or thief takes: exchange / compare-exchange acq_rel.
 */
struct worker {
	alignas(CACHE_LINE) _Atomic(struct task *) next; /* [X] */
	alignas(CACHE_LINE) _Atomic uint64_t picks; /* tasks run so far */
	_Atomic(struct task *) running; /* the last of them; NULL: it has
					 * returned */
	atomic_bool must_end_slice; /* raised by others; relaxed */
	atomic_bool is_away;
	struct scheduler *scheduler;
	void *user;
	struct wheel *wheel;
	uint32_t index;
	bool is_alone; /* no other worker: nobody steals */
	bool is_spare;
	uint32_t next_streak;
	uint32_t units_since_poll;
	uint32_t until_oldest; /* picks until the next CHOICE_OLDEST */
	uint32_t oldest_turn;
	uint32_t rounds;    /* of search */
	uint32_t ticket;    /* for parker_wait(), after a step said idle */
	enum worker_state state;
	uint64_t until_ns;  /* the same */
	struct chooser chooser;
	struct parker parker;
	struct worker_counts counts;
	alignas(CACHE_LINE) struct worker_seen seen;
	uint64_t looked_picks; /* at the last look */
	bool stands_still;     /* the same; sched/sentinel.h */
	struct ring fresh;
	struct ring resumed;
};

void worker_init(struct worker *worker, struct scheduler *scheduler,
    uint32_t index);

/* The parts of worker_submit(). */
void worker_submit_fresh(struct worker *worker, struct task *task);
void worker_submit_resumed(struct worker *worker, struct task *task);

/* The part of it for a next slot that seems taken: its task joins
 * the others. */
void worker_replace_next(struct worker *worker, struct task *task);

/* Makes a task ready that the running one has woken: an empty next slot takes
 * one store. */
static inline void
worker_submit_woken(struct worker *worker, struct task *task)
{
	/* Relaxed: only this thread puts, so an empty slot stays empty. */
	struct task *next = atomic_load_explicit(&worker->next,
	    memory_order_relaxed);

	sched_point(SCHED_SITE_RUN_QUEUE);
	if (UNLIKELY(next != NULL)) {
		worker_replace_next(worker, task);
		return;
	}
	/* [X] */
	atomic_store_explicit(&worker->next, task, memory_order_release);
}

/* Makes task ready here; the caller is the thread that drives the worker. */
static inline void
worker_submit(struct worker *worker, struct task *task, enum ready how)
{
	switch (how) {
	case READY_WOKEN:
		worker_submit_woken(worker, task);
		break;
	case READY_FRESH:
		worker_submit_fresh(worker, task);
		break;
	case READY_RESUMED:
		worker_submit_resumed(worker, task);
		break;
	}
}

/*
 * One step.  True: call again at once.  False: the worker is idle; wait with
 * parker_wait(&worker->parker, worker->ticket, worker->until_ns), then call
 * again.
 */
bool worker_step(struct worker *worker);

/* Fires what is due now, and runs nothing; true when something was.  Whoever
 * drives the worker, between two steps; the next step is due then. */
bool worker_fire_due(struct worker *worker);

/* Ends the worker's part in the crowd; the last call of whoever drives it. */
void worker_finish(struct worker *worker);

/* The worker that the calling thread drives; NULL when it is none. */
struct worker *worker_current(void);

/* Sets it; returns the former one.  For drivers. */
struct worker *worker_set_current(struct worker *worker);

/* True when whoever runs on this worker is to come to an end; read once
 * a message. */
static inline bool
worker_must_end_slice(const struct worker *worker)
{
	/* Relaxed: seen a message later is soon enough. */
	return atomic_load_explicit(&worker->must_end_slice,
	    memory_order_relaxed);
}

/* Adds to a count of the caller's own. */
static inline void
worker_add(_Atomic uint64_t *count, uint64_t n)
{
	/* Relaxed: one writer, readers only want a recent number. */
	atomic_store_explicit(count, atomic_load_explicit(count,
	    memory_order_relaxed) + n, memory_order_relaxed);
}

#endif
