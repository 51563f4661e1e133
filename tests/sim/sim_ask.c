/* SPDX-License-Identifier: MIT */
/*
 * asking, simulated: programs outside ask, tell and listen at the same time, in
 * a local or an inline VM.
 *
 * If this fails, an answer is lost, a message of the runtime's own reaches a
 * program, or what is skipped on the way makes a wait longer than it was to be:
 * the simulated clock tells to the millisecond.
 */
#include "tests/sim/vm_world.h"
#define SCENARIO_CHECK(x) SEEDS_CHECK(x)
#define SCENARIO_SLACK THS_MILLISECONDS(1)
#include "tests/scenarios/outside.h"

static struct world {
	struct vm_world base;
} world;

static void
ask(void *argument)
{
	ths_vm *vm = world.base.vm;

	(void)argument;
	scenario_answers(vm);
	scenario_leftovers(vm);
	scenario_reasons(vm);
	scenario_no_address(vm);
}

static void
skip(void *argument)
{
	(void)argument;
	scenario_skipped(world.base.vm); /* T-075 T-076 */
}

static void
be_alone(void *argument)
{
	(void)argument;
	scenario_quiet(world.base.vm);
}

static void
start(struct sim *sim)
{
	bool is_local = sim_random(sim, 2) == 0;

	/* Handlers that fail are logged as errors, and are meant to. */
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .log_level = THS_LOG_NONE,
	    .mode = is_local ? THS_MODE_LOCAL : THS_MODE_INLINE });
	if (is_local || sim_random(sim, 8) != 0) {
		vm_world_client(&world.base, "asker", ask, NULL);
		vm_world_client(&world.base, "skipper", skip, NULL);
	} else {
		vm_world_client(&world.base, "loner", be_alone, NULL);
	}
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
		.what = "Programs outside ask, and wait as long as they said.",
		.description = "T-074 T-075 T-076 B-01 B-02 B-03 B-05 B-07 "
		    "B-09 B-14",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
