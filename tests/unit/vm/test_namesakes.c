/* SPDX-License-Identifier: MIT */
/* namesakes: the scenes of tests/scenes/namesakes.h, played with real workers
 * and inline.  tests/sim/sim_namesakes.c plays them, too. */
#include "tests/unit/vm/player.h"

#define NAMESAKES_ACTORS_MAX 24
#include "tests/scenes/namesakes.h"

static void
play(void (*scene)(ths_vm *vm))
{
	for (int i = 0; i < 2; i++) {
		struct world world;

		world_begin_with(&world, (ths_vm_config){
		    .mode = i == 0 ? THS_MODE_LOCAL : THS_MODE_INLINE,
		    .workers = i == 0 ? 2 : 0,
		    .actors_max = NAMESAKES_ACTORS_MAX });
		scene(world.vm);
		world_end(&world);
	}
}

Test(namesakes, are_one, .description = "C-12 C-14 C-15", .timeout = 60)
{
	play(namesakes_are_one);
}

Test(namesakes, need_room, .description = "D-23", .timeout = 60)
{
	play(namesakes_need_room);
}
