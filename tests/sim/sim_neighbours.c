/* SPDX-License-Identifier: MIT */
/*
 * neighbours, simulated: the scenes of tests/scenes/neighbours.h, of two VMs in
 * one world, each inline or with workers.
 *
 * If this fails, a VM has something of another's: its capabilities, its mail or
 * its workers.
 */
#include "tests/sim/player.h"

#include "tests/scenes/neighbours.h"

enum { HOUSES = 2 };

static struct world {
	struct vm_world houses[HOUSES];
} world;

static void
play(void *argument)
{
	ths_vm *vm = world.houses[0].vm;
	ths_vm *other = world.houses[1].vm;

	(void)argument;
	neighbours_keep_their_colours(vm, other);
	neighbours_do_not_get_each_others_mail(vm, other);
	neighbours_outlive_each_other(vm, other);
}

/* The one's thread is the other's, too: it is done before either is stopped. */
static void
start(ths_sim *sim)
{
	for (int i = 0; i < HOUSES; i++) {
		bool is_inline = sim_random(sim, 3) == 0;

		/* Each VM draws its id from a seed of its own.  Who does not
		 * fit is warned of, and meant not to. */
		vm_world_start(&world.houses[i], sim, &(ths_vm_config){
		    .mode = is_inline ? THS_MODE_INLINE : THS_MODE_LOCAL,
		    .workers = is_inline ? 0 : 2, .slice_max = 3,
		    .seed = 1 + (uint64_t)i + 2 * sim_random(sim, 1 << 20),
		    .log_level = THS_LOG_NONE });
	}
	vm_world_client(&world.houses[0], "host", play, NULL);
	world.houses[1].clients[0] = world.houses[0].clients[0];
	world.houses[1].clients_count = 1;
	for (int i = 0; i < HOUSES; i++)
		vm_world_stopper(&world.houses[i]);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	for (int i = 0; i < HOUSES; i++) {
		vm_world_end(&world.houses[i]);
		SEEDS_CHECK(world.houses[i].stopped == THS_OK);
	}
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Two VMs in one process know nothing of each other.",
		.description = "T-243 A-04 G-11",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
