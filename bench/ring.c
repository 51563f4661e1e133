/* SPDX-License-Identifier: MIT */
/*
 * ring - 503 actors in a ring hand one token on: as pingpong, with more actors
 * than fit into the nearest cache.
 */
#include "bench/workloads.h"

#include <inttypes.h>

enum { ACTORS = 503 };

THS_MESSAGE(token,
    THS_FIELD(int64_t, hops_left))

THS_MESSAGE(link,
    THS_FIELD(ths_address, next),
    THS_FIELD(ths_address, gate))

struct station {
	ths_address next;
	ths_address gate;
};

static ths_status
on_link(ths_self *self, struct station *station, const struct link *link)
{
	(void)self;
	station->next = link->next;
	station->gate = link->gate;
	return THS_OK;
}

static ths_status
on_token(ths_self *self, struct station *station, const struct token *token)
{
	if (token->hops_left == 0)
		return ths_send(self, station->gate, finished);
	return ths_send(self, station->next, token,
	    .hops_left = token->hops_left - 1);
}

THS_ACTOR(station, struct station,
    THS_ON(link, on_link),
    THS_ON(token, on_token))

static void
run(struct bench *bench)
{
	const int64_t hops = bench->values[0];
	ths_address stations[ACTORS];
	int64_t begin;

	bench_label(bench, "actors=%d;hops=%" PRId64, ACTORS, hops);
	begin = bench_clock_ns();
	for (int i = 0; i < ACTORS; i++)
		stations[i] = bench_spawn(bench, &station_actor, NULL);
	for (int i = 0; i < ACTORS; i++)
		bench_tell(bench, stations[i], link,
		    .next = stations[(i + 1) % ACTORS],
		    .gate = bench_gate(bench));
	bench_tell(bench, stations[0], token, .hops_left = hops);
	bench_wait(bench);
	bench_row(bench, (double)(bench_clock_ns() - begin) / (double)hops,
	    "ns/hop");
	bench_expect(bench, ACTORS, ACTORS + 1 + (uint64_t)hops);
}

const struct workload workload_ring = {
	.name = "ring",
	.what = "503 actors in a ring hand one token on",
	.parameters = { { "hops", 10000000, 1, INT64_C(1000000000000) } },
	.run = run,
};
