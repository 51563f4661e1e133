/* SPDX-License-Identifier: MIT */
/*
 * timers - one actor sets n timers of 1 to 10 s and cancels them all: the life
 * of a timeout, which nearly always is cancelled.
 */
#include "bench/workloads.h"

#include <inttypes.h>
#include <stdlib.h>

THS_MESSAGE(wind,
    THS_FIELD(uint64_t, clockwork)) /* of struct clockwork */

/* The actor's until it has sent `finished`. */
struct clockwork {
	ths_address gate;
	ths_timer *timers;
	int64_t length;
	int64_t set_ns;    /* how long setting took, all in all */
	int64_t cancel_ns; /* and cancelling */
};

static ths_duration
delay(uint64_t *random)
{
	return THS_MILLISECONDS(1000 + bench_random(random) % 9000);
}

static ths_status
set_timers(ths_self *self, struct clockwork *clockwork)
{
	uint64_t random = 1;

	for (int64_t i = 0; i < clockwork->length; i++) {
		ths_status status = ths_timer_set(self, delay(&random),
		    (uint64_t)i, &clockwork->timers[i]);

		if (status != THS_OK)
			return status;
	}
	return THS_OK;
}

/* Returns how many could still be cancelled. */
static int64_t
cancel_timers(ths_self *self, struct clockwork *clockwork)
{
	int64_t cancelled = 0;

	for (int64_t i = 0; i < clockwork->length; i++)
		cancelled += ths_timer_cancel(self, clockwork->timers[i]);
	return cancelled;
}

static ths_status
on_wind(ths_self *self, ths_nothing *nothing, const struct wind *wind)
{
	struct clockwork *clockwork = bench_pointer(wind->clockwork);
	int64_t begin = bench_clock_ns(), set, cancelled;
	ths_status status = set_timers(self, clockwork);

	(void)nothing;
	if (status != THS_OK)
		return status;
	set = bench_clock_ns();
	cancelled = cancel_timers(self, clockwork);
	clockwork->set_ns = set - begin;
	clockwork->cancel_ns = bench_clock_ns() - set;
	return ths_send(self, clockwork->gate, finished, .value = cancelled);
}

THS_ACTOR(watchmaker, ths_nothing, THS_ON(wind, on_wind))

static void
run(struct bench *bench)
{
	const int64_t n = bench->values[0];
	struct clockwork clockwork = { .gate = bench_gate(bench), .length = n };
	int64_t cancelled;

	bench_label(bench, "n=%" PRId64, n);
	clockwork.timers = bench_array(bench, n, sizeof(*clockwork.timers));
	bench_tell(bench, bench_spawn(bench, &watchmaker_actor, NULL), wind,
	    .clockwork = bench_word(&clockwork));
	cancelled = bench_wait(bench);
	bench_row_as(bench, "timers_set",
	    (double)clockwork.set_ns / (double)n, "ns/timer");
	bench_row_as(bench, "timers_cancel",
	    (double)clockwork.cancel_ns / (double)n, "ns/timer");
	bench_row_peak(bench, "timers_set");
	/* All of it is one handler, in which no wake-up can be handled. */
	bench_check(bench, "number of cancelled timers", cancelled, n);
	free(clockwork.timers);
	bench_expect(bench, 1, 2);
}

const struct workload workload_timers = {
	.name = "timers",
	.what = "one actor sets n timers of 1 to 10 s, then cancels them all",
	.parameters = { { "n", 1000000, 1, 16000000 } },
	.run = run,
};
