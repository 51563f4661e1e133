/* SPDX-License-Identifier: MIT */
/*
 * unwatched - what the world does for itself while a simulated thread runs, and
 * ThreadSanitizer is not to take for that thread's own.
 *
 * The world is beneath the threads that ThreadSanitizer is told of: its notes
 * are written by whoever runs, without any order that such a thread would need.
 * Its own code is not instrumented, but what it calls is: the codec, the memory
 * port, the C library.  To order each thread's part of it after the last one's
 * would hide the races of the VM; so all of it goes unseen.  In other builds
 * these functions are empty.
 *
 * Threads: one real thread at a time.  A thread is not left between begin and
 * end, unless for good (unwatched_give_up).
 */
#ifndef SIM_UNWATCHED_H
#define SIM_UNWATCHED_H

#include "sim/context_watch.h"
#include "sim/sim.h"

#ifdef CONTEXT_TSAN
static inline void
unwatched_begin(ths_sim *sim)
{
	sim->unwatched++;
	context_watch_ignore_begin();
}

static inline void
unwatched_end(ths_sim *sim)
{
	context_watch_ignore_end();
	sim->unwatched--;
}

/* The running thread never comes to its end(). */
static inline void
unwatched_give_up(ths_sim *sim)
{
	while (sim->unwatched > 0)
		unwatched_end(sim);
}
#else
static inline void
unwatched_begin(ths_sim *sim)
{
	(void)sim;
}

static inline void
unwatched_end(ths_sim *sim)
{
	(void)sim;
}

static inline void
unwatched_give_up(ths_sim *sim)
{
	(void)sim;
}
#endif

#endif
