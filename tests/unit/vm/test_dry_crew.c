/* SPDX-License-Identifier: MIT */
/* dry_crew: the scene of tests/scenes/drought.h, with two workers and inline,
 * while one call of the allocator after the other fails.
 * tests/sim/sim_drought.c plays it, too. */
#include "tests/unit/vm/player.h"

#include "tests/scenes/drought.h"

enum { ONCE = 60, FOR_GOOD = 15 };

static void
play(ths_mode mode, uint32_t from, uint32_t until)
{
	struct world world;

	memset(&drought, 0, sizeof(drought));
	world_begin_with(&world, (ths_vm_config){ .mode = mode,
	    .workers = mode == THS_MODE_LOCAL ? 2 : 0,
	    .allocator = &drought_allocator, .log_level = THS_LOG_NONE });
	drought_play(world.vm, from, until);
	world_end(&world);
}

static void
play_both(uint32_t from, uint32_t until)
{
	play(THS_MODE_LOCAL, from, until);
	play(THS_MODE_INLINE, from, until);
}

Test(dry_crew, does_a_deed_or_leaves_it_where_one_call_fails, .timeout = 60)
{
	for (uint32_t i = 0; i < ONCE; i++)
		play_both(i, i + 1);
}

Test(dry_crew, does_a_deed_or_leaves_it_until_there_is_memory, .timeout = 60)
{
	for (uint32_t i = 0; i < FOR_GOOD; i++) {
		play_both(i, UINT32_MAX);
		cr_assert_gt(stage_read(&drought.refused), 0);
	}
}
