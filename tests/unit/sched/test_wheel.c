/* SPDX-License-Identifier: MIT */
/*
 * wheel, one thread: what its users are promised.  Cancels from other threads
 * are the business of tests/stress/sched/stress_wheel.c.
 */
#include "sched/wheel.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/random.h"
#include "tests/harness.h"

#define TICK (UINT64_C(1) << WHEEL_TICK_SHIFT)
#define SECOND UINT64_C(1000000000)
#define DAY (UINT64_C(86400) * SECOND)

/* A wheel, and what it fired so far. */
struct bench {
	struct memory memory;
	struct wheel *wheel;
	uint64_t now;
	uint32_t fired;
	uint64_t last;        /* word 0 of the last one fired */
	wheel_handle handle;  /* of the last one fired */
	uint32_t refusals;    /* fire() says false so many times */
	bool (*also)(struct bench *bench, wheel_handle handle);
};

static bool
fire(void *context, wheel_handle handle, const struct wheel_load *load)
{
	struct bench *bench = context;

	if (bench->refusals > 0) {
		bench->refusals--;
		if (bench->also != NULL)
			bench->also(bench, handle);
		return false;
	}
	bench->fired++;
	bench->last = load->words[0];
	bench->handle = handle;
	return bench->also == NULL || bench->also(bench, handle);
}

static void
bench_init_at(struct bench *bench, uint32_t timers_max, uint64_t now)
{
	*bench = (struct bench) { .now = now };
	memory_init(&bench->memory, NULL, 0);
	bench->wheel = wheel_new(&bench->memory, 5, timers_max, now, fire,
	    bench);
	cr_assert_not_null(bench->wheel);
}

static void
bench_init(struct bench *bench, uint32_t timers_max)
{
	bench_init_at(bench, timers_max, 1);
}

static void
bench_fini(struct bench *bench)
{
	wheel_free(bench->wheel);
	cr_assert_eq(atomic_load(&bench->memory.bytes), 0, "memory is lost");
	memory_fini(&bench->memory);
}

static wheel_handle
set(struct bench *bench, uint64_t due_ns, uint64_t word)
{
	wheel_handle handle = WHEEL_NONE;

	cr_assert_eq(wheel_set(bench->wheel, due_ns,
	    (struct wheel_load) { { word, 0, 0 } }, &handle), THS_OK);
	cr_assert_neq(handle, WHEEL_NONE);
	return handle;
}

/* One advance; how many it fired. */
static uint32_t
step(struct bench *bench, uint64_t now, uint32_t max)
{
	uint32_t count;

	bench->now = now;
	cr_assert(wheel_try_hold(bench->wheel));
	count = wheel_advance(bench->wheel, now, max);
	wheel_release(bench->wheel);
	return count;
}

/* Advances until nothing is due any more, as a worker does. */
static uint32_t
drain(struct bench *bench, uint64_t now)
{
	uint32_t count = step(bench, now, UINT32_MAX);

	while (wheel_deadline(bench->wheel) <= now)
		count += step(bench, now, UINT32_MAX);
	return count;
}

Test(wheel, never_fires_early_and_less_than_a_tick_late)
{
	struct bench bench;

	bench_init(&bench, 100);
	for (uint64_t due = 1; due < 20 * TICK; due += TICK / 7) {
		uint64_t now = bench.now > due ? bench.now : due;
		uint32_t before = bench.fired;

		set(&bench, due, due);
		if (due - 1 >= bench.now)
			cr_assert_eq(drain(&bench, due - 1), 0, "early");
		drain(&bench, now + TICK - 1);
		cr_assert_eq(bench.fired, before + 1, "late");
		cr_assert_eq(bench.last, due);
		cr_assert(wheel_done(bench.wheel, bench.handle));
	}
	cr_assert_eq(wheel_length(bench.wheel), 0);
	cr_assert_eq(wheel_deadline(bench.wheel), CLOCK_NEVER);
	bench_fini(&bench);
}

Test(wheel, a_time_that_has_passed_fires_at_the_next_advance)
{
	struct bench bench;

	bench_init_at(&bench, 100, 7 * DAY);
	set(&bench, 0, 1);
	set(&bench, 7 * DAY - SECOND, 2);
	cr_assert_leq(wheel_deadline(bench.wheel), bench.now);
	cr_assert_eq(step(&bench, bench.now, 1), 1);
	cr_assert_eq(bench.last, 1);
	cr_assert_eq(step(&bench, bench.now, 1), 1);
	cr_assert_eq(bench.last, 2);
	set(&bench, 0, 3);
	cr_assert_eq(step(&bench, bench.now - SECOND, 9), 0,
	    "a time that lies back counts for nothing");
	cr_assert_eq(step(&bench, bench.now + SECOND, 9), 1);
	bench_fini(&bench);
}

Test(wheel, fires_one_tick_in_the_order_of_setting)
{
	const uint64_t due = 5000 * TICK;
	struct bench bench;
	uint64_t next = 0;

	/* Set from further and further near, so that each is put on another
	 * level first. */
	bench_init(&bench, 1000);
	for (uint64_t n = 0; n < 60; n++) {
		drain(&bench, due - due / (n * n + 1));
		set(&bench, due, n);
	}
	cr_assert_eq(drain(&bench, due - 1), 0);
	while (step(&bench, due, 1) == 1)
		cr_assert_eq(bench.last, next++);
	cr_assert_eq(next, 60);
	bench_fini(&bench);
}

/* Sleeps until each deadline in turn; how many times it woke for nothing. */
static uint32_t
count_early_wakes(struct bench *bench, uint64_t due)
{
	uint64_t due_tick = (due + TICK - 1) / TICK;
	uint32_t wakes = 0;

	while (bench->fired == 0) {
		uint64_t deadline = wheel_deadline(bench->wheel);

		cr_assert_gt(deadline, bench->now, "a wake for ever");
		cr_assert_leq(deadline, due_tick * TICK, "slept too long");
		wakes += step(bench, deadline, UINT32_MAX) == 0;
		cr_assert_leq(wakes, (uint32_t)WHEEL_LEVELS);
	}
	cr_assert_geq(bench->now, due);
	return wakes;
}

Test(wheel, a_far_timer_costs_one_early_wake_per_level)
{
	static const uint64_t spans[] = { TICK - 1, SECOND, 60 * SECOND,
		3600 * SECOND, DAY, 3 * DAY + 12345, 14 * DAY, 60 * DAY,
		3650 * DAY, 200000 * DAY };
	static const uint64_t starts[] = { 1, TICK * 63 + 5, TICK * 4095,
		DAY - 1, (TICK << 30) - 1 };

	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		for (size_t j = 0; j < sizeof(starts) / sizeof(starts[0]);
		    j++) {
			uint64_t due = starts[j] + spans[i];
			struct bench bench;

			bench_init_at(&bench, 10, starts[j]);
			set(&bench, due, 1);
			count_early_wakes(&bench, due);
			bench_fini(&bench);
		}
}

Test(wheel, has_a_place_for_the_end_of_time)
{
	const uint64_t last = (UINT64_MAX >> WHEEL_TICK_SHIFT) * TICK;
	struct bench bench;
	wheel_handle never;

	bench_init(&bench, 10);
	never = set(&bench, UINT64_MAX, 1);
	cr_assert_leq(wheel_deadline(bench.wheel), UINT64_MAX);
	set(&bench, last, 2);
	cr_assert_eq(drain(&bench, last - 1), 0);
	cr_assert_eq(wheel_deadline(bench.wheel), last);
	cr_assert_eq(step(&bench, last, 10), 1);
	cr_assert_eq(bench.last, 2);
	cr_assert_eq(wheel_deadline(bench.wheel), CLOCK_NEVER);
	cr_assert_eq(step(&bench, UINT64_MAX, 10), 0, "before its time");
	cr_assert(wheel_cancel(bench.wheel, never));
	bench_fini(&bench);
}

Test(wheel, a_jump_of_years_fires_everything_in_order)
{
	struct bench bench;
	uint64_t before = 0;
	uint32_t count = 0;

	bench_init(&bench, 1000);
	for (uint64_t n = 0; n < 200; n++) {
		uint64_t due = (n * 7919 % 200) * 17 * DAY;

		set(&bench, due, due);
	}
	while (step(&bench, 5000 * DAY, 1) == 1) {
		cr_assert_geq(bench.last, before);
		before = bench.last;
		count++;
	}
	cr_assert_eq(count, 200);
	bench_fini(&bench);
}

Test(wheel, cancel_decides_in_every_state)
{
	struct bench bench;
	wheel_handle armed, fired, revoked;

	bench_init(&bench, 10);
	armed = set(&bench, SECOND, 1);
	cr_assert(wheel_cancel(bench.wheel, armed), "armed");
	cr_assert_not(wheel_cancel(bench.wheel, armed), "free");
	cr_assert_not(wheel_done(bench.wheel, armed), "free");
	cr_assert_eq(wheel_deadline(bench.wheel), CLOCK_NEVER);
	cr_assert_eq(drain(&bench, 2 * SECOND), 0);

	fired = set(&bench, 3 * SECOND, 2);
	cr_assert_not(wheel_done(bench.wheel, fired), "armed");
	cr_assert_eq(drain(&bench, 4 * SECOND), 1);
	cr_assert_eq(bench.handle, fired);
	cr_assert(wheel_done(bench.wheel, fired), "fired");
	cr_assert_not(wheel_cancel(bench.wheel, fired), "done");
	cr_assert_not(wheel_done(bench.wheel, fired), "done");

	revoked = set(&bench, 5 * SECOND, 3);
	cr_assert_eq(drain(&bench, 6 * SECOND), 1);
	cr_assert(wheel_cancel(bench.wheel, revoked), "fired");
	cr_assert_not(wheel_cancel(bench.wheel, revoked), "revoked");
	cr_assert_eq(wheel_length(bench.wheel), 1);
	cr_assert_not(wheel_done(bench.wheel, revoked), "revoked");
	cr_assert_eq(wheel_length(bench.wheel), 0);
	bench_fini(&bench);
}

Test(wheel, sets_a_fired_timer_again_unless_it_was_cancelled)
{
	struct wheel_load load;
	struct bench bench;
	wheel_handle handle;

	bench_init(&bench, 10);
	handle = set(&bench, SECOND, 42);
	cr_assert_eq(drain(&bench, 2 * SECOND), 1);
	cr_assert(wheel_again(bench.wheel, handle, 3 * SECOND), "fired");
	cr_assert_eq(wheel_length(bench.wheel), 1);
	cr_assert_leq(wheel_deadline(bench.wheel), 3 * SECOND + TICK);
	cr_assert_eq(drain(&bench, 3 * SECOND - 1), 0, "early");
	cr_assert_eq(drain(&bench, 3 * SECOND + TICK), 1);
	cr_assert_eq(bench.handle, handle, "in the same life");
	cr_assert(wheel_look(bench.wheel, handle, &load));
	cr_assert_eq(load.words[0], 42);

	cr_assert(wheel_again(bench.wheel, handle, SECOND), "has passed");
	cr_assert_eq(drain(&bench, 4 * SECOND), 1);
	cr_assert(wheel_cancel(bench.wheel, handle));
	cr_assert_not(wheel_again(bench.wheel, handle, 5 * SECOND), "revoked");
	cr_assert_eq(wheel_length(bench.wheel), 0);
	cr_assert_not(wheel_again(bench.wheel, handle, 5 * SECOND), "stale");
	cr_assert_eq(wheel_deadline(bench.wheel), CLOCK_NEVER);

	handle = set(&bench, 5 * SECOND, 1);
	cr_assert_eq(drain(&bench, 6 * SECOND), 1);
	cr_assert(wheel_again(bench.wheel, handle, 7 * SECOND));
	cr_assert(wheel_cancel(bench.wheel, handle), "armed");
	cr_assert_eq(drain(&bench, 8 * SECOND), 0);
	cr_assert_eq(wheel_length(bench.wheel), 0);
	bench_fini(&bench);
}

Test(wheel, shows_what_a_living_timer_carries)
{
	struct wheel_load load = { { 0 } };
	struct bench bench;
	wheel_handle handle;

	bench_init(&bench, 10);
	handle = set(&bench, SECOND, 42);
	cr_assert(wheel_look(bench.wheel, handle, &load), "armed");
	cr_assert_eq(load.words[0], 42);
	cr_assert_eq(drain(&bench, 2 * SECOND), 1);
	cr_assert(wheel_look(bench.wheel, handle, &load), "fired");
	cr_assert(wheel_cancel(bench.wheel, handle));
	cr_assert(wheel_look(bench.wheel, handle, &load), "revoked");
	cr_assert_not(wheel_done(bench.wheel, handle));
	load.words[0] = 7;
	cr_assert_not(wheel_look(bench.wheel, handle, &load), "free");
	set(&bench, SECOND, 43);
	cr_assert_not(wheel_look(bench.wheel, handle, &load), "another");
	cr_assert_not(wheel_look(bench.wheel, WHEEL_NONE, &load));
	cr_assert_eq(load.words[0], 7, "untouched");
	bench_fini(&bench);
}

Test(wheel, a_stale_handle_finds_nothing)
{
	struct bench bench;
	wheel_handle stale[50];
	wheel_handle live;

	bench_init(&bench, 10);
	for (int i = 0; i < 50; i++) {
		stale[i] = set(&bench, SECOND, 1);
		cr_assert_eq(wheel_number(stale[i]), 5);
		if (i % 2 == 0) {
			cr_assert(wheel_cancel(bench.wheel, stale[i]));
			continue;
		}
		drain(&bench, 2 * SECOND);
		cr_assert(wheel_done(bench.wheel, stale[i]));
	}
	live = set(&bench, 3 * SECOND, 1);
	for (int i = 0; i < 50; i++) {
		cr_assert_neq(stale[i], live);
		cr_assert_not(wheel_cancel(bench.wheel, stale[i]));
		cr_assert_not(wheel_done(bench.wheel, stale[i]));
	}
	cr_assert(wheel_cancel(bench.wheel, live));
	bench_fini(&bench);
}

Test(wheel, a_handle_of_any_bits_is_safe)
{
	struct wheel_load load;
	struct bench bench;
	struct random random;

	random_init(&random, 3);
	bench_init(&bench, 10);
	cr_assert_not(wheel_cancel(bench.wheel, WHEEL_NONE));
	cr_assert_not(wheel_cancel(bench.wheel, UINT64_MAX));
	set(&bench, SECOND, 1);
	for (int i = 0; i < 100000; i++) {
		wheel_handle forged = random_next(&random) | 2;

		if (i % 2 == 0) /* an index that is there */
			forged &= ~(UINT64_C(0x3fff) << 38);
		cr_assert_not(wheel_cancel(bench.wheel, forged));
		cr_assert_not(wheel_done(bench.wheel, forged));
		cr_assert_not(wheel_look(bench.wheel, forged, &load));
	}
	cr_assert_eq(drain(&bench, 2 * SECOND), 1);
	bench_fini(&bench);
}

Test(wheel, a_record_without_generations_is_never_used_again)
{
	const uint32_t lives = (1u << 26) - 3;
	struct bench bench;
	wheel_handle first, second, other;

	bench_init(&bench, 10);
	cr_assert(wheel_try_hold(bench.wheel));
	wheel_age(bench.wheel, lives);
	wheel_release(bench.wheel);
	first = set(&bench, SECOND, 1);
	cr_assert(wheel_cancel(bench.wheel, first));
	second = set(&bench, SECOND, 2);
	cr_assert_eq(second, first + 1, "the same record, its last life");
	cr_assert_eq(wheel_retired(bench.wheel), 0);
	cr_assert_eq(drain(&bench, 2 * SECOND), 1);
	cr_assert(wheel_done(bench.wheel, second));
	cr_assert_eq(wheel_retired(bench.wheel), 1);
	cr_assert_eq(wheel_length(bench.wheel), 0);
	for (int i = 0; i < 10; i++) {
		other = set(&bench, SECOND, 3);
		cr_assert_neq(other >> 26, first >> 26, "another record");
		cr_assert(wheel_cancel(bench.wheel, other));
	}
	cr_assert_eq(wheel_retired(bench.wheel), 1 + 5);
	cr_assert_not(wheel_cancel(bench.wheel, second));
	bench_fini(&bench);
}

Test(wheel, says_when_the_limit_is_reached)
{
	struct bench bench;
	wheel_handle handles[4];
	wheel_handle refused = 77;
	struct wheel_load load = { { 0 } };

	bench_init(&bench, 4);
	for (int i = 0; i < 4; i++)
		handles[i] = set(&bench, SECOND, 1);
	cr_assert_eq(wheel_set(bench.wheel, SECOND, load, &refused), THS_LIMIT);
	cr_assert_eq(wheel_set(bench.wheel, 0, load, &refused), THS_LIMIT);
	cr_assert_eq(refused, 77, "untouched");
	cr_assert_eq(wheel_limited(bench.wheel), 2);
	cr_assert_eq(wheel_length(bench.wheel), 4);
	cr_assert(wheel_cancel(bench.wheel, handles[2]));
	cr_assert_eq(wheel_set(bench.wheel, SECOND, load, &refused), THS_OK);
	drain(&bench, 2 * SECOND);
	cr_assert_eq(bench.fired, 4);
	cr_assert_eq(wheel_set(bench.wheel, SECOND, load, &refused), THS_LIMIT,
	    "fired ones count until they are done");
	bench_fini(&bench);
}

Test(wheel, no_memory_is_a_status)
{
	struct wheel_load load = { { 0 } };
	struct bench bench = { .now = 1 };
	uint64_t faults = 0;
	uint32_t made = 0;

	memory_init(&bench.memory, NULL, 0);
	do {
		memory_fault_at(&bench.memory, ++faults);
		bench.wheel = wheel_new(&bench.memory, 0, 100000, 1, fire,
		    &bench);
		if (bench.wheel == NULL)
			cr_assert_eq(atomic_load(&bench.memory.bytes), 0);
	} while (bench.wheel == NULL);
	cr_assert_gt(faults, 1);
	while (made < 50000) {
		ths_status status;
		wheel_handle handle;

		memory_fault_at(&bench.memory, 1);
		status = wheel_set(bench.wheel, SECOND, load, &handle);
		memory_fault_at(&bench.memory, 0);
		if (status == THS_OK) {
			made++;
			continue;
		}
		cr_assert_eq(status, THS_NO_MEMORY);
		cr_assert_eq(wheel_length(bench.wheel), made);
		faults++;
		set(&bench, SECOND, 1);
		made++;
	}
	cr_assert_geq(faults, 4, "each growth was refused once");
	cr_assert_eq(wheel_limited(bench.wheel), 0);
	cr_assert_eq(drain(&bench, 2 * SECOND), made);
	bench_fini(&bench);
}

Test(wheel, what_fire_refuses_is_tried_a_tick_later)
{
	struct bench bench;
	wheel_handle handle;
	uint64_t due = 10 * TICK;

	bench_init(&bench, 10);
	handle = set(&bench, due, 9);
	bench.refusals = 3;
	for (uint64_t i = 0; i < 3; i++) {
		cr_assert_eq(drain(&bench, due + i * TICK), 0);
		cr_assert_eq(wheel_deadline(bench.wheel), due + (i + 1) * TICK);
		cr_assert_eq(drain(&bench, due + i * TICK + TICK - 1), 0);
	}
	cr_assert_eq(drain(&bench, due + 3 * TICK), 1);
	cr_assert_eq(bench.last, 9);
	cr_assert(wheel_done(bench.wheel, handle));

	handle = set(&bench, due, 9);
	bench.refusals = 1;
	cr_assert_eq(drain(&bench, 20 * TICK), 0);
	cr_assert(wheel_cancel(bench.wheel, handle), "armed again");
	cr_assert_eq(wheel_deadline(bench.wheel), CLOCK_NEVER);
	bench_fini(&bench);
}

static bool
cancel_it(struct bench *bench, wheel_handle handle)
{
	cr_assert(wheel_cancel(bench->wheel, handle));
	return true;
}

Test(wheel, a_timer_cancelled_while_fire_refuses_it_is_free)
{
	struct bench bench;
	wheel_handle handle;

	bench_init(&bench, 1);
	handle = set(&bench, TICK, 1);
	bench.refusals = 1;
	bench.also = cancel_it;
	cr_assert_eq(drain(&bench, TICK), 0);
	cr_assert_eq(wheel_length(bench.wheel), 0);
	cr_assert_eq(wheel_deadline(bench.wheel), CLOCK_NEVER);
	cr_assert_not(wheel_cancel(bench.wheel, handle));
	set(&bench, TICK, 2);
	bench_fini(&bench);
}

/* Ends this timer at once and sets the next, as one without mailboxes may. */
static bool
done_and_set_again(struct bench *bench, wheel_handle handle)
{
	struct wheel_load load = { { bench->last + 1, 0, 0 } };
	wheel_handle next;

	cr_assert(wheel_done(bench->wheel, handle));
	cr_assert_eq(wheel_set_held(bench->wheel, (bench->last + 1) * TICK,
	    load, &next), THS_OK);
	return true;
}

Test(wheel, fire_may_end_and_set_timers)
{
	struct bench bench;

	bench_init(&bench, 1);
	bench.also = done_and_set_again;
	set(&bench, TICK, 1);
	cr_assert_eq(drain(&bench, 1000 * TICK), 1000);
	cr_assert_eq(bench.last, 1000);
	cr_assert_eq(wheel_length(bench.wheel), 1);
	cr_assert_eq(wheel_deadline(bench.wheel), 1001 * TICK);
	cr_assert_eq(step(&bench, 2000 * TICK, 500), 500, "max bounds it");
	bench_fini(&bench);
}

static wheel_handle victims[8];

static bool
cancel_victims(struct bench *bench, wheel_handle handle)
{
	(void)handle;
	for (int i = 0; i < 8; i++)
		cr_assert(wheel_cancel(bench->wheel, victims[i]));
	bench->also = NULL;
	return true;
}

Test(wheel, what_is_cancelled_in_fire_does_not_fire)
{
	struct bench bench;

	bench_init(&bench, 10);
	set(&bench, TICK, 1);
	for (uint64_t i = 0; i < 8; i++) /* due now, later, and on the way */
		victims[i] = set(&bench, TICK << i * i / 4, 2);
	bench.also = cancel_victims;
	cr_assert_eq(drain(&bench, DAY), 1);
	cr_assert_eq(bench.last, 1);
	cr_assert_eq(wheel_length(bench.wheel), 1, "the one that fired");
	bench_fini(&bench);
}

Test(wheel, what_is_cancelled_under_a_hold_goes_back_with_the_next)
{
	struct bench bench;
	wheel_handle handle;

	bench_init(&bench, 2);
	handle = set(&bench, SECOND, 1);
	cr_assert(wheel_try_hold(bench.wheel));
	cr_assert_not(wheel_try_hold(bench.wheel), "held by one at a time");
	cr_assert(wheel_cancel(bench.wheel, handle));
	cr_assert_eq(wheel_length(bench.wheel), 1);
	wheel_release(bench.wheel);
	set(&bench, SECOND, 2);
	cr_assert_eq(wheel_length(bench.wheel), 1);
	cr_assert_eq(drain(&bench, 2 * SECOND), 1);
	cr_assert_eq(bench.last, 2);
	bench_fini(&bench);
}

Test(wheel, moves_a_large_bucket_in_parts_and_keeps_its_order)
{
	const uint32_t count = 3 * WHEEL_MOVES_MAX;
	const uint64_t due = 1024 * TICK; /* where a bucket begins */
	struct bench bench;
	wheel_handle last = WHEEL_NONE;

	bench_init(&bench, 2 * count);
	for (uint64_t n = 1; n <= count; n++)
		last = set(&bench, due, n);
	for (uint64_t n = 1; n <= 2; n++) {
		cr_assert_eq(step(&bench, due, UINT32_MAX), 0, "moved only");
		cr_assert_leq(wheel_deadline(bench.wheel), due);
		set(&bench, n == 1 ? due : 0, count + n);
	}
	cr_assert(wheel_cancel(bench.wheel, last));
	for (uint64_t n = 1; n <= count + 2; n++)
		if (n != count) {
			while (step(&bench, due, 1) == 0)
				cr_assert_eq(bench.fired, 0);
			cr_assert_eq(bench.last, n, "out of order");
		}
	cr_assert_eq(wheel_deadline(bench.wheel), CLOCK_NEVER);
	bench_fini(&bench);
}

Test(wheel, a_bucket_that_is_being_moved_may_be_cancelled_whole)
{
	const uint32_t count = WHEEL_MOVES_MAX + 100;
	const uint64_t due = 1024 * TICK;
	wheel_handle *handles = calloc(count, sizeof(*handles));
	struct bench bench;

	bench_init(&bench, count);
	for (uint32_t n = 0; n < count; n++)
		handles[n] = set(&bench, due, n);
	cr_assert_eq(step(&bench, due, UINT32_MAX), 0, "moved only");
	for (uint32_t n = 0; n < count; n++)
		cr_assert(wheel_cancel(bench.wheel, handles[n]));
	cr_assert_eq(wheel_deadline(bench.wheel), CLOCK_NEVER);
	set(&bench, due + 1, 77);
	cr_assert_eq(wheel_deadline(bench.wheel), due + TICK);
	cr_assert_eq(drain(&bench, due + TICK), 1);
	cr_assert_eq(bench.last, 77);
	bench_fini(&bench);
	free(handles);
}

/* The simple model: all timers in an array, searched from end to end. */
struct modelled {
	wheel_handle handle;
	uint64_t due;  /* as given */
	uint64_t tick; /* as it counts */
	uint64_t order;
	enum { GONE, WAITING, DELIVERED, WITHDRAWN } state;
};

enum { MODELLED = 300, MODEL_STEPS = 4000 };

struct model {
	struct wheel *wheel;
	struct random random;
	uint64_t now;
	uint64_t reached; /* tick */
	uint64_t orders;
	uint32_t waiting;
	struct modelled timers[MODELLED];
};

static struct modelled *
model_next(struct model *model)
{
	struct modelled *next = NULL;

	for (uint32_t i = 0; i < MODELLED; i++) {
		struct modelled *timer = &model->timers[i];

		if (timer->state != WAITING)
			continue;
		if (next == NULL || timer->tick < next->tick
		    || (timer->tick == next->tick
		        && timer->order < next->order))
			next = timer;
	}
	return next;
}

static bool
model_fire(void *context, wheel_handle handle, const struct wheel_load *load)
{
	struct model *model = context;
	struct modelled *timer = &model->timers[load->words[0]];

	cr_assert_eq(timer, model_next(model), "out of order");
	cr_assert_eq(timer->handle, handle);
	cr_assert_eq(load->words[1], timer->due);
	cr_assert_eq(load->words[2], ~timer->due);
	cr_assert_geq(model->now, timer->due, "early");
	if (random_below(&model->random, 8) == 0) {
		timer->tick = model->now / TICK + 1;
		timer->order = model->orders++;
		return false;
	}
	timer->state = DELIVERED;
	model->waiting--;
	return true;
}

static uint64_t
model_span(struct model *model)
{
	uint32_t bits = random_below(&model->random, 56);

	return random_next(&model->random) >> (63 - bits);
}

static void
model_set(struct model *model, uint32_t i)
{
	struct modelled *timer = &model->timers[i];
	uint64_t span = model_span(model);
	struct wheel_load load;

	timer->due = random_below(&model->random, 10) == 0 ? 0
	    : model->now + span;
	timer->tick = timer->due / TICK + (timer->due % TICK != 0);
	if (timer->tick < model->reached)
		timer->tick = model->reached;
	timer->order = model->orders++;
	timer->state = WAITING;
	load.words[0] = i;
	load.words[1] = timer->due;
	load.words[2] = ~timer->due;
	cr_assert_eq(wheel_set(model->wheel, timer->due, load, &timer->handle),
	    THS_OK);
	model->waiting++;
}

/* Cancels as anybody may, or as the only one who may. */
static bool
model_cancel(struct model *model, uint32_t i)
{
	wheel_handle handle = model->timers[i].handle;

	if (random_below(&model->random, 2) == 0)
		return wheel_cancel(model->wheel, handle);
	cr_assert_not(wheel_cancel_own(model->wheel, handle, i + MODELLED));
	return wheel_cancel_own(model->wheel, handle, i);
}

static void
model_touch(struct model *model)
{
	uint32_t i = random_below(&model->random, MODELLED);
	struct modelled *timer = &model->timers[i];
	bool cancel = random_below(&model->random, 2) == 0;

	switch (timer->state) {
	case GONE:
		cr_assert_not(model_cancel(model, i));
		model_set(model, i);
		break;
	case WAITING:
		if (!cancel)
			break;
		cr_assert(model_cancel(model, i));
		timer->state = GONE;
		model->waiting--;
		break;
	case DELIVERED:
		if (cancel) {
			cr_assert(model_cancel(model, i));
			timer->state = WITHDRAWN;
			break;
		}
		cr_assert(wheel_done(model->wheel, timer->handle));
		timer->state = GONE;
		break;
	case WITHDRAWN:
		cr_assert_not(model_cancel(model, i));
		cr_assert_not(wheel_done(model->wheel, timer->handle));
		timer->state = GONE;
		break;
	}
}

static void
model_advance(struct model *model)
{
	bool is_small = random_below(&model->random, 4) != 0;
	struct modelled *next;
	uint64_t deadline;

	model->now += is_small ? random_below(&model->random, 40 * TICK)
	    : model_span(model);
	cr_assert(wheel_try_hold(model->wheel));
	wheel_advance(model->wheel, model->now,
	    random_below(&model->random, 2) == 0 ? UINT32_MAX
	    : random_below(&model->random, 20));
	wheel_release(model->wheel);
	deadline = wheel_deadline(model->wheel);
	/* Where it stopped, if it did before the end. */
	model->reached = (deadline < model->now ? deadline : model->now) / TICK;
	while (wheel_settle(model->wheel))
		; /* ends: some are settled each time */
	deadline = wheel_deadline(model->wheel);
	next = model_next(model);
	if (next == NULL) {
		cr_assert_eq(deadline, CLOCK_NEVER);
	} else {
		cr_assert_leq(deadline, next->tick * TICK, "sleeps too long");
		if (next->tick <= model->now / TICK)
			cr_assert_leq(deadline, model->now);
	}
}

static void
model_run(uint64_t seed)
{
	static struct model model;
	struct memory memory;

	memory_init(&memory, NULL, 0);
	model = (struct model) { .now = 1 + seed * seed * SECOND };
	model.reached = model.now / TICK;
	random_init(&model.random, seed);
	model.wheel = wheel_new(&memory, 9, MODELLED, model.now, model_fire,
	    &model);
	for (int i = 0; i < MODEL_STEPS; i++) {
		for (uint32_t n = random_below(&model.random, 30); n > 0; n--)
			model_touch(&model);
		model_advance(&model);
	}
	cr_assert_gt(model.orders, MODEL_STEPS);
	wheel_free(model.wheel);
	cr_assert_eq(atomic_load(&memory.bytes), 0);
	memory_fini(&memory);
}

Test(wheel, a_timer_is_cancelled_by_its_own_owner_only)
{
	struct bench bench;
	wheel_handle handle, former;

	bench_init(&bench, 100);
	former = set(&bench, SECOND, 7);
	cr_assert_not(wheel_cancel_own(bench.wheel, former, 8), "another's");
	cr_assert(wheel_cancel_own(bench.wheel, former, 7));
	cr_assert_not(wheel_cancel_own(bench.wheel, former, 7), "twice");
	cr_assert_not(wheel_cancel_own(bench.wheel, WHEEL_NONE, 7));
	cr_assert_not(wheel_cancel_own(bench.wheel, ~UINT64_C(0), 7));
	wheel_settle(bench.wheel);
	handle = set(&bench, SECOND, 7);
	cr_assert_not(wheel_cancel_own(bench.wheel, former, 7), "stale");
	cr_assert_eq(drain(&bench, 2 * SECOND), 1);
	cr_assert_not(wheel_cancel_own(bench.wheel, handle, 8));
	cr_assert(wheel_cancel_own(bench.wheel, handle, 7), "on its way");
	cr_assert_not(wheel_cancel_own(bench.wheel, handle, 7));
	cr_assert_not(wheel_done(bench.wheel, handle), "does not count");
	bench_fini(&bench);
}

/* While a thief fires, its owner still can cancel. */
Test(wheel, is_cancelled_by_its_owner_while_another_has_the_hold)
{
	struct bench bench;
	wheel_handle handle;

	bench_init(&bench, 100);
	handle = set(&bench, SECOND, 7);
	cr_assert(wheel_try_hold(bench.wheel));
	cr_assert_not(wheel_cancel_own(bench.wheel, handle, 8));
	cr_assert(wheel_cancel_own(bench.wheel, handle, 7));
	cr_assert_not(wheel_settle(bench.wheel), "nothing that it could");
	wheel_release(bench.wheel);
	cr_assert_eq(drain(&bench, 2 * SECOND), 0);
	cr_assert_eq(wheel_length(bench.wheel), 0);
	bench_fini(&bench);
}

/* There may never be another holder who clears them. */
Test(wheel, those_that_ended_do_not_pend_before_they_are_cleared)
{
	struct bench bench;
	wheel_handle fired, cancelled, own;

	bench_init(&bench, 3);
	set(&bench, TICK, 1);
	cr_assert_eq(drain(&bench, 2 * TICK), 1);
	fired = bench.handle;
	cancelled = set(&bench, SECOND, 2);
	own = set(&bench, SECOND, 3);
	cr_assert_eq(wheel_pending(bench.wheel), 3);
	cr_assert(wheel_cancel_own(bench.wheel, own, 3));
	cr_assert_eq(wheel_pending(bench.wheel), 2);
	cr_assert(wheel_try_hold(bench.wheel));
	cr_assert(wheel_done(bench.wheel, fired));
	cr_assert(wheel_cancel(bench.wheel, cancelled));
	wheel_release(bench.wheel);
	cr_assert_eq(wheel_length(bench.wheel), 3);
	cr_assert_eq(wheel_pending(bench.wheel), 0);
	cr_assert(wheel_try_hold(bench.wheel));
	wheel_release(bench.wheel);
	wheel_settle(bench.wheel);
	cr_assert_eq(wheel_length(bench.wheel), 0);
	cr_assert_eq(wheel_pending(bench.wheel), 0);
	bench_fini(&bench);
}

/* Else a worker would wake up for timers that are no more. */
Test(wheel, settled_it_sleeps_as_if_the_cancelled_had_never_been)
{
	struct bench bench;
	wheel_handle handles[24];
	uint32_t length = sizeof(handles) / sizeof(*handles);

	bench_init(&bench, length);
	for (uint32_t cancelled = 0; cancelled <= length; cancelled++) {
		for (uint32_t i = 0; i < length; i++)
			handles[i] = set(&bench, (i + 1) * SECOND, i);
		for (uint32_t i = 0; i < cancelled; i++)
			cr_assert(wheel_cancel_own(bench.wheel, handles[i],
			    i));
		wheel_settle(bench.wheel);
		cr_assert_eq(wheel_length(bench.wheel), length - cancelled);
		if (cancelled == length)
			cr_assert_eq(wheel_deadline(bench.wheel), CLOCK_NEVER);
		else
			cr_assert_gt(wheel_deadline(bench.wheel), 0);
		for (uint32_t i = cancelled; i < length; i++)
			cr_assert(wheel_cancel(bench.wheel, handles[i]));
	}
	bench_fini(&bench);
}

Test(wheel, those_not_yet_settled_neither_fire_nor_count_for_the_limit)
{
	struct bench bench;
	wheel_handle handles[7];
	uint32_t length = sizeof(handles) / sizeof(*handles);

	bench_init(&bench, length);
	for (int round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < length; i++)
			handles[i] = set(&bench, bench.now + TICK, i);
		for (uint32_t i = 0; i < length; i++)
			cr_assert(wheel_cancel_own(bench.wheel, handles[i],
			    i));
	}
	cr_assert_eq(drain(&bench, bench.now + SECOND), 0);
	cr_assert_eq(wheel_limited(bench.wheel), 0);
	wheel_settle(bench.wheel);
	cr_assert_eq(wheel_length(bench.wheel), 0);
	bench_fini(&bench);
}

Test(wheel, is_settled_in_parts)
{
	enum { LENGTH = 2 * WHEEL_SETTLE_MAX + 1 };
	static wheel_handle handles[LENGTH];
	struct bench bench;

	bench_init(&bench, LENGTH);
	for (uint32_t i = 0; i < LENGTH; i++)
		handles[i] = set(&bench, (i * 7 % 100 + 1) * SECOND, i);
	for (uint32_t i = 0; i < LENGTH; i++)
		cr_assert(wheel_cancel_own(bench.wheel, handles[i], i));
	cr_assert_eq(wheel_length(bench.wheel), LENGTH);
	cr_assert(wheel_settle(bench.wheel));
	cr_assert_eq(wheel_length(bench.wheel), LENGTH - WHEEL_SETTLE_MAX);
	cr_assert(wheel_try_hold(bench.wheel));
	cr_assert(wheel_settle(bench.wheel), "later");
	wheel_release(bench.wheel);
	cr_assert(wheel_settle(bench.wheel));
	cr_assert_not(wheel_settle(bench.wheel));
	cr_assert_eq(wheel_length(bench.wheel), 0);
	cr_assert_eq(wheel_deadline(bench.wheel), CLOCK_NEVER);
	bench_fini(&bench);
}

/* Who sets and cancels for ever in one handler needs no more room than for what
 * is set at once. */
Test(wheel, those_not_yet_settled_are_used_again)
{
	struct bench bench;
	uint64_t bytes;

	bench_init(&bench, 1000000);
	for (int i = 0; i < 100; i++)
		set(&bench, SECOND + (uint64_t)i, 1);
	bytes = atomic_load(&bench.memory.bytes);
	for (int i = 0; i < 100000; i++)
		cr_assert(wheel_cancel_own(bench.wheel,
		    set(&bench, SECOND * (uint64_t)(i % 50), 7), 7));
	cr_assert_leq(wheel_length(bench.wheel), 102);
	cr_assert_eq(atomic_load(&bench.memory.bytes), bytes);
	bench_fini(&bench);
}

Test(wheel, does_what_a_sorted_list_does)
{
	for (uint64_t seed = 1; seed <= 8; seed++)
		model_run(seed);
}

enum { MANY = 1000000 };

static uint8_t *many; /* what became of each: 0 waits, 1 fired, 2 cancelled */
static uint64_t many_now;
static uint64_t many_tick;

static bool
many_fire(void *context, wheel_handle handle, const struct wheel_load *load)
{
	uint64_t tick = (load->words[1] + TICK - 1) / TICK;

	(void)context;
	cr_assert_eq(many[load->words[0]]++, 0, "twice, or cancelled");
	cr_assert_leq(load->words[1], many_now, "early");
	cr_assert_geq(tick, many_tick, "out of order");
	many_tick = tick;
	cr_assert_eq(load->words[2], ~handle % 3);
	return true;
}

Test(wheel, keeps_a_million_timers)
{
	struct memory memory;
	struct random random;
	struct wheel *wheel;
	wheel_handle *handles = malloc(MANY * sizeof(*handles));
	uint32_t cancelled = 0, fired = 0;

	many = calloc(MANY, 1);
	random_init(&random, 11);
	memory_init(&memory, NULL, 0);
	wheel = wheel_new(&memory, 1, MANY, 1, many_fire, NULL);
	for (uint32_t i = 0; i < MANY; i++) {
		uint64_t due = SECOND + random_below(&random, 4000000000u);
		/* Index i + 1, generation 1. */
		uint64_t handle = UINT64_C(1) << 52
		    | (uint64_t)(i + 1) << 26 | 1;

		cr_assert_eq(wheel_set(wheel, due, (struct wheel_load)
		    { { i, due, ~handle % 3 } }, &handles[i]), THS_OK);
		cr_assert_eq(handles[i], handle);
	}
	for (uint32_t i = 0; i < MANY / 2; i++) {
		uint32_t n = random_below(&random, MANY);

		if (many[n] == 0) {
			cr_assert(wheel_cancel(wheel, handles[n]));
			many[n] = 2;
			cancelled++;
		}
	}
	cr_assert_eq(wheel_length(wheel), MANY - cancelled);
	while (wheel_deadline(wheel) != CLOCK_NEVER) {
		many_now = wheel_deadline(wheel);
		cr_assert(wheel_try_hold(wheel));
		fired += wheel_advance(wheel, many_now, 100000);
		wheel_release(wheel);
	}
	cr_assert_eq(fired, MANY - cancelled, "one was lost");
	wheel_free(wheel);
	memory_fini(&memory);
	free(handles);
	free(many);
}
