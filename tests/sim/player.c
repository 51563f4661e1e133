/* SPDX-License-Identifier: MIT */
/* player - plays scenes in simulated worlds; see player.h. */
#include "tests/sim/player.h"

static const struct player_program *played;
static struct vm_world world;

static void
play(void *argument)
{
	(void)argument;
	for (int i = 0; i < PLAYER_SCENES_MAX && played->scenes[i] != NULL; i++)
		played->scenes[i](world.vm);
}

static void
start(ths_sim *sim)
{
	ths_vm_config config = played->config;
	bool is_inline = sim_random(sim, 3) == 0;

	config.mode = is_inline ? THS_MODE_INLINE : THS_MODE_LOCAL;
	config.workers = is_inline ? 0 : 3;
	vm_world_start(&world, sim, &config);
	vm_world_client(&world, "host", play, NULL);
	vm_world_stopper(&world);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world);
	SEEDS_CHECK(world.stopped == THS_OK);
	if (played->buries_nothing)
		SEEDS_CHECK(vm_world_dead(&world) == 0);
}

int
player_main(int argc, char **argv, const struct player_program *program)
{
	const struct seeds_program seeds = {
		.what = program->what,
		.description = program->description,
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = program->faults,
	};

	played = program;
	return seeds_main(argc, argv, &seeds);
}
