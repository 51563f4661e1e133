/* SPDX-License-Identifier: MIT */
/*
 * namesakes, simulated: the scenes of tests/scenes/namesakes.h, inline or with
 * workers.
 *
 * If this fails, a name has two actors, or one that has ended; or an actor that
 * there was room for is refused, or one that there was none for made.
 */
#include "tests/sim/player.h"

#define NAMESAKES_ACTORS_MAX 24
#include "tests/scenes/namesakes.h"

static struct world {
	struct vm_world base;
} world;

static void
play(void *argument)
{
	ths_vm *vm = world.base.vm;

	(void)argument;
	/* For room to be counted nobody may have been here before. */
	if (sim_random(world.base.sim, 2) == 0)
		namesakes_are_one(vm);
	else
		namesakes_need_room(vm);
}

static void
start(ths_sim *sim)
{
	bool is_inline = sim_random(sim, 3) == 0;

	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .mode = is_inline ? THS_MODE_INLINE : THS_MODE_LOCAL,
	    .workers = is_inline ? 0 : 3, .slice_max = 3,
	    .actors_max = NAMESAKES_ACTORS_MAX });
	vm_world_client(&world.base, "host", play, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "A name has one actor, and a VM no more than it may.",
		.description = "C-12 C-14 C-15 D-23",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
