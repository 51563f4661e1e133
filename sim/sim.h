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
 * Whoever calls from outside is home.  Home may wait as well: then the world
 * goes on until its wait is over; if nothing can end it, that is a mistake of
 * the program's that cannot be told by a status, and ends the process with the
 * reason.
 *
 * A run ends when every thread is done; when the rest waits for ever (a lost
 * wake-up looks like this); at points_max (a livelock does); or when it has
 * failed.  sim_report() tells who stood where.
 *
 * The signature folds every switch, and what else sim_fold() is given, into 64
 * bits: the same seed gives the same one, on any machine, in any build of
 * the same code.
 *
 * Threads: one real thread at a time.  Limits: THS_SIM_THREADS_MAX threads
 * alive; a thread may be left at SIM_LEAVES_MAX ends.
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
#include "sim/events.h"
#include "sim/faults.h"
#include "sim/picker.h"
#include "sim/schedule.h"
#include "sim/settings.h"
#include "thespis/sim.h"

enum {
	SIM_LEAVES_MAX = 4, /* calls of sim_at_leave() */
	SIM_WHY_SIZE = 1024, /* bytes of the text of a failure */
};

/* The date when a world's time is 0, and it has not jumped: 2001-01-01 00:00
 * UTC. */
#define SIM_DATE THS_SECONDS(978307200)

struct referee;
struct sim_thread;
struct sim_vm;

/*
 *   field        what it is
 *   clock        the world's time, as a port
 *   parker_port  the world's sleep, as a port
 *   memory       of threads and what is noted of a run
 *   safe_memory  of what cannot do without; tests refuse nothing here
 *   draws        sim_random(): not the picker's, so that a program does the
 *                same whoever picks
 *   threads      in order of their start; those done are gone
 *   left         who was left last; home at the beginning
 *   leave_at     of points: the running thread is left there
 *   planned_at   where the picker wanted that
 *   jumped_ns    how far the date is from where time alone would have it
 *   handled      messages, by all VMs
 *   settled      of those, whose slices have ended, too
 *   asks         home wants to look after each of them
 *   vms          of ths_sim_vm()
 *   referees     of all VMs that have not been freed
 *   listener     told of what happens; none: tell is NULL
 *   has_looked   home has been shown mail
 *   why          the run has failed: the reason; else ""
 *   unwatched    how often unwatched_begin() was called; see sim/unwatched.h
 */
struct ths_sim {
	ths_sim_config config;
	struct clock clock;
	struct parker_port parker_port;
	struct memory memory;
	struct memory safe_memory;
	struct picker picker;
	struct faults faults;
	struct random draws;
	struct schedule schedule;
	struct settings settings;
	struct context home; /* of sim_run() */
	struct sim_thread *running; /* NULL at home */
	struct sim_thread *threads[THS_SIM_THREADS_MAX];
	uint32_t threads_count;
	uint32_t started;
	struct picker_thread left;
	struct picker_thread home_thread;
	uint32_t entered; /* the number of the thread that ran last */
	bool left_spins;
	bool asks;
	bool has_looked;
	uint64_t now_ns;
	int64_t jumped_ns;
	uint64_t points;
	uint64_t leave_at;
	uint64_t planned_at;
	uint64_t switches;
	uint64_t handled;
	uint64_t settled;
	uint64_t signature;
	struct sim_vm *vms;
	struct referee *referees;
	uint32_t referees_made;
	struct sim_listener listener;
	char why[SIM_WHY_SIZE];
	uint32_t unwatched;
	char ended; /* three addresses, for ThreadSanitizer */
	char gone;
	char looked;
};

/* Makes a world without threads; time is 1. */
void sim_init(ths_sim *sim, const ths_sim_config *config);

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

/* The number of the running thread; 0 at home. */
uint32_t sim_self(const ths_sim *sim);

/* Calls function(argument) on the running thread when its own function has
 * returned; the last one asked for comes first.  At most SIM_LEAVES_MAX a
 * thread. */
void sim_at_leave(ths_sim *sim, void (*function)(void *argument),
    void *argument);

/* Waits until the thread of this number is done. */
void sim_join(ths_sim *sim, uint32_t number);

/* Lets span_ns of the world's time go by. */
void sim_sleep(ths_sim *sim, uint64_t span_ns);

/* A number from 0 to n - 1 out of the world's seed, for what runs in it. */
uint32_t sim_random(ths_sim *sim, uint32_t n);

/* Runs the threads until the end.  May be called again after sim_spawn(). */
ths_sim_end sim_run(ths_sim *sim);

/*
 * The same, but time goes at most to until_ns (CLOCK_NEVER: as far as need be,
 * 0: nowhere), and it ends when is_so(context), unless that is NULL; asked at
 * each switch, and after each message.
 */
ths_sim_end sim_run_until(ths_sim *sim, uint64_t until_ns,
    bool (*is_so)(void *context), void *context);

/* A message was handled. */
void sim_note_handled(ths_sim *sim);

/* So many messages that were handled are out of everybody's hands. */
void sim_note_settled(ths_sim *sim, uint64_t count);

/* Makes the running thread be left at its next point. */
static inline void
sim_call_home(ths_sim *sim)
{
	sim->leave_at = 0;
}

/* A worker's chooser, with the world as context; see sched/chooser.h. */
uint32_t sim_choose(void *sim, enum choice what, uint32_t n, uint32_t usual);

/* Puts a value into the signature. */
void sim_fold(ths_sim *sim, uint64_t value);

/* Ends the run with this failure; see ths_sim_fail(). */
#define sim_fail ths_sim_fail

/* Writes who waits where into buffer, cut if it does not fit. */
void sim_report(const ths_sim *sim, char *buffer, size_t size);

#endif
