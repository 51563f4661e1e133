/* SPDX-License-Identifier: MIT */
/*
 * scheduler - the workers of one VM and what they share.
 *
 * It runs tasks and knows nothing of actors: the floor above gives it `run`,
 * and ports for the clock, for parking and for choosing.
 *
 * Threads: init, start, stop, fini: the owner.  scheduler_inject(): any thread.
 */
#ifndef SCHED_SCHEDULER_H
#define SCHED_SCHEDULER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/memory.h"
#include "sched/crowd.h"
#include "sched/inject.h"
#include "sched/sentinel.h"
#include "sched/spare.h"
#include "sched/wheel.h"
#include "sched/worker.h"
#include "thespis/status.h"

enum { QUIET_NS = 1000000000 }; /* at rest this long: scheduler_ops.quiet */

/* What the floor above supplies; context is passed to each. */
struct scheduler_ops {
	/* Runs task on worker; returns the units of work it did (messages). */
	uint32_t (*run)(void *context, struct worker *worker,
	    struct task *task);
	/* A timer came due; see sched/wheel.h. */
	wheel_fire fire;
	/* The searcher, worker, found nothing ready at victim: takes over what
	 * victim has kept back for a moment.  True: a task has become ready at
	 * worker.  NULL when workers keep nothing back. */
	bool (*help)(void *context, struct worker *worker,
	    struct worker *victim);
	/* Victim stands still, whatever it does: worker takes over at once what
	 * victim has kept back.  True: a task has become ready at worker.  NULL
	 * as before. */
	bool (*relieve)(void *context, struct worker *worker,
	    struct worker *victim);
	/* The sentinel sees at a look that victim has run task since the look
	 * before, and has not returned from it; often.  On the sentinel's
	 * thread, which it must not hold up.  NULL: nobody is told. */
	void (*stays)(void *context, const struct worker *victim,
	    struct task *task, uint64_t now);
	/* Starts what drives a spare worker, for the first time; on the
	 * sentinel's thread.  THS_OK, or why not: it is tried again later.
	 * Not NULL if there is to be a spare. */
	enum ths_status (*recruit)(void *context, struct worker *spare);
	/* Work came in from a thread that is no worker (inline: wakes the
	 * host).  NULL when workers park by themselves. */
	void (*injected)(void *context);
	/* This worker is about to go idle: time to give back what it keeps for
	 * itself.  NULL when there is nothing. */
	void (*idles)(void *context, struct worker *worker);
	/* Every worker has been idle for QUIET_NS; once per such time, and on
	 * the sentinel's thread: without one never. */
	void (*quiet)(void *context);
	/* Every worker is idle and nothing is queued; may be called often. */
	void (*still)(void *context);
};

struct scheduler_config {
	uint32_t workers;
	uint32_t spares_max; /* see sched/spare.h; without a sentinel none */
	uint32_t spin_max;   /* rounds of search before parking */
	uint32_t timers_max; /* per worker */
	int64_t sentinel_ns; /* between looks, see sched/sentinel.h; 0: none */
	const struct clock *clock;
	const struct parker_port *parker;
	uint32_t (*choose)(void *context, enum choice what, uint32_t n,
	    uint32_t usual);
	void *choose_context;
	uint64_t seed;
	const struct scheduler_ops *ops;
	void *context;
};

/*
 *   [L] length: store seq_cst by the sentinel, before a spare runs for the first
 *       time -> load seq_cst by whoever looks at all workers.  The trap of
 *       sched/crowd.h: a spare pushes a task, then looks who is idle; one that
 *       goes idle looks at all, and must not miss the spare.
 */
struct scheduler {
	struct scheduler_config config;
	struct memory *memory;
	struct worker *workers; /* config.workers, the spares, the sentinel */
	_Atomic uint32_t length; /* [L] of them, workers and those spares that
				  * have run */
	atomic_bool is_stopping; /* store release -> load acquire in drivers */
	struct chooser outside;  /* of threads that are no workers; unused by
				  * them for random numbers */
	struct inject inject;
	struct crowd crowd;
	struct sentinel sentinel;
	struct spares spares;
};

/* How many workers there are, spares that have run included. */
static inline uint32_t
scheduler_length(const struct scheduler *scheduler)
{
	/* [L] */
	return atomic_load_explicit(&scheduler->length, memory_order_seq_cst);
}

/* How many there may ever be, and the sentinel, if there is one. */
static inline uint32_t
scheduler_room(const struct scheduler_config *config)
{
	return config->workers + (config->sentinel_ns == 0 ? 0 :
	    config->spares_max + 1);
}

/* What drives the sentinel steps this one; only if there is one. */
static inline struct worker *
scheduler_sentinel(const struct scheduler *scheduler)
{
	return &scheduler->workers[scheduler->config.workers +
	    scheduler->config.spares_max];
}

/* Makes a scheduler; nothing runs.  THS_OK or THS_NO_MEMORY. */
enum ths_status scheduler_init(struct scheduler *scheduler,
    struct memory *memory, const struct scheduler_config *config);

void scheduler_fini(struct scheduler *scheduler);

/* Makes task ready, from a thread that drives no worker of this scheduler. */
void scheduler_inject(struct scheduler *scheduler, struct task *task);

/* The part of scheduler_wake_one() that wakes. */
bool scheduler_wake_idle(struct scheduler *scheduler, struct chooser *chooser);

/* Wakes an idle worker if new work needs one; the caller has just made work
 * visible by a seq_cst operation.  True when it did. */
static inline bool
scheduler_wake_one(struct scheduler *scheduler, struct chooser *chooser)
{
	return UNLIKELY(crowd_wants_wake(&scheduler->crowd)) &&
	    scheduler_wake_idle(scheduler, chooser);
}

/* True when some ring or the inject queue has a task; seq_cst loads. */
bool scheduler_has_work(const struct scheduler *scheduler);

/* Tells every worker, the spares and the sentinel to end after the present step,
 * and wakes them all. */
void scheduler_stop(struct scheduler *scheduler);

static inline bool
scheduler_is_stopping(const struct scheduler *scheduler)
{
	return atomic_load_explicit(&scheduler->is_stopping,
	    memory_order_acquire);
}

/*
 * Drives a worker, a spare or the sentinel until the scheduler stops: step, and
 * park when idle.  The one loop of worker threads and of simulated ones.
 */
void worker_drive(struct worker *worker);

#endif
