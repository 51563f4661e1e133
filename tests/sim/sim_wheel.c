/* SPDX-License-Identifier: MIT */
/*
 * wheel, simulated: two threads that set timers, two that cancel any timer they
 * have heard of, again and again, one that advances the wheel, one that
 * receives what fired.
 *
 * If this fails, a cancelled timer fires, a timer fires twice or never, or the
 * cancel of one timer hits another that has its record now: each timer has one
 * fate, and it is compared with what every call answered.
 */
#include "sched/wheel.h"
#include "tests/sim/seeds.h"

enum { SETTERS = 2, CANCELLERS = 2, PER_SETTER = 10, TRIES = 12 };
enum { TIMERS = SETTERS * PER_SETTER };

enum fate {
	FATE_NONE,
	FATE_CANCELLED,
	FATE_HANDLED,
};

static struct world {
	ths_sim *sim;
	struct memory memory;
	struct wheel *wheel;
	struct timer {
		_Atomic wheel_handle handle;
		uint64_t due_ns;
		_Atomic enum fate fate;
	} timers[TIMERS];
	struct parker mail;
	wheel_handle fired[TIMERS];
	uint64_t fired_of[TIMERS]; /* which timer */
	seeds_count fired_count;
	seeds_count set;
	seeds_count cancelled;
	seeds_count handled;
	uint32_t revoked;
	struct setter {
		uint32_t index;
	} setters[SETTERS];
} world;

static void
decide(struct timer *timer, enum fate fate, seeds_count *count)
{
	SEEDS_CHECK(atomic_exchange_explicit(&timer->fate, fate,
	    memory_order_relaxed) == FATE_NONE);
	seeds_add(count, 1);
}

/* One in eight is refused, and comes again. */
static bool
fire(void *context, wheel_handle handle, const struct wheel_load *load)
{
	SEEDS_CHECK(context == &world);
	SEEDS_CHECK(world.timers[load->words[0]].due_ns <=
	    clock_now(&world.sim->clock));
	if (sim_random(world.sim, 8) == 0)
		return false;
	world.fired_of[seeds_read(&world.fired_count)] = load->words[0];
	world.fired[seeds_read(&world.fired_count)] = handle;
	/* Release, with the acquire in has_fired(). */
	atomic_fetch_add_explicit(&world.fired_count, 1, memory_order_release);
	parker_wake(&world.mail);
	return true;
}

static void
set(void *argument)
{
	const struct setter *self = argument;

	for (uint32_t i = 0; i < PER_SETTER; i++) {
		uint32_t index = self->index * PER_SETTER + i;
		struct timer *timer = &world.timers[index];
		wheel_handle handle;

		timer->due_ns = clock_now(&world.sim->clock) +
		    sim_random(world.sim, 3000000);
		SEEDS_CHECK(wheel_set(world.wheel, timer->due_ns,
		    (struct wheel_load){ { index } }, &handle) == THS_OK);
		atomic_store_explicit(&timer->handle, handle,
		    memory_order_relaxed);
		seeds_add(&world.set, 1);
		if (i % 4 == 3)
			sim_sleep(world.sim, 1000000);
	}
}

static void
cancel(void *argument)
{
	(void)argument;
	for (int i = 0; i < TRIES; i++) {
		struct timer *timer =
		    &world.timers[sim_random(world.sim, TIMERS)];

		wheel_handle handle = atomic_load_explicit(&timer->handle,
		    memory_order_relaxed);

		if (handle == WHEEL_NONE)
			sim_sleep(world.sim, 500000);
		else if (wheel_cancel(world.wheel, handle))
			decide(timer, FATE_CANCELLED, &world.cancelled);
	}
}

static bool
is_over(void)
{
	return seeds_read(&world.set) == TIMERS && seeds_read(&world.handled) +
	    seeds_read(&world.cancelled) == TIMERS;
}

static void
advance(void *argument)
{
	(void)argument;
	while (!is_over()) {
		if (wheel_try_hold(world.wheel)) {
			wheel_advance(world.wheel,
			    clock_now(&world.sim->clock), 3);
			wheel_release(world.wheel);
		}
		sim_sleep(world.sim, 300000);
	}
	parker_wake(&world.mail);
}

/* True when timer firing number n has come. */
static bool
has_fired(uint32_t n)
{
	return n < atomic_load_explicit(&world.fired_count,
	    memory_order_acquire);
}

static void
receive(void *argument)
{
	uint32_t next = 0;

	(void)argument;
	while (!is_over()) {
		uint32_t ticket = parker_ticket(&world.mail);

		if (!has_fired(next)) {
			parker_wait(&world.mail, ticket, CLOCK_NEVER);
			continue;
		}
		if (wheel_done(world.wheel, world.fired[next]))
			decide(&world.timers[world.fired_of[next]],
			    FATE_HANDLED, &world.handled);
		else
			world.revoked++;
		next++;
	}
	/* Those revoked after the last timer was accounted for. */
	for (; has_fired(next); next++)
		SEEDS_CHECK(!wheel_done(world.wheel, world.fired[next]));
}

static void
start(ths_sim *sim)
{
	world.sim = sim;
	memory_init(&world.memory, NULL, 0);
	parker_init(&world.mail, &sim->parker_port, &sim->clock);
	world.wheel = wheel_new(&world.memory, 7, TIMERS,
	    clock_now(&sim->clock), fire, &world);
	SEEDS_CHECK(world.wheel != NULL);
	for (uint32_t i = 0; i < SETTERS; i++) {
		world.setters[i].index = i;
		seeds_spawn(sim, "setter", set, &world.setters[i]);
	}
	for (uint32_t i = 0; i < CANCELLERS; i++)
		seeds_spawn(sim, "canceller", cancel, NULL);
	seeds_spawn(sim, "advancer", advance, NULL);
	seeds_spawn(sim, "receiver", receive, NULL);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	SEEDS_CHECK(is_over());
	SEEDS_CHECK(world.handled + world.revoked <= world.fired_count);
	for (uint32_t i = 0; i < TIMERS; i++) {
		SEEDS_CHECK(world.timers[i].fate != FATE_NONE);
		SEEDS_CHECK(!wheel_cancel(world.wheel, world.timers[i].handle));
	}
	/* Also those that nobody has cleared. */
	SEEDS_CHECK(wheel_pending(world.wheel) == 0);
	SEEDS_CHECK(wheel_try_hold(world.wheel));
	SEEDS_CHECK(wheel_length(world.wheel) == 0);
	SEEDS_CHECK(wheel_deadline(world.wheel) == CLOCK_NEVER);
	wheel_release(world.wheel);
	wheel_free(world.wheel);
	memory_fini(&world.memory);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "A timer is handled or cancelled, never both.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
