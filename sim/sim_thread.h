/* SPDX-License-Identifier: MIT */
/*
 * sim_thread - one simulated thread: how it begins, is left and gone back to,
 * waits, and ends.  For sim.c; what others call of it is in sim.h.
 *
 * Thread-locals.  "The worker I am" and the hook of the scheduling points
 * belong to a thread; all simulated ones share the real one's, so they are put
 * back at each switch (sim_thread_enter()).
 *
 * Under ThreadSanitizer the simulated threads are threads: it is told that a
 * switch orders nothing, and of the edges that real ones would have here.  The
 * files of sim/ are not instrumented, being beneath them.
 *   [S] sim_spawn() -> the first function of the thread
 *   [E] the end of a thread -> sim_join(); one address for all, so a join sees
 *       the end of earlier ones as well.
 *   [H] where a thread was left last -> the return of sim_run()
 *   The parker tells of its own edge.
 */
#ifndef SIM_SIM_THREAD_H
#define SIM_SIM_THREAD_H

#include "sim/sim.h"
#include "sim/stack.h"

enum thread_state {
	THREAD_RUNNABLE, /* or running */
	THREAD_WAITING,
	THREAD_DONE,
};

struct sim_call {
	void (*function)(void *argument);
	void *argument;
};

struct sim_thread {
	struct sched_hook hook;
	ths_sim *sim;
	const char *name;
	struct picker_thread pick; /* its number is in order of start, from 1 */
	enum thread_state state;
	enum sched_site site; /* the last it passed; SCHED_SITE_COUNT: none */
	uint64_t deadline_ns; /* while it waits */
	bool is_due;          /* the same: it has come, and maybe was moved */
	bool is_mortal;       /* may end by a fault */
	bool is_refused;      /* its next allocation */
	uint32_t joins;       /* while it waits for another; 0: it does not */
	struct worker *worker; /* its thread-local, while it is left */
	struct sim_call main;
	struct sim_call leaves[SIM_LEAVES_MAX];
	uint32_t leaves_count;
	struct stack stack;
	struct context context;
};

/* Switches from home to thread, until that is left. */
void sim_thread_enter(ths_sim *sim, struct sim_thread *thread);

/* Who goes on; NULL when nobody can.  One decision. */
struct sim_thread *sim_next(ths_sim *sim);

/* Leaves the running thread for ever. */
_Noreturn void sim_thread_stay(ths_sim *sim);

/* Home waits, as sim_run_until(); see sim.h. */
void sim_home_wait(ths_sim *sim, uint64_t deadline_ns,
    bool (*is_so)(void *context), void *context);

/* Leaves the running thread until somebody makes it runnable, or until the
 * deadline. */
void sim_thread_wait(ths_sim *sim, uint64_t deadline_ns);

/* Ends the running thread as if its function had returned. */
_Noreturn void sim_thread_end(struct sim_thread *self);

/* Forgets the thread at this place; the order of the others stays. */
void sim_thread_bury(ths_sim *sim, uint32_t place);

#endif
