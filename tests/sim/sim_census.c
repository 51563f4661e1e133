/* SPDX-License-Identifier: MIT */
/*
 * census, simulated: the scenes of tests/scenes/census.h, inline or with
 * workers.
 *
 * If this fails, what is told of an actor is not so, or is told of another.
 */
#include "tests/sim/player.h"

#include "tests/scenes/census.h"

static struct world {
	struct vm_world base;
} world;

static void
play(void *argument)
{
	ths_vm *vm = world.base.vm;

	(void)argument;
	census_finds_what_all_can(vm);
	census_finds_the_idle(vm);
	census_finds_the_children(vm);
	census_has_three_forms(vm);
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
		.what = "What is told of a VM and its actors is so.",
		.description = "A-11 M-01 M-02 M-25",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
