/* SPDX-License-Identifier: MIT */
/*
 * endings, simulated: the scenes of tests/scenes/endings.h, one for each seed.
 *
 * If this fails, a stop ends somebody without asking, asks twice, or waits for
 * one that it could not ask; or somebody is born when the VM takes no more.
 */
#include "tests/sim/player.h"

#include "tests/scenes/endings.h"

enum { QUIET = 3, SCENES = 6, PRESSED_IN = 40, NAP_NS = 20000 };

static struct world {
	struct vm_world base;
	uint32_t scene;
	uint64_t accepted; /* before the stop of the quiet scene */
	ths_address closer;
	seeds_count stops;
} world;

static void
press_in(void *argument)
{
	(void)argument;
	endings_press_in(world.base.vm, PRESSED_IN);
}

/* another one that stops, at about the same time. */
static void
stop_too(void *argument)
{
	(void)argument;
	sim_sleep(world.base.sim, sim_random(world.base.sim, NAP_NS));
	SEEDS_CHECK(ths_vm_stop(world.base.vm, THS_SECONDS(10)) == THS_OK);
	seeds_add(&world.stops, 1);
}

static void
play(void *argument)
{
	ths_sim *sim = world.base.sim;

	(void)argument;
	switch (world.scene) {
	case 0:
		endings_late_child(world.base.vm);
		break;
	case 1:
		(void)endings_unasked_child(world.base.vm,
		    sim_random(sim, ENDINGS_FAMILY));
		break;
	case 2:
		endings_unasked_root(world.base.vm,
		    sim_random(sim, ENDINGS_ROOTS + 1));
		break;
	case QUIET:
		world.accepted = endings_be_quiet(world.base.vm);
		break;
	default:
		endings_gather(world.base.vm);
		sim_sleep(sim, sim_random(sim, NAP_NS));
		/* an actor begins the stop, in the last scene. */
		if (world.scene == SCENES - 1)
			(void)ths_tell(world.base.vm, world.closer, dash);
		break;
	}
}

static void
start(ths_sim *sim)
{
	memset(&endings, 0, sizeof(endings));
	world.scene = sim_random(sim, SCENES);
	/* Who cannot be asked is logged as an error. */
	vm_world_start(&world.base, sim, &(ths_vm_config){ .workers = 3,
	    .slice_max = 4, .allocator = &endings_allocator,
	    .log_level = THS_LOG_NONE });
	world.closer = stage_spawn(world.base.vm, &closer_actor);
	vm_world_client(&world.base, "player", play, NULL);
	if (world.scene > QUIET)
		seeds_spawn(sim, "presser", press_in, NULL);
	if (world.scene == QUIET + 1)
		seeds_spawn(sim, "other stopper", stop_too, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	/* A host that begins the stop itself, and has no memory to ask one,
	 * does not wait for it. */
	bool is_one_unasked = world.scene == 2 &&
	    world.base.stopped == THS_TIMEOUT;
	uint32_t spawned = stage_read(&endings.spawned);
	uint32_t requests = stage_read(&endings.requests);

	SEEDS_CHECK(world.base.stopped == THS_OK || is_one_unasked);
	SEEDS_CHECK(clock_now(&sim->clock) < (uint64_t)THS_SECONDS(10));
	SEEDS_CHECK(stage_read(&endings.exits) == spawned);
	/* T-016, T-155 */
	SEEDS_CHECK(requests == spawned ||
	    (is_one_unasked && requests + 1 == spawned));
	/* T-159; the one that has no part asks for a request, too. */
	if (world.scene == QUIET)
		endings_check_quiet(world.base.vm, world.accepted + 1);
	vm_world_end(&world.base);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Everybody is asked once, and waited for.",
		.description = "T-016 T-155 T-159 A-01 A-02 A-07 A-19",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
