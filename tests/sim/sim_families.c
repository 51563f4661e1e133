/* SPDX-License-Identifier: MIT */
/*
 * families, simulated: the scenes of tests/scenes/families.h, one after the
 * other, inline or with workers.
 *
 * If this fails, an end is told twice, to the wrong one, or before the last
 * words; a child outlives its parent, or ends after it; or a request is seen
 * again.
 */
#include "tests/sim/player.h"

#include "tests/scenes/families.h"

static struct world { struct vm_world base; } world;

static void
play(void *argument)
{
	ths_vm *vm = world.base.vm;

	(void)argument;
	families_end_from_the_youngest(vm);
	families_replace_who_ends(vm);
	families_outlive_who_ends_alone(vm);
	families_survive_a_child_not_born(vm);
	families_obey_the_first_request(vm);
	families_are_told_of_each_of_many(vm);
}

/* Apart: it counts dead letters. */
static void
play_order(void *argument)
{
	(void)argument;
	families_keep_the_order_of_an_end(world.base.vm);
}

static void
start(ths_sim *sim)
{
	bool is_inline = sim_random(sim, 4) == 0;
	bool is_of_order = sim_random(sim, 4) == 0;

	memset(&families, 0, sizeof(families));
	/* Failures are logged as errors. */
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .mode = is_inline ? THS_MODE_INLINE : THS_MODE_LOCAL,
	    .workers = is_inline ? 0 : 3, .slice_max = 3,
	    .log_level = THS_LOG_NONE });
	vm_world_client(&world.base, "host", is_of_order ? play_order : play,
	    NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	/* T-136, T-137, T-142 */
	SEEDS_CHECK(world.base.stopped == THS_OK);
	vm_world_end(&world.base);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Families end in order, and are told of it once.",
		.description = "T-136 T-137 T-142 D-03 D-04 D-05 D-06 D-10 "
		    "D-22 D-27 D-29 D-30 D-32 D-35",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
