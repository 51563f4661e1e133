/* SPDX-License-Identifier: MIT */
/*
 * sim - a world of simulated threads in one real one: their order, their clock
 * and their sleep come from a seed.
 *
 * Each simulated thread runs on a context of its own.  Wherever the code it
 * runs has a sched_point(), the world may leave it there and go on with
 * another.  Sleeping is leaving as well, by the ports below, so the very code
 * of worker threads and clients runs here; only what is beneath the ports
 * differs.
 *
 *             leave                        switched to
 *   RUNNABLE <------------------ RUNNING <------------- RUNNABLE
 *      ^                            |  wait, join, sleep
 *      |  wake, or its deadline     v                  returns: DONE
 *      '------------------------ WAITING
 *
 * Time stands still but for one nanosecond at each point; when nobody can run
 * it jumps to the earliest deadline.
 *
 * A run ends when every thread is done; or when the rest waits for ever (a lost
 * wake-up looks like this); or at points_max (a livelock does).  sim_report()
 * tells who stood where.
 *
 * The signature folds every switch, and what else sim_fold() is given, into 64
 * bits: the same seed gives the same one, on any machine, in any build of
 * the same code.
 *
 * Threads: one real thread at a time.  Limits: SIM_THREADS_MAX threads alive.
 * Ownership: names and arguments stay the caller's.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/sched_point.h"
#include "sched/chooser.h"
#include "sched/parker.h"
#include "sim/context.h"
#include "sim/faults.h"
#include "sim/policy.h"
#include "thespis/status.h"

enum {
	SIM_THREADS_MAX = 64,
	SIM_LEAVES_MAX = 4, /* calls of sim_at_leave() */
};

struct sim_thread;
typedef struct ths_sim ths_sim;

struct sim_config {
	uint64_t seed;
	uint64_t points_max; /* of a run; 0: 10 million */
	size_t stack_size;   /* bytes, per thread; 0: see sim/stack.h */
	ths_sim_faults faults; /* zero: none */
};

enum sim_end {
	SIM_DONE,   /* every thread has returned */
	SIM_STUCK,  /* some wait, and nothing will wake them */
	SIM_LIMIT,  /* points_max */
};

/*
 *   field        what it is
 *   clock        the world's time, as a port
 *   parker_port  the world's sleep, as a port
 *   threads      in order of their start; those done are gone
 */
struct ths_sim {
	struct sim_config config;
	struct clock clock;
	struct parker_port parker_port;
	struct memory memory;
	struct policy policy;
	struct faults faults;
	struct context home; /* of sim_run() */
	struct sim_thread *running; /* NULL at home */
	struct sim_thread *threads[SIM_THREADS_MAX];
	uint32_t threads_count;
	uint32_t started;
	uint64_t now_ns;
	uint64_t points;
	uint64_t switches;
	uint64_t signature;
	char ended; /* two addresses, for ThreadSanitizer */
	char left;
};

/* Makes a world without threads; time is 1. */
void sim_init(ths_sim *sim, const struct sim_config *config);

/* Ends a world; threads that are not done are abandoned where they stand. */
void sim_fini(ths_sim *sim);

/*
 * Starts a thread that runs function(argument) until it returns.  From home or
 * from a simulated thread.  *number names it for sim_join(); it may be NULL.
 * Returns THS_OK, THS_NO_MEMORY or THS_LIMIT.
 */
THS_NODISCARD ths_status sim_spawn(ths_sim *sim, const char *name,
    void (*function)(void *argument), void *argument, uint32_t *number);

/* Takes back a thread that has not run yet. */
void sim_unspawn(ths_sim *sim, uint32_t number);

/* Lets a thread end by a fault (FAULT_OF_DEATH) between two calls: one that has
 * nothing to give back, and that nobody needs. */
void sim_make_mortal(ths_sim *sim, uint32_t number);

/* The number of the running thread; 0 at home. */
uint32_t sim_self(const ths_sim *sim);

/* Calls function(argument) on the running thread when its own function has
 * returned; the last one asked for comes first.  At most SIM_LEAVES_MAX a
 * thread. */
void sim_at_leave(ths_sim *sim, void (*function)(void *argument),
    void *argument);

/* Waits until the thread of this number is done.  From a simulated thread. */
void sim_join(ths_sim *sim, uint32_t number);

/* Lets span_ns of the world's time go by.  From a simulated thread. */
void sim_sleep(ths_sim *sim, uint64_t span_ns);

/* A number from 0 to n - 1 out of the world's seed, for what runs in it. */
uint32_t sim_random(ths_sim *sim, uint32_t n);

/* Runs the threads until the end.  May be called again after sim_spawn(). */
enum sim_end sim_run(ths_sim *sim);

/* A worker's chooser, with the world as context; see sched/chooser.h. */
uint32_t sim_choose(void *sim, enum choice what, uint32_t n, uint32_t usual);

/* Puts a value into the signature. */
void sim_fold(ths_sim *sim, uint64_t value);

/* Writes who waits where into buffer, cut if it does not fit. */
void sim_report(const ths_sim *sim, char *buffer, size_t size);

#endif
