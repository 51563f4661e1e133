/* SPDX-License-Identifier: MIT */
/*
 * dead letters, simulated: the scenes of tests/scenes/dead_letters.h, one after
 * the other; or two VMs side by side.
 *
 * If this fails, a dead letter reaches somebody who has not asked for it,
 * nobody who has, the handler of another VM, or itself again.
 */
#include "tests/sim/player.h"

#include "tests/scenes/dead_letters.h"

static struct world {
	struct vm_world base;
	struct vm_world other;
	bool are_two;
} world;

static void
play(void *argument)
{
	(void)argument;
	if (world.are_two) {
		dead_letters_stay_in_their_vm(world.base.vm, world.other.vm);
		return;
	}
	dead_letters_go_to_the_latest(world.base.vm);
	dead_letters_end_with_their_handler(world.base.vm);
	dead_letters_run_in_no_circle(world.base.vm);
}

static void
stop_other(void *argument)
{
	(void)argument;
	sim_join(world.base.sim, world.base.clients[0]);
	SEEDS_CHECK(ths_vm_stop(world.other.vm, THS_SECONDS(100)) == THS_OK);
}

static void
start(ths_sim *sim)
{
	ths_vm_config config = { .workers = 2, .slice_max = 3 };

	memset(&dead_letters, 0, sizeof(dead_letters));
	world.are_two = sim_random(sim, 3) == 0;
	vm_world_start(&world.base, sim, &config);
	if (world.are_two) {
		config.seed = 1 + sim_random(sim, UINT32_MAX);
		vm_world_start(&world.other, sim, &config);
	}
	/* Behind that, which it sees. */
	vm_world_client(&world.base, "player", play, NULL);
	if (world.are_two)
		seeds_spawn(sim, "stopper of the other", stop_other, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	/* T-171, T-172, T-173 */
	SEEDS_CHECK(world.base.stopped == THS_OK);
	if (world.are_two)
		vm_world_end(&world.other);
	vm_world_end(&world.base);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Dead letters reach who asked for them last, once.",
		.description = "T-171 T-172 T-173 E-02 E-04 E-05 E-06 E-07",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
