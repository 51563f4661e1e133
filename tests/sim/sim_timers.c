/* SPDX-License-Identifier: MIT */
/*
 * timers of actors, simulated: actors that set timers, cancel some of them in
 * later wake-ups, and end with some still set; and others with a periodic
 * timer, whom mail from outside moves from worker to worker.
 *
 * If this fails, a cancelled wake-up is handled, one that was not cancelled is
 * lost, comes early, or reaches the slot's next actor: each wake-up has a
 * number and a fate.  Or a period passes without a wake-up, has two, or none
 * comes any more.
 */
#include "sched/wheel.h"
#include "tests/sim/vm_world.h"

/* A small limit of actors makes free slots go round at once. */
enum { ACTORS = 4, TIMERS = 8, LAST_NS = 4000000, ACTORS_MAX = 32 };
enum { TICKS = 5, PERIOD_NS = 1500000, POKES = 5, LATE_NS = 2 << 20 };
enum { TICK_NS = 1 << WHEEL_TICK_SHIFT };

THS_SIGNAL(begin)
THS_SIGNAL(poke)

static struct world {
	struct vm_world base;
	seeds_count set;
	seeds_count cancelled;
	seeds_count handled;
	seeds_count forgotten; /* set when their actor ended */
	seeds_count ticked;    /* periodic ones that had all their wake-ups */
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

/* ----------------------------------------------------------------- periodic */

struct ticker {
	ths_duration since;
	ths_timer timer;
	int64_t last; /* period that it had a wake-up for */
	uint32_t ticks;
};

static ths_status
ticker_begin(ths_self *self, struct ticker *ticker, const struct begin *begin)
{
	(void)begin;
	ticker->since = ths_now(self);
	return ths_timer_every(self, PERIOD_NS, 0, &ticker->timer);
}

static ths_status
ticker_poke(ths_self *self, struct ticker *ticker, const struct poke *poke)
{
	(void)self, (void)ticker, (void)poke;
	return THS_OK;
}

static ths_status
ticker_wakeup(ths_self *self, struct ticker *ticker,
    const struct ths_wakeup *wakeup)
{
	ths_duration passed = ths_now(self) - ticker->since;

	SEEDS_CHECK(wakeup->timer == ticker->timer);
	SEEDS_CHECK(ticker->ticks < TICKS);
	SEEDS_CHECK(passed / PERIOD_NS > ticker->last);
	SEEDS_CHECK(passed < (ticker->last + 1) * PERIOD_NS + LATE_NS);
	ticker->last = passed / PERIOD_NS;
	if (++ticker->ticks < TICKS)
		return THS_OK;
	SEEDS_CHECK(ths_timer_cancel(self, ticker->timer));
	SEEDS_CHECK(!ths_timer_cancel(self, ticker->timer));
	seeds_add(&world.ticked, 1);
	return THS_OK;
}

THS_ACTOR(ticker, struct ticker,
    THS_ON(begin, ticker_begin),
    THS_ON(poke, ticker_poke),
    THS_ON(ths_wakeup, ticker_wakeup))

/* Each poke comes from outside when a wake-up may be due, so that another
 * worker than the timer's may meet both; the last wake-ups come without. */
static void
tick(void *argument)
{
	ths_address address;

	(void)argument;
	SEEDS_CHECK(ths_spawn(world.base.vm, &address, &ticker_actor, NULL) ==
	    THS_OK);
	SEEDS_CHECK(ths_tell(world.base.vm, address, begin) == THS_OK);
	for (int i = 0; i < POKES; i++) {
		sim_sleep(world.base.sim, TICK_NS -
		    clock_now(&world.base.sim->clock) % TICK_NS);
		SEEDS_CHECK(ths_tell(world.base.vm, address, poke) == THS_OK);
	}
	sim_sleep(world.base.sim, 2 * LAST_NS);
}

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
start(ths_sim *sim)
{
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .workers = 3, .actors_max = ACTORS_MAX });
	vm_world_client(&world.base, "waker", wake, NULL);
	vm_world_client(&world.base, "waker", wake, NULL);
	vm_world_client(&world.base, "ticker", tick, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(world.set == 2 * ACTORS * TIMERS);
	SEEDS_CHECK(world.ticked == 1);
	SEEDS_CHECK(world.set == world.cancelled + world.handled +
	    world.forgotten);
	SEEDS_CHECK(vm_world_dead(&world.base) == 0);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "A wake-up comes to its actor, unless cancelled.",
		.description = "T-185 F-02 F-03 F-04",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
