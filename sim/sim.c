/* SPDX-License-Identifier: MIT */
/*
 * sim - a world of simulated threads in one real one; see sim.h.
 *
 * Everything happens between two places: `home`, the loop of sim_run(), and the
 * running thread.  A thread is only ever switched to from home and only ever
 * left to home, so each switch is one decision, taken in one place (next()).
 *
 * Thread-locals.  "The worker I am" and the hook of the scheduling points
 * belong to a thread; all simulated ones share the real one's, so they are put
 * back at each switch (enter()).
 *
 * Under ThreadSanitizer the simulated threads are threads: it is told that a
 * switch orders nothing, and of the edges that real ones would have here.  This
 * file itself is not instrumented, being beneath them.
 *   [S] sim_spawn() -> the first function of the thread
 *   [E] the end of a thread -> sim_join(); one address for all, so a join sees
 *       the end of earlier ones as well.
 *   [H] where a thread was left last -> the return of sim_run()
 *   The parker tells of its own edge.
 */
#include "sim/sim.h"

#include <inttypes.h>
#include <stdalign.h>
#include <stdio.h>

#include "base/check.h"
#include "sched/worker.h"
#include "sim/context_watch.h"
#include "sim/stack.h"

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
	struct sim *sim;
	const char *name;
	uint32_t number; /* in order of start, from 1 */
	enum thread_state state;
	enum sched_site site; /* the last it passed; SCHED_SITE_COUNT: none */
	int64_t rank;
	uint64_t deadline_ns; /* while it waits */
	uint32_t joins;       /* while it waits for another; 0: it does not */
	struct worker *worker; /* its thread-local, while it is left */
	struct sim_call main;
	struct sim_call leaves[SIM_LEAVES_MAX];
	uint32_t leaves_count;
	struct stack stack;
	struct context context;
};

/* ---------------------------------------------------------- the signature */

/* Source: the finaliser of splitmix64 (S. Vigna). */
void
sim_fold(struct sim *sim, uint64_t value)
{
	uint64_t mixed = sim->signature + value + 0x9e3779b97f4a7c15u;

	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
	sim->signature = mixed ^ mixed >> 31;
}

/* ------------------------------------------------- leaving, and going back */

/* Leaves the running thread; returns when it is picked again. */
static void
leave(struct sim *sim)
{
	struct sim_thread *self = sim->running;

	context_watch_release(&sim->left); /* [H] */
	context_switch(&self->context, &sim->home);
}

/* Leaves it until somebody makes it runnable, or until the deadline. */
static void
wait_until(struct sim *sim, uint64_t deadline_ns)
{
	struct sim_thread *self = sim->running;

	CHECK(self != NULL); /* home cannot wait for itself */
	sim->points++;
	self->state = THREAD_WAITING;
	self->deadline_ns = deadline_ns;
	leave(sim);
}

static void
at_point(struct sched_hook *hook, enum sched_site site)
{
	struct sim_thread *self = CONTAINER_OF(hook, struct sim_thread, hook);
	struct sim *sim = self->sim;

	sim->points++;
	sim->now_ns++;
	self->site = site;
	if (policy_leaves(&sim->policy, site, &self->rank) ||
	    sim->points >= sim->config.points_max)
		leave(sim);
}

/* The first function of every simulated thread. */
static void
thread_main(void *argument)
{
	struct sim_thread *self = argument;
	struct sim *sim = self->sim;

	context_watch_acquire(self); /* [S] */
	self->main.function(self->main.argument);
	while (self->leaves_count > 0) {
		struct sim_call call = self->leaves[--self->leaves_count];

		call.function(call.argument);
	}
	context_watch_release(&sim->ended); /* [E] */
	self->state = THREAD_DONE;
	for (uint32_t i = 0; i < sim->threads_count; i++) {
		if (sim->threads[i]->joins == self->number)
			sim->threads[i]->state = THREAD_RUNNABLE;
	}
	context_watch_release(&sim->left); /* [H] */
	context_exit(&self->context, &sim->home);
}

/* Switches from home to thread, until that is left. */
static void
enter(struct sim *sim, struct sim_thread *thread)
{
	struct sched_hook *hook = sched_hook_set(&thread->hook);
	struct worker *worker = worker_set_current(thread->worker);

	thread->state = THREAD_RUNNABLE;
	sim->switches++;
	sim_fold(sim, (uint64_t)thread->number << 8 | thread->site);
	sim->running = thread;
	context_switch(&sim->home, &thread->context);
	sim->running = NULL;
	thread->worker = worker_set_current(worker);
	sched_hook_set(hook);
}

/* ----------------------------------------------------------------- threads */

/* The thread of this number, NULL when it is done. */
static struct sim_thread *
find(const struct sim *sim, uint32_t number)
{
	for (uint32_t i = 0; i < sim->threads_count; i++) {
		struct sim_thread *thread = sim->threads[i];

		if (thread->number == number)
			return thread->state == THREAD_DONE ? NULL : thread;
	}
	return NULL;
}

uint32_t
sim_self(const struct sim *sim)
{
	return sim->running == NULL ? 0 : sim->running->number;
}

void
sim_at_leave(struct sim *sim, void (*function)(void *argument),
    void *argument)
{
	struct sim_thread *self = sim->running;

	CHECK(self != NULL && self->leaves_count < SIM_LEAVES_MAX);
	self->leaves[self->leaves_count++] = (struct sim_call){
		function, argument };
}

ths_status
sim_spawn(struct sim *sim, const char *name, void (*function)(void *argument),
    void *argument, uint32_t *number)
{
	struct sim_thread *thread;
	ths_status status;

	if (sim->threads_count == SIM_THREADS_MAX)
		return THS_LIMIT;
	thread = memory_take(&sim->memory, sizeof(*thread),
	    alignof(struct sim_thread));
	if (thread == NULL)
		return THS_NO_MEMORY;
	status = stack_init(&thread->stack, &sim->memory,
	    sim->config.stack_size);
	if (status != THS_OK) {
		memory_give(&sim->memory, thread, sizeof(*thread),
		    alignof(struct sim_thread));
		return status;
	}
	thread->hook.at_point = at_point;
	thread->sim = sim;
	thread->name = name;
	thread->number = ++sim->started;
	thread->state = THREAD_RUNNABLE;
	thread->site = SCHED_SITE_COUNT;
	thread->rank = policy_rank(&sim->policy);
	thread->main = (struct sim_call){ function, argument };
	context_init(&thread->context, thread->stack.base, thread->stack.size,
	    thread_main, thread);
	context_set_thread(&thread->context);
	context_watch_release(thread); /* [S] */
	sim->threads[sim->threads_count++] = thread;
	if (number != NULL)
		*number = thread->number;
	return THS_OK;
}

/* Forgets the thread at this place; the order of the others stays. */
static void
bury(struct sim *sim, uint32_t place)
{
	struct sim_thread *thread = sim->threads[place];

	context_watch_acquire(&sim->left); /* [H] */
	context_watch_acquire(thread); /* [S] */
	sim->threads_count--;
	for (uint32_t i = place; i < sim->threads_count; i++)
		sim->threads[i] = sim->threads[i + 1];
	context_fini(&thread->context);
	stack_fini(&thread->stack);
	memory_give(&sim->memory, thread, sizeof(*thread),
	    alignof(struct sim_thread));
}

void
sim_unspawn(struct sim *sim, uint32_t number)
{
	for (uint32_t i = 0; i < sim->threads_count; i++) {
		if (sim->threads[i]->number != number)
			continue;
		CHECK(sim->threads[i]->site == SCHED_SITE_COUNT);
		bury(sim, i);
		return;
	}
}

static void
bury_done(struct sim *sim)
{
	for (uint32_t i = sim->threads_count; i-- > 0;) {
		if (sim->threads[i]->state == THREAD_DONE)
			bury(sim, i);
	}
}

void
sim_join(struct sim *sim, uint32_t number)
{
	if (find(sim, number) != NULL) {
		sim->running->joins = number;
		wait_until(sim, CLOCK_NEVER);
		sim->running->joins = 0;
	}
	context_watch_acquire(&sim->ended); /* [E] */
}

void
sim_sleep(struct sim *sim, uint64_t span_ns)
{
	wait_until(sim, sim->now_ns + span_ns);
}

uint32_t
sim_random(struct sim *sim, uint32_t n)
{
	return random_below(&sim->policy.random, n);
}

/* ------------------------------------------------------------------- ports */

static uint64_t
port_now(void *context)
{
	const struct sim *sim = context;

	return sim->now_ns;
}

static void
port_wait(struct parker *parker, uint32_t ticket, uint64_t deadline_ns)
{
	struct sim *sim = parker->port->context;

	/* No point stands between this look and the wait. */
	if (parker_is_woken(parker, ticket))
		return;
	parker->sleeper = sim->running;
	wait_until(sim, deadline_ns);
	parker->sleeper = NULL;
}

static void
port_wake(struct parker *parker)
{
	struct sim_thread *sleeper = parker->sleeper;

	if (sleeper != NULL)
		sleeper->state = THREAD_RUNNABLE;
}

uint32_t
sim_choose(void *sim, enum choice what, uint32_t n, uint32_t usual)
{
	(void)what;
	return policy_choose(&((struct sim *)sim)->policy, n, usual);
}

/* ------------------------------------------------------------------ running */

/* Nobody can run: time jumps to the earliest deadline, if there is one. */
static bool
jump_in_time(struct sim *sim)
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
can_run(const struct sim *sim, const struct sim_thread *thread)
{
	return thread->state == THREAD_RUNNABLE ||
	    (thread->state == THREAD_WAITING &&
	    thread->deadline_ns <= sim->now_ns);
}

/* Which thread goes on; NULL when none can. */
static struct sim_thread *
next(struct sim *sim)
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

static enum sim_end
run(struct sim *sim)
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
			enter(sim, thread);
		else if (!jump_in_time(sim))
			return SIM_STUCK;
	}
}

enum sim_end
sim_run(struct sim *sim)
{
	enum sim_end end;

	CHECK(sim->running == NULL);
	context_adopt(&sim->home);
	end = run(sim);
	context_watch_acquire(&sim->left); /* [H] */
	return end;
}

void
sim_report(const struct sim *sim, char *buffer, size_t size)
{
	static const char *const sites[SCHED_SITE_COUNT + 1] = {
		"inbox", "run queue", "inject", "parker", "idle", "slot",
		"timer", "pool", "client", "name", "spin", "its start",
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
sim_init(struct sim *sim, const struct sim_config *config)
{
	*sim = (struct sim){
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
sim_fini(struct sim *sim)
{
	while (sim->threads_count > 0)
		bury(sim, sim->threads_count - 1);
	memory_fini(&sim->memory);
}
