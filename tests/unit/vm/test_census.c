/* SPDX-License-Identifier: MIT */
/* census: the scenes of tests/scenes/census.h, played with real workers and
 * inline.  tests/sim/sim_census.c plays them, too. */
#include "tests/unit/vm/player.h"

#include "tests/scenes/census.h"

static void
play(void (*scene)(ths_vm *vm))
{
	for (int i = 0; i < 2; i++) {
		struct world world;

		world_begin_with(&world, (ths_vm_config){
		    .mode = i == 0 ? THS_MODE_LOCAL : THS_MODE_INLINE,
		    .workers = i == 0 ? 2 : 0 });
		scene(world.vm);
		world_end(&world);
	}
}

Test(census, finds_the_idle, .description = "M-01", .timeout = 60)
{
	play(census_finds_the_idle);
}

Test(census, finds_the_children, .description = "M-02", .timeout = 60)
{
	play(census_finds_the_children);
}

Test(census, has_three_forms, .description = "M-25", .timeout = 60)
{
	play(census_has_three_forms);
}

Test(census, finds_what_all_can, .description = "A-11", .timeout = 60)
{
	play(census_finds_what_all_can);
}
