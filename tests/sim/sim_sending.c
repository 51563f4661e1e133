/* SPDX-License-Identifier: MIT */
/*
 * sending, simulated: the scenes of tests/scenes/sending.h, one after the
 * other, on two workers.
 *
 * If this fails, an actor handles two messages at once, a message is lost, out
 * of order or with somebody else, or a handler meets what is the runtime's
 * business.
 */
#define STAGE_MANY 1

#include "tests/sim/player.h"

#include "tests/scenes/sending.h"

static struct vm_world world;

static void
play(void *argument)
{
	(void)argument;
	sending_meets_one_at_a_time(world.vm);
	sending_goes_where_the_address_says(world.vm);
	sending_adds_up_along_a_chain(world.vm);
	sending_keeps_each_senders_order(world.vm);
	sending_of_the_runtimes_own_is_refused(world.vm);
	sending_a_status_request_is_answered(world.vm);
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
		.what = "Each message is met once, in order, where it is to.",
		.description = "T-040 T-048 T-125 C-18 C-19 C-24 C-33",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
