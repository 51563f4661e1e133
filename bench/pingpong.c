/* SPDX-License-Identifier: MIT */
/*
 * pingpong - two actors and one ball: the price of a message when nothing can
 * be done in parallel and nothing can be batched.
 */
#include "bench/workloads.h"

#include <inttypes.h>

THS_MESSAGE(ball,
    THS_FIELD(int64_t, strokes)) /* this one included */

THS_MESSAGE(serve,
    THS_FIELD(ths_address, opponent),
    THS_FIELD(ths_address, gate),
    THS_FIELD(int64_t, rounds))

struct server {
	ths_address gate;
	int64_t rounds_left;
};

static ths_status
on_serve(ths_self *self, struct server *server, const struct serve *serve)
{
	server->gate = serve->gate;
	server->rounds_left = serve->rounds;
	return ths_send(self, serve->opponent, ball, .strokes = 1);
}

static ths_status
on_answer(ths_self *self, struct server *server, const struct ball *ball)
{
	if (--server->rounds_left == 0)
		return ths_send(self, server->gate, finished,
		    .value = ball->strokes);
	return ths_reply(self, ball, .strokes = ball->strokes + 1);
}

THS_ACTOR(ping, struct server,
    THS_START(serve, on_serve),
    THS_ON(ball, on_answer))

static ths_status
on_ball(ths_self *self, ths_nothing *nothing, const struct ball *ball)
{
	(void)nothing;
	return ths_reply(self, ball, .strokes = ball->strokes + 1);
}

THS_ACTOR(pong, ths_nothing, THS_ON(ball, on_ball))

static void
run(struct bench *bench)
{
	const int64_t rounds = bench->values[0];
	int64_t begin, strokes;
	ths_address opponent;

	bench_label(bench, "n=%" PRId64, rounds);
	begin = bench_clock_ns();
	opponent = bench_spawn(bench, &pong_actor, NULL);
	bench_spawn(bench, &ping_actor, &THS_ANY(serve,
	    .opponent = opponent, .gate = bench_gate(bench),
	    .rounds = rounds));
	strokes = bench_wait(bench);
	bench_row(bench, (double)(bench_clock_ns() - begin) /
	    (2.0 * (double)rounds), "ns/msg");
	bench_check(bench, "number of strokes", strokes, 2 * rounds);
	bench_expect(bench, 2, 2 * (uint64_t)rounds);
}

const struct workload workload_pingpong = {
	.name = "pingpong",
	.what = "two actors send one message to and fro, n round trips",
	.parameters = { { "n", 5000000, 1, INT64_C(1000000000000) } },
	.run = run,
};
