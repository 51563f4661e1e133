/* SPDX-License-Identifier: MIT */
/* sentinel, two workers stepped by hand: what one has while its task stays, and
 * who looks after it; the races are in tests/sim/sim_crowd.c and
 * tests/stress/sched/stress_crowd.c. */
#include "sched/sentinel.h"

#include <string.h>

#include "base/memory.h"
#include "sched/scheduler.h"
#include "tests/harness.h"

#define PERIOD ((uint64_t)10000000)

enum { ITEMS = 200, STEPS = 10000 };

struct stage;

struct item {
	struct task task;
	struct stage *stage;
	void (*act)(struct stage *stage, struct worker *worker);
	uint32_t units;
	uint32_t runs;
};

struct stage {
	struct memory memory;
	struct scheduler scheduler;
	struct parker_port port;
	struct clock clock;
	uint64_t now_ns;
	struct worker *first;
	struct worker *second;
	struct item blocker;
	struct item items[ITEMS];
	uint32_t fired;
	uint32_t relieved;
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
	(void)parker, (void)ticket, (void)deadline_ns;
	cr_assert(false, "nobody waits here");
}

static void
stage_wake(struct parker *parker)
{
	(void)parker;
}

static uint32_t
stage_run(void *context, struct worker *worker, struct task *task)
{
	struct item *item = CONTAINER_OF(task, struct item, task);

	item->runs++;
	if (item->act != NULL)
		item->act(context, worker);
	return item->units;
}

static bool
stage_fire(void *context, wheel_handle handle, const struct wheel_load *load)
{
	struct stage *stage = context;

	(void)handle, (void)load;
	stage->fired++;
	return true;
}

static bool
stage_relieve(void *context, struct worker *worker, struct worker *victim)
{
	struct stage *stage = context;

	cr_assert_eq(worker, stage->second);
	cr_assert_eq(victim, stage->first);
	stage->relieved++;
	return false;
}

static const struct scheduler_ops stage_ops = {
	.run = stage_run,
	.fire = stage_fire,
	.relieve = stage_relieve,
};

/* Steps a worker until it is idle. */
static void
settle(struct worker *worker)
{
	struct worker *former = worker_set_current(worker);
	int steps = 0;

	while (worker_step(worker))
		cr_assert_lt(++steps, STEPS);
	worker_set_current(former);
}

/* Goes on when the worker's sleep is over. */
static void
wake_up(struct stage *stage, struct worker *worker)
{
	cr_assert_neq(worker->until_ns, CLOCK_NEVER);
	if (stage->now_ns < worker->until_ns)
		stage->now_ns = worker->until_ns;
	settle(worker);
}

static bool
is_woken(const struct worker *worker)
{
	return parker_is_woken(&worker->parker, worker->ticket);
}

static void
stage_init(struct stage *stage, uint32_t workers, uint64_t sentinel_ns)
{
	memset(stage, 0, sizeof(*stage));
	stage->port.wait = stage_wait;
	stage->port.wake = stage_wake;
	stage->clock.now = stage_now;
	stage->clock.context = stage;
	stage->now_ns = 1;
	memory_init(&stage->memory, NULL, 0);
	cr_assert_eq(scheduler_init(&stage->scheduler, &stage->memory,
	    &(struct scheduler_config){
		.workers = workers,
		.spin_max = 1,
		.timers_max = 16,
		.sentinel_ns = (int64_t)sentinel_ns,
		.clock = &stage->clock,
		.parker = &stage->port,
		.seed = 1,
		.ops = &stage_ops,
		.context = stage,
	    }), THS_OK);
	stage->first = &stage->scheduler.workers[0];
	stage->second = &stage->scheduler.workers[workers - 1];
}

/* Lets both lie down. */
static void
rest(struct stage *stage)
{
	settle(stage->first);
	settle(stage->second);
	for (int i = 0; i < 4; i++) {
		if (stage->first->until_ns != CLOCK_NEVER)
			wake_up(stage, stage->first);
		if (stage->second->until_ns != CLOCK_NEVER)
			wake_up(stage, stage->second);
	}
	cr_assert_eq(stage->first->until_ns, CLOCK_NEVER);
	cr_assert_eq(stage->second->until_ns, CLOCK_NEVER);
}

static void
stage_fini(struct stage *stage)
{
	scheduler_fini(&stage->scheduler);
	memory_fini(&stage->memory);
}

/* The first worker, woken at rest, runs the blocker, which does `act`. */
static void
block(struct stage *stage, void (*act)(struct stage *, struct worker *))
{
	stage->blocker.act = act;
	scheduler_inject(&stage->scheduler, &stage->blocker.task);
	cr_assert(is_woken(stage->first));
	settle(stage->first);
	cr_assert_eq(stage->blocker.runs, 1);
}

/* ------------------------------------------------------------------- watch */

Test(sentinel, keeps_no_watch_over_a_vm_at_rest)
{
	struct stage stage;

	stage_init(&stage, 2, PERIOD);
	rest(&stage);
	cr_assert_eq(atomic_load(&stage.scheduler.sentinel.is_kept), 0);
	cr_assert_lt(stage.now_ns, 3 * PERIOD);
	stage_fini(&stage);
}

static void
see_a_watch(struct stage *stage, struct worker *worker)
{
	uint64_t since = stage->now_ns;

	cr_assert_eq(worker, stage->first);
	cr_assert(is_woken(stage->second), "nobody to keep watch was woken");
	settle(stage->second);
	cr_assert_eq(stage->second->until_ns, since + PERIOD);
	for (int i = 0; i < 100; i++)
		wake_up(stage, stage->second);
	cr_assert_eq(stage->now_ns, since + 100 * PERIOD,
	    "it looks once in a period");
}

Test(sentinel, is_woken_by_the_first_that_works_and_looks_while_it_does)
{
	struct stage stage;
	uint64_t end;

	stage_init(&stage, 2, PERIOD);
	rest(&stage);
	block(&stage, see_a_watch);
	end = stage.now_ns;
	rest(&stage);
	cr_assert_leq(stage.now_ns, end + 2 * PERIOD);
	stage_fini(&stage);
}

static void
note_wake(struct stage *stage, struct worker *worker)
{
	(void)worker;
	stage->items[1].runs += is_woken(stage->second);
}

Test(sentinel, stays_for_a_period_so_that_not_every_task_wakes_it)
{
	struct stage stage;

	stage_init(&stage, 2, PERIOD);
	rest(&stage);
	block(&stage, see_a_watch);
	stage.items[0].act = note_wake;
	for (int i = 0; i < 100; i++) {
		scheduler_inject(&stage.scheduler, &stage.items[0].task);
		settle(stage.first);
		stage.now_ns += PERIOD / 4;
		if (stage.second->until_ns <= stage.now_ns)
			wake_up(&stage, stage.second);
	}
	cr_assert_eq(stage.items[0].runs, 100);
	cr_assert_eq(stage.items[1].runs, 0);
	stage_fini(&stage);
}

/* ------------------------------------------------------------ taking over */

static void
leave_one_behind(struct stage *stage, struct worker *worker)
{
	const struct item *item = &stage->items[0];
	uint64_t since = stage->now_ns;

	worker_submit(worker, &stage->items[0].task, READY_WOKEN);
	settle(stage->second);
	wake_up(stage, stage->second);
	cr_assert_eq(item->runs, 0, "the blocker has only just begun");
	wake_up(stage, stage->second);
	cr_assert_eq(item->runs, 1, "it waits behind the blocker");
	cr_assert_eq(stage->now_ns, since + 2 * PERIOD);
	cr_assert_eq(stage->relieved, 1);
}

Test(sentinel, takes_over_the_next_task_of_one_that_stands_still)
{
	struct stage stage;

	stage_init(&stage, 2, PERIOD);
	rest(&stage);
	block(&stage, leave_one_behind);
	cr_assert_eq(stage.items[0].runs, 1, "once");
	cr_assert_eq(atomic_load(&stage.second->counts.steals), 1);
	stage_fini(&stage);
}

static void
set_a_timer(struct stage *stage, struct worker *worker)
{
	wheel_handle handle;

	cr_assert_eq(wheel_set(worker->wheel, stage->now_ns + PERIOD / 2,
	    (struct wheel_load){ { 0 } }, &handle), THS_OK);
	settle(stage->second);
	wake_up(stage, stage->second);
	wake_up(stage, stage->second);
	cr_assert_eq(stage->fired, 1);
}

Test(sentinel, fires_the_timers_of_one_that_stands_still)
{
	struct stage stage;

	stage_init(&stage, 2, PERIOD);
	rest(&stage);
	block(&stage, set_a_timer);
	cr_assert_eq(stage.fired, 1, "once");
	stage_fini(&stage);
}

static void
come_again(struct stage *stage, struct worker *worker)
{
	worker_submit(worker, &stage->items[ITEMS - 1].task, READY_RESUMED);
}

/* The second worker has work without end when the blocker leaves much behind.
 *  */
static void
leave_many_behind(struct stage *stage, struct worker *worker)
{
	struct item *endless = &stage->items[ITEMS - 1];
	uint64_t since = stage->now_ns;
	uint32_t left = ITEMS - 1;

	endless->act = come_again;
	endless->units = TIMER_POLL_UNITS;
	scheduler_inject(&stage->scheduler, &endless->task);
	worker_set_current(stage->second);
	for (int i = 0; i < 10; i++)
		cr_assert(worker_step(stage->second));
	worker_set_current(worker);
	for (uint32_t i = 0; i < left; i++)
		worker_submit(worker, &stage->items[i].task,
		    (enum ready)(i % 3));
	worker_set_current(stage->second);
	while (left > 0 && stage->now_ns < since + 8 * PERIOD) {
		for (int i = 0; i < STEPS; i++)
			cr_assert(worker_step(stage->second));
		stage->now_ns += PERIOD / 2;
		for (left = 0; left < ITEMS - 1; left++)
			if (stage->items[left].runs == 0)
				break;
		left = ITEMS - 1 - left;
	}
	worker_set_current(worker);
	cr_assert_eq(left, 0);
	cr_assert_leq(stage->now_ns, since + 4 * PERIOD);
	endless->act = NULL;
}

Test(sentinel, is_whoever_works_when_nobody_is_parked)
{
	struct stage stage;

	stage_init(&stage, 2, PERIOD);
	rest(&stage);
	block(&stage, leave_many_behind);
	settle(stage.second);
	for (int i = 0; i < ITEMS - 1; i++)
		cr_assert_eq(stage.items[i].runs, 1);
	stage_fini(&stage);
}

/* ----------------------------------------------------------------- nobody */

Test(sentinel, is_not_there_for_one_alone)
{
	struct stage stage;

	stage_init(&stage, 1, PERIOD);
	settle(stage.first);
	cr_assert_eq(stage.first->until_ns, CLOCK_NEVER);
	stage.blocker.units = TIMER_POLL_UNITS;
	for (int i = 0; i < 3; i++) {
		scheduler_inject(&stage.scheduler, &stage.blocker.task);
		settle(stage.first);
		cr_assert_eq(stage.first->until_ns, CLOCK_NEVER);
	}
	cr_assert_eq(stage.blocker.runs, 3);
	cr_assert_eq(atomic_load(&stage.scheduler.sentinel.due_ns), 0);
	stage_fini(&stage);
}
