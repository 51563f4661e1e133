/* SPDX-License-Identifier: MIT */
/*
 * failures, simulated: the scenes of tests/scenes/failures.h, one after the
 * other, inline or with workers.
 *
 * If this fails, a failed message is tried too often or too seldom, somebody
 * gets poison that is not his, or none, or poison of poison; or a failure keeps
 * an actor from its end.
 */
#include "tests/sim/player.h"

#include "tests/scenes/failures.h"

static struct world {
	struct vm_world base;
} world;

static void
play(void *argument)
{
	ths_vm *vm = world.base.vm;

	(void)argument;
	failures_poison_the_host(vm);
	failures_poison_who_sent(vm);
	failures_do_not_stop_an_exit(vm);
	failures_at_poison_end_there(vm);
}

static void
start(ths_sim *sim)
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
end(ths_sim *sim)
{
	(void)sim;
	/* T-146, T-148, T-149 */
	SEEDS_CHECK(world.base.stopped == THS_OK);
	vm_world_end(&world.base);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "A failure is forgiven once, told once, and survived.",
		.description = "T-146 T-148 T-149 D-08 D-09 D-11 D-12 D-16 "
		    "D-17 D-19 D-20",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
