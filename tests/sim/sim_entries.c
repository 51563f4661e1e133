/* SPDX-License-Identifier: MIT */
/*
 * entries, simulated: the same creations by programs outside and by an actor,
 * in a local or an inline VM, by two threads at once.
 *
 * If this fails, what an actor may be started with, or why it is not, depends
 * on who asks.
 */
#include "tests/sim/player.h"

#include "tests/scenes/entries.h"

static struct world {
	struct vm_world base;
} world;

static void
create(void *argument)
{
	(void)argument;
	entries_agree(world.base.vm); /* T-163 */
}

static void
create_in_steps(void *argument)
{
	(void)argument;
	entries_keep_their_steps(world.base.vm);
}

static void
start(ths_sim *sim)
{
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .log_level = THS_LOG_NONE,
	    .mode = sim_random(sim, 2) == 0 ? THS_MODE_LOCAL :
	    THS_MODE_INLINE });
	vm_world_client(&world.base, "creator", create, NULL);
	vm_world_client(&world.base, "stepper", create_in_steps, NULL);
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
		.what = "Actors are created the same way whoever asks.",
		.description = "T-163 A-24",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
