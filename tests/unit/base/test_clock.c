/* SPDX-License-Identifier: MIT */
/* clock: what its users are promised. */
#include "base/clock.h"

#include <time.h>

#include "tests/harness.h"

static uint64_t
fixed_now(void *context)
{
	return *(uint64_t *)context;
}

Test(clock, begins_at_one_and_never_goes_back)
{
	struct clock clock;
	uint64_t last;
	uint64_t now;

	clock_init_system(&clock);
	last = clock_now(&clock);
	cr_assert_geq(last, 1);
	cr_assert_lt(last, UINT64_C(60000000000));
	for (int i = 0; i < 1000; i++) {
		now = clock_now(&clock);
		cr_assert_geq(now, last);
		last = now;
	}
}

static ths_time
fixed_wall(void *context)
{
	return *(ths_time *)context;
}

Test(clock, tells_the_date_as_the_system_does)
{
	struct clock clock;
	time_t before = time(NULL);
	ths_time date;

	clock_init_system(&clock);
	date = clock_wall(&clock);
	/* time() goes by a coarser tick, and a clock may be set meanwhile. */
	cr_assert_geq(date, THS_SECONDS(before - 5));
	cr_assert_leq(date, THS_SECONDS(time(NULL) + 5));
}

Test(clock, asks_its_port_for_the_date)
{
	ths_time date = -7;
	struct clock clock = { .wall = fixed_wall, .context = &date };

	cr_assert_eq(clock_wall(&clock), -7);
	date = INT64_MAX;
	cr_assert_eq(clock_wall(&clock), INT64_MAX);
}

Test(clock, counts_nanoseconds)
{
	struct timespec nap = { .tv_nsec = 20000000 };
	struct clock clock;
	uint64_t before;
	uint64_t span;

	clock_init_system(&clock);
	before = clock_now(&clock);
	nanosleep(&nap, NULL);
	span = clock_now(&clock) - before;
	cr_assert_geq(span, 20000000);
	cr_assert_lt(span, UINT64_C(20000000000));
}

Test(clock, asks_the_port_it_was_given)
{
	uint64_t time = 41;
	struct clock clock = { .now = fixed_now, .context = &time };

	cr_assert_eq(clock_now(&clock), 41);
	time = 42;
	cr_assert_eq(clock_now(&clock), 42);
}

Test(clock, adds_a_span_without_wrapping)
{
	cr_assert_eq(clock_after(5, 3), 8);
	cr_assert_eq(clock_after(5, 0), 5);
	cr_assert_eq(clock_after(5, -1), 5);
	cr_assert_eq(clock_after(5, INT64_MIN), 5);
	cr_assert_eq(clock_after(5, INT64_MAX), CLOCK_NEVER);
	cr_assert_eq(clock_after(5, INT64_MAX - 1), (uint64_t)INT64_MAX + 4);
	cr_assert_eq(clock_after(CLOCK_NEVER - 2, 1), CLOCK_NEVER - 1);
	cr_assert_eq(clock_after(CLOCK_NEVER - 2, 3), CLOCK_NEVER);
	cr_assert_eq(clock_after(CLOCK_NEVER - 2, INT64_MAX - 1), CLOCK_NEVER);
	cr_assert_eq(clock_after(CLOCK_NEVER, 1), CLOCK_NEVER);
}
