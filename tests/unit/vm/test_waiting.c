/* SPDX-License-Identifier: MIT */
/* waiting: who is not up yet, or takes long, keeps nobody else waiting. */
#include "tests/unit/vm/player.h"
#include "thespis/client.h"

static atomic_bool may_begin;
static _Atomic int beginning;

static void
wait_for_begin(void)
{
	atomic_fetch_add(&beginning, 1);
	while (!atomic_load(&may_begin))
		world_sleep_ms(1);
}

#define WAITING_BEGIN() wait_for_begin()

#include "tests/scenes/waiting.h"

/* What is for the quick one comes although a worker is held up by the other,
 * who has not begun; then, when that one is let, all of its own, in order. */
Test(waiting, for_one_holds_up_nobody_else, .description = "T-049")
{
	struct world world;
	ths_client *client;

	atomic_store(&may_begin, false);
	world_begin_local(&world, 3);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	waiting_dispatch(world.vm, client);
	for (int i = 0; i < WAITING_LETTERS; i++)
		cr_assert_eq(number_of(ths_listen(world.vm, client,
		    STAGE_PATIENCE)), 100 + i);
	atomic_store(&may_begin, true);
	for (int i = 0; i < WAITING_LETTERS; i++)
		cr_assert_eq(number_of(ths_listen(world.vm, client,
		    STAGE_PATIENCE)), i);
	ths_client_close(client);
	world_end(&world);
}

/* Inline nothing runs beside an init; but what is ready comes in its turn. */
Test(waiting, for_one_holds_up_nobody_else_inline, .description = "T-049")
{
	struct world world;
	ths_client *client;
	ths_mail *mail;

	atomic_store(&may_begin, true);
	atomic_store(&beginning, 0);
	world_begin_inline(&world);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	waiting_dispatch(world.vm, client);
	/* The quick one begins, the dispatcher writes, the quick one reads. */
	cr_assert_eq(ths_vm_run(world.vm, 3), 3);
	cr_assert_eq(atomic_load(&beginning), 0, "the other is not up");
	ths_vm_run(world.vm, 0);
	for (int i = 0; i < 2 * WAITING_LETTERS; i++) {
		mail = ths_listen(world.vm, client, 0);
		cr_assert_eq(number_of(mail), i < WAITING_LETTERS ?
		    100 + i : i - WAITING_LETTERS);
	}
	cr_assert_eq(atomic_load(&beginning), 1);
	ths_client_close(client);
	world_end(&world);
}

/* ------------------------------------------------------------- in a handler */

enum { SLEEPERS = 2, ECHOES = 20 };

THS_SIGNAL(nap)

static _Atomic int napping;
static atomic_bool may_wake;

static ths_status
sleeper_nap(ths_self *self, ths_nothing *state, const struct nap *nap)
{
	(void)self, (void)state, (void)nap;
	atomic_fetch_add(&napping, 1);
	while (!atomic_load(&may_wake))
		world_sleep_ms(1);
	return THS_OK;
}

THS_ACTOR(sleeper, ths_nothing, THS_ON(nap, sleeper_nap))

static ths_status
echo_number(ths_self *self, ths_nothing *state, const struct number *number)
{
	(void)state;
	return ths_reply(self, number, .value = number->value);
}

THS_ACTOR(echo, ths_nothing, THS_ON(number, echo_number))

/* Half of T-056 and C-28: while a worker is left.  Who blocks does
 * not answer. */
Test(waiting, in_handlers_leaves_the_other_workers_to_the_others)
{
	ths_address sleepers[SLEEPERS], echoes[ECHOES];
	struct world world;
	ths_mail *mail;

	atomic_store(&may_wake, false);
	atomic_store(&napping, 0);
	world_begin_local(&world, SLEEPERS + 1);
	for (int i = 0; i < ECHOES; i++)
		echoes[i] = world_spawn(&world, &echo_actor);
	for (int i = 0; i < SLEEPERS; i++) {
		sleepers[i] = world_spawn(&world, &sleeper_actor);
		cr_assert_eq(ths_tell(world.vm, sleepers[i], nap), THS_OK);
	}
	cr_assert(world_await(&napping, SLEEPERS));
	for (int i = 0; i < 10 * ECHOES; i++)
		cr_assert_eq(number_of(ths_call(world.vm,
		    echoes[i % ECHOES], THS_SECONDS(10), number,
		    .value = i)), i);
	mail = ths_call(world.vm, sleepers[0], THS_MILLISECONDS(20), nap);
	cr_assert_eq(ths_mail_status(mail), THS_TIMEOUT);
	ths_mail_free(mail);
	atomic_store(&may_wake, true);
	world_end(&world);
}
