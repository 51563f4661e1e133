/* SPDX-License-Identifier: MIT */
/*
 * sim - a world of simulated threads in one real one; see sim.h.
 *
 * Everything happens between two places: `home`, the loop of sim_run(), and the
 * running thread.  A thread is only ever switched to from home and only ever
 * left to home, so each switch is one decision, taken in one place (next()).
 */
#include "sim/sim.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/check.h"
#include "sim/context_watch.h"
#include "sim/sim_thread.h"

#ifdef THS_TSAN
/* The thread-locals are those of the one real thread, and the random numbers
 * those of the one world; the rest must be free of races. */
const char *__tsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *
__tsan_default_suppressions(void)
{
	return "race:^sched_hook_set$\nrace:^sched_point$\n"
	    "race:^worker_current$\nrace:^worker_set_current$\n"
	    "race:^random_next$\nrace:^random_below$\n";
}
#endif

enum { POINTS_MAX_DEFAULT = 10 * 1000 * 1000 };

/* ---------------------------------------------------------- the signature */

/* Source: the finaliser of splitmix64 (S. Vigna). */
void
sim_fold(ths_sim *sim, uint64_t value)
{
	uint64_t mixed = sim->signature + value + 0x9e3779b97f4a7c15u;

	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
	sim->signature = mixed ^ mixed >> 31;
}

/* ------------------------------------------------------------------ choice */

uint32_t
sim_random(ths_sim *sim, uint32_t n)
{
	return random_below(&sim->policy.random, n);
}

uint32_t
sim_choose(void *sim, enum choice what, uint32_t n, uint32_t usual)
{
	(void)what;
	return policy_choose(&((ths_sim *)sim)->policy, n, usual);
}

/* ------------------------------------------------------------------- ports */

static uint64_t
port_now(void *context)
{
	const ths_sim *sim = context;

	return sim->now_ns;
}

static void
port_wait(struct parker *parker, uint32_t ticket, uint64_t deadline_ns)
{
	ths_sim *sim = parker->port->context;

	/* No point stands between this look and the wait. */
	if (parker_is_woken(parker, ticket))
		return;
	parker->sleeper = sim->running;
	sim_thread_wait(sim, deadline_ns);
	parker->sleeper = NULL;
}

static void
port_wake(struct parker *parker)
{
	struct sim_thread *sleeper = parker->sleeper;

	if (sleeper != NULL)
		sleeper->state = THREAD_RUNNABLE;
}

/* ------------------------------------------------------------------ running */

/* Nobody can run: time jumps to the earliest deadline, if there is one. */
static bool
jump_in_time(ths_sim *sim)
{
	uint64_t earliest = CLOCK_NEVER;

	for (uint32_t i = 0; i < sim->threads_count; i++) {
		if (sim->threads[i]->deadline_ns < earliest)
			earliest = sim->threads[i]->deadline_ns;
	}
	if (earliest == CLOCK_NEVER)
		return false;
	sim->now_ns = earliest;
	return true;
}

static bool
can_run(const ths_sim *sim, const struct sim_thread *thread)
{
	return thread->state == THREAD_RUNNABLE ||
	    (thread->state == THREAD_WAITING &&
	    thread->deadline_ns <= sim->now_ns);
}

/* Which thread goes on; NULL when none can. */
static struct sim_thread *
next(ths_sim *sim)
{
	int64_t ranks[SIM_THREADS_MAX];
	struct sim_thread *able[SIM_THREADS_MAX];
	uint32_t count = 0;

	for (uint32_t i = 0; i < sim->threads_count; i++) {
		if (!can_run(sim, sim->threads[i]))
			continue;
		ranks[count] = sim->threads[i]->rank;
		able[count++] = sim->threads[i];
	}
	if (count == 0)
		return NULL;
	return able[policy_pick(&sim->policy, ranks, count)];
}

static void
bury_done(ths_sim *sim)
{
	for (uint32_t i = sim->threads_count; i-- > 0;) {
		if (sim->threads[i]->state == THREAD_DONE)
			sim_thread_bury(sim, i);
	}
}

static enum sim_end
run(ths_sim *sim)
{
	struct sim_thread *thread;

	for (;;) {
		bury_done(sim);
		if (sim->threads_count == 0)
			return SIM_DONE;
		if (sim->points >= sim->config.points_max)
			return SIM_LIMIT;
		thread = next(sim);
		if (thread != NULL)
			sim_thread_enter(sim, thread);
		else if (!jump_in_time(sim))
			return SIM_STUCK;
	}
}

enum sim_end
sim_run(ths_sim *sim)
{
	enum sim_end end;

	CHECK(sim->running == NULL);
	context_adopt(&sim->home);
	end = run(sim);
	context_watch_acquire(&sim->left); /* [H] */
	return end;
}

void
sim_report(const ths_sim *sim, char *buffer, size_t size)
{
	static const char *const sites[SCHED_SITE_COUNT + 1] = {
		"inbox", "run queue", "inject", "parker", "idle", "slot",
		"timer", "pool", "client", "name", "log", "spin", "its start",
	};
	size_t used = 0;

	for (uint32_t i = 0; i < sim->threads_count && used < size; i++) {
		const struct sim_thread *thread = sim->threads[i];
		int length = snprintf(buffer + used, size - used,
		    "%s%u %s %s after %s", i == 0 ? "" : ", ", thread->number,
		    thread->name, thread->state == THREAD_WAITING ?
		    "waits" : "runs", sites[thread->site]);

		used += length > 0 ? (size_t)length : 0;
	}
}

void
sim_init(ths_sim *sim, const struct sim_config *config)
{
	*sim = (ths_sim){
		.config = *config,
		.clock = { .now = port_now, .context = sim },
		.parker_port = {
			.wait = port_wait,
			.wake = port_wake,
			.context = sim,
		},
		.now_ns = 1,
	};
	if (sim->config.points_max == 0)
		sim->config.points_max = POINTS_MAX_DEFAULT;
	memory_init(&sim->memory, NULL, 0);
	policy_init(&sim->policy, config->seed);
}

void
sim_fini(ths_sim *sim)
{
	while (sim->threads_count > 0)
		sim_thread_bury(sim, sim->threads_count - 1);
	memory_fini(&sim->memory);
}
