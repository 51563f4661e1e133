/* SPDX-License-Identifier: MIT */
/*
 * diary, simulated: the scenes of tests/scenes/diary.h, one for each seed,
 * inline or with workers.
 *
 * If this fails, what an actor has to say is lost while the VM starts or stops,
 * or said at another level than was asked for.
 */
#include "tests/sim/player.h"

#include "tests/scenes/diary.h"

enum scene { WHOLE, LEVELS, FAILURES, SCENES };

static struct world {
	struct vm_world base;
	struct diary diary;
	enum scene scene;
	ths_log_level level;
} world;

static void
play(void *argument)
{
	(void)argument;
	if (world.scene == FAILURES)
		diary_of_failures(world.base.vm);
	else
		diary_is_written(world.base.vm);
}

static void
start(ths_sim *sim)
{
	bool is_inline = sim_random(sim, 3) == 0;

	world.scene = (enum scene)sim_random(sim, SCENES);
	world.level = world.scene == WHOLE ? THS_LOG_INFO :
	    world.scene == FAILURES ? THS_LOG_WARNING :
	    (ths_log_level)(THS_LOG_DEBUG + sim_random(sim, 5));
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .mode = is_inline ? THS_MODE_INLINE : THS_MODE_LOCAL,
	    .workers = is_inline ? 0 : 2, .slice_max = 3,
	    .log = diary_write, .log_context = &world.diary,
	    .log_level = world.level });
	vm_world_client(&world.base, "host", play, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	switch (world.scene) {
	case WHOLE:
		diary_is_whole(&world.diary);
		break;
	case LEVELS:
		diary_keeps_its_level(&world.diary, world.level);
		break;
	case FAILURES:
		diary_tells_failures(&world.diary);
		break;
	case SCENES:
		break;
	}
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "The log tells all that it is to tell, in order.",
		.description = "T-028 T-035 T-145 A-15 A-20 D-33",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
