/* SPDX-License-Identifier: MIT */
/* pick: a thief and its victim, by hand: what is young stays where it is. */
#include "sched/pick.h"

#include <string.h>

#include "base/memory.h"
#include "sched/scheduler.h"
#include "tests/harness.h"

enum { TASKS = 8, LONG = 200 };

static struct stage {
	struct memory memory;
	struct scheduler scheduler;
	struct parker_port port;
	struct clock clock;
	struct worker *victim;
	struct worker *thief;
	struct task tasks[TASKS];
} stage;

static uint64_t
stage_now(void *context)
{
	(void)context;
	return 1;
}

static void
begin(void)
{
	static const struct scheduler_ops ops = { .run = NULL };

	memset(&stage, 0, sizeof(stage));
	stage.clock.now = stage_now;
	memory_init(&stage.memory, NULL, 0);
	cr_assert_eq(scheduler_init(&stage.scheduler, &stage.memory,
	    &(struct scheduler_config){
		.workers = 2,
		.spin_max = LONG,
		.timers_max = 16,
		.clock = &stage.clock,
		.parker = &stage.port,
		.seed = 1,
		.ops = &ops,
	    }), THS_OK);
	stage.victim = &stage.scheduler.workers[0];
	stage.thief = &stage.scheduler.workers[1];
}

static void
end(void)
{
	scheduler_fini(&stage.scheduler);
	memory_fini(&stage.memory);
}

static void
push_all(struct ring *ring)
{
	for (int i = 0; i < TASKS; i++)
		cr_assert(ring_try_push(ring, &stage.tasks[i]));
}

/* Looks until something is stolen: its first task; *looks: how many it took. */
static struct task *
look(int *looks)
{
	struct task *task = NULL;

	for (*looks = 0; task == NULL && *looks < LONG; ++*looks)
		task = pick_stolen(stage.thief);
	return task;
}

Test(pick, steals_half_of_what_has_waited_for_a_moment)
{
	int looks;

	begin();
	push_all(&stage.victim->resumed);
	cr_assert_eq(look(&looks), &stage.tasks[0], "the oldest");
	/* One that sees them, and so many that see them again. */
	cr_assert_eq(looks, 1 + RESUMED_MOMENT_ROUNDS);
	cr_assert_eq(ring_length(&stage.victim->resumed), TASKS / 2);
	cr_assert_eq(ring_length(&stage.thief->resumed), TASKS / 2 - 1);
	cr_assert_eq(atomic_load(&stage.thief->counts.steals), TASKS / 2);
	end();
	begin();
	push_all(&stage.victim->fresh);
	cr_assert_eq(look(&looks), &stage.tasks[0]);
	cr_assert_eq(looks, FRESH_MOMENT_ROUNDS);
	cr_assert_eq(ring_length(&stage.victim->fresh), TASKS / 2);
	end();
}

/* The owner is as quick: each task waits for less than a moment. */
Test(pick, leaves_alone_what_its_owner_is_about_to_run)
{
	begin();
	push_all(&stage.victim->resumed);
	for (int i = 0; i < LONG; i++) {
		struct task *task;

		cr_assert_null(pick_stolen(stage.thief));
		for (int n = 0; n < 2; n++) {
			task = ring_take_oldest(&stage.victim->resumed);
			cr_assert_eq(task, &stage.tasks[(2 * i + n) % TASKS]);
			cr_assert(ring_try_push(&stage.victim->resumed, task));
		}
	}
	end();
	begin();
	for (int i = 0; i < LONG; i++) {
		push_all(&stage.victim->fresh);
		cr_assert_null(pick_stolen(stage.thief));
		while (ring_take_newest(&stage.victim->fresh) != NULL)
			;
		cr_assert_null(pick_stolen(stage.thief));
	}
	end();
}

/* A search ends, by one task or the other. */
Test(pick, steals_the_youngest_when_it_has_searched_for_long)
{
	begin();
	cr_assert(ring_try_push(&stage.victim->fresh, &stage.tasks[0]));
	stage.thief->rounds = LONG - 1;
	cr_assert_null(pick_stolen(stage.thief));
	stage.thief->rounds = LONG;
	cr_assert_eq(pick_stolen(stage.thief), &stage.tasks[0]);
	cr_assert(ring_try_push(&stage.victim->resumed, &stage.tasks[1]));
	cr_assert_eq(pick_stolen(stage.thief), &stage.tasks[1]);
	end();
}

/* A queue that moves, but slowly: who stands at its end waits for long. */
Test(pick, steals_from_a_queue_that_moves_slowly)
{
	struct task *task = NULL;
	int looks = 0;

	begin();
	push_all(&stage.victim->resumed);
	while (task == NULL && looks < LONG) {
		task = pick_stolen(stage.thief);
		if (task == NULL && ++looks % 2 == 0)
			cr_assert(ring_try_push(&stage.victim->resumed,
			    ring_take_oldest(&stage.victim->resumed)));
	}
	cr_assert_not_null(task);
	cr_assert_eq(looks, RESUMED_MOMENT_ROUNDS);
	end();
}
