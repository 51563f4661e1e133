/* SPDX-License-Identifier: MIT */
/*
 * creation, simulated: the scenes of tests/scenes/creation.h, one after the
 * other, on two workers.
 *
 * If this fails, a child's address is not good at once for whoever gets it,
 * mail that was sent before the child was up is lost or out of order, or a
 * child is left behind.
 */
#include "tests/sim/player.h"

#include "tests/scenes/creation.h"

static struct vm_world world;

static void
play(void *argument)
{
	(void)argument;
	creation_of_many(world.vm);
	creation_by_kind(world.vm);
	creation_overtakes_nothing(world.vm);
	creation_by_another(world.vm);
	creation_and_mail_at_once(world.vm);
	creation_gives_the_final_address(world.vm);
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
		.what = "A child's address is good at once, and stays.",
		.description = "T-046 C-01 C-02 C-03 C-04 C-05 C-06 C-07 C-08 "
		    "C-09 C-10",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
