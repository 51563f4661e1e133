/* SPDX-License-Identifier: MIT */
/*
 * sim - a world of simulated threads in one real one; see sim.h.
 *
 * Everything happens between two places: `home`, the loop of sim_run_until(), and
 * the running thread.  A thread is only ever switched to from home and only
 * ever left to home, so each switch is one decision, taken in one place
 * (next()).
 */
#include "sim/sim.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "sim/context_watch.h"
#include "sim/referee.h"
#include "sim/sim_fault.h"
#include "sim/sim_thread.h"
#include "sim/sim_vm.h"
#include "sim/unwatched.h"

#ifdef THS_TSAN
/* The thread-locals are those of the one real thread, and the random numbers
 * those of the one world; the rest must be free of races. */
const char *__tsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *
__tsan_default_suppressions(void)
{
	return "race:^sched_hook_set$\nrace:^sched_point$\n"
	    "race:^worker_current$\nrace:^worker_set_current$\n"
	    "race:^random_next$\nrace:^random_below$\n"
	    /* The referee's notes of all threads. */
	    "race:sim/table.c\nrace:sim/flights.c\nrace:sim/digests.c\n";
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
	return random_below(&sim->draws, n);
}

static void
record(ths_sim *sim, ths_sim_decision decision)
{
	unwatched_begin(sim);
	schedule_add(&sim->schedule, decision);
	unwatched_end(sim);
}

/* Who runs, home included. */
static struct picker_thread *
running(ths_sim *sim)
{
	return sim->running == NULL ? &sim->home_thread : &sim->running->pick;
}

uint32_t
sim_choose(void *context, enum choice what, uint32_t n, uint32_t usual)
{
	ths_sim *sim = context;
	struct picker_thread *self = running(sim);
	uint32_t chosen;

	(void)what;
	sim->picker.points = sim->points;
	chosen = sim->picker.ops->choose(&sim->picker, self, n, usual);
	if (sim->config.records && chosen != usual)
		record(sim, (ths_sim_decision){
		    .thread = self->number, .is_choice = 1,
		    .step = self->choices, .value = chosen });
	self->choices++;
	return chosen;
}

/* ----------------------------------------------------------------- failure */

void
ths_sim_fail(ths_sim *sim, const char *file, int line, const char *format, ...)
{
	va_list arguments;
	int length;

	if (sim->why[0] == '\0') {
		va_start(arguments, format);
		length = snprintf(sim->why, sizeof(sim->why), "%s:%d: ", file,
		    line);
		if (length > 0 && (size_t)length < sizeof(sim->why))
			vsnprintf(sim->why + length,
			    sizeof(sim->why) - (size_t)length, format,
			    arguments);
		va_end(arguments);
	}
	if (sim->running != NULL)
		sim_thread_stay(sim);
}

const char *
ths_sim_why(const ths_sim *sim)
{
	return sim->why[0] == '\0' ? NULL : sim->why;
}

/* ------------------------------------------------------------------- ports */

static uint64_t
port_now(void *context)
{
	const ths_sim *sim = context;

	return sim->now_ns;
}

static ths_time
port_wall(void *context)
{
	return sim_fault_wall(context);
}

/* What home waits for. */
struct home_wait {
	const struct parker *parker;
	uint32_t ticket;
};

static bool
is_woken(void *context)
{
	const struct home_wait *wait = context;

	return parker_is_woken(wait->parker, wait->ticket);
}

static void
port_wait(struct parker *parker, uint32_t ticket, uint64_t deadline_ns)
{
	ths_sim *sim = parker->port->context;
	struct home_wait wait = { parker, ticket };

	if (sim->running == NULL) {
		sim_home_wait(sim, deadline_ns, is_woken, &wait);
		return;
	}
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
	ths_sim *sim = parker->port->context;
	struct sim_thread *sleeper = parker->sleeper;

	if (sleeper == NULL)
		return;
	sleeper->state = THREAD_RUNNABLE;
	if (sim->picker.has_ranks && sim->running != NULL &&
	    sleeper->pick.rank > sim->running->pick.rank)
		sim_call_home(sim);
}

/* ------------------------------------------------------------------ running */

/* Nobody can run: time jumps to the earliest deadline, but not past until_ns.
 * False: there was none so far. */
static bool
jump_in_time(ths_sim *sim, uint64_t until_ns)
{
	uint64_t earliest = CLOCK_NEVER;

	for (uint32_t i = 0; i < sim->threads_count; i++) {
		if (sim->threads[i]->deadline_ns < earliest)
			earliest = sim->threads[i]->deadline_ns;
	}
	if (earliest != CLOCK_NEVER && earliest <= until_ns) {
		sim->now_ns = earliest;
		return true;
	}
	if (until_ns != CLOCK_NEVER && until_ns > sim->now_ns)
		sim->now_ns = until_ns;
	return false;
}

static bool
can_run(ths_sim *sim, struct sim_thread *thread)
{
	return thread->state == THREAD_RUNNABLE ||
	    (thread->state == THREAD_WAITING && sim_fault_is_due(sim, thread));
}

/* Who would go on usually: who was left, or the next that can. */
static uint32_t
usual(const ths_sim *sim, struct picker_thread *const *able, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (able[i]->number > sim->left.number ||
		    (able[i]->number == sim->left.number && !sim->left_spins))
			return i;
	}
	return 0;
}

struct sim_thread *
sim_next(ths_sim *sim)
{
	struct picker_thread *able[THS_SIM_THREADS_MAX];
	uint32_t count = 0;
	uint32_t expected;
	uint32_t picked;

	for (uint32_t i = 0; i < sim->threads_count; i++) {
		if (can_run(sim, sim->threads[i]))
			able[count++] = &sim->threads[i]->pick;
	}
	if (count == 0)
		return NULL;
	expected = usual(sim, able, count);
	sim->picker.points = sim->points;
	picked = sim->picker.ops->pick(&sim->picker, &sim->left, able, count,
	    expected);
	if (sim->config.records && picked != expected)
		record(sim, (ths_sim_decision){
		    .thread = sim->left.number, .step = sim->left.steps,
		    .value = able[picked]->number });
	return CONTAINER_OF(able[picked], struct sim_thread, pick);
}

static void
bury_done(ths_sim *sim)
{
	for (uint32_t i = sim->threads_count; i-- > 0;) {
		if (sim->threads[i]->state == THREAD_DONE)
			sim_thread_bury(sim, i);
	}
}

/* Nobody can run: all adds up. */
static void
look(const ths_sim *sim)
{
	struct referee *referee = sim->referees;

	for (; referee != NULL; referee = referee->next)
		referee_look(referee);
}

static ths_sim_end
run(ths_sim *sim, uint64_t until_ns, bool (*is_so)(void *context),
    void *context)
{
	struct sim_thread *thread;

	for (;;) {
		bury_done(sim);
		if (sim->why[0] != '\0')
			return THS_SIM_FAILED;
		if (is_so != NULL && is_so(context))
			return THS_SIM_TRUE;
		if (sim->threads_count == 0)
			return THS_SIM_DONE;
		if (sim->points >= sim->config.points_max)
			return THS_SIM_LIMIT;
		thread = sim_next(sim);
		if (thread != NULL) {
			sim_thread_enter(sim, thread);
			continue;
		}
		look(sim);
		if (!jump_in_time(sim, until_ns))
			return THS_SIM_QUIET;
	}
}

ths_sim_end
sim_run_until(ths_sim *sim, uint64_t until_ns, bool (*is_so)(void *context),
    void *context)
{
	bool asked = sim->asks;
	ths_sim_end end;

	CHECK(sim->running == NULL);
	context_adopt(&sim->home);
	if (sim->has_looked)
		context_watch_release(&sim->looked); /* [M] */
	sim->asks = is_so != NULL;
	sim->home_thread.steps++;
	sim->left = sim->home_thread;
	end = run(sim, until_ns, is_so, context);
	sim->asks = asked;
	context_watch_acquire(&sim->gone); /* [H] */
	return end;
}

ths_sim_end
sim_run(ths_sim *sim)
{
	return sim_run_until(sim, CLOCK_NEVER, NULL, NULL);
}

void
sim_home_wait(ths_sim *sim, uint64_t deadline_ns, bool (*is_so)(void *context),
    void *context)
{
	char report[SIM_WHY_SIZE];
	ths_sim_end end = sim_run_until(sim, deadline_ns, is_so, context);

	if (end == THS_SIM_TRUE)
		return;
	if (deadline_ns != CLOCK_NEVER) {
		if (sim->now_ns < deadline_ns)
			sim->now_ns = deadline_ns;
		return;
	}
	/* It would wait for ever, and there is nobody to tell. */
	sim_report(sim, report, sizeof(report));
	fprintf(stderr, "thespis: what waits outside a simulated world waits "
	    "for ever: %s\n", end == THS_SIM_FAILED ? sim->why : report);
	abort();
}

void
sim_note_handled(ths_sim *sim)
{
	sim->handled++;
}

void
sim_note_settled(ths_sim *sim, uint64_t count)
{
	sim->settled += count;
	if (sim->asks)
		sim_call_home(sim);
}

void
sim_report(const ths_sim *sim, char *buffer, size_t size)
{
	static const char *const sites[SCHED_SITE_COUNT + 1] = {
		"inbox", "run queue", "inject", "parker", "idle", "slot",
		"timer", "pool", "client", "name", "log", "spin", "its start",
	};
	size_t used = 0;

	buffer[0] = '\0';
	for (uint32_t i = 0; i < sim->threads_count && used < size; i++) {
		const struct sim_thread *thread = sim->threads[i];
		int length = snprintf(buffer + used, size - used,
		    "%s%u %s %s after %s", i == 0 ? "" : ", ",
		    thread->pick.number, thread->name,
		    thread->state == THREAD_WAITING ? "waits" : "runs",
		    sites[thread->site]);

		used += length > 0 ? (size_t)length : 0;
	}
}

void
sim_init(ths_sim *sim, const ths_sim_config *config)
{
	*sim = (ths_sim){
		.config = *config,
		.clock = { .now = port_now, .wall = port_wall,
		    .context = sim },
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
	memory_init(&sim->safe_memory, NULL, 0);
	schedule_init(&sim->schedule, &sim->memory);
	picker_init(&sim->picker, config);
	/* A stream of its own: another of the same seed would be alike. */
	random_init(&sim->draws, ~config->seed);
	faults_init(&sim->faults, &config->faults, config->seed);
}

void
sim_fini(ths_sim *sim)
{
	while (sim->threads_count > 0)
		sim_thread_bury(sim, sim->threads_count - 1);
	while (sim->referees != NULL)
		sim_vm_abandon(CONTAINER_OF(sim->referees, struct sim_vm,
		    referee));
	schedule_fini(&sim->schedule);
	memory_fini(&sim->memory);
	memory_fini(&sim->safe_memory);
}
