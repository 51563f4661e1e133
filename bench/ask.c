/* SPDX-License-Identifier: MIT */
/*
 * ask - a thread of the host calls an actor and waits for its answer, n times:
 * the way from outside into the VM and back.
 */
#include "bench/workloads.h"

#include <inttypes.h>
#include <stdlib.h>

enum { CALL_LIMIT_S = 60 };

THS_MESSAGE(question,
    THS_FIELD(int64_t, value))

THS_MESSAGE(answer,
    THS_FIELD(int64_t, value))

static ths_status
on_question(ths_self *self, ths_nothing *nothing,
    const struct question *question)
{
	(void)nothing;
	return ths_reply(self, answer, .value = question->value + 1);
}

THS_ACTOR(echo, ths_nothing, THS_ON(question, on_question))

/* Calls once, checks the answer; returns how long the call took. */
static int64_t
call(struct bench *bench, ths_address echo, int64_t value)
{
	int64_t begin = bench_clock_ns(), span;
	ths_mail *mail = ths_call_message(bench->vm, bench->gate, echo,
	    THS_SECONDS(CALL_LIMIT_S), THS_PAYLOAD(question, .value = value));
	const struct answer *answer;

	span = bench_clock_ns() - begin;
	answer = ths_mail_as(mail, answer);
	if (answer == NULL)
		bench_fail(bench, "no answer: %s", ths_mail_why(mail));
	bench_check(bench, "answer", answer->value, value + 1);
	ths_mail_free(mail);
	return span;
}

static void
run(struct bench *bench)
{
	const int64_t n = bench->values[0];
	int64_t *times_ns = bench_array(bench, n, sizeof(*times_ns));
	ths_address echo = bench_spawn(bench, &echo_actor, NULL);

	bench_label(bench, "n=%" PRId64 ";client=outside_thread", n);
	for (int64_t i = 0; i < n; i++)
		times_ns[i] = call(bench, echo, i);
	bench_row_quantiles(bench, times_ns, n);
	free(times_ns);
	bench_expect(bench, 1, 2 * (uint64_t)n);
}

const struct workload workload_ask = {
	.name = "ask",
	.what = "a thread outside calls an actor and waits for the answer",
	.parameters = { { "n", 200000, 1, 100000000 } },
	.run = run,
};
