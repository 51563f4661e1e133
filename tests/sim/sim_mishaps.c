/* SPDX-License-Identifier: MIT */
/*
 * mishaps, simulated: the scenes of tests/scenes/mishaps.h, one after the
 * other, inline or with workers.
 *
 * If this fails, a message that a handler has given away is met twice or
 * harmed, a failure of a strange message is told wrongly, or somebody waits for
 * an actor that was never born.
 */
#include "tests/sim/player.h"

#include "tests/scenes/mishaps.h"

static struct world {
	struct vm_world base;
} world;

static void
play(void *argument)
{
	ths_vm *vm = world.base.vm;

	(void)argument;
	mishaps_at_birth(vm);
	mishaps_with_junk(vm);
	mishaps_with_what_equals_nothing(vm);
	mishaps_with_nobody(vm);
	mishaps_with_a_message_given_away(vm);
}

static void
start(struct sim *sim)
{
	bool is_inline = sim_random(sim, 3) == 0;

	/* Failures are logged as errors. */
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .mode = is_inline ? THS_MODE_INLINE : THS_MODE_LOCAL,
	    .workers = is_inline ? 0 : 3, .slice_max = 3,
	    .log_level = THS_LOG_NONE });
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
		.what = "A strange failure is told as any other, and no "
		    "message of it lost.",
		.description = "D-01 D-14 D-15 D-18 D-34",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
