/* SPDX-License-Identifier: MIT */
/*
 * sim: order, time and sleep of simulated threads, without a VM on them.  What
 * the house does in a simulation is the business of tests/sim/.
 */
#include "sim/sim.h"

#include <stdatomic.h>

#include "tests/harness.h"

enum { SEEDS = 50 };

/* A number raised by a load and a store with a point between: what a data race
 * does to it shows. */
struct tally {
	_Atomic uint64_t count; /* relaxed: the point is what lies between */
};

static void
raise_carelessly(void *argument)
{
	struct tally *tally = argument;

	for (int i = 0; i < 10; i++) {
		uint64_t seen = atomic_load_explicit(&tally->count,
		    memory_order_relaxed);

		sched_point(SCHED_SITE_INBOX);
		atomic_store_explicit(&tally->count, seen + 1,
		    memory_order_relaxed);
	}
}

/* Runs three such threads; the count they reach, and the signature. */
static uint64_t
race(uint64_t seed, uint64_t *signature)
{
	ths_sim sim;
	struct tally tally = { 0 };

	sim_init(&sim, &(ths_sim_config){ .seed = seed });
	for (int i = 0; i < 3; i++)
		cr_assert_eq(sim_spawn(&sim, "racer", raise_carelessly, &tally,
		    NULL), THS_OK);
	cr_assert_eq(sim_run(&sim), THS_SIM_DONE);
	*signature = sim.signature;
	sim_fini(&sim);
	return tally.count;
}

Test(sim, gives_one_order_for_one_seed)
{
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		uint64_t first;
		uint64_t second;

		cr_assert_eq(race(seed, &first), race(seed, &second));
		cr_assert_eq(first, second);
	}
}

Test(sim, gives_other_orders_for_other_seeds)
{
	uint64_t signatures[SEEDS];
	int lost = 0;
	int alike = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		lost += race(seed, &signatures[seed]) < 30;
		for (uint64_t i = 0; i < seed; i++)
			alike += signatures[i] == signatures[seed];
	}
	cr_assert_lt(alike, SEEDS / 2); /* of 1225 pairs */
	cr_assert_gt(lost, SEEDS / 2);  /* most find the careless update */
	cr_assert_lt(lost, SEEDS + 1);
}

/* A sleeper and the one who wakes it, by the parker's protocol. */
struct pair {
	ths_sim *sim;
	struct parker parker;
	_Atomic int sent;
	int received;
	bool forgets; /* to look once more before it sleeps */
};

static void
receive(void *argument)
{
	struct pair *pair = argument;

	while (pair->received < 5) {
		uint32_t ticket = parker_ticket(&pair->parker);

		sched_point(SCHED_SITE_IDLE);
		if (atomic_load(&pair->sent) > pair->received) {
			pair->received++;
			continue;
		}
		if (pair->forgets) {
			sched_point(SCHED_SITE_IDLE);
			ticket = parker_ticket(&pair->parker);
		}
		parker_wait(&pair->parker, ticket, CLOCK_NEVER);
	}
}

static void
send(void *argument)
{
	struct pair *pair = argument;

	for (int i = 0; i < 5; i++) {
		atomic_fetch_add(&pair->sent, 1);
		sched_point(SCHED_SITE_IDLE);
		parker_wake(&pair->parker);
	}
}

static ths_sim_end
run_pair(uint64_t seed, bool forgets)
{
	ths_sim sim;
	struct pair pair = { .sim = &sim, .forgets = forgets };
	ths_sim_end end;

	sim_init(&sim, &(ths_sim_config){ .seed = seed });
	parker_init(&pair.parker, &sim.parker_port, &sim.clock);
	cr_assert_eq(sim_spawn(&sim, "receiver", receive, &pair, NULL), THS_OK);
	cr_assert_eq(sim_spawn(&sim, "sender", send, &pair, NULL), THS_OK);
	end = sim_run(&sim);
	cr_assert(end == THS_SIM_QUIET || pair.received == 5);
	sim_fini(&sim);
	return end;
}

Test(sim, never_loses_a_wake_of_the_parker)
{
	for (uint64_t seed = 0; seed < 1000; seed++)
		cr_assert_eq(run_pair(seed, false), THS_SIM_DONE);
}

Test(sim, finds_a_lost_wake)
{
	int stuck = 0;

	for (uint64_t seed = 0; seed < 200; seed++)
		stuck += run_pair(seed, true) == THS_SIM_QUIET;
	cr_assert_gt(stuck, 0);
}

/* Sleeps of different length, joined by the first. */
struct nap {
	ths_sim *sim;
	uint64_t span_ns;
	uint64_t woke_ns;
	uint32_t number;
};

static void
nap(void *argument)
{
	struct nap *self = argument;

	sim_sleep(self->sim, self->span_ns);
	self->woke_ns = self->sim->clock.now(self->sim->clock.context);
}

static void
start_naps(void *argument)
{
	struct nap *naps = argument;

	for (int i = 1; i < 4; i++)
		cr_assert_eq(sim_spawn(naps[0].sim, "nap", nap, &naps[i],
		    &naps[i].number), THS_OK);
	for (int i = 3; i > 0; i--)
		sim_join(naps[0].sim, naps[i].number);
	naps[0].woke_ns = clock_now(&naps[0].sim->clock);
}

Test(sim, jumps_in_time_when_all_sleep)
{
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		ths_sim sim;
		struct nap naps[4] = {
			{ .sim = &sim },
			{ .sim = &sim, .span_ns = 1000000000 },
			{ .sim = &sim, .span_ns = 3600000000000 },
			{ .sim = &sim, .span_ns = 5000 },
		};

		sim_init(&sim, &(ths_sim_config){ .seed = seed });
		cr_assert_eq(sim_spawn(&sim, "first", start_naps, naps, NULL),
		    THS_OK);
		cr_assert_eq(sim_run(&sim), THS_SIM_DONE);
		cr_assert_leq(sim.points, 6); /* sleeps and joins */
		for (int i = 1; i < 4; i++)
			cr_assert_eq(naps[i].woke_ns / 1000 * 1000,
			    naps[i].span_ns);
		cr_assert_geq(naps[0].woke_ns, naps[2].woke_ns);
		sim_fini(&sim);
	}
}

static void
never_return(void *argument)
{
	(void)argument;
	for (;;)
		sched_point(SCHED_SITE_SPIN);
}

Test(sim, ends_a_livelock_at_its_limit)
{
	ths_sim sim;
	char report[256];

	sim_init(&sim, &(ths_sim_config){ .seed = 1, .points_max = 1000 });
	cr_assert_eq(sim_spawn(&sim, "mill", never_return, NULL, NULL), THS_OK);
	cr_assert_eq(sim_run(&sim), THS_SIM_LIMIT);
	sim_report(&sim, report, sizeof(report));
	cr_assert_str_eq(report, "1 mill runs after spin");
	sim_fini(&sim);
}

static void
do_nothing(void *argument)
{
	(void)argument;
}

Test(sim, refuses_more_threads_than_its_limit)
{
	ths_sim sim;

	sim_init(&sim, &(ths_sim_config){ .seed = 1 });
	for (int i = 0; i < THS_SIM_THREADS_MAX; i++)
		cr_assert_eq(sim_spawn(&sim, "idler", do_nothing, NULL, NULL),
		    THS_OK);
	cr_assert_eq(sim_spawn(&sim, "idler", do_nothing, NULL, NULL),
	    THS_LIMIT);
	cr_assert_eq(sim_run(&sim), THS_SIM_DONE);
	memory_fault_at(&sim.memory, 2);
	cr_assert_eq(sim_spawn(&sim, "idler", do_nothing, NULL, NULL),
	    THS_NO_MEMORY);
	cr_assert_eq(sim_run(&sim), THS_SIM_DONE);
	sim_fini(&sim);
}

/* What a thread asked for at its end, in order. */
struct last_will {
	ths_sim *sim;
	char said[4];
	int length;
};

static void
say_a(void *argument)
{
	struct last_will *will = argument;

	will->said[will->length++] = 'a';
}

static void
say_b(void *argument)
{
	struct last_will *will = argument;

	will->said[will->length++] = 'b';
}

static void
make_will(void *argument)
{
	struct last_will *will = argument;

	sim_at_leave(will->sim, say_a, will);
	sim_at_leave(will->sim, say_b, will);
	will->said[will->length++] = '-';
}

Test(sim, clears_up_after_a_thread_in_reverse)
{
	ths_sim sim;
	struct last_will will = { .sim = &sim };

	sim_init(&sim, &(ths_sim_config){ .seed = 1 });
	cr_assert_eq(sim_spawn(&sim, "testator", make_will, &will, NULL),
	    THS_OK);
	cr_assert_eq(sim_run(&sim), THS_SIM_DONE);
	cr_assert_str_eq(will.said, "-ba");
	sim_fini(&sim);
}

static void
pass_points(void *argument)
{
	(void)argument;
	sched_points_off();
	sched_points_off();
	sched_point(SCHED_SITE_SLOT);
	sched_points_on();
	sched_point(SCHED_SITE_SLOT);
	sched_points_on();
	sched_point(SCHED_SITE_SLOT);
}

Test(sim, leaves_nobody_whose_points_are_off)
{
	ths_sim sim;

	sim_init(&sim, &(ths_sim_config){ .seed = 1 });
	cr_assert_eq(sim_spawn(&sim, "holder", pass_points, NULL, NULL),
	    THS_OK);
	cr_assert_eq(sim_run(&sim), THS_SIM_DONE);
	cr_assert_eq(sim.points, 1);
	sim_fini(&sim);
}

Test(sim, takes_back_a_thread_that_has_not_run)
{
	ths_sim sim;
	uint32_t number;

	sim_init(&sim, &(ths_sim_config){ .seed = 1 });
	cr_assert_eq(sim_spawn(&sim, "mill", never_return, NULL, &number),
	    THS_OK);
	sim_unspawn(&sim, number);
	cr_assert_eq(sim_self(&sim), 0);
	cr_assert_eq(sim_run(&sim), THS_SIM_DONE);
	sim_fini(&sim);
}
