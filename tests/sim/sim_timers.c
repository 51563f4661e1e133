/* SPDX-License-Identifier: MIT */
/*
 * timers of actors, simulated: actors that set timers, cancel some of them in
 * later wake-ups, and end with some still set.
 *
 * If this fails, a cancelled wake-up is handled, one that was not cancelled is
 * lost, comes early, or reaches the slot's next actor: each wake-up has a
 * number and a fate.
 */
#include "tests/sim/vm_world.h"

/* A small limit of actors makes free slots go round at once. */
enum { ACTORS = 4, TIMERS = 8, LAST_NS = 4000000, ACTORS_MAX = 32 };

THS_SIGNAL(begin)

static struct world {
	struct vm_world base;
	seeds_count set;
	seeds_count cancelled;
	seeds_count handled;
	seeds_count forgotten; /* set when their actor ended */
} world;

struct sleeper {
	ths_timer timers[TIMERS];
	ths_duration due[TIMERS];
	uint32_t pending; /* bits: set, and neither cancelled nor handled */
	bool has_begun;
};

static ths_status
on_begin(ths_self *self, struct sleeper *sleeper, const struct begin *begin)
{
	(void)begin;
	SEEDS_CHECK(!sleeper->has_begun);
	sleeper->has_begun = true;
	for (uint32_t i = 0; i < TIMERS; i++) {
		ths_duration delay = sim_random(world.base.sim, LAST_NS);

		sleeper->due[i] = ths_now(self) + delay;
		SEEDS_CHECK(ths_timer_set(self, delay, i,
		    &sleeper->timers[i]) == THS_OK);
		sleeper->pending |= 1u << i;
		seeds_add(&world.set, 1);
	}
	return THS_OK;
}

static void
cancel_one(ths_self *self, struct sleeper *sleeper)
{
	uint32_t index = sim_random(world.base.sim, TIMERS);
	bool is_pending = sleeper->pending >> index & 1;

	SEEDS_CHECK(ths_timer_cancel(self, sleeper->timers[index]) ==
	    is_pending);
	if (!is_pending)
		return;
	sleeper->pending &= ~(1u << index);
	seeds_add(&world.cancelled, 1);
}

static ths_status
on_wakeup(ths_self *self, struct sleeper *sleeper,
    const struct ths_wakeup *wakeup)
{
	uint32_t index = (uint32_t)wakeup->payload;

	SEEDS_CHECK(sleeper->has_begun);
	SEEDS_CHECK(wakeup->timer == sleeper->timers[index]);
	SEEDS_CHECK(sleeper->pending >> index & 1);
	/* T-185 */
	SEEDS_CHECK(ths_now(self) >= sleeper->due[index]);
	sleeper->pending &= ~(1u << index);
	seeds_add(&world.handled, 1);
	cancel_one(self, sleeper);
	/* Now and then one ends with timers set; they must not come. */
	if (sleeper->pending == 0 || sim_random(world.base.sim, 8) == 0) {
		seeds_add(&world.forgotten,
		    (uint32_t)__builtin_popcount(sleeper->pending));
		ths_exit(self);
	}
	return THS_OK;
}

THS_ACTOR(sleeper, struct sleeper,
    THS_ON(begin, on_begin),
    THS_ON(ths_wakeup, on_wakeup))

static void
wake(void *argument)
{
	(void)argument;
	for (int i = 0; i < ACTORS; i++) {
		ths_address address;

		/* Some move in where timers of others are still set. */
		sim_sleep(world.base.sim, sim_random(world.base.sim,
		    LAST_NS / 2));
		SEEDS_CHECK(ths_spawn(world.base.vm, &address, &sleeper_actor,
		    NULL) == THS_OK);
		SEEDS_CHECK(ths_tell(world.base.vm, address, begin) == THS_OK);
	}
	sim_sleep(world.base.sim, 2 * LAST_NS);
}

static void
start(struct sim *sim)
{
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .workers = 3, .actors_max = ACTORS_MAX });
	vm_world_client(&world.base, "waker", wake, NULL);
	vm_world_client(&world.base, "waker", wake, NULL);
	vm_world_stopper(&world.base);
}

static void
end(struct sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(world.set == 2 * ACTORS * TIMERS);
	SEEDS_CHECK(world.set == world.cancelled + world.handled +
	    world.forgotten);
	SEEDS_CHECK(vm_world_dead(&world.base) == 0);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "A wake-up comes to its actor, unless cancelled.",
		.description = "T-185 F-04",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
