/* SPDX-License-Identifier: MIT */
/* colours: the scenes of tests/scenes/colours.h, played with real workers and
 * inline.  tests/sim/sim_colours.c plays them, too. */
#include "tests/unit/vm/player.h"

#include "tests/scenes/colours.h"

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

Test(colours, come_and_go, .description = "G-01 G-10", .timeout = 60)
{
	play(colours_come_and_go);
}

Test(colours, are_needed, .description = "G-02 G-03 G-07 G-13", .timeout = 60)
{
	play(colours_are_needed);
}

Test(colours, drive_out, .description = "G-15 G-16", .timeout = 60)
{
	play(colours_drive_out);
}
