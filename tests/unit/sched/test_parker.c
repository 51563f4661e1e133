/* SPDX-License-Identifier: MIT */
/* parker - tickets, deadlines, and what reaches the port; the races are in
 * tests/stress/sched/stress_parker.c. */
#include "sched/parker.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness.h"

#define MS ((uint64_t)1000000)

/* A port that counts its calls, and a clock that moves only in its wait. */
struct stage {
	struct parker parker;
	struct parker_port port;
	struct clock clock;
	uint64_t now_ns;
	uint64_t step_ns;      /* how far one wait moves the clock */
	uint32_t waits;
	uint32_t wakes;
	uint32_t wake_at_wait; /* in which wait a wake comes; 0: none */
	uint64_t deadline_ns;  /* of the last wait */
};

static uint64_t
stage_now(void *context)
{
	const struct stage *stage = context;

	return stage->now_ns;
}

static void
stage_wait(struct parker *parker, uint32_t ticket, uint64_t deadline_ns)
{
	struct stage *stage = parker->port->context;

	cr_assert_not(parker_is_woken(parker, ticket));
	stage->waits++;
	stage->now_ns += stage->step_ns;
	stage->deadline_ns = deadline_ns;
	if (stage->waits == stage->wake_at_wait)
		parker_wake(parker);
}

static void
stage_wake(struct parker *parker)
{
	struct stage *stage = parker->port->context;

	stage->wakes++;
}

static void
stage_init(struct stage *stage)
{
	memset(stage, 0, sizeof(*stage));
	stage->port.wait = stage_wait;
	stage->port.wake = stage_wake;
	stage->port.context = stage;
	stage->clock.now = stage_now;
	stage->clock.context = stage;
	stage->now_ns = 1000;
	parker_init(&stage->parker, &stage->port, &stage->clock);
}

Test(parker, wakes_nobody_without_the_port)
{
	struct stage stage;
	uint32_t ticket;

	stage_init(&stage);
	ticket = parker_ticket(&stage.parker);
	for (int i = 0; i < 1000; i++)
		parker_wake(&stage.parker);
	cr_assert_eq(stage.wakes, 0);
	cr_assert(parker_is_woken(&stage.parker, ticket));
	cr_assert(parker_wait(&stage.parker, ticket, CLOCK_NEVER));
	cr_assert_eq(stage.waits, 0, "a wake after the ticket ends the wait");
}

Test(parker, ends_a_wait_by_one_call_of_the_port)
{
	struct stage stage;

	stage_init(&stage);
	stage.wake_at_wait = 1;
	cr_assert(parker_wait(&stage.parker, parker_ticket(&stage.parker),
	    CLOCK_NEVER));
	cr_assert_eq(stage.waits, 1);
	cr_assert_eq(stage.wakes, 1);
	parker_wake(&stage.parker);
	cr_assert_eq(stage.wakes, 1, "nobody sleeps any more");
}

Test(parker, sleeps_on_after_a_spurious_return)
{
	struct stage stage;

	stage_init(&stage);
	stage.wake_at_wait = 100;
	cr_assert(parker_wait(&stage.parker, parker_ticket(&stage.parker),
	    CLOCK_NEVER));
	cr_assert_eq(stage.waits, 100);
	cr_assert_eq(stage.deadline_ns, CLOCK_NEVER);
}

Test(parker, returns_at_its_deadline_and_not_before)
{
	struct stage stage;
	uint32_t ticket;

	stage_init(&stage);
	stage.step_ns = 400;
	ticket = parker_ticket(&stage.parker);
	cr_assert_not(parker_wait(&stage.parker, ticket, 2000));
	cr_assert_eq(stage.waits, 3, "1400, 1800, 2200");
	cr_assert_eq(stage.deadline_ns, 2000);
	cr_assert_not(parker_wait(&stage.parker, ticket, 2000));
	cr_assert_not(parker_wait(&stage.parker, ticket, 0));
	cr_assert_eq(stage.waits, 3, "a past deadline does not sleep");
	parker_wake(&stage.parker);
	cr_assert_eq(stage.wakes, 0, "who gave up is not woken");
	cr_assert(parker_wait(&stage.parker, ticket, 0),
	    "a wake counts more than the deadline");
}

Test(parker, takes_a_wake_that_comes_with_the_deadline)
{
	struct stage stage;

	stage_init(&stage);
	stage.step_ns = 5000;
	stage.wake_at_wait = 1;
	cr_assert(parker_wait(&stage.parker, parker_ticket(&stage.parker),
	    2000));
}

Test(parker, survives_the_wrap_of_its_count)
{
	struct stage stage;

	stage_init(&stage);
	ck_ec_init(&stage.parker.count, INT32_MAX);
	stage.wake_at_wait = 1;
	cr_assert(parker_wait(&stage.parker, parker_ticket(&stage.parker),
	    CLOCK_NEVER));
	cr_assert_eq(parker_ticket(&stage.parker), 0);
	stage.wake_at_wait = 2;
	cr_assert(parker_wait(&stage.parker, parker_ticket(&stage.parker),
	    CLOCK_NEVER));
	cr_assert_eq(parker_ticket(&stage.parker), 1);
}

/* The system's port. */

static uint64_t
monotonic_now(void *context)
{
	const struct clock *clock = context;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec -
	    clock->origin;
}

/* A clock that starts at 1. */
static void
own_clock_init(struct clock *clock)
{
	clock->now = monotonic_now;
	clock->context = clock;
	clock->origin = 0;
	clock->origin = clock_now(clock) - 1;
}

struct sleeper {
	struct parker parker;
	_Atomic pid_t id; /* 0 until it is about to park */
	bool was_woken;
};

static void *
sleeper_run(void *argument)
{
	struct sleeper *sleeper = argument;
	uint32_t ticket = parker_ticket(&sleeper->parker);

	atomic_store_explicit(&sleeper->id, gettid(), memory_order_release);
	sleeper->was_woken = parker_wait(&sleeper->parker, ticket,
	    CLOCK_NEVER);
	return NULL;
}

/* How often this thread has gone to sleep so far. */
static uint64_t
switches_of(pid_t id)
{
	uint64_t switches = UINT64_MAX;
	char line[256];
	FILE *file;

	snprintf(line, sizeof(line), "/proc/self/task/%d/status", (int)id);
	file = fopen(line, "r");
	cr_assert_not_null(file);
	while (fgets(line, sizeof(line), file) != NULL)
		(void)sscanf(line, "voluntary_ctxt_switches: %" SCNu64,
		    &switches);
	fclose(file);
	cr_assert_neq(switches, UINT64_MAX);
	return switches;
}

Test(parker, sleeps_in_the_system_without_waking_by_itself)
{
	struct clock clock;
	struct sleeper sleeper = { .was_woken = false };
	uint64_t switches;
	pthread_t thread;
	pid_t id;

	own_clock_init(&clock);
	parker_init(&sleeper.parker, &parker_port_system, &clock);
	cr_assert_eq(pthread_create(&thread, NULL, sleeper_run, &sleeper), 0);
	while ((id = atomic_load_explicit(&sleeper.id,
	    memory_order_acquire)) == 0)
		usleep(1000);
	usleep(100 * 1000);
	switches = switches_of(id);
	usleep(1500 * 1000);
	cr_assert_eq(switches_of(id), switches);
	parker_wake(&sleeper.parker);
	pthread_join(thread, NULL);
	cr_assert(sleeper.was_woken);
}

Test(parker, keeps_a_deadline_of_a_clock_with_its_own_origin)
{
	struct parker parker;
	struct clock clock;
	uint64_t began;
	uint64_t took;

	own_clock_init(&clock);
	parker_init(&parker, &parker_port_system, &clock);
	began = clock_now(&clock);
	cr_assert_not(parker_wait(&parker, parker_ticket(&parker),
	    began + 50 * MS));
	took = clock_now(&clock) - began;
	cr_assert_geq(took, 50 * MS);
	cr_assert_lt(took, 5000 * MS, "%" PRIu64 " ns", took);
}
