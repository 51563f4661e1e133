/* SPDX-License-Identifier: MIT */
/*
 * addresses, simulated: the stories of tests/scenario/address.h, one after the
 * other, on two workers.
 *
 * If this fails, an address that came by a creation, a sender or a message is not
 * that of the actor it should be.
 */
#include "tests/sim/vm_world.h"

#define SCENARIO_CHECK(x) SEEDS_CHECK(x)
#define SCENARIO_PAUSE() sched_point(SCHED_SITE_CLIENT)
#define SCENARIO_MANY 3

#include "base/sched_point.h"
#include "tests/scenario/address.h"

static struct vm_world world;

static void
play(void *argument)
{
	(void)argument;
	address_comes_from_the_vm(world.vm);
	address_and_name_are_known(world.vm);
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
