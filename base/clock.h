/* SPDX-License-Identifier: MIT */
/*
 * clock - the only door to time: monotonic nanoseconds, and the date.
 *
 * A VM's clock starts at 1 when the VM starts, so that 0 can mean "never".
 * The date is that of the wall clock, which somebody may set: it jumps either
 * way, and stands still at times.  So no deadline goes by it.
 * Threads: any.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#include "thespis/value.h"

#define CLOCK_NEVER UINT64_MAX

/* The port: `now` is monotonic and never returns 0.  `wall` may be NULL where
 * nobody wants to know. */
struct clock {
	uint64_t (*now)(void *context);
	ths_time (*wall)(void *context);
	void *context;
	uint64_t origin; /* subtracted by clock_system's now */
};

/* The system's clocks; the monotonic one counts from this call.  The struct
 * must not move afterwards. */
void clock_init_system(struct clock *clock);

static inline uint64_t
clock_now(const struct clock *clock)
{
	return clock->now(clock->context);
}

/* Nanoseconds since 1970. */
static inline ths_time
clock_wall(const struct clock *clock)
{
	return clock->wall(clock->context);
}

/* now + span, without overflow; a span of INT64_MAX or more is CLOCK_NEVER,
 * a negative one is now. */
uint64_t clock_after(uint64_t now, int64_t span_ns);

#endif
