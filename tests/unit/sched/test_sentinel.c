/* SPDX-License-Identifier: MIT */
/* sentinel: what a worker has while its task stays, and who looks after it; the
 * races are in tests/sim/sim_crowd.c and tests/stress/sched/stress_crowd.c. */
#include "sched/sentinel.h"

#include "tests/unit/sched/stage.h"

/* ------------------------------------------------------------------- watch */

Test(sentinel, keeps_no_watch_over_a_vm_at_rest)
{
	struct stage stage;

	stage_init(&stage, 2, 0, PERIOD);
	rest(&stage);
	cr_assert_eq(stage.now_ns, 1, "nobody has worked");
	cr_assert_eq(stage.sentinel->until_ns, CLOCK_NEVER);
	cr_assert_not(is_woken(stage.sentinel));
	stage_fini(&stage);
}

static void
see_a_watch(struct stage *stage, struct worker *worker)
{
	uint64_t since = stage->now_ns;

	cr_assert_eq(worker, stage->first);
	cr_assert(is_woken(stage->sentinel));
	settle(stage->sentinel);
	cr_assert_eq(stage->sentinel->until_ns, since + PERIOD);
	for (int i = 0; i < 100; i++)
		look(stage);
	cr_assert_eq(stage->now_ns, since + 100 * PERIOD,
	    "it looks once in a period");
	cr_assert_not(is_woken(stage->second), "for nothing");
}

Test(sentinel, is_woken_by_the_first_that_works_and_looks_while_it_does)
{
	struct stage stage;
	uint64_t end;

	stage_init(&stage, 2, 0, PERIOD);
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
	stage->items[1].runs += is_woken(stage->sentinel);
}

Test(sentinel, stays_for_a_period_so_that_not_every_task_wakes_it)
{
	struct stage stage;

	stage_init(&stage, 2, 0, PERIOD);
	rest(&stage);
	block(&stage, see_a_watch);
	stage.items[0].act = note_wake;
	for (int i = 0; i < 100; i++) {
		scheduler_inject(&stage.scheduler, &stage.items[0].task);
		settle(stage.first);
		stage.now_ns += PERIOD / 4;
		if (stage.sentinel->until_ns <= stage.now_ns)
			look(&stage);
	}
	cr_assert_eq(stage.items[0].runs, 100);
	cr_assert_eq(stage.items[1].runs, 0);
	stage_fini(&stage);
}

Test(sentinel, says_once_that_all_is_quiet)
{
	struct stage stage;
	uint64_t since;

	stage_init(&stage, 2, 0, PERIOD);
	rest(&stage);
	block(&stage, NULL);
	settle(stage.sentinel);
	rest(&stage);
	since = stage.now_ns;
	cr_assert_eq(stage.quiets, 0);
	cr_assert_eq(stage.sentinel->until_ns, since + QUIET_NS);
	look(&stage);
	cr_assert_eq(stage.quiets, 1);
	cr_assert_eq(stage.sentinel->until_ns, CLOCK_NEVER);
	settle(stage.sentinel);
	cr_assert_eq(stage.quiets, 1);
	stage_fini(&stage);
}

Test(sentinel, does_not_say_so_when_work_has_come)
{
	struct stage stage;

	stage_init(&stage, 2, 0, PERIOD);
	rest(&stage);
	block(&stage, NULL);
	settle(stage.sentinel);
	rest(&stage);
	stage.now_ns = stage.sentinel->until_ns - 1;
	scheduler_inject(&stage.scheduler, &stage.items[0].task);
	settle(stage.first);
	look(&stage);
	cr_assert_eq(stage.quiets, 0);
	cr_assert(is_kept(&stage));
	stage_fini(&stage);
}

/* ------------------------------------------------------------ taking over */

static void
leave_one_behind(struct stage *stage, struct worker *worker)
{
	const struct item *item = &stage->items[0];
	uint64_t since = stage->now_ns;

	worker_submit(worker, &stage->items[0].task, READY_WOKEN);
	settle(stage->sentinel);
	look(stage);
	cr_assert_not(is_woken(stage->second), "the blocker has only begun");
	look(stage);
	cr_assert(is_woken(stage->second), "it waits behind the blocker");
	settle(stage->second);
	cr_assert_eq(item->runs, 1);
	cr_assert_eq(stage->now_ns, since + 2 * PERIOD);
	cr_assert_eq(stage->relieved, 1);
}

Test(sentinel, takes_over_the_next_task_of_one_that_stands_still)
{
	struct stage stage;

	stage_init(&stage, 2, 0, PERIOD);
	rest(&stage);
	block(&stage, leave_one_behind);
	cr_assert_eq(stage.items[0].runs, 1, "once");
	cr_assert_eq(atomic_load(&stage.scheduler.sentinel.relieved), 1);
	stage_fini(&stage);
}

static void
set_a_timer(struct stage *stage, struct worker *worker)
{
	wheel_handle handle;

	cr_assert_eq(wheel_set(worker->wheel, stage->now_ns + PERIOD / 2,
	    (struct wheel_load){ { 0 } }, &handle), THS_OK);
	settle(stage->sentinel);
	look(stage);
	look(stage);
	cr_assert_eq(stage->fired, 1);
}

Test(sentinel, fires_the_timers_of_one_that_stands_still)
{
	struct stage stage;

	stage_init(&stage, 2, 0, PERIOD);
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
	uint32_t left = 0;

	endless->act = come_again;
	scheduler_inject(&stage->scheduler, &endless->task);
	worker_set_current(stage->second);
	for (int i = 0; i < 10; i++)
		cr_assert(worker_step(stage->second));
	worker_set_current(worker);
	for (uint32_t i = 0; i < ITEMS - 1; i++)
		worker_submit(worker, &stage->items[i].task,
		    (enum ready)(i % 3));
	settle(stage->sentinel);
	look(stage);
	look(stage);
	worker_set_current(stage->second);
	for (int i = 0; i < STEPS; i++)
		cr_assert(worker_step(stage->second));
	worker_set_current(worker);
	for (uint32_t i = 0; i < ITEMS - 1; i++)
		left += stage->items[i].runs == 0;
	cr_assert_eq(left, 0);
	endless->act = NULL;
}

Test(sentinel, gives_what_it_takes_over_to_whoever_works)
{
	struct stage stage;

	stage_init(&stage, 2, 0, PERIOD);
	rest(&stage);
	block(&stage, leave_many_behind);
	settle(stage.second);
	for (int i = 0; i < ITEMS - 1; i++)
		cr_assert_eq(stage.items[i].runs, 1);
	stage_fini(&stage);
}

/* ----------------------------------------------------------- what it tells */

static void
be_seen_to_stay(struct stage *stage, struct worker *worker)
{
	(void)worker;
	settle(stage->sentinel);
	look(stage);
	cr_assert_eq(stage->stays, 0, "it has only begun");
	for (uint32_t i = 1; i <= 10; i++) {
		look(stage);
		cr_assert_eq(stage->stays, i);
		cr_assert_eq(stage->stayed, &stage->blockers[0].task);
	}
}

Test(sentinel, tells_of_a_task_at_each_look_that_it_stays)
{
	struct stage stage;

	stage_init(&stage, 2, 0, PERIOD);
	rest(&stage);
	block(&stage, be_seen_to_stay);
	look(&stage);
	cr_assert_eq(stage.stays, 10, "not of one that has returned");
	stage_fini(&stage);
}

static void
stay_alone(struct stage *stage, struct worker *worker)
{
	worker_submit(worker, &stage->items[0].task, READY_WOKEN);
	settle(stage->sentinel);
	for (int i = 0; i < 3; i++)
		look(stage);
	cr_assert_eq(stage->stays, 2);
	cr_assert_eq(stage->relieved, 0, "it stays where it is");
}

Test(sentinel, takes_nothing_from_one_that_is_alone)
{
	struct stage stage;

	stage_init(&stage, 1, 0, PERIOD);
	cr_assert(stage.first->is_alone);
	rest(&stage);
	block(&stage, stay_alone);
	cr_assert_eq(stage.items[0].runs, 1);
	stage_fini(&stage);
}

Test(sentinel, is_not_there_if_nobody_wants_it)
{
	struct stage stage;

	stage_init(&stage, 1, 2, 0);
	cr_assert(stage.first->is_alone, "nobody would send a spare");
	settle(stage.first);
	stage.blockers[0].units = TIMER_POLL_UNITS;
	for (int i = 0; i < 3; i++) {
		scheduler_inject(&stage.scheduler, &stage.blockers[0].task);
		settle(stage.first);
		cr_assert_eq(stage.first->until_ns, CLOCK_NEVER);
	}
	cr_assert_eq(stage.blockers[0].runs, 3);
	cr_assert_not(is_kept(&stage));
	stage_fini(&stage);
}
