/* SPDX-License-Identifier: MIT */
/*
 * sharing, simulated: eight threads use one client at the same time, in a local
 * or an inline VM, and another changes what the VM offers.
 *
 * If this fails, a thread gets the result of another's call, an answer is lost
 * or taken twice, or somebody who waits holds up who does not.
 */
#include "tests/sim/player.h"

#include "tests/scenes/sharing.h"

enum { ROUNDS = 4 };

static struct world {
	struct vm_world base;
	struct sharing sharing;
	uint32_t sharers[SHARERS]; /* numbers of their threads */
} world;

static void
sharer_main(void *argument)
{
	share(argument);
}

static void
prepare(void *argument)
{
	struct sharing *all = &world.sharing;

	(void)argument;
	sharing_begin(all, world.base.vm, ROUNDS);
	for (int i = 0; i < SHARERS; i++)
		world.sharers[i] = seeds_spawn(world.base.sim, "sharer",
		    sharer_main, &all->sharers[i]);
	for (int i = 0; i < SHARERS; i++)
		sim_join(world.base.sim, world.sharers[i]);
	SEEDS_CHECK(all->changes == ROUNDS);
	sharing_end(all); /* T-079 */
}

static void
change(void *argument)
{
	(void)argument;
	sharing_of_capabilities(world.base.vm); /* T-080 */
}

static void
start(ths_sim *sim)
{
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .log_level = THS_LOG_NONE,
	    .mode = sim_random(sim, 2) == 0 ? THS_MODE_LOCAL :
	    THS_MODE_INLINE });
	vm_world_client(&world.base, "preparer", prepare, NULL);
	vm_world_client(&world.base, "changer", change, NULL);
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
		.what = "One client serves many threads, each its own.",
		.description = "T-079 T-080 B-19",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
