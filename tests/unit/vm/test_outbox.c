/* SPDX-License-Identifier: MIT */
/*
 * outbox: a burst kept back for a moment is noticed by nobody.  What others do
 * meanwhile is the business of tests/stress/vm/stress_outbox.c and of
 * tests/sim/sim_outbox.c; here a helper looks exactly when it is told to.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "tests/unit/vm/world.h"
#include "thespis/client.h"
#include "thespis/dead.h"
#include "vm/actor/slice.h"

enum {
	BURST = 1000,   /* many runs */
	OPENING = 32,   /* messages after which an outbox is open for sure */
	MET_MAX = 4 * BURST,
	SINKS = 2,
};

THS_MESSAGE(number, THS_FIELD(int64_t, value))
THS_MESSAGE(other, THS_FIELD(int64_t, value), THS_FIELD(int64_t, twin))
THS_MESSAGE(text, THS_FIELD(ths_string, line))
THS_MESSAGE(birth, THS_FIELD(int64_t, value))
THS_SIGNAL(go)
THS_SIGNAL(leave)

/* One VM, driven by this thread; what its handlers do and note. */
static struct fixture {
	struct world world;
	ths_address player;
	ths_address sinks[SINKS];
	void (*script)(ths_self *self);
	int64_t sent[SINKS];
	int met[SINKS];
	int64_t values[SINKS][MET_MAX];
	ths_address child;
} fixture;

/* ------------------------------------------------------------------- actors */

static void
note(ths_self *self, int64_t value)
{
	ths_address me = ths_me(self);

	for (int i = 0; i < SINKS; i++) {
		if (me.slot != fixture.sinks[i].slot)
			continue;
		cr_assert_lt(fixture.met[i], (int)MET_MAX);
		fixture.values[i][fixture.met[i]++] = value;
	}
}

static ths_status
sink_number(ths_self *self, ths_nothing *state, const struct number *number)
{
	(void)state;
	note(self, number->value);
	return THS_OK;
}

static ths_status
sink_other(ths_self *self, ths_nothing *state, const struct other *other)
{
	(void)state;
	cr_assert_eq(other->value, other->twin);
	note(self, other->value);
	return THS_OK;
}

static ths_status
sink_text(ths_self *self, ths_nothing *state, const struct text *text)
{
	(void)state;
	note(self, strtoll(text->line, NULL, 10));
	return THS_OK;
}

static ths_status
sink_leave(ths_self *self, ths_nothing *state, const struct leave *leave)
{
	(void)state, (void)leave;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(sink, ths_nothing, THS_ON(number, sink_number),
    THS_ON(other, sink_other), THS_ON(text, sink_text),
    THS_ON(leave, sink_leave))

static ths_status
player_go(ths_self *self, ths_nothing *state, const struct go *go)
{
	(void)state, (void)go;
	fixture.script(self);
	return THS_OK;
}

static ths_status
player_number(ths_self *self, ths_nothing *state, const struct number *number)
{
	(void)state;
	note(self, number->value);
	return THS_OK;
}

THS_ACTOR(player, ths_nothing, THS_ON(go, player_go),
    THS_ON(number, player_number))

/* ------------------------------------------------------------- the outbox */

static const struct outbox *
outbox_of(const ths_self *self)
{
	return &slot_of_self(self)->crew->outbox;
}

/* How many are kept back. */
static uint32_t
kept(const ths_self *self)
{
	return atomic_load(&outbox_of(self)->length);
}

static uint32_t
waiting_at(int sink)
{
	return inbox_count(&world_slot(&fixture.world,
	    fixture.sinks[sink])->inbox);
}

static void
send_numbers(ths_self *self, int sink, int count)
{
	while (count-- > 0)
		cr_assert_eq(ths_send(self, fixture.sinks[sink], number,
		    .value = fixture.sent[sink]++), THS_OK);
}

/* As numbers, but each in an envelope of its own. */
static void
send_lines(ths_self *self, int sink, int count)
{
	char line[32];

	while (count-- > 0) {
		snprintf(line, sizeof(line), "%" PRId64,
		    fixture.sent[sink]++);
		cr_assert_eq(ths_send(self, fixture.sinks[sink], text,
		    .line = line), THS_OK);
	}
}

/* Sends numbers until some are kept back. */
static void
send_until_kept(ths_self *self, int sink)
{
	send_numbers(self, sink, OPENING);
	while (kept(self) == 0)
		send_numbers(self, sink, 1);
	cr_assert_eq(outbox_of(self)->slot, world_slot(&fixture.world,
	    fixture.sinks[sink]));
	cr_assert_lt(waiting_at(sink), fixture.sent[sink]);
}

/* Nothing is kept; what was sent stands in the inbox. */
static void
check_all_pushed(const ths_self *self, int sink)
{
	cr_assert_eq(kept(self), 0);
	cr_assert_eq(waiting_at(sink), fixture.sent[sink]);
}

/* Each sink has met what it was sent, in that order. */
static void
check_met(void)
{
	for (int i = 0; i < SINKS; i++) {
		cr_assert_eq(fixture.met[i], fixture.sent[i],
		    "sink %d met %d", i, fixture.met[i]);
		for (int n = 0; n < fixture.met[i]; n++)
			cr_assert_eq(fixture.values[i][n], n, "sink %d", i);
	}
}

static void
begin_with(ths_vm_config config)
{
	memset(&fixture, 0, sizeof(fixture));
	config.mode = THS_MODE_INLINE;
	world_begin_with(&fixture.world, config);
	fixture.player = world_spawn(&fixture.world, &player_actor);
	for (int i = 0; i < SINKS; i++)
		fixture.sinks[i] = world_spawn(&fixture.world, &sink_actor);
	ths_vm_run(fixture.world.vm, 0);
}

static void
begin(void)
{
	begin_with((ths_vm_config){ 0 });
}

/* Lets the player play, and then everybody handle what they have. */
static void
play(void (*script)(ths_self *self))
{
	fixture.script = script;
	cr_assert_eq(ths_tell(fixture.world.vm, fixture.player, go), THS_OK);
	ths_vm_run(fixture.world.vm, 0);
}

/* ------------------------------------------------------------------ order */

static void
one_burst(ths_self *self)
{
	send_until_kept(self, 0);
	send_numbers(self, 0, BURST);
}

Test(outbox, keeps_a_bursts_order_and_leaves_nothing_behind)
{
	begin();
	play(one_burst);
	check_met();
	play(one_burst);
	check_met();
	world_end(&fixture.world);
}

static void
mixed_bursts(ths_self *self)
{
	for (int length = 1; length < 100; length += 7) {
		send_numbers(self, 0, length);
		send_numbers(self, 1, 100 - length);
		for (int i = 0; i < 5; i++) {
			send_numbers(self, 0, 1);
			send_numbers(self, 1, 2);
		}
	}
}

Test(outbox, keeps_each_pairs_order_when_bursts_to_two_are_mixed)
{
	begin();
	play(mixed_bursts);
	check_met();
	world_end(&fixture.world);
}

static void
two_types(ths_self *self)
{
	send_until_kept(self, 0);
	for (int i = 0; i < BURST; i++) {
		int64_t value = fixture.sent[0]++;

		if (i % 3 == 0)
			ths_send(self, fixture.sinks[0], other, .value = value,
			    .twin = value);
		else
			ths_send(self, fixture.sinks[0], number,
			    .value = value);
	}
}

Test(outbox, takes_messages_of_two_types)
{
	begin();
	play(two_types);
	check_met();
	world_end(&fixture.world);
}

static void
strings(ths_self *self)
{
	for (int i = 0; i < BURST; i++) {
		send_lines(self, 0, 1);
		if (i % 10 == 0)
			send_numbers(self, 0, 2);
	}
	cr_assert_eq(outbox_of(self)->slot,
	    world_slot(&fixture.world, fixture.sinks[0]));
}

Test(outbox, takes_messages_with_strings)
{
	begin();
	play(strings);
	check_met();
	world_end(&fixture.world);
}

/* --------------------------------------------------- what must not overtake */

static void
send_between(ths_self *self)
{
	for (int i = 0; i < 3; i++) {
		send_until_kept(self, 0);
		send_numbers(self, 1, 1);
		check_all_pushed(self, 0);
	}
}

Test(outbox, is_closed_before_mail_to_another)
{
	begin();
	play(send_between);
	check_met();
	world_end(&fixture.world);
}

static void
try_between(ths_self *self)
{
	send_until_kept(self, 0);
	cr_assert_eq(ths_try_send(self, fixture.sinks[0], number,
	    .value = fixture.sent[0]++), THS_OK);
	send_numbers(self, 0, 3);
	cr_assert_eq(ths_try_send(self, fixture.sinks[1], number,
	    .value = fixture.sent[1]++), THS_OK);
	check_all_pushed(self, 0);
	send_until_kept(self, 0);
}

Test(outbox, keeps_the_place_of_what_is_only_tried)
{
	begin();
	play(try_between);
	check_met();
	world_end(&fixture.world);
}

/* The child sends what comes next, so it must not begin before the rest. */
static ths_status
child_born(ths_self *self, ths_nothing *state, const struct birth *birth)
{
	(void)state;
	return ths_send(self, fixture.sinks[0], number, .value = birth->value);
}

THS_ACTOR(child, ths_nothing, THS_START(birth, child_born),
    THS_ON(leave, sink_leave))

static void
spawn_between(ths_self *self)
{
	ths_spawn_options options;

	send_until_kept(self, 0);
	options = (ths_spawn_options){ .start = THS_ANY(birth,
	    .value = fixture.sent[0]) };
	cr_assert_eq(ths_spawn_child(self, &fixture.child, &child_actor,
	    &options), THS_OK);
	check_all_pushed(self, 0);
	fixture.sent[0]++;
}

Test(outbox, is_closed_before_a_spawn)
{
	begin();
	play(spawn_between);
	check_met();
	world_end(&fixture.world);
}

static void
reply_between(ths_self *self)
{
	send_until_kept(self, 0);
	ths_reply(self, number, .value = 7);
	check_all_pushed(self, 0);
}

Test(outbox, is_closed_before_a_reply)
{
	ths_mail *mail;

	begin();
	fixture.script = reply_between;
	mail = ths_call(fixture.world.vm, fixture.player, THS_SECONDS(10), go);
	cr_assert_eq(ths_mail_as(mail, number)->value, 7);
	ths_mail_free(mail);
	ths_vm_run(fixture.world.vm, 0);
	check_met();
	world_end(&fixture.world);
}

/* ------------------------------------------------------- beginning and end */

static ths_status
short_lived_born(ths_self *self, ths_nothing *state)
{
	(void)state;
	send_until_kept(self, 0);
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(stillborn, ths_nothing, THS_START(short_lived_born))

static ths_status
dying_born(ths_self *self, ths_nothing *state)
{
	(void)state;
	send_until_kept(self, 0);
	return THS_OK;
}

static ths_status
dying_go(ths_self *self, ths_nothing *state, const struct go *go)
{
	(void)state, (void)go;
	send_until_kept(self, 0);
	ths_exit(self);
	send_numbers(self, 0, 10);
	return THS_OK;
}

static void
dying_ended(ths_self *self, ths_nothing *state)
{
	(void)state;
	send_until_kept(self, 0);
}

THS_ACTOR(dying, ths_nothing, THS_START(dying_born), THS_ON(go, dying_go),
    THS_EXIT(dying_ended))

Test(outbox, serves_start_and_exit)
{
	ths_address dying;

	begin();
	dying = world_spawn(&fixture.world, &dying_actor);
	ths_vm_run(fixture.world.vm, 0);
	check_met();
	cr_assert_eq(ths_tell(fixture.world.vm, dying, go), THS_OK);
	ths_vm_run(fixture.world.vm, 0);
	check_met();
	world_spawn(&fixture.world, &stillborn_actor);
	ths_vm_run(fixture.world.vm, 0);
	check_met();
	world_end(&fixture.world);
}

Test(outbox, keeps_nothing_of_an_exit_during_a_stop)
{
	begin();
	world_spawn(&fixture.world, &dying_actor);
	ths_vm_run(fixture.world.vm, 0);
	check_met();
	cr_assert_eq(ths_vm_stop(fixture.world.vm, 0), THS_TIMEOUT);
	cr_assert_eq(world_dead(&fixture.world, THS_DEAD_STOPPED),
	    (uint64_t)(fixture.sent[0] - fixture.met[0]));
	world_end_within(&fixture.world, 0);
}

static void
to_oneself(ths_self *self)
{
	for (int i = 0; i < BURST; i++)
		ths_send(self, ths_me(self), number, .value = i);
	cr_assert_gt(kept(self), 0);
}

Test(outbox, serves_an_actor_that_writes_to_itself)
{
	begin();
	fixture.sinks[1] = fixture.player; /* whose notes are read */
	play(to_oneself);
	fixture.sent[1] = BURST;
	check_met();
	world_end(&fixture.world);
}

static void
to_the_sender(ths_self *self)
{
	for (int i = 0; i < 300; i++)
		ths_reply(self, number, .value = i);
	cr_assert_eq(kept(self), 0);
}

/* Its thread may be asleep before the handler returns. */
Test(outbox, keeps_nothing_back_from_a_client)
{
	ths_client *client;

	begin();
	cr_assert_eq(ths_client_open(fixture.world.vm, &client), THS_OK);
	fixture.script = to_the_sender;
	cr_assert_eq(ths_tell_message(fixture.world.vm, client, fixture.player,
	    THS_PAYLOAD(go)), THS_OK);
	for (int i = 0; i < 300; i++) {
		ths_mail *mail = ths_listen(fixture.world.vm, client,
		    THS_SECONDS(10));

		cr_assert_eq(ths_mail_as(mail, number)->value, i);
		ths_mail_free(mail);
	}
	ths_client_close(client);
	world_end(&fixture.world);
}

/* ------------------------------------------------------------- dead letters */

static void
to_the_dead(ths_self *self)
{
	for (int i = 0; i < BURST; i++)
		ths_send(self, fixture.sinks[0], number, .value = i);
	cr_assert_gt(kept(self), 0);
}

Test(outbox, to_the_dead_makes_each_message_one_dead_letter)
{
	ths_vm_status status;

	begin();
	cr_assert_eq(ths_tell(fixture.world.vm, fixture.sinks[0], leave),
	    THS_OK);
	ths_vm_run(fixture.world.vm, 0);
	play(to_the_dead);
	status = world_status(&fixture.world);
	cr_assert_eq(status.dead[THS_DEAD_STALE] +
	    status.dead[THS_DEAD_EXITED], BURST);
	cr_assert_eq(fixture.met[0], 0);
	world_end(&fixture.world);
}

static ths_status
undertaker_go(ths_self *self, ths_nothing *state, const struct go *message)
{
	(void)state, (void)message;
	ths_handle_dead_letters(self, true);
	return THS_OK;
}

static ths_status
undertaker_letter(ths_self *self, ths_nothing *state,
    const struct ths_dead_letter *letter)
{
	(void)state, (void)letter;
	cr_assert_null(outbox_of(self)->slot, "after %d", fixture.met[0]);
	fixture.met[0]++;
	return THS_OK;
}

THS_ACTOR(undertaker, ths_nothing,
    THS_ON(go, undertaker_go),
    THS_ON(ths_dead_letter, undertaker_letter))

/* They are told between two handlers: none returns that would close it. */
Test(outbox, keeps_no_dead_letter_back_from_the_undertaker)
{
	ths_address undertaker;

	begin();
	undertaker = world_spawn(&fixture.world, &undertaker_actor);
	cr_assert_eq(ths_tell(fixture.world.vm, undertaker, go), THS_OK);
	ths_vm_run(fixture.world.vm, 0);
	for (int i = 0; i < BURST; i++)
		cr_assert_eq(ths_tell(fixture.world.vm, fixture.sinks[0],
		    leave), THS_OK);
	ths_vm_run(fixture.world.vm, 0);
	cr_assert_eq(fixture.met[0], BURST - 1);
	world_end(&fixture.world);
}

/* A place is one inbox, but an address means one life in it. */
static void
to_two_lives(ths_self *self)
{
	ths_address living = fixture.sinks[0];
	ths_address former = living;

	former.generation--;
	send_until_kept(self, 0);
	for (int i = 0; i < BURST; i++) {
		send_numbers(self, 0, i % 3);
		ths_send(self, former, number, .value = -1);
	}
	/* Now it opens for the one who is gone. */
	send_numbers(self, 1, 1);
	for (int i = 0; i < OPENING; i++)
		ths_send(self, former, number, .value = -1);
	for (int i = 0; i < OPENING; i++) {
		send_numbers(self, 0, 1);
		ths_send(self, former, number, .value = -1);
		ths_send(self, former, number, .value = -1);
	}
}

/* The worker that freed a place uses it first. */
static void
replace_the_first(ths_self *self)
{
	cr_assert_eq(ths_spawn_child(self, &fixture.sinks[0], &sink_actor,
	    NULL), THS_OK);
}

Test(outbox, never_takes_one_life_for_another)
{
	ths_address former;

	begin();
	former = fixture.sinks[0];
	cr_assert_eq(ths_tell(fixture.world.vm, former, leave), THS_OK);
	ths_vm_run(fixture.world.vm, 0);
	play(replace_the_first);
	cr_assert_eq(fixture.sinks[0].slot, former.slot);
	cr_assert_eq(fixture.sinks[0].generation, former.generation + 1);
	play(to_two_lives);
	check_met();
	cr_assert_eq(world_dead(&fixture.world, THS_DEAD_STALE),
	    BURST + 3 * OPENING);
	world_end(&fixture.world);
}

static void
into_a_narrow_one(ths_self *self)
{
	for (int i = 0; i < BURST; i++)
		ths_send(self, fixture.sinks[0], number, .value = i);
	cr_assert_eq(kept(self), 0);
}

Test(outbox, stays_closed_for_a_mailbox_with_a_limit)
{
	begin_with((ths_vm_config){ .mailbox_max = 20 });
	play(into_a_narrow_one);
	fixture.sent[0] = 20;
	check_met();
	cr_assert_eq(world_dead(&fixture.world, THS_DEAD_FULL), BURST - 20);
	cr_assert_eq(world_status(&fixture.world).limits_hit, BURST - 20);
	world_end(&fixture.world);
}

/* ------------------------------------------------------------------ misuse */

static void
without_type(ths_self *self)
{
	struct number number = { 1 };

	cr_assert_eq(ths_send_message(self, THS_NOBODY, NULL, &number),
	    THS_BAD_ARGUMENT);
	send_until_kept(self, 0);
	cr_assert_eq(ths_send_message(self, fixture.sinks[0], NULL, &number),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_send_message(self, fixture.sinks[0], &number_type,
	    NULL), THS_BAD_ARGUMENT);
	send_numbers(self, 1, 1);
	cr_assert_eq(ths_send_message(self, fixture.sinks[0], NULL, &number),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(kept(self), 0);
}

Test(outbox, refuses_what_has_no_type)
{
	uint64_t accepted;

	begin();
	accepted = world_status(&fixture.world).accepted;
	play(without_type);
	check_met();
	cr_assert_eq(world_status(&fixture.world).accepted, accepted + 1 +
	    (uint64_t)(fixture.sent[0] + fixture.sent[1]));
	world_end(&fixture.world);
}

static void
without_memory(ths_self *self)
{
	struct memory *memory = &fixture.world.vm->memory;

	send_until_kept(self, 0);
	memory->bytes_max = atomic_load(&memory->bytes);
	send_lines(self, 0, 20 * BURST);
	memory->bytes_max = 0;
	send_numbers(self, 0, 100);
}

Test(outbox, loses_no_order_where_memory_ends)
{
	uint64_t dead;

	begin();
	play(without_memory);
	dead = world_dead(&fixture.world, THS_DEAD_NO_MEMORY);
	cr_assert_gt(dead, 0);
	cr_assert_eq((uint64_t)fixture.met[0] + dead,
	    (uint64_t)fixture.sent[0]);
	for (int i = 1; i < fixture.met[0]; i++)
		cr_assert_gt(fixture.values[0][i], fixture.values[0][i - 1]);
	cr_assert_eq(fixture.values[0][fixture.met[0] - 1],
	    fixture.sent[0] - 1, "the last ones had memory again");
	world_end(&fixture.world);
}

/* ------------------------------------------------------------------ helping */

static enum ths_status
drive_by_hand(void *context, struct scheduler *scheduler)
{
	(void)context, (void)scheduler;
	return THS_OK;
}

static void
join_nobody(void *context, struct scheduler *scheduler)
{
	(void)context, (void)scheduler;
}

/* Runs one worker until it has nothing more to do. */
static void
step(uint32_t index)
{
	struct worker *worker = &fixture.world.vm->scheduler.workers[index];
	struct worker *former = worker_set_current(worker);

	while (worker_step(worker))
		;
	worker_set_current(former);
}

/* Two workers that only move when they are told to. */
static void
begin_by_hand(void (*script)(ths_self *self))
{
	struct vm_ports ports = { .drive = drive_by_hand,
		.join = join_nobody };

	memset(&fixture, 0, sizeof(fixture));
	cr_assert_eq(world_try(&fixture.world, (ths_vm_config){ .workers = 2 },
	    &ports), THS_OK);
	fixture.player = world_spawn(&fixture.world, &player_actor);
	for (int i = 0; i < SINKS; i++)
		fixture.sinks[i] = world_spawn(&fixture.world, &sink_actor);
	step(0);
	fixture.script = script;
	cr_assert_eq(ths_tell(fixture.world.vm, fixture.player, go), THS_OK);
	step(0);
}

/* One look of the second worker's at the first one's outbox. */
static bool
look(uint64_t picks)
{
	struct crew *crews = fixture.world.vm->crews;

	return outbox_help(&crews[1], &crews[0], picks);
}

/* So many looks that the moment is over. */
static bool
look_for_long(uint64_t picks)
{
	for (int i = 0; i < OUTBOX_MOMENT_ROUNDS; i++)
		cr_assert_not(look(picks));
	return look(picks);
}

static void
help_a_busy_one(ths_self *self)
{
	cr_assert_not(look_for_long(1), "there is nothing");
	send_until_kept(self, 0);
	cr_assert_not(look_for_long(1), "the receiver was ready already");
	cr_assert_eq(waiting_at(0), fixture.sent[0]);
	cr_assert_not(look_for_long(1), "nothing is taken twice");
	cr_assert_eq(waiting_at(0), fixture.sent[0]);
	send_numbers(self, 0, 3);
	cr_assert_eq(waiting_at(0), fixture.sent[0] - 3);
	cr_assert_not(look_for_long(1));
	cr_assert_eq(waiting_at(0), fixture.sent[0]);
	send_numbers(self, 0, BURST);
	send_numbers(self, 1, 1);
	cr_assert_eq(waiting_at(0), fixture.sent[0]);
}

Test(outbox, is_taken_over_once_where_it_stands_still)
{
	begin_by_hand(help_a_busy_one);
	step(0);
	check_met();
	world_end_within(&fixture.world, 0);
}

/* Runs on the second worker what the first one has made ready. */
static void
run_what_is_next(void)
{
	struct worker *workers = fixture.world.vm->scheduler.workers;
	struct worker *former = worker_set_current(&workers[1]);
	struct task *task = atomic_exchange(&workers[0].next, NULL);

	cr_assert_not_null(task);
	slice_run(fixture.world.vm, &workers[1], task);
	worker_set_current(former);
}

static void
help_an_idle_one(ths_self *self)
{
	struct worker *workers = fixture.world.vm->scheduler.workers;

	send_until_kept(self, 0);
	run_what_is_next();
	cr_assert_eq(waiting_at(0), 0);
	cr_assert(look_for_long(1), "what was kept makes it ready");
	cr_assert_eq(atomic_load(&workers[1].next),
	    &world_slot(&fixture.world, fixture.sinks[0])->task);
	send_numbers(self, 0, 3);
	cr_assert_lt(waiting_at(0), fixture.sent[0] - fixture.met[0]);
}

Test(outbox, makes_an_idle_receiver_ready_at_who_takes_over)
{
	begin_by_hand(help_an_idle_one);
	step(1);
	check_met();
	world_end_within(&fixture.world, 0);
}

/* What is left finds a receiver that has become idle. */
static void
outlast_the_receiver(ths_self *self)
{
	send_until_kept(self, 0);
	run_what_is_next();
	cr_assert_lt(fixture.met[0], fixture.sent[0]);
}

Test(outbox, makes_an_idle_receiver_ready_when_it_closes)
{
	begin_by_hand(outlast_the_receiver);
	step(0);
	check_met();
	world_end_within(&fixture.world, 0);
}

static void
stand_still_and_move(ths_self *self)
{
	send_until_kept(self, 0);
	for (uint64_t picks = 0; picks < 10ull * OUTBOX_MOMENT_ROUNDS; picks++)
		cr_assert_not(look(picks), "the worker has moved");
	cr_assert_lt(waiting_at(0), fixture.sent[0]);
	for (int i = 0; i < 10; i++) {
		for (int n = 0; n < OUTBOX_MOMENT_ROUNDS; n++)
			look(1);
		if (kept(self) + 1 < OUTBOX_MAX)
			send_numbers(self, 0, 1);
	}
	cr_assert_lt(waiting_at(0), fixture.sent[0], "it has grown");
}

Test(outbox, is_left_alone_while_it_moves)
{
	begin_by_hand(stand_still_and_move);
	step(0);
	check_met();
	world_end_within(&fixture.world, 0);
}
