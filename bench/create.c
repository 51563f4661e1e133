/* SPDX-License-Identifier: MIT */
/*
 * create - one actor starts n others and sends one message to each.
 *
 *   create      the child ends at once: the price of a short life.
 *   unbalanced  the same, after work_ns of work: all of it begins on one
 *               worker, and the others must come and take their share.
 *   idle        the child stays: what a living actor costs in memory.
 */
#include "bench/workloads.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "bench/process.h"

enum { SLEEP_LIMIT_S = 5 };

/* What the children share; constant while they run, but for children_left. */
struct brood {
	const ths_actor *child;
	ths_address gate;
	int64_t size;
	int64_t work_ns;
	/* Children that have not yet had their message.  acq_rel: the last
	 * one's `finished` comes after everything the others did. */
	_Atomic int64_t children_left;
};

THS_MESSAGE(breed,
    THS_FIELD(uint64_t, brood)) /* of struct brood */

THS_MESSAGE(live,
    THS_FIELD(uint64_t, brood)) /* of struct brood */

THS_SIGNAL(go_on)

/* ---------------------------------------------------------- the children */

static ths_status
count_down(ths_self *self, struct brood *brood)
{
	if (atomic_fetch_sub_explicit(&brood->children_left, 1,
	    memory_order_acq_rel) != 1)
		return THS_OK;
	return ths_send(self, brood->gate, finished);
}

static ths_status
on_live_briefly(ths_self *self, ths_nothing *nothing, const struct live *live)
{
	struct brood *brood = bench_pointer(live->brood);

	(void)nothing;
	bench_spin(brood->work_ns);
	ths_exit(self);
	return count_down(self, brood);
}

static ths_status
on_live(ths_self *self, ths_nothing *nothing, const struct live *live)
{
	(void)nothing;
	return count_down(self, bench_pointer(live->brood));
}

THS_ACTOR(mayfly, ths_nothing, THS_ON(live, on_live_briefly))
THS_ACTOR(tortoise, ths_nothing, THS_ON(live, on_live))

/* ------------------------------------------------------------ the mother */

struct mother {
	struct brood *brood;
	int64_t born;
};

static ths_status
on_breed(ths_self *self, struct mother *mother, const struct breed *breed)
{
	mother->brood = bench_pointer(breed->brood);
	return ths_send(self, ths_me(self), go_on);
}

static ths_status
bear_child(ths_self *self, struct brood *brood)
{
	ths_address child;
	ths_status status = ths_spawn_child(self, &child, brood->child, NULL);

	if (status != THS_OK)
		return status;
	return ths_send(self, child, live, .brood = bench_word(brood));
}

static ths_status
on_go_on(ths_self *self, struct mother *mother, const struct go_on *go_on)
{
	/* The last child may end the run: read the brood's size before. */
	const int64_t left = mother->brood->size - mother->born;
	const int64_t chunk = left < BENCH_CHUNK ? left : BENCH_CHUNK;

	(void)go_on;
	for (int64_t i = 0; i < chunk; i++) {
		ths_status status = bear_child(self, mother->brood);

		if (status != THS_OK)
			return status;
	}
	mother->born += chunk;
	if (chunk < left)
		return ths_send(self, ths_me(self), go_on);
	ths_exit_alone(self);
	return THS_OK;
}

THS_ACTOR(mother, struct mother,
    THS_START(breed, on_breed),
    THS_ON(go_on, on_go_on))

/* --------------------------------------------------------- the workloads */

/* Runs n children of this kind; returns how long it took. */
static int64_t
breed(struct bench *bench, const ths_actor *child, int64_t n, int64_t work_ns)
{
	struct brood *brood = bench_array(bench, 1, sizeof(*brood));
	int64_t begin, span;

	brood->child = child;
	brood->gate = bench_gate(bench);
	brood->size = n;
	brood->work_ns = work_ns;
	atomic_init(&brood->children_left, n);
	begin = bench_clock_ns();
	bench_spawn(bench, &mother_actor,
	    &THS_ANY(breed, .brood = bench_word(brood)));
	bench_wait(bench);
	span = bench_clock_ns() - begin;
	bench_check(bench, "number of children left",
	    atomic_load_explicit(&brood->children_left, memory_order_acquire),
	    0);
	/* The last of n children has sent `finished`, and the mother looks at
	 * the brood only before her last child: nobody needs it any more. */
	free(brood);
	bench_expect(bench, 1 + (uint64_t)n, (uint64_t)n);
	return span;
}

static void
run_create(struct bench *bench)
{
	const int64_t n = bench->values[0];
	int64_t span;

	bench_label(bench, "n=%" PRId64, n);
	span = breed(bench, &mayfly_actor, n, 0);
	bench_row(bench, (double)span / (double)n, "ns/actor");
	bench_row_peak(bench, "create");
}

static void
run_unbalanced(struct bench *bench)
{
	const int64_t work_ns = bench->values[0], n = bench->values[1];
	int64_t span;

	bench_label(bench, "n=%" PRId64 ";work_ns=%" PRId64, n, work_ns);
	span = breed(bench, &mayfly_actor, n, work_ns);
	bench_row(bench, (double)span / 1e6, "ms");
}

static void
run_idle(struct bench *bench)
{
	const int64_t n = bench->values[0];
	const int64_t before_kib = process_resident_kib();
	int64_t span, after_kib;
	ths_vm_status status;

	bench_label(bench, "n=%" PRId64, n);
	span = breed(bench, &tortoise_actor, n, 0);
	/* Idle is what is measured: the workers have gone to sleep. */
	if (!process_wait_asleep(THS_SECONDS(SLEEP_LIMIT_S)))
		bench_fail(bench, "a thread is busy %d s after the last "
		    "message", SLEEP_LIMIT_S);
	after_kib = process_resident_kib();
	ths_vm_status_read(bench->vm, &status);
	if (status.actors < (uint64_t)n)
		bench_fail(bench, "%" PRIu64 " actors alive, not %" PRId64,
		    status.actors, n);
	bench_row(bench, (double)(after_kib - before_kib) * 1024 / (double)n,
	    "bytes/actor");
	bench_row(bench, (double)span / (double)n, "ns/actor_create_handle");
}

const struct workload workload_create = {
	.name = "create",
	.what = "one actor starts n others; each handles a message and ends",
	.parameters = { { "n", 1000000, 1, 1000000000 } },
	.run = run_create,
};

const struct workload workload_unbalanced = {
	.name = "unbalanced",
	.what = "as create, with work_ns of work in each",
	.parameters = {
		{ "work_ns", 1000, 0, 1000000000 },
		{ "n", 1000000, 1, 1000000000 },
	},
	.run = run_unbalanced,
};

const struct workload workload_idle = {
	.name = "idle",
	.what = "n actors handle a message each and stay: memory of each",
	.parameters = { { "n", 1000000, 1, 16000000 } },
	.run = run_idle,
};
