/* SPDX-License-Identifier: MIT */
/*
 * handoff - what a busy handler has sent is run by workers that have nothing to
 * do; and a fault in a handler reaches the host's own signal handler.
 */
#include <sched.h>
#include <signal.h>

#include "tests/unit/vm/world.h"

THS_SIGNAL(wake_up)
THS_MESSAGE(toil, THS_FIELD(ths_address, then))

static _Atomic int woken;
static _Atomic int toiling;
static sigset_t mask;

static ths_status
sleeper_wake(ths_self *self, ths_nothing *nothing, const struct wake_up *wake)
{
	(void)self;
	(void)nothing;
	(void)wake;
	atomic_fetch_add(&woken, 1);
	return THS_OK;
}

THS_ACTOR(sleeper, ths_nothing, THS_ON(wake_up, sleeper_wake))

static ths_status
toiler_toil(ths_self *self, ths_nothing *nothing, const struct toil *toil)
{
	(void)nothing;
	pthread_sigmask(SIG_BLOCK, NULL, &mask);
	atomic_fetch_add(&toiling, 1);
	world_sleep_ms(200); /* the others park meanwhile */
	ths_send(self, toil->then, wake_up);
	world_sleep_ms(2000);
	atomic_fetch_sub(&toiling, 1);
	return THS_OK;
}

THS_ACTOR(toiler, ths_nothing, THS_ON(toil, toiler_toil))

Test(handoff, a_searcher_finds_what_two_busy_ones_sent, .timeout = 20)
{
	struct world world;
	ths_address sleeper, toilers[2];

	atomic_store(&woken, 0);
	atomic_store(&toiling, 0);
	world_begin_with(&world, (ths_vm_config){ .workers = 3,
		.spin_max = 1000000 });
	sleeper = world_spawn(&world, &sleeper_actor);
	for (int i = 0; i < 2; i++) {
		ths_address own = world_spawn(&world, &sleeper_actor);

		toilers[i] = world_spawn(&world, &toiler_actor);
		cr_assert_eq(ths_tell(world.vm, toilers[i], toil, .then = own),
		    THS_OK);
	}
	world_sleep_ms(600);
	/* Makes the third worker run, and search for a while then. */
	cr_assert_eq(ths_tell(world.vm, sleeper, wake_up), THS_OK);
	cr_assert(world_await(&woken, 2));
	cr_assert_eq(atomic_load(&toiling), 2);
	world_end(&world);
}

/* ------------------------------------------------------------------ bursts */

enum { BURST = 100, ROUNDS = 100 };

THS_MESSAGE(number, THS_FIELD(int64_t, value))
THS_MESSAGE(pour, THS_FIELD(ths_address, into))
THS_SIGNAL(hold)

static _Atomic int holding; /* the vessel does, and more mail waits for it */
static _Atomic int poured;
static _Atomic int met;
static _Atomic int rounds;
static _Atomic int kept;

/* Is busy until the burst is sent. */
static ths_status
vessel_hold(ths_self *self, ths_nothing *nothing, const struct hold *hold)
{
	(void)self, (void)nothing, (void)hold;
	atomic_store(&holding, 1);
	while (!atomic_load(&poured))
		sched_yield();
	return THS_OK;
}

static ths_status
vessel_number(ths_self *self, ths_nothing *nothing, const struct number *number)
{
	(void)self, (void)nothing;
	cr_assert_eq(number->value, atomic_load(&met));
	atomic_fetch_add(&met, 1);
	return THS_OK;
}

THS_ACTOR(vessel, ths_nothing, THS_ON(hold, vessel_hold),
    THS_ON(number, vessel_number))

/* Computes until everything it has sent is met. */
static ths_status
pourer_pour(ths_self *self, ths_nothing *nothing, const struct pour *pour)
{
	(void)nothing;
	while (!atomic_load(&holding))
		sched_yield();
	for (int i = 0; i < BURST; i++)
		ths_send(self, pour->into, number, .value = i);
	if (atomic_load(&slot_of_self(self)->crew->outbox.length) > 0)
		atomic_fetch_add(&kept, 1);
	atomic_store(&poured, 1);
	while (atomic_load(&met) < BURST)
		;
	atomic_fetch_add(&rounds, 1);
	return THS_OK;
}

THS_ACTOR(pourer, ths_nothing, THS_ON(pour, pourer_pour))

/* Ends only if the other worker takes over what is kept back. */
Test(handoff, a_searcher_finds_what_a_handler_sent_before_it_went_on,
    .timeout = 20)
{
	ths_address vessel, pourer;
	struct world world;

	atomic_store(&rounds, 0);
	atomic_store(&kept, 0);
	world_begin_local(&world, 2);
	vessel = world_spawn(&world, &vessel_actor);
	pourer = world_spawn(&world, &pourer_actor);
	for (int round = 1; round <= ROUNDS; round++) {
		atomic_store(&holding, 0);
		atomic_store(&poured, 0);
		atomic_store(&met, 0);
		cr_assert_eq(ths_tell(world.vm, vessel, hold), THS_OK);
		cr_assert_eq(ths_tell(world.vm, pourer, pour, .into = vessel),
		    THS_OK);
		cr_assert(world_await(&rounds, round), "round %d", round);
	}
	cr_assert_eq(atomic_load(&kept), ROUNDS);
	world_end(&world);
}

Test(handoff, faults_are_not_blocked_in_a_handler, .timeout = 20)
{
	struct world world;
	ths_address toiler;

	atomic_store(&woken, 0);
	atomic_store(&toiling, 0);
	world_begin_local(&world, 1);
	toiler = world_spawn(&world, &toiler_actor);
	cr_assert_eq(ths_tell(world.vm, toiler, toil, .then = THS_NOBODY),
	    THS_OK);
	cr_assert(world_await(&toiling, 1));
	cr_assert_not(sigismember(&mask, SIGSEGV));
	cr_assert_not(sigismember(&mask, SIGBUS));
	cr_assert_not(sigismember(&mask, SIGFPE));
	cr_assert_not(sigismember(&mask, SIGILL));
	world_end(&world);
}
