/* SPDX-License-Identifier: MIT */
/*
 * labour, simulated: the scene of tests/scenes/labour.h, inline or with
 * workers.
 *
 * If this fails, an actor that waits for threads of its own waits for ever, or
 * something that they sent is lost.
 */
#include "tests/sim/player.h"

static struct world {
	struct vm_world base;
} world;

typedef uint32_t labour_thread;

static void
labour_start(labour_thread *thread, void (*function)(void *argument),
    void *argument)
{
	*thread = seeds_spawn(world.base.sim, "hand", function, argument);
}

static void
labour_join(labour_thread thread)
{
	sim_join(world.base.sim, thread);
}

#define LABOUR_LETTERS 5
#include "tests/scenes/labour.h"

static void
play(void *argument)
{
	(void)argument;
	labour_ends(world.base.vm, 1 + sim_random(world.base.sim, 5));
}

static void
start(ths_sim *sim)
{
	bool is_inline = sim_random(sim, 3) == 0;

	/* What the threads log is a warning each. */
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .mode = is_inline ? THS_MODE_INLINE : THS_MODE_LOCAL,
	    .workers = is_inline ? 0 : 1 + sim_random(sim, 2),
	    .slice_max = 3 });
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
		.what = "An actor can wait for threads of its own.",
		.description = "F-12",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
