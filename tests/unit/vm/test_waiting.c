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

struct nap_room {
	struct world world;
	ths_client *client;
	struct waiting_room room;
	int nappers;
};

static void
begin_naps(struct nap_room *naps, ths_vm_config config, int nappers)
{
	atomic_store(&may_wake, false);
	atomic_store(&napping, 0);
	naps->nappers = nappers;
	world_begin_with(&naps->world, config);
	cr_assert_eq(ths_client_open(naps->world.vm, &naps->client), THS_OK);
	waiting_nap(naps->world.vm, naps->client, &naps->room, nappers);
}

static void
end_naps(struct nap_room *naps)
{
	ths_client_close(naps->client);
	world_end(&naps->world);
}

/* All are in their handlers, and all others are served. */
static void
be_served(struct nap_room *naps)
{
	ths_vm *vm = naps->world.vm;
	const struct waiting_room *room = &naps->room;
	ths_mail *mail;

	cr_assert(world_await(&napping, naps->nappers));
	waiting_for_letters(vm, naps->client, naps->nappers);
	for (int i = 0; i < 3 * WAITING_ECHOES; i++)
		cr_assert_eq(number_of(ths_call(vm,
		    room->echoes[i % WAITING_ECHOES], STAGE_PATIENCE,
		    number, .value = i)), i);
	/* Its own mail waits, and is there when it wakes. */
	mail = ths_call(vm, room->nappers[0], THS_MILLISECONDS(20), nap,
	    .one = room->echoes[0], .many = room->echoes[0],
	    .asker = ths_client_address(naps->client));
	cr_assert_eq(ths_mail_status(mail), THS_TIMEOUT);
	ths_mail_free(mail);
	/* T-056: all that was while they were in their handlers. */
	cr_assert_eq(atomic_load(&napping), naps->nappers, "nobody is awake");
}

static void
wake_all(struct nap_room *naps)
{
	atomic_store(&may_wake, true);
	waiting_for_letters(naps->world.vm, naps->client, 1);
	cr_assert(world_await(&napping, naps->nappers + 1));
}

static ths_vm_status
status_of(const struct nap_room *naps)
{
	return world_status(&naps->world);
}

/* As many nap as there are workers, but for one. */
static void
nap_on_all_but_one(uint32_t workers)
{
	struct nap_room naps;

	begin_naps(&naps, (ths_vm_config){ .workers = workers,
	    .spares_max = THS_SPARES_NONE }, (int)workers - 1);
	be_served(&naps);
	wake_all(&naps);
	cr_assert_eq(status_of(&naps).spares_most, 0);
	end_naps(&naps);
}

/* C-28.  How soon the others are served is in tests/sim/sim_naps.c. */
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

/* One more naps than there are workers. */
static void
nap_on_spares(uint32_t workers)
{
	struct nap_room naps;

	begin_naps(&naps, (ths_vm_config){ .workers = workers },
	    (int)workers + 1);
	be_served(&naps);
	cr_assert_geq(status_of(&naps).spares, 2);
	cr_assert_geq(status_of(&naps).relieved, 2);
	wake_all(&naps);
	/* Nobody needs them any more. */
	for (int i = 0; i < 10000 && status_of(&naps).spares > 0; i++)
		world_sleep_ms(1);
	cr_assert_eq(status_of(&naps).spares, 0);
	cr_assert_geq(status_of(&naps).spares_most, 2);
	cr_assert_eq(status_of(&naps).spares_failed, 0);
	end_naps(&naps);
}

Test(waiting, in_more_handlers_than_workers_holds_up_nobody,
    .description = "T-056")
{
	nap_on_spares(2);
}

Test(waiting, in_five_handlers_on_four_workers_holds_up_nobody,
    .description = "T-056")
{
	nap_on_spares(4);
}

Test(waiting, in_handlers_can_take_turns_on_spares)
{
	struct nap_room naps;

	begin_naps(&naps, (ths_vm_config){ .workers = 2 }, 3);
	be_served(&naps);
	for (int turn = 0; turn < 3; turn++) {
		wake_all(&naps);
		while (status_of(&naps).spares > 0)
			world_sleep_ms(1);
		atomic_store(&may_wake, false);
		atomic_store(&napping, 0);
		for (int i = 0; i < naps.nappers; i++)
			cr_assert_eq(ths_tell(naps.world.vm,
			    naps.room.nappers[i], nap,
			    .one = naps.room.echoes[2 * i],
			    .many = naps.room.echoes[2 * i + 1],
			    .asker = ths_client_address(naps.client)),
			    THS_OK);
		be_served(&naps);
	}
	wake_all(&naps);
	end_naps(&naps);
}

/* Nobody answers as long as they nap; then nothing is lost. */
static void
be_kept_waiting(struct nap_room *naps)
{
	ths_vm *vm = naps->world.vm;
	ths_address echo = naps->room.echoes[WAITING_ECHOES - 1];
	ths_mail *mail = ths_call(vm, echo, THS_MILLISECONDS(100), number,
	    .value = 1);

	cr_assert_eq(ths_mail_status(mail), THS_TIMEOUT);
	ths_mail_free(mail);
	atomic_store(&may_wake, true);
	waiting_for_letters(vm, naps->client, naps->nappers);
	cr_assert_eq(number_of(ths_call(vm, echo, STAGE_PATIENCE, number,
	    .value = 2)), 2);
}

Test(waiting, in_handlers_on_all_workers_is_waited_for_without_spares)
{
	struct nap_room naps;

	begin_naps(&naps, (ths_vm_config){ .workers = 2,
	    .spares_max = THS_SPARES_NONE }, 2);
	cr_assert(world_await(&napping, 2));
	be_kept_waiting(&naps);
	cr_assert_geq(status_of(&naps).spares_limited, 2);
	end_naps(&naps);
}

Test(waiting, in_handlers_on_all_workers_and_spares_is_counted)
{
	struct nap_room naps;

	begin_naps(&naps, (ths_vm_config){ .workers = 2, .spares_max = 1 }, 3);
	cr_assert(world_await(&napping, 3));
	while (status_of(&naps).spares_limited < 2)
		world_sleep_ms(1);
	cr_assert_eq(status_of(&naps).spares, 1);
	be_kept_waiting(&naps);
	cr_assert_eq(status_of(&naps).spares_most, 1);
	end_naps(&naps);
}

/* ---------------------------------------------------------- is told of once */

/* Each of the nappers, by its kind and address, and once. */
static void
be_told_of(struct nap_room *naps)
{
	char text[THS_ADDRESS_TEXT_SIZE];
	uint64_t told;

	cr_assert(world_await(&napping, naps->nappers));
	do {
		world_sleep_ms(1);
		told = status_of(naps).long_handlers;
	} while (told < (uint64_t)naps->nappers);
	world_sleep_ms(100);
	cr_assert_eq(status_of(naps).long_handlers, (uint64_t)naps->nappers);
	cr_assert_eq(world_logged(&naps->world, "actor napper "),
	    naps->nappers);
	for (int i = 0; i < naps->nappers; i++)
		cr_assert_eq(world_logged(&naps->world, ths_address_print(
		    naps->room.nappers[i], text)), 1, "of %s", text);
	cr_assert_eq(world_logged(&naps->world, " has been in its handler "
	    "for "), naps->nappers);
	atomic_store(&may_wake, true);
	waiting_for_letters(naps->world.vm, naps->client, naps->nappers);
}

Test(waiting, for_a_long_handler_is_told_of_once)
{
	for (uint32_t workers = 1; workers <= 3; workers++) {
		struct nap_room naps;

		begin_naps(&naps, (ths_vm_config){ .workers = workers },
		    workers == 1 ? 1 : (int)workers + 1);
		be_told_of(&naps);
		end_naps(&naps);
	}
}

Test(waiting, inline_is_told_of_by_nobody)
{
	struct nap_room naps;

	begin_naps(&naps, (ths_vm_config){ .mode = THS_MODE_INLINE,
	    .long_handler_ns = 1 }, 1);
	atomic_store(&may_wake, true);
	waiting_for_letters(naps.world.vm, naps.client, 1);
	cr_assert_eq(status_of(&naps).long_handlers, 0);
	cr_assert_eq(world_logged(&naps.world, "napper"), 0);
	end_naps(&naps);
}
