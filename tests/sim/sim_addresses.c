/* SPDX-License-Identifier: MIT */
/*
 * addresses, simulated: the scenes of tests/scenes/addresses.h, one after the
 * other, on two workers.
 *
 * If this fails, an address that came by a creation, a sender or a message is
 * not that of the actor it should be.
 */
#include "tests/sim/player.h"

#include "tests/scenes/addresses.h"

static struct vm_world world;

static void
play(void *argument)
{
	(void)argument;
	addresses_come_from_the_vm(world.vm);
	addresses_and_names_are_known(world.vm);
}

static void
start(struct sim *sim)
{
	vm_world_start(&world, sim, NULL);
	vm_world_client(&world, "teller", play, NULL);
	vm_world_stopper(&world);
}

static void
end(struct sim *sim)
{
	(void)sim;
	vm_world_end(&world);
	SEEDS_CHECK(world.stopped == THS_OK);
	SEEDS_CHECK(vm_world_dead(&world) == 0);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "An address is one wherever it comes from.",
		.description = "T-090 C-16 C-34",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
