/* SPDX-License-Identifier: MIT */
/*
 * wake - from a send to a VM whose workers are all parked until the message's
 * handler runs: what saving power costs.
 *
 * A round begins only when the operating system says that every other thread
 * sleeps, and in the end the VM must have counted a park for each round.
 */
#include "bench/workloads.h"

#include <inttypes.h>
#include <stdlib.h>

#include "bench/process.h"

enum { PARK_LIMIT_S = 10 };

THS_SIGNAL(alarm_bell)

THS_MESSAGE(awake,
    THS_FIELD(int64_t, at_ns)) /* when the handler began */

static ths_status
on_alarm_bell(ths_self *self, ths_nothing *nothing,
    const struct alarm_bell *bell)
{
	const int64_t now_ns = bench_clock_ns();

	(void)nothing;
	(void)bell;
	return ths_reply(self, awake, .at_ns = now_ns);
}

THS_ACTOR(sleeper, ths_nothing, THS_ON(alarm_bell, on_alarm_bell))

/* Wakes the actor once; returns how long it took. */
static int64_t
wake(struct bench *bench, ths_address sleeper)
{
	const struct awake *awake;
	ths_mail *mail;
	int64_t begin, span;

	if (!process_wait_asleep(THS_SECONDS(PARK_LIMIT_S)))
		bench_fail(bench, "a worker is busy %d s after its last "
		    "message", PARK_LIMIT_S);
	begin = bench_clock_ns();
	bench_tell(bench, sleeper, alarm_bell);
	mail = bench_listen(bench);
	awake = ths_mail_as(mail, awake);
	if (awake == NULL)
		bench_fail(bench, "unexpected mail: %s", ths_mail_why(mail));
	span = awake->at_ns - begin;
	ths_mail_free(mail);
	return span;
}

static int64_t
count_parks(const struct bench *bench)
{
	ths_worker_status status;
	int64_t parks = 0;

	for (uint32_t i = 0;
	    ths_vm_worker_status_read(bench->vm, i, &status); i++)
		parks += (int64_t)status.parks;
	return parks;
}

static void
run(struct bench *bench)
{
	const int64_t n = bench->values[0];
	int64_t *times_ns = bench_array(bench, n, sizeof(*times_ns));
	ths_address sleeper = bench_spawn(bench, &sleeper_actor, NULL);

	bench_label(bench, "n=%" PRId64, n);
	for (int64_t i = 0; i < n; i++)
		times_ns[i] = wake(bench, sleeper);
	if (count_parks(bench) < n)
		bench_fail(bench, "%" PRId64 " parks in %" PRId64 " rounds",
		    count_parks(bench), n);
	bench_row_quantiles(bench, times_ns, n);
	free(times_ns);
	bench_expect(bench, 1, 2 * (uint64_t)n);
}

const struct workload workload_wake = {
	.name = "wake",
	.what = "a thread outside sends to an actor, all workers parked",
	.parameters = { { "n", 2000, 1, 10000000 } },
	.run = run,
};
