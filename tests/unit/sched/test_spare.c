/* SPDX-License-Identifier: MIT */
/* spare: who stands in for workers whose task stays, and when it goes again; the
 * races are in tests/sim/sim_crowd.c and tests/stress/sched/stress_crowd.c. */
#include "sched/spare.h"

#include "tests/unit/sched/stage.h"

/* The second worker runs the second blocker, which does `act`, while the first
 * one stays. */
static void
block_both(struct stage *stage, void (*act)(struct stage *, struct worker *))
{
	stage->blockers[1].act = act;
	scheduler_inject(&stage->scheduler, &stage->blockers[1].task);
	settle(stage->second);
	cr_assert_eq(stage->blockers[1].runs, 1);
	cr_assert_eq(stage->blockers[1].by, stage->second);
}

/* Both stay for two looks. */
static void
stand_still(struct stage *stage)
{
	settle(stage->sentinel);
	look(stage);
	look(stage);
}

static uint32_t
active(struct stage *stage)
{
	return atomic_load(&stage->scheduler.spares.active);
}

/* -------------------------------------------------------------------- sent */

static void
leave_one_behind(struct stage *stage, struct worker *worker)
{
	struct item *item = &stage->items[0];
	uint64_t since = stage->now_ns;

	worker_submit(worker, &item->task, READY_WOKEN);
	settle(stage->sentinel);
	look(stage);
	cr_assert_eq(stage->recruits, 0, "both have only begun");
	look(stage);
	cr_assert_eq(stage->recruits, SPARES);
	cr_assert_eq(stage->now_ns, since + 2 * PERIOD);
	settle(stage->spares[0]);
	cr_assert_eq(item->runs, 1);
	cr_assert_eq(item->by, stage->spares[0]);
	/* From then on it is woken for what comes, as any worker. */
	settle(stage->spares[1]);
	scheduler_inject(&stage->scheduler, &stage->items[1].task);
	cr_assert(is_woken(stage->spares[0]));
	settle(stage->spares[0]);
	cr_assert_eq(stage->items[1].runs, 1);
	cr_assert_eq(scheduler_length(&stage->scheduler), 2 + SPARES);
}

static void
block_second_and_leave_one(struct stage *stage, struct worker *worker)
{
	(void)worker;
	block_both(stage, leave_one_behind);
}

Test(spare, takes_what_waits_when_all_stand_still)
{
	struct stage stage;

	stage_init(&stage, 2, SPARES, PERIOD);
	rest(&stage);
	cr_assert_eq(scheduler_length(&stage.scheduler), 2);
	block(&stage, block_second_and_leave_one);
	cr_assert_eq(stage.items[0].runs, 1, "once");
	cr_assert_eq(atomic_load(&stage.scheduler.spares.most), SPARES);
	cr_assert_eq(atomic_load(&stage.scheduler.spares.limited), 0);
	stage_fini(&stage);
}

static void
stay_beside_an_idle_one(struct stage *stage, struct worker *worker)
{
	(void)worker;
	stand_still(stage);
	cr_assert(crowd_has_idle(&stage->scheduler.crowd));
	cr_assert_eq(active(stage), 0);
}

Test(spare, is_not_sent_while_a_worker_is_idle)
{
	struct stage stage;

	stage_init(&stage, 2, SPARES, PERIOD);
	rest(&stage);
	block(&stage, stay_beside_an_idle_one);
	cr_assert_eq(stage.recruits, 0);
	stage_fini(&stage);
}

static void
set_a_timer(struct stage *stage, struct worker *worker)
{
	wheel_handle handle;

	/* Both between the second look and the third. */
	cr_assert_eq(wheel_set(stage->first->wheel, stage->now_ns +
	    5 * PERIOD / 2, (struct wheel_load){ { 0 } }, &handle), THS_OK);
	cr_assert_eq(wheel_set(worker->wheel, stage->now_ns +
	    13 * PERIOD / 5, (struct wheel_load){ { 0 } }, &handle), THS_OK);
	stand_still(stage);
	for (int i = 0; i < SPARES; i++) {
		settle(stage->spares[i]);
		wake_up(stage, stage->spares[i]);
	}
	while (stage->fired < 2) {
		cr_assert_lt(stage->now_ns, stage->sentinel->until_ns);
		for (int i = 0; i < SPARES; i++)
			if (stage->spares[i]->until_ns != CLOCK_NEVER)
				wake_up(stage, stage->spares[i]);
	}
}

static void
block_second_and_set_timers(struct stage *stage, struct worker *worker)
{
	(void)worker;
	block_both(stage, set_a_timer);
}

Test(spare, fires_the_timers_of_those_it_stands_in_for)
{
	struct stage stage;

	stage_init(&stage, 2, SPARES, PERIOD);
	rest(&stage);
	block(&stage, block_second_and_set_timers);
	cr_assert_eq(stage.fired, 2);
	stage_fini(&stage);
}

/* --------------------------------------------------------------------- gone */

static void
stay_both(struct stage *stage, struct worker *worker)
{
	(void)worker;
	stand_still(stage);
	for (int i = 0; i < SPARES; i++)
		settle(stage->spares[i]);
	cr_assert_eq(active(stage), SPARES);
}

static void
block_second(struct stage *stage, struct worker *worker)
{
	(void)worker;
	block_both(stage, stay_both);
}

Test(spare, goes_when_those_it_stood_in_for_are_back)
{
	struct stage stage;

	stage_init(&stage, 2, SPARES, PERIOD);
	rest(&stage);
	block(&stage, block_second);
	cr_assert_eq(active(&stage), SPARES);
	look(&stage);
	for (int i = 0; i < SPARES; i++) {
		cr_assert(is_woken(stage.spares[i]));
		settle(stage.spares[i]);
		cr_assert(atomic_load(&stage.spares[i]->is_away));
		cr_assert_eq(stage.spares[i]->until_ns, CLOCK_NEVER);
	}
	cr_assert_eq(active(&stage), 0);
	rest(&stage);
	/* Nobody wakes it for work. */
	for (int i = 0; i < 3; i++)
		scheduler_inject(&stage.scheduler, &stage.items[i].task);
	for (int i = 0; i < SPARES; i++)
		cr_assert_not(is_woken(stage.spares[i]));
	stage_fini(&stage);
}

Test(spare, comes_again_without_a_new_thread)
{
	struct stage stage;

	stage_init(&stage, 2, SPARES, PERIOD);
	for (uint32_t i = 1; i <= 3; i++) {
		rest(&stage);
		stage.blockers[0].runs = stage.blockers[1].runs = 0;
		block(&stage, block_second);
		cr_assert_eq(stage.recruits, SPARES);
	}
	rest(&stage);
	cr_assert_eq(active(&stage), 0);
	stage_fini(&stage);
}

static void
stay_with_one_at_work(struct stage *stage, struct worker *worker)
{
	struct worker *spare = stage->spares[0];

	(void)worker;
	stand_still(stage);
	scheduler_inject(&stage->scheduler, &stage->items[0].task);
	worker_set_current(spare);
	cr_assert(worker_step(spare));
	cr_assert_eq(stage->items[0].by, spare);
	/* What it has ready when both are back. */
	worker_submit(spare, &stage->items[1].task, READY_WOKEN);
	worker_submit(spare, &stage->items[2].task, READY_FRESH);
	worker_submit(spare, &stage->items[3].task, READY_RESUMED);
	worker_set_current(worker);
	settle(stage->spares[1]);
	stage->items[2].units = TIMER_POLL_UNITS;
}

static void
block_second_with_one_at_work(struct stage *stage, struct worker *worker)
{
	(void)worker;
	block_both(stage, stay_with_one_at_work);
}

Test(spare, leaves_what_it_has_ready_to_the_others)
{
	struct stage stage;

	stage_init(&stage, 2, SPARES, PERIOD);
	rest(&stage);
	stage.items[0].units = TIMER_POLL_UNITS;
	block(&stage, block_second_with_one_at_work);
	look(&stage);
	settle(stage.spares[0]);
	cr_assert(atomic_load(&stage.spares[0]->is_away));
	rest(&stage);
	for (int i = 1; i <= 3; i++) {
		cr_assert_eq(stage.items[i].runs, 1);
		cr_assert_neq(stage.items[i].by, stage.spares[0]);
	}
	stage_fini(&stage);
}

/* -------------------------------------------------------------------- limits */

static void
stay_with_one_spare(struct stage *stage, struct worker *worker)
{
	const struct spares *spares = &stage->scheduler.spares;

	(void)worker;
	stand_still(stage);
	cr_assert_eq(active(stage), 1);
	cr_assert_eq(atomic_load(&spares->limited), 1);
	for (int i = 0; i < 10; i++)
		look(stage);
	cr_assert_eq(atomic_load(&spares->limited), 1, "once for each");
	cr_assert_eq(active(stage), 1);
}

static void
block_second_beside_one_spare(struct stage *stage, struct worker *worker)
{
	(void)worker;
	block_both(stage, stay_with_one_spare);
}

Test(spare, is_sent_no_more_often_than_spares_max_says)
{
	struct stage stage;

	stage_init(&stage, 2, 1, PERIOD);
	for (uint32_t i = 1; i <= 2; i++) {
		rest(&stage);
		stage.blockers[0].runs = stage.blockers[1].runs = 0;
		atomic_store(&stage.scheduler.spares.limited, 0);
		block(&stage, block_second_beside_one_spare);
	}
	rest(&stage);
	stage_fini(&stage);
}

static void
stay_without_threads(struct stage *stage, struct worker *worker)
{
	const struct spares *spares = &stage->scheduler.spares;
	uint64_t since;

	(void)worker;
	stage->refusals = 2;
	stand_still(stage);
	since = stage->now_ns;
	cr_assert_eq(atomic_load(&spares->failed), 1);
	cr_assert_eq(active(stage), 0);
	cr_assert_eq(scheduler_length(&stage->scheduler), 2);
	while (atomic_load(&spares->failed) == 1)
		look(stage);
	cr_assert_eq(stage->now_ns, since + RECRUIT_NS);
	while (active(stage) == 0)
		look(stage);
	cr_assert_eq(stage->now_ns, since + 2 * (uint64_t)RECRUIT_NS);
	cr_assert_eq(active(stage), SPARES);
}

static void
block_second_without_threads(struct stage *stage, struct worker *worker)
{
	(void)worker;
	block_both(stage, stay_without_threads);
}

Test(spare, is_tried_again_after_a_while_when_no_thread_is_to_be_had)
{
	struct stage stage;

	stage_init(&stage, 2, SPARES, PERIOD);
	rest(&stage);
	block(&stage, block_second_without_threads);
	cr_assert_eq(atomic_load(&stage.scheduler.spares.failed), 2);
	rest(&stage);
	stage_fini(&stage);
}
