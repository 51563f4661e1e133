/* SPDX-License-Identifier: MIT */
/*
 * floor_wheel - what does a timer cost?  One thread sets 1 M timers with random
 * delays of 1 to 10 s; then cancels them all, in the order of setting or in a
 * random one; or lets time pass until all have fired.
 *
 *     floor_wheel [timers] [rounds]
 *
 * Prints `name value unit`; the first round also touches the memory for the
 * first time.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "base/random.h"
#include "sched/wheel.h"

#define SECOND UINT64_C(1000000000)

struct bench {
	struct memory memory;
	struct random random;
	struct wheel *wheel;
	wheel_handle *handles;
	uint64_t now; /* of the wheel's clock */
	uint32_t count;
	uint32_t round;
};

static uint64_t
nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

static bool
fire(void *context, wheel_handle handle, const struct wheel_load *load)
{
	struct bench *bench = context;

	(void)load;
	return wheel_done(bench->wheel, handle);
}

static void
report(const struct bench *bench, const char *name, uint64_t spent)
{
	printf("wheel_%s_round%" PRIu32 " %.1f ns\n", name, bench->round,
	    (double)spent / bench->count);
}

static void
set_all(struct bench *bench)
{
	struct wheel_load load = { { 1, 2, 3 } };
	uint64_t start = nanoseconds();

	for (uint32_t i = 0; i < bench->count; i++) {
		uint64_t due = bench->now + SECOND
		    + random_next(&bench->random) % (9 * SECOND);

		if (wheel_set(bench->wheel, due, load, &bench->handles[i]))
			exit(1);
	}
	report(bench, "set", nanoseconds() - start);
}

static void
cancel_all(struct bench *bench, const char *name)
{
	uint64_t start = nanoseconds();

	for (uint32_t i = 0; i < bench->count; i++)
		if (!wheel_cancel(bench->wheel, bench->handles[i]))
			exit(1);
	report(bench, name, nanoseconds() - start);
}

static void
shuffle(struct bench *bench)
{
	for (uint32_t i = bench->count; i > 1; i--) {
		uint32_t j = random_below(&bench->random, i);
		wheel_handle handle = bench->handles[j];

		bench->handles[j] = bench->handles[i - 1];
		bench->handles[i - 1] = handle;
	}
}

/* Ten seconds pass in steps of a tick; the longest step is told too. */
static void
fire_all(struct bench *bench)
{
	uint64_t start = nanoseconds();
	uint64_t before = start;
	uint64_t longest = 0;
	uint32_t fired = 0;

	while (fired < bench->count) {
		uint64_t after;

		bench->now = wheel_deadline(bench->wheel) > bench->now
		    ? wheel_deadline(bench->wheel) : bench->now;
		if (!wheel_try_hold(bench->wheel))
			exit(1);
		fired += wheel_advance(bench->wheel, bench->now, 1024);
		wheel_release(bench->wheel);
		after = nanoseconds();
		longest = after - before > longest ? after - before : longest;
		before = after;
	}
	report(bench, "fire_and_done", before - start);
	printf("wheel_longest_advance_round%" PRIu32 " %" PRIu64 " us\n",
	    bench->round, longest / 1000);
}

int
main(int argc, char **argv)
{
	struct bench bench = { .count = 1000000, .now = 1 };
	uint32_t rounds = 3;

	if (argc > 1)
		bench.count = (uint32_t)strtoul(argv[1], NULL, 0);
	if (argc > 2)
		rounds = (uint32_t)strtoul(argv[2], NULL, 0);
	bench.handles = calloc(bench.count, sizeof(*bench.handles));
	memory_init(&bench.memory, NULL, 0);
	random_init(&bench.random, 1);
	bench.wheel = wheel_new(&bench.memory, 0, bench.count, bench.now, fire,
	    &bench);
	if (bench.handles == NULL || bench.wheel == NULL || bench.count == 0)
		return 1;
	for (bench.round = 1; bench.round <= rounds; bench.round++) {
		set_all(&bench);
		cancel_all(&bench, "cancel_in_order");
		set_all(&bench);
		fire_all(&bench);
		set_all(&bench);
		shuffle(&bench);
		cancel_all(&bench, "cancel_at_random");
	}
	printf("wheel_memory %.1f MiB\n",
	    (double)atomic_load(&bench.memory.bytes) / MiB);
	wheel_free(bench.wheel);
	memory_fini(&bench.memory);
	free(bench.handles);
	return 0;
}
