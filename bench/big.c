/* SPDX-License-Identifier: MIT */
/*
 * big - 1000 actors, each with one ping on its way to a random other one: many
 * to many, with every actor ready a little all the time.
 */
#include "bench/workloads.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { ACTORS = 1000 };

/* What the actors share; constant while they run, but for actors_left. */
struct crowd {
	ths_address actors[ACTORS];
	ths_address gate;
	int64_t pings;
	/* Actors that still wait for a pong.  acq_rel: the last one's
	 * `finished` comes after everything the others did. */
	_Atomic int64_t actors_left;
};

THS_MESSAGE(join,
    THS_FIELD(uint64_t, crowd), /* of struct crowd */
    THS_FIELD(int64_t, index))

THS_SIGNAL(begin)
THS_SIGNAL(ping)
THS_SIGNAL(pong)

struct member {
	struct crowd *crowd;
	uint64_t random;
	int64_t pings_sent;
};

static ths_status
on_join(ths_self *self, struct member *member, const struct join *join)
{
	(void)self;
	member->crowd = bench_pointer(join->crowd);
	member->random = (uint64_t)join->index * UINT64_C(2654435761) +
	    UINT64_C(88172645463325252);
	return THS_OK;
}

static ths_status
ping_someone(ths_self *self, struct member *member)
{
	const struct crowd *crowd = member->crowd;

	member->pings_sent++;
	return ths_send(self,
	    crowd->actors[bench_random(&member->random) % ACTORS], ping);
}

static ths_status
on_begin(ths_self *self, struct member *member, const struct begin *begin)
{
	(void)begin;
	return ping_someone(self, member);
}

static ths_status
on_ping(ths_self *self, struct member *member, const struct ping *ping)
{
	(void)member;
	(void)ping;
	return ths_reply(self, pong);
}

static ths_status
on_pong(ths_self *self, struct member *member, const struct pong *pong)
{
	struct crowd *crowd = member->crowd;

	(void)pong;
	if (member->pings_sent < crowd->pings)
		return ping_someone(self, member);
	if (atomic_fetch_sub_explicit(&crowd->actors_left, 1,
	    memory_order_acq_rel) != 1)
		return THS_OK;
	return ths_send(self, crowd->gate, finished);
}

THS_ACTOR(member, struct member,
    THS_START(join, on_join),
    THS_ON(begin, on_begin),
    THS_ON(ping, on_ping),
    THS_ON(pong, on_pong))

static void
run(struct bench *bench)
{
	const int64_t pings = bench->values[0];
	struct crowd *crowd = bench_array(bench, 1, sizeof(*crowd));
	int64_t begin;

	bench_label(bench, "actors=%d;pings=%" PRId64, ACTORS, pings);
	crowd->gate = bench_gate(bench);
	crowd->pings = pings;
	atomic_init(&crowd->actors_left, ACTORS);
	begin = bench_clock_ns();
	for (int64_t i = 0; i < ACTORS; i++)
		crowd->actors[i] = bench_spawn(bench, &member_actor,
		    &THS_ANY(join, .crowd = bench_word(crowd),
		    .index = i));
	for (int i = 0; i < ACTORS; i++)
		bench_tell(bench, crowd->actors[i], begin);
	bench_wait(bench);
	bench_row(bench, (double)(bench_clock_ns() - begin) /
	    (double)(ACTORS * pings), "ns/roundtrip");
	/* Every ping has its pong, so no actor needs the crowd any more. */
	free(crowd);
	bench_expect(bench, ACTORS, ACTORS + 2 * ACTORS * (uint64_t)pings);
}

const struct workload workload_big = {
	.name = "big",
	.what = "1000 actors ping random others and answer, so many pings each",
	.parameters = { { "pings", 1000, 1, 1000000000 } },
	.run = run,
};
