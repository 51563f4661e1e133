/* SPDX-License-Identifier: MIT */
/*
 * telling, simulated: programs outside send and do not ask, in a local or an
 * inline VM; to the living, the busy and the dead.
 *
 * If this fails, who waits until a message was met waits for ever, shorter or
 * longer than it said, or is told that the dead have met it; or such a message
 * is no dead letter.
 */
#include "tests/sim/player.h"

#include "tests/scenes/tell.h"

/* Of simulated time. */
#define MINUTE THS_SECONDS(60)

static struct world {
	struct vm_world base;
} world;

/* Holds its worker up, on a simulated clock. */
static ths_status
sleeper_hello(ths_self *self, ths_nothing *nothing, const struct hello *hello)
{
	(void)self, (void)nothing;
	if (hello->value == 0)
		sim_sleep(world.base.sim, (uint64_t)(MINUTE + SHORT));
	return THS_OK;
}

THS_ACTOR(sleeper, ths_nothing, THS_ON(hello, sleeper_hello))

static void
tell(void *argument)
{
	(void)argument;
	tell_needs_no_answer(world.base.vm);
	tell_the_dead(world.base.vm); /* T-174 */
}

/* B-16: at its limit, not before and not after. */
static void
tell_a_sleeper(void *argument)
{
	ths_vm *vm = world.base.vm;
	ths_address sleeper = start_one(vm, &sleeper_actor);
	uint64_t since;

	(void)argument;
	SEEDS_CHECK(ths_tell(vm, sleeper, hello) == THS_OK);
	since = vm_now(vm);
	SEEDS_CHECK(ths_tell(vm, sleeper, hello, .value = 1) == THS_OK);
	SEEDS_CHECK(vm_now(vm) - since < (uint64_t)STAGE_SLACK);
	since = vm_now(vm);
	SEEDS_CHECK(ths_tell_wait(vm, sleeper, MINUTE, hello, .value = 1) ==
	    THS_TIMEOUT);
	SEEDS_CHECK(has_taken(vm, since, MINUTE)); /* T-073 */
	SEEDS_CHECK(ths_tell_wait(vm, sleeper, MINUTE, hello, .value = 1) ==
	    THS_OK);
}

static void
start(ths_sim *sim)
{
	/* All runs of the inline one are alike. */
	bool is_local = sim_random(sim, 4) != 0;

	/* Handlers that fail are logged as errors, and are meant to. */
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .log_level = THS_LOG_NONE,
	    .mode = is_local ? THS_MODE_LOCAL : THS_MODE_INLINE });
	/* In an inline VM who tells would hold itself up. */
	vm_world_client(&world.base, "teller",
	    is_local && sim_random(sim, 2) == 0 ? tell_a_sleeper : tell, NULL);
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
		.what = "A message is met, dead, or late, and that is told.",
		.description = "T-073 T-174 B-16 E-08",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
