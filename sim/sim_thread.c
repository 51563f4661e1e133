/* SPDX-License-Identifier: MIT */
/* sim_thread - one simulated thread; see sim_thread.h. */
#include "sim/sim_thread.h"

#include <stdalign.h>

#include "base/check.h"
#include "sched/worker.h"
#include "sim/context_watch.h"
#include "sim/sim_fault.h"

/* ------------------------------------------------- leaving, and going back */

/* Leaves the running thread; returns when it is picked again. */
static void
leave(ths_sim *sim)
{
	struct sim_thread *self = sim->running;

	sim->left = self->pick;
	context_watch_release(&sim->gone); /* [H] */
	context_switch(&self->context, &sim->home);
}

void
sim_thread_wait(ths_sim *sim, uint64_t deadline_ns)
{
	struct sim_thread *self = sim->running;

	sim->points++;
	self->pick.steps++;
	self->state = THREAD_WAITING;
	self->deadline_ns = deadline_ns;
	self->is_due = false;
	sim->left_spins = false;
	leave(sim);
}

_Noreturn void
sim_thread_stay(ths_sim *sim)
{
	for (;;)
		sim_thread_wait(sim, CLOCK_NEVER);
}

/* The running thread is left here, unless it is picked again. */
static void
leave_at_point(ths_sim *sim, struct sim_thread *self, enum sched_site site)
{
	bool spins = site == SCHED_SITE_SPIN;
	enum picker_cause cause = spins ? PICKER_SPINS :
	    sim->points >= sim->planned_at ? PICKER_STAYED : PICKER_CALLED;

	sim->picker.points = sim->points;
	sim->picker.ops->leave(&sim->picker, &self->pick, cause);
	sim->left_spins = spins;
	leave(sim);
}

static void
at_point(struct sched_hook *hook, enum sched_site site)
{
	struct sim_thread *self = CONTAINER_OF(hook, struct sim_thread, hook);
	ths_sim *sim = self->sim;

	sim->points++;
	sim->now_ns++;
	self->pick.steps++;
	self->site = site;
	if (UNLIKELY(sim->points >= sim->leave_at || site == SCHED_SITE_SPIN))
		leave_at_point(sim, self, site);
}

_Noreturn void
sim_thread_end(struct sim_thread *self)
{
	ths_sim *sim = self->sim;

	self->is_mortal = false; /* it does not die in what follows */
	while (self->leaves_count > 0) {
		struct sim_call call = self->leaves[--self->leaves_count];

		call.function(call.argument);
	}
	context_watch_release(&sim->ended); /* [E] */
	self->state = THREAD_DONE;
	self->pick.steps++;
	sim->left = self->pick;
	sim->left_spins = false;
	for (uint32_t i = 0; i < sim->threads_count; i++) {
		if (sim->threads[i]->joins == self->pick.number)
			sim->threads[i]->state = THREAD_RUNNABLE;
	}
	context_watch_release(&sim->gone); /* [H] */
	context_exit(&self->context, &sim->home);
}

/* The first function of every simulated thread. */
static void
thread_main(void *argument)
{
	struct sim_thread *self = argument;

	context_watch_acquire(self); /* [S] */
	self->main.function(self->main.argument);
	sim_thread_end(self);
}

void
sim_thread_enter(ths_sim *sim, struct sim_thread *thread)
{
	struct sched_hook *hook = sched_hook_set(&thread->hook);
	struct worker *worker = worker_set_current(thread->worker);

	thread->state = THREAD_RUNNABLE;
	if (sim->entered != thread->pick.number) {
		sim->entered = thread->pick.number;
		sim->switches++;
		sim_fold(sim, (uint64_t)thread->pick.number << 8 |
		    thread->site);
	}
	sim->running = thread;
	sim->picker.points = sim->points;
	sim->planned_at = sim->picker.ops->stay(&sim->picker, &thread->pick);
	if (sim->planned_at > sim->config.points_max)
		sim->planned_at = sim->config.points_max;
	sim->leave_at = sim->planned_at;
	context_switch(&sim->home, &thread->context);
	sim->running = NULL;
	thread->worker = worker_set_current(worker);
	sched_hook_set(hook);
}

/* ----------------------------------------------------------------- threads */

/* The thread of this number, NULL when it is done. */
static struct sim_thread *
find(const ths_sim *sim, uint32_t number)
{
	for (uint32_t i = 0; i < sim->threads_count; i++) {
		struct sim_thread *thread = sim->threads[i];

		if (thread->pick.number == number)
			return thread->state == THREAD_DONE ? NULL : thread;
	}
	return NULL;
}

uint32_t
sim_self(const ths_sim *sim)
{
	return sim->running == NULL ? 0 : sim->running->pick.number;
}

void
sim_at_leave(ths_sim *sim, void (*function)(void *argument),
    void *argument)
{
	struct sim_thread *self = sim->running;

	CHECK(self != NULL && self->leaves_count < SIM_LEAVES_MAX);
	self->leaves[self->leaves_count++] = (struct sim_call){
		function, argument };
}

ths_status
sim_spawn(ths_sim *sim, const char *name, void (*function)(void *argument),
    void *argument, uint32_t *number)
{
	struct sim_thread *thread;
	ths_status status;

	if (sim->threads_count == THS_SIM_THREADS_MAX)
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
	thread->hook.at_fault = sim_fault_at;
	thread->sim = sim;
	thread->name = name;
	thread->pick.number = ++sim->started;
	thread->state = THREAD_RUNNABLE;
	thread->site = SCHED_SITE_COUNT;
	sim->picker.ops->join(&sim->picker, &thread->pick);
	thread->main = (struct sim_call){ function, argument };
	context_init(&thread->context, thread->stack.base, thread->stack.size,
	    thread_main, thread);
	context_set_thread(&thread->context);
	context_watch_release(thread); /* [S] */
	sim->threads[sim->threads_count++] = thread;
	if (number != NULL)
		*number = thread->pick.number;
	return THS_OK;
}

void
sim_thread_bury(ths_sim *sim, uint32_t place)
{
	struct sim_thread *thread = sim->threads[place];

	context_watch_acquire(&sim->gone); /* [H] */
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
sim_unspawn(ths_sim *sim, uint32_t number)
{
	for (uint32_t i = 0; i < sim->threads_count; i++) {
		if (sim->threads[i]->pick.number != number)
			continue;
		CHECK(sim->threads[i]->site == SCHED_SITE_COUNT);
		sim_thread_bury(sim, i);
		return;
	}
}

/* What home waits for. */
struct home_join {
	const ths_sim *sim;
	uint32_t number;
};

static bool
is_done(void *context)
{
	const struct home_join *join = context;

	return find(join->sim, join->number) == NULL;
}

static bool
never(void *context)
{
	(void)context;
	return false;
}

void
sim_join(ths_sim *sim, uint32_t number)
{
	struct home_join join = { sim, number };

	if (find(sim, number) != NULL) {
		if (sim->running == NULL) {
			sim_home_wait(sim, CLOCK_NEVER, is_done, &join);
		} else {
			sim->running->joins = number;
			sim_thread_wait(sim, CLOCK_NEVER);
			sim->running->joins = 0;
		}
	}
	context_watch_acquire(&sim->ended); /* [E] */
}

void
sim_sleep(ths_sim *sim, uint64_t span_ns)
{
	if (sim->running == NULL)
		sim_home_wait(sim, sim->now_ns + span_ns, never, NULL);
	else
		sim_thread_wait(sim, sim->now_ns + span_ns);
}
