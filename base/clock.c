/* SPDX-License-Identifier: MIT */
/* clock - the only door to time; see clock.h. */
#include "base/clock.h"

#include <time.h>

#include "base/check.h"

enum { NS_PER_SECOND = 1000000000 };

/* Fits: the system counts nanoseconds in 64 bits itself. */
static int64_t
read_ns(clockid_t which)
{
	struct timespec now;

	CHECK(clock_gettime(which, &now) == 0);
	return (int64_t)now.tv_sec * NS_PER_SECOND + (int64_t)now.tv_nsec;
}

static uint64_t
monotonic_ns(void)
{
	return (uint64_t)read_ns(CLOCK_MONOTONIC);
}

static uint64_t
system_now(void *context)
{
	const struct clock *clock = context;

	return monotonic_ns() - clock->origin;
}

static ths_time
system_wall(void *context)
{
	(void)context;
	return read_ns(CLOCK_REALTIME);
}

void
clock_init_system(struct clock *clock)
{
	clock->now = system_now;
	clock->wall = system_wall;
	clock->context = clock;
	clock->origin = monotonic_ns() - 1; /* so that the first now is 1 */
}

uint64_t
clock_after(uint64_t now, int64_t span_ns)
{
	if (span_ns == INT64_MAX)
		return CLOCK_NEVER;
	if (span_ns <= 0)
		return now;
	if ((uint64_t)span_ns > CLOCK_NEVER - now)
		return CLOCK_NEVER;
	return now + (uint64_t)span_ns;
}
