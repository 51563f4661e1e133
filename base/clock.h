/* SPDX-License-Identifier: MIT */
/*
 * clock - the only door to time: monotonic nanoseconds.
 *
 * A VM's clock starts at 1 when the VM starts, so that 0 can mean "never".
 * Threads: any.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_NEVER UINT64_MAX

/* The port: `now` is monotonic and never returns 0. */
struct clock {
	uint64_t (*now)(void *context);
	void *context;
	uint64_t origin; /* subtracted by clock_system's now */
};

/* The system's monotonic clock, counting from this call.  The struct must not
 * move afterwards. */
void clock_init_system(struct clock *clock);

static inline uint64_t
clock_now(const struct clock *clock)
{
	return clock->now(clock->context);
}

/* now + span, without overflow; a span of INT64_MAX or more is CLOCK_NEVER,
 * a negative one is now. */
uint64_t clock_after(uint64_t now, int64_t span_ns);

#endif
