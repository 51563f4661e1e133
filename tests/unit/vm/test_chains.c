/* SPDX-License-Identifier: MIT */
/* chains: the scenes of tests/scenes/chains.h, played with real workers and
 * inline.  tests/sim/sim_chains.c plays them, too. */
#include "tests/unit/vm/player.h"

#define CHAINS_MESSAGES 2000
#include "tests/scenes/chains.h"

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

Test(chains, lose_nothing, .description = "M-06", .timeout = 60)
{
	play(chains_lose_nothing);
}
