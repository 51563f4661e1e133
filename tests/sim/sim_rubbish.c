/* SPDX-License-Identifier: MIT */
/*
 * rubbish, simulated: the scenes of tests/scenes/rubbish.h, one after the
 * other, on two workers.
 *
 * If this fails, a message that holds what makes no sense is lost, read as
 * another or ends somebody; or who tries to send what cannot be sent does not
 * hear of it.
 */
#include "tests/sim/player.h"

#include "tests/scenes/rubbish.h"

static struct vm_world world;

static void
play(void *argument)
{
	(void)argument;
	rubbish_harms_nobody(world.vm);
	rubbish_is_buried(world.vm);
	rubbish_comes_back(world.vm);
}

static void
start(struct sim *sim)
{
	/* Failures are logged as errors, and here they are expected. */
	vm_world_start(&world, sim, &(ths_vm_config){
	    .log_level = THS_LOG_NONE });
	vm_world_client(&world, "teller", play, NULL);
	vm_world_stopper(&world);
}

static void
end(struct sim *sim)
{
	(void)sim;
	vm_world_end(&world);
	SEEDS_CHECK(world.stopped == THS_OK);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "What makes no sense harms nobody.",
		.description = "T-047 T-057 T-120 C-26",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
