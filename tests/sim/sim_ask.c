/* SPDX-License-Identifier: MIT */
/*
 * asking, simulated: programs outside ask, tell and listen at the same time, in
 * a local or an inline VM.
 *
 * If this fails, an answer is lost, a message of the runtime's own reaches a
 * program, or what is skipped on the way makes a wait longer than it was to be:
 * the simulated clock tells to the millisecond.
 */
#include "tests/sim/player.h"

#include "tests/scenes/ask.h"

enum { SLOW_NS = 30000000 };

static struct world {
	struct vm_world base;
} world;

static void
ask(void *argument)
{
	ths_vm *vm = world.base.vm;

	(void)argument;
	ask_gets_the_first(vm);
	ask_leaves_the_rest(vm);
	ask_says_why(vm);
	ask_of_no_address(vm);
}

static void
skip(void *argument)
{
	(void)argument;
	ask_skips(world.base.vm); /* T-075 T-076 */
}

static void
be_alone(void *argument)
{
	(void)argument;
	ask_in_quiet(world.base.vm);
}

/* B-13: a handler is not interrupted, and what it answers is not
 * thrown away. */
static ths_status
slow_hello(ths_self *self, ths_nothing *nothing, const struct hello *hello)
{
	(void)nothing;
	sim_sleep(world.base.sim, SLOW_NS);
	return ths_reply(self, reply, .value = hello->value);
}

THS_ACTOR(slow, ths_nothing, THS_ON(hello, slow_hello))

static void
ask_slow(void *argument)
{
	uint64_t since = world.base.sim->now_ns;

	(void)argument;
	STAGE_CHECK(value_of(ths_ask(world.base.vm,
	    stage_spawn(world.base.vm, &slow_actor), SLOW_NS / 5,
	    hello, .value = 4)) == 4);
	STAGE_CHECK(world.base.sim->now_ns >= since + SLOW_NS);
}

static void
start(ths_sim *sim)
{
	bool is_local = sim_random(sim, 2) == 0;

	/* Handlers that fail are logged as errors, and are meant to. */
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .log_level = THS_LOG_NONE,
	    .mode = is_local ? THS_MODE_LOCAL : THS_MODE_INLINE });
	if (is_local || sim_random(sim, 4) != 0) {
		vm_world_client(&world.base, "asker", ask, NULL);
		vm_world_client(&world.base, "skipper", skip, NULL);
	} else {
		vm_world_client(&world.base, "loner", sim_random(sim, 2) == 0 ?
		    ask_slow : be_alone, NULL);
	}
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
		.what = "Programs outside ask, and wait as long as they said.",
		.description = "T-074 T-075 T-076 B-01 B-02 B-03 B-05 B-07 "
		    "B-09 B-13 B-14",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
