/* SPDX-License-Identifier: MIT */
/* become and stash: other handlers, and mail that comes too early. */
#include "tests/unit/vm/world.h"
#include "thespis/become.h"
#include "thespis/keep.h"
#include "thespis/life.h"

THS_MESSAGE(number, THS_FIELD(int64_t, value))
THS_SIGNAL(turn)
THS_SIGNAL(spoil)
THS_SIGNAL(leave)
THS_SIGNAL(unknown)

enum { NUMBERS = 40, STASH_MAX = 3 };

static struct {
	int64_t seen[2 * NUMBERS];
	int length;
	int exits;
	int attempts;
	uint32_t released;
	ths_status status;
} notes;

static void
begin(struct world *world)
{
	memset(&notes, 0, sizeof(notes));
	world_begin_inline(world);
}

/* --------------------------------------------------------------- the actors */

/* Puts numbers aside until it is told to turn; then it notes them. */
struct door { int64_t turns; };
struct wide_door { int64_t turns, more; };

static const ths_actor closed_actor, wide_actor;

static ths_status
open_number(ths_self *self, struct door *door, const struct number *number)
{
	(void)self, (void)door;
	notes.seen[notes.length++] = number->value;
	return THS_OK;
}

static ths_status
open_turn(ths_self *self, struct door *door, const struct turn *turn)
{
	(void)turn;
	door->turns++;
	return ths_become(self, &closed_actor);
}

static void
open_exit(ths_self *self, struct door *door)
{
	(void)self, (void)door;
	notes.exits += 100;
}

THS_ACTOR(open, struct door,
    THS_ON(number, open_number),
    THS_ON(turn, open_turn),
    THS_EXIT(open_exit))

static ths_status
closed_number(ths_self *self, struct door *door, const struct number *number)
{
	(void)door, (void)number;
	notes.status = ths_stash(self);
	return THS_OK;
}

static ths_status
closed_turn(ths_self *self, struct door *door, const struct turn *turn)
{
	(void)turn;
	door->turns++;
	notes.released = ths_unstash_all(self);
	return ths_become(self, &open_actor);
}

/* Fails after it has become another; that one has no handler for this. */
static ths_status
closed_spoil(ths_self *self, struct door *door, const struct spoil *spoil)
{
	(void)spoil, (void)door;
	notes.attempts++;
	cr_assert_eq(ths_become(self, &open_actor), THS_OK);
	return THS_FAILED;
}

static ths_status
closed_leave(ths_self *self, struct door *door, const struct leave *leave)
{
	(void)door, (void)leave;
	ths_exit(self);
	notes.status = ths_become(self, &open_actor);
	return THS_OK;
}

static ths_status
closed_unknown(ths_self *self, struct door *door,
    const struct unknown *unknown)
{
	(void)door, (void)unknown;
	notes.status = ths_become(self, &wide_actor);
	cr_assert_eq(ths_become(self, NULL), THS_BAD_ARGUMENT);
	return THS_OK;
}

static void
closed_exit(ths_self *self, struct door *door)
{
	cr_assert_eq(ths_stash(self), THS_WRONG_PLACE);
	(void)door;
	notes.exits++;
}

static const ths_row wide_rows[1];
static const ths_actor wide_actor = { "wide", sizeof(struct wide_door),
	wide_rows, 0 };

THS_ACTOR(shut, struct door,
    THS_ON(number, closed_number),
    THS_ON(turn, closed_turn),
    THS_ON(spoil, closed_spoil),
    THS_ON(leave, closed_leave),
    THS_ON(unknown, closed_unknown),
    THS_EXIT(closed_exit))

static const ths_actor closed_actor = { "closed", sizeof(struct door),
	ths_shut_rows, sizeof(ths_shut_rows) / sizeof(ths_row) };

/* Becomes another in its start. */
static ths_status
ajar_start(ths_self *self, struct door *door)
{
	(void)door;
	return ths_become(self, &open_actor);
}

THS_ACTOR(ajar, struct door, THS_START(ajar_start))

/* ---------------------------------------------------------------- the tests */

static void
tell_numbers(struct world *world, ths_address door, int64_t from, int64_t to)
{
	for (int64_t i = from; i < to; i++)
		cr_assert_eq(ths_tell(world->vm, door, number, .value = i),
		    THS_OK);
}

static void
expect_numbers(int length)
{
	cr_assert_eq(notes.length, length);
	for (int i = 0; i < length; i++)
		cr_assert_eq(notes.seen[i], i, "%d", i);
}

/* Those that wait in the mailbox come after; run one at a time, and together.
 * */
Test(stash, comes_back_in_order_before_what_waits)
{
	struct world world;
	ths_address door;

	begin(&world);
	door = world_spawn(&world, &closed_actor);
	for (int i = 0; i < NUMBERS / 2; i++) {
		tell_numbers(&world, door, i, i + 1);
		if (i < NUMBERS / 4)
			ths_vm_run(world.vm, 0);
	}
	ths_tell(world.vm, door, turn);
	tell_numbers(&world, door, NUMBERS / 2, NUMBERS);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.released, NUMBERS / 2);
	expect_numbers(NUMBERS);
	world_end(&world);
}

/* The message that releases the others is handled where it lies. */
Test(stash, comes_back_by_a_single_message)
{
	struct world world;
	ths_address door;

	begin(&world);
	door = world_spawn(&world, &closed_actor);
	for (int round = 0; round < 2; round++) {
		tell_numbers(&world, door, 10 * round, 10 * round + 10);
		ths_vm_run(world.vm, 0);
		cr_assert_eq(world_status(&world).queued, 10);
		ths_tell(world.vm, door, turn);
		ths_vm_run(world.vm, 0);
		cr_assert_eq(notes.released, 10);
		expect_numbers(10 * round + 10);
		ths_tell(world.vm, door, turn);
		ths_vm_run(world.vm, 0);
	}
	cr_assert_eq(world_status(&world).queued, 0);
	world_end(&world);
}

Test(stash, becomes_dead_letters_with_its_actor)
{
	struct world world;
	ths_address door;
	ths_mail *mail;

	begin(&world);
	door = world_spawn(&world, &closed_actor);
	tell_numbers(&world, door, 0, 7);
	ths_tell(world.vm, door, leave);
	mail = ths_call(world.vm, door, THS_FOREVER, number, .value = 8);
	cr_assert_eq(ths_mail_status(mail), THS_GONE);
	ths_mail_free(mail);
	cr_assert_eq(notes.status, THS_WRONG_PLACE, "it ends");
	cr_assert_eq(world_dead(&world, THS_DEAD_EXITED), 8);
	cr_assert_eq(notes.length, 0);
	world_end(&world);
}

/* A caller whose question is put aside hears when the actor ends. */
Test(stash, keeps_a_caller_waiting_until_it_ends)
{
	struct world world;
	ths_address door;
	ths_mail *mail;

	begin(&world);
	door = world_spawn(&world, &closed_actor);
	mail = ths_ask(world.vm, door, 0, number, .value = 1);
	cr_assert_eq(ths_mail_status(mail), THS_TIMEOUT);
	ths_mail_free(mail);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_status(&world).queued, 1);
	world_end(&world);
}

Test(stash, has_a_limit_that_counts)
{
	struct world world;
	ths_address door;

	memset(&notes, 0, sizeof(notes));
	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.stash_max = STASH_MAX });
	door = world_spawn(&world, &closed_actor);
	tell_numbers(&world, door, 0, STASH_MAX);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.status, THS_OK);
	tell_numbers(&world, door, STASH_MAX, STASH_MAX + 1);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.status, THS_LIMIT);
	cr_assert_eq(world_status(&world).limits_hit, 1);
	ths_tell(world.vm, door, turn);
	ths_vm_run(world.vm, 0);
	expect_numbers(STASH_MAX);
	world_end(&world);
}

/* The handlers change, the state stays, and so does the exit. */
Test(become, changes_the_handlers_and_nothing_else)
{
	struct world world;
	ths_address door;

	begin(&world);
	door = world_spawn(&world, &closed_actor);
	ths_tell(world.vm, door, turn);
	ths_tell(world.vm, door, leave);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_dead(&world, THS_DEAD_UNHANDLED), 1);
	for (int i = 0; i < 2; i++)
		ths_tell(world.vm, door, turn);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(((struct door *)world_slot(&world, door)->state)->turns,
	    3);
	ths_tell(world.vm, door, ths_exit_request);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.exits, 1);
	world_end(&world);
}

Test(become, is_refused_for_a_state_of_another_size)
{
	struct world world;
	ths_address door;

	begin(&world);
	door = world_spawn(&world, &closed_actor);
	ths_tell(world.vm, door, unknown);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.status, THS_BAD_ARGUMENT);
	world_end(&world);
}

Test(become, works_in_start)
{
	struct world world;
	ths_address door;

	begin(&world);
	door = world_spawn(&world, &ajar_actor);
	tell_numbers(&world, door, 0, 2);
	ths_vm_run(world.vm, 0);
	expect_numbers(2);
	world_end(&world);
	cr_assert_eq(notes.exits, 0, "ajar has none");
}

/* Both attempts are made by the handler that began. */
Test(become, does_not_disturb_the_second_attempt)
{
	struct world world;
	ths_address door;

	begin(&world);
	door = world_spawn(&world, &closed_actor);
	ths_tell(world.vm, door, spoil);
	tell_numbers(&world, door, 0, 1);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.attempts, 2);
	expect_numbers(1);
	world_end(&world);
}
