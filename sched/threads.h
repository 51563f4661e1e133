/* SPDX-License-Identifier: MIT */
/*
 * threads - drives each worker of a scheduler on a thread of its own, the sentinel
 * on another, and each spare worker on one that is started when it is needed.
 *
 * The threads block all signals but those that a thread brings upon itself (a
 * fault, an abort) and SIGPROF, so that a host's handlers run on the host's
 * threads.  With `pin`, worker n is tied to the n-th core that the process may
 * use (round and round); the others are not tied.
 *
 * Threads: start and join by the owner; recruit by the sentinel.
 */
#ifndef SCHED_THREADS_H
#define SCHED_THREADS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "sched/scheduler.h"

struct threads {
	struct scheduler *scheduler;
	pthread_t *ids; /* the workers', the sentinel's, the spares' */
	uint32_t count; /* started; the sentinel's while that runs */
	bool has_sentinel;
};

/* How many cores this process may use; at least 1. */
uint32_t threads_usable_cores(void);

/* Starts the threads.  THS_OK, THS_NO_MEMORY or THS_SYSTEM: then none runs. */
enum ths_status threads_start(struct threads *threads,
    struct scheduler *scheduler, bool pin);

/* Starts one more, for a spare; scheduler_ops.recruit.  THS_OK or THS_SYSTEM. */
enum ths_status threads_recruit(struct threads *threads, struct worker *spare);

/* Waits for all of them; after scheduler_stop(). */
void threads_join(struct threads *threads);

#endif
