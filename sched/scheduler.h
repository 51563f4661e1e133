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
#include "sched/wheel.h"
#include "sched/worker.h"
#include "thespis/status.h"

enum { QUIET_NS = 1000000000 }; /* all parked this long: scheduler_ops.quiet */

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
	/* Work came in from a thread that is no worker (inline: wakes the
	 * host).  NULL when workers park by themselves. */
	void (*injected)(void *context);
	/* This worker is about to go idle: time to give back what it keeps for
	 * itself.  NULL when there is nothing. */
	void (*idles)(void *context, struct worker *worker);
	/* Every worker has been idle for QUIET_NS; once per such time. */
	void (*quiet)(void *context);
	/* Every worker is idle and nothing is queued; may be called often. */
	void (*still)(void *context);
};

struct scheduler_config {
	uint32_t workers;
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

struct scheduler {
	struct scheduler_config config;
	struct memory *memory;
	struct worker *workers; /* config.workers of them */
	atomic_bool is_stopping; /* store release -> load acquire in drivers */
	atomic_bool was_busy;    /* a worker, up to the time it ran out of work;
				  * since the last quiet() */
	struct chooser outside;  /* of threads that are no workers; unused by
				  * them for random numbers */
	struct inject inject;
	struct crowd crowd;
	struct sentinel sentinel;
};

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

/* Tells every worker to end after its present step, and wakes them all. */
void scheduler_stop(struct scheduler *scheduler);

static inline bool
scheduler_is_stopping(const struct scheduler *scheduler)
{
	return atomic_load_explicit(&scheduler->is_stopping,
	    memory_order_acquire);
}

/*
 * Drives a worker until the scheduler stops: step, and park when idle.  The one
 * loop of worker threads and of simulated ones.
 */
void worker_drive(struct worker *worker);

#endif
