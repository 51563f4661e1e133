/* SPDX-License-Identifier: MIT */
/*
 * chains, simulated: the scenes of tests/scenes/chains.h, inline or with
 * workers.
 *
 * If this fails, a message is lost, doubled or overtaken on its way through
 * many actors.
 */
#include "tests/sim/player.h"

#define CHAINS_MESSAGES 8
#include "tests/scenes/chains.h"

static struct world {
	struct vm_world base;
} world;

static void
play(void *argument)
{
	ths_vm *vm = world.base.vm;

	(void)argument;
	chains_lose_nothing(vm);
}

static void
start(struct sim *sim)
{
	bool is_inline = sim_random(sim, 3) == 0;

	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .mode = is_inline ? THS_MODE_INLINE : THS_MODE_LOCAL,
	    .workers = is_inline ? 0 : 3, .slice_max = 3 });
	vm_world_client(&world.base, "host", play, NULL);
	vm_world_stopper(&world.base);
}

static void
end(struct sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "What goes through many actors arrives, in order.",
		.description = "M-06",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
