/* SPDX-License-Identifier: MIT */
/*
 * colours, simulated: the scenes of tests/scenes/colours.h, inline or with
 * workers.
 *
 * If this fails, an actor lives where it cannot, or is driven out from where it
 * can.
 */
#include "tests/sim/player.h"

#include "tests/scenes/colours.h"

static struct world {
	struct vm_world base;
} world;

static void
play(void *argument)
{
	ths_vm *vm = world.base.vm;

	(void)argument;
	colours_come_and_go(vm);
	colours_are_needed(vm);
	colours_drive_out(vm);
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
		.what = "An actor lives where it fits, and only there.",
		.description = "G-01 G-02 G-03 G-07 G-10 G-13 G-15 G-16",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
