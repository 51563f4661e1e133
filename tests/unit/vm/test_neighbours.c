/* SPDX-License-Identifier: MIT */
/* neighbours: the scenes of tests/scenes/neighbours.h, played with real workers
 * and inline.  tests/sim/sim_neighbours.c plays them, too. */
#include "tests/unit/vm/player.h"

#include "tests/scenes/neighbours.h"

/* In each pair of modes. */
static void
play(void (*scene)(ths_vm *vm, ths_vm *other))
{
	for (int i = 0; i < 4; i++) {
		struct world worlds[2];

		for (int k = 0; k < 2; k++)
			world_begin_with(&worlds[k], (ths_vm_config){
			    .mode = i >> k & 1 ? THS_MODE_INLINE :
			        THS_MODE_LOCAL,
			    .workers = i >> k & 1 ? 0 : 2 });
		scene(worlds[0].vm, worlds[1].vm);
		world_end(&worlds[1]);
		world_end(&worlds[0]);
	}
}

Test(neighbours, keep_their_colours, .description = "T-243 G-11",
    .timeout = 60)
{
	play(neighbours_keep_their_colours);
}

Test(neighbours, do_not_get_each_others_mail, .timeout = 60)
{
	play(neighbours_do_not_get_each_others_mail);
}

Test(neighbours, outlive_each_other, .description = "A-04", .timeout = 60)
{
	play(neighbours_outlive_each_other);
}
