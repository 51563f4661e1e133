/* SPDX-License-Identifier: MIT */
/* picker_pct: who goes on, told by hand. */
#include "sim/picker.h"

#include "tests/harness.h"

enum { SEEDS = 20, STRETCHES = 64 };

/* Lets the highest of two threads run up to where the picker leaves it, again and
 * again; how many points each has had in all. */
static void
run_two(uint64_t seed, uint64_t points[2])
{
	struct picker picker;
	struct picker_thread threads[2] = { { .number = 1 }, { .number = 2 } };
	struct picker_thread *able[2] = { &threads[0], &threads[1] };

	picker_init(&picker, &(ths_sim_config){ .seed = seed,
	    .picker = THS_SIM_PCT });
	for (int i = 0; i < 2; i++)
		picker.ops->join(&picker, able[i]);
	for (int i = 0; i < STRETCHES; i++) {
		uint32_t picked = picker.ops->pick(&picker, able[0], able, 2,
		    0);
		uint64_t until = picker.ops->stay(&picker, able[picked]);

		cr_assert_gt(until, picker.points);
		points[picked] += until - picker.points;
		picker.points = until;
		picker.ops->leave(&picker, able[picked], PICKER_STAYED);
	}
}

Test(picker_pct, starves_nobody)
{
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		uint64_t points[2] = { 0, 0 };

		run_two(seed, points);
		cr_assert_gt(points[0], 100000);
		cr_assert_gt(points[1], 100000);
	}
}

Test(picker_pct, keeps_ranks_for_as_long_as_most_runs_take)
{
	struct picker picker;
	struct picker_thread thread = { .number = 1 };

	/* Depth 1: no change of ranks but that. */
	picker_init(&picker, &(ths_sim_config){ .picker = THS_SIM_PCT,
	    .depth = 1 });
	picker.ops->join(&picker, &thread);
	cr_assert_geq(picker.ops->stay(&picker, &thread), 10000);
}
