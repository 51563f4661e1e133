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

static _Atomic int napping;
static atomic_bool may_wake;

static void
nap_until_woken(void)
{
	atomic_fetch_add(&napping, 1);
	while (!atomic_load(&may_wake))
		world_sleep_ms(1);
}

#define WAITING_BEGIN() wait_for_begin()
#define WAITING_NAP() nap_until_woken()

#include "tests/scenes/waiting.h"

/* What is for the quick one comes although a worker is held up by the other,
 * who has not begun; then, when that one is let, all of its own, in order. */
Test(waiting, for_one_holds_up_nobody_else, .description = "T-049")
{
	struct world world;
	ths_client *client;

	atomic_store(&may_begin, false);
	world_begin_local(&world, 2);
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

/* As many nap as there are workers, but for one. */
static void
nap_on_all_but_one(uint32_t workers)
{
	const int nappers = (int)workers - 1;
	struct waiting_room room;
	struct world world;
	ths_client *client;
	ths_mail *mail;

	atomic_store(&may_wake, false);
	atomic_store(&napping, 0);
	world_begin_local(&world, workers);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	waiting_nap(world.vm, client, &room, nappers);
	cr_assert(world_await(&napping, nappers));
	waiting_for_letters(world.vm, client, nappers);
	for (int i = 0; i < 3 * WAITING_ECHOES; i++)
		cr_assert_eq(number_of(ths_call(world.vm,
		    room.echoes[i % WAITING_ECHOES], STAGE_PATIENCE,
		    number, .value = i)), i);
	/* Its own mail waits, and is there when it wakes. */
	mail = ths_call(world.vm, room.nappers[0], THS_MILLISECONDS(20), nap,
	    .one = room.echoes[0], .many = room.echoes[0],
	    .asker = ths_client_address(client));
	cr_assert_eq(ths_mail_status(mail), THS_TIMEOUT);
	ths_mail_free(mail);
	/* T-056: all that was while they were in their handlers. */
	cr_assert_eq(atomic_load(&napping), nappers, "nobody has woken yet");
	atomic_store(&may_wake, true);
	waiting_for_letters(world.vm, client, 1);
	cr_assert_eq(atomic_load(&napping), nappers + 1);
	ths_client_close(client);
	world_end(&world);
}

/* C-28, but for the watchdog and for one blocker more than there are workers.
 * How soon the others are served is in tests/sim/sim_naps.c. */
Test(waiting, in_a_handler_holds_up_nobody_while_one_worker_is_left,
    .description = "T-056")
{
	nap_on_all_but_one(2);
}

Test(waiting, in_three_handlers_leaves_the_fourth_worker_to_all_others,
    .description = "T-056")
{
	nap_on_all_but_one(4);
}

/* With nobody left they wait; then nothing is lost. */
Test(waiting, in_handlers_on_all_workers_is_waited_for)
{
	struct waiting_room room;
	struct world world;
	ths_client *client;
	ths_mail *mail;

	atomic_store(&may_wake, false);
	atomic_store(&napping, 0);
	world_begin_local(&world, 2);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	waiting_nap(world.vm, client, &room, 2);
	cr_assert(world_await(&napping, 2));
	mail = ths_call(world.vm, room.echoes[WAITING_ECHOES - 1],
	    THS_MILLISECONDS(50), number, .value = 1);
	cr_assert_eq(ths_mail_status(mail), THS_TIMEOUT);
	ths_mail_free(mail);
	atomic_store(&may_wake, true);
	waiting_for_letters(world.vm, client, 2);
	cr_assert_eq(number_of(ths_call(world.vm,
	    room.echoes[WAITING_ECHOES - 1], STAGE_PATIENCE, number,
	    .value = 2)), 2);
	ths_client_close(client);
	world_end(&world);
}
