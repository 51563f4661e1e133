/* SPDX-License-Identifier: MIT */
/*
 * pack: messages that travel in one envelope are met like any others.  A player
 * sends a burst, which the outbox packs; what the sink does with each message
 * is the test's.
 */
#include "tests/unit/vm/world.h"
#include "thespis/become.h"
#include "thespis/dead.h"
#include "thespis/keep.h"
#include "thespis/life.h"
#include "vm/actor/pack.h"
#include "vm/actor/seal.h"

enum {
	BURST = 200,   /* some single ones, and three packs */
	MET_MAX = 2 * BURST,
	SINKS = 2,
	OTHER = 1000,  /* a value no burst has */
};

THS_MESSAGE(number, THS_FIELD(int64_t, value))
THS_MESSAGE(small, THS_FIELD(uint8_t, value))
THS_MESSAGE(pair, THS_FIELD(int64_t, value), THS_FIELD(int64_t, twin))
THS_MESSAGE(triple, THS_FIELD(int64_t, value), THS_FIELD(int64_t, twin),
    THS_FIELD(uint8_t, low))
THS_MESSAGE(wide, THS_ARRAY(int64_t, values, 8))
THS_MESSAGE(wider, THS_ARRAY(int64_t, values, 9))
THS_SIGNAL(tick)
THS_SIGNAL(go)
THS_SIGNAL(open)

static struct fixture {
	struct world world;
	ths_address player;
	ths_address sinks[SINKS];
	void (*send)(ths_self *self);
	ths_status (*act)(ths_self *self, const struct number *number);
	int met[SINKS];
	int64_t values[SINKS][MET_MAX];
	int ticks;
	int poisoned;
	int64_t poison[MET_MAX];
	int letters;
	int64_t letter[MET_MAX];
	ths_mail *kept[MET_MAX];
	int kept_length;
} fixture;

static bool
is_packed_now(const ths_self *self)
{
	return slot_of_self(self)->crew->outbox.pack != NULL;
}

static void
note(const ths_self *self, int64_t value)
{
	for (int i = 0; i < SINKS; i++) {
		if (ths_me(self).slot != fixture.sinks[i].slot)
			continue;
		cr_assert_lt(fixture.met[i], (int)MET_MAX);
		fixture.values[i][fixture.met[i]++] = value;
	}
}

/* ------------------------------------------------------------------- actors */

static ths_status
sink_number(ths_self *self, ths_nothing *state, const struct number *number)
{
	(void)state;
	cr_assert(ths_address_equal(ths_sender(self), fixture.player));
	if (fixture.act == NULL) {
		note(self, number->value);
		return THS_OK;
	}
	return fixture.act(self, number);
}

static ths_status
sink_small(ths_self *self, ths_nothing *state, const struct small *small)
{
	(void)state;
	note(self, small->value);
	return THS_OK;
}

static ths_status
sink_pair(ths_self *self, ths_nothing *state, const struct pair *pair)
{
	(void)state;
	cr_assert_eq(pair->twin, -pair->value);
	note(self, pair->value);
	return THS_OK;
}

static ths_status
sink_triple(ths_self *self, ths_nothing *state, const struct triple *triple)
{
	(void)state;
	cr_assert_eq(triple->twin, -triple->value);
	cr_assert_eq(triple->low, (uint8_t)triple->value);
	note(self, triple->value);
	return THS_OK;
}

static ths_status
sink_wide(ths_self *self, ths_nothing *state, const struct wide *wide)
{
	(void)state;
	for (int i = 0; i < 8; i++)
		cr_assert_eq(wide->values[i], wide->values[0] + i);
	note(self, wide->values[0]);
	return THS_OK;
}

static ths_status
sink_wider(ths_self *self, ths_nothing *state, const struct wider *wider)
{
	(void)state;
	for (int i = 0; i < 9; i++)
		cr_assert_eq(wider->values[i], wider->values[0] + i);
	note(self, wider->values[0]);
	return THS_OK;
}

static ths_status
sink_tick(ths_self *self, ths_nothing *state, const struct tick *tick)
{
	(void)self, (void)state, (void)tick;
	fixture.ticks++;
	return THS_OK;
}

static ths_status
sink_open(ths_self *self, ths_nothing *state, const struct open *open)
{
	(void)state, (void)open;
	fixture.act = NULL;
	ths_unstash_all(self);
	return THS_OK;
}

THS_ACTOR(sink, ths_nothing, THS_ON(number, sink_number),
    THS_ON(small, sink_small), THS_ON(pair, sink_pair),
    THS_ON(triple, sink_triple), THS_ON(wide, sink_wide),
    THS_ON(wider, sink_wider), THS_ON(tick, sink_tick), THS_ON(open, sink_open))

static ths_status
changed_number(ths_self *self, ths_nothing *state, const struct number *number)
{
	(void)state;
	note(self, OTHER + number->value);
	return THS_OK;
}

THS_ACTOR(changed, ths_nothing, THS_ON(number, changed_number))

/* Understands nothing of what it gets. */
THS_ACTOR(deaf, ths_nothing, THS_ON(open, sink_open))

static ths_status
player_go(ths_self *self, ths_nothing *state, const struct go *go)
{
	(void)state, (void)go;
	fixture.send(self);
	return THS_OK;
}

static ths_status
player_poison(ths_self *self, ths_nothing *state,
    const struct ths_poison *poison)
{
	const struct number *number = poison->message.message;

	(void)self, (void)state;
	cr_assert_eq(poison->message.type, &number_type);
	fixture.poison[fixture.poisoned++] = number->value;
	return THS_OK;
}

THS_ACTOR(player, ths_nothing, THS_ON(go, player_go),
    THS_ON(ths_poison, player_poison))

static ths_status
undertaker_go(ths_self *self, ths_nothing *state, const struct go *go)
{
	(void)state, (void)go;
	ths_handle_dead_letters(self, true);
	return THS_OK;
}

static ths_status
undertaker_letter(ths_self *self, ths_nothing *state,
    const struct ths_dead_letter *letter)
{
	const struct number *number = letter->message.message;

	(void)self, (void)state;
	cr_assert_eq(letter->message.type, &number_type);
	cr_assert(ths_address_equal(letter->from, fixture.player));
	fixture.letter[fixture.letters++] = number->value;
	return THS_OK;
}

THS_ACTOR(undertaker, ths_nothing, THS_ON(go, undertaker_go),
    THS_ON(ths_dead_letter, undertaker_letter))

/* ----------------------------------------------------------------- fixture */

static void
begin_with(ths_vm_config config, const ths_actor *first)
{
	ths_address undertaker;

	memset(&fixture, 0, sizeof(fixture));
	config.mode = THS_MODE_INLINE;
	world_begin_with(&fixture.world, config);
	fixture.player = world_spawn(&fixture.world, &player_actor);
	fixture.sinks[0] = world_spawn(&fixture.world, first);
	fixture.sinks[1] = world_spawn(&fixture.world, &sink_actor);
	undertaker = world_spawn(&fixture.world, &undertaker_actor);
	cr_assert_eq(ths_tell(fixture.world.vm, undertaker, go), THS_OK);
	ths_vm_run(fixture.world.vm, 0);
}

static void
begin(ths_status (*act)(ths_self *self, const struct number *number))
{
	begin_with((ths_vm_config){ 0 }, &sink_actor);
	fixture.act = act;
}

static void
send_numbers(ths_self *self)
{
	for (int i = 0; i < BURST; i++)
		cr_assert_eq(ths_send(self, fixture.sinks[0], number,
		    .value = i), THS_OK);
	cr_assert(is_packed_now(self));
}

/* Lets the player send, and then everybody handle what they have. */
static void
play(void (*send)(ths_self *self))
{
	fixture.send = send;
	cr_assert_eq(ths_tell(fixture.world.vm, fixture.player, go), THS_OK);
	ths_vm_run(fixture.world.vm, 0);
}

/* A sink has met these values, in this order, from the n-th on. */
static void
check_values(int sink, int from, int64_t first, int count, int64_t step)
{
	cr_assert_geq(fixture.met[sink], from + count);
	for (int i = 0; i < count; i++)
		cr_assert_eq(fixture.values[sink][from + i], first + i * step,
		    "sink %d, number %d", sink, from + i);
}

/* ------------------------------------------------------------------ content */

static void
send_small(ths_self *self)
{
	for (int i = 0; i < BURST; i++)
		ths_send(self, fixture.sinks[0], small, .value = (uint8_t)i);
	cr_assert(is_packed_now(self));
}

static void
send_pairs(ths_self *self)
{
	for (int i = 0; i < BURST; i++)
		ths_send(self, fixture.sinks[0], pair, .value = i,
		    .twin = -i);
	cr_assert(is_packed_now(self));
}

static void
send_triples(ths_self *self)
{
	for (int i = 0; i < BURST; i++)
		ths_send(self, fixture.sinks[0], triple, .value = i,
		    .twin = -i, .low = (uint8_t)i);
	cr_assert(is_packed_now(self));
}

static void
send_wide(ths_self *self)
{
	for (int i = 0; i < BURST; i++)
		ths_send(self, fixture.sinks[0], wide, .values = { i, i + 1,
		    i + 2, i + 3, i + 4, i + 5, i + 6, i + 7 });
	cr_assert(is_packed_now(self));
}

static void
send_wider(ths_self *self)
{
	for (int i = 0; i < BURST; i++)
		ths_send(self, fixture.sinks[0], wider, .values = { i, i + 1,
		    i + 2, i + 3, i + 4, i + 5, i + 6, i + 7, i + 8 });
	cr_assert_not(is_packed_now(self), "larger than PACK_MESSAGE_MAX");
}

Test(pack, brings_messages_of_each_size_in_order)
{
	void (*const senders[])(ths_self *self) = { send_numbers, send_small,
		send_pairs, send_triples, send_wide, send_wider };

	for (size_t i = 0; i < sizeof(senders) / sizeof(senders[0]); i++) {
		begin(NULL);
		play(senders[i]);
		cr_assert_eq(fixture.met[0], BURST);
		check_values(0, 0, 0, BURST, 1);
		world_end(&fixture.world);
	}
}

static void
send_ticks(ths_self *self)
{
	for (int i = 0; i < BURST; i++)
		ths_send(self, fixture.sinks[0], tick);
	cr_assert(is_packed_now(self));
}

Test(pack, brings_messages_without_content)
{
	begin(NULL);
	play(send_ticks);
	cr_assert_eq(fixture.ticks, BURST);
	world_end(&fixture.world);
}

static void
send_in_turn(ths_self *self)
{
	for (int i = 0; i < BURST; i++) {
		if (i / 3 % 2 == 0)
			ths_send(self, fixture.sinks[0], number, .value = i);
		else
			ths_send(self, fixture.sinks[0], pair, .value = i,
			    .twin = -i);
	}
}

Test(pack, keeps_the_order_of_two_types_in_turn)
{
	begin(NULL);
	play(send_in_turn);
	cr_assert_eq(fixture.met[0], BURST);
	check_values(0, 0, 0, BURST, 1);
	world_end(&fixture.world);
}

/* ---------------------------------------------- what a handler does with it */

static ths_status
keep_it(ths_self *self, const struct number *number)
{
	ths_mail *mail = ths_keep(self);

	cr_assert_eq(ths_mail_status(mail), THS_OK);
	cr_assert_eq(ths_mail_as(mail, number), number,
	    "kept where the handler saw it");
	if (number->value % 2 == 0)
		fixture.kept[fixture.kept_length++] = mail;
	else
		ths_mail_free(mail);
	return THS_OK;
}

Test(pack, lets_each_message_be_kept)
{
	begin(keep_it);
	play(send_numbers);
	cr_assert_eq(fixture.kept_length, BURST / 2);
	for (int i = 0; i < BURST / 2; i++) {
		cr_assert_eq(ths_mail_as(fixture.kept[i], number)->value,
		    2 * i);
		cr_assert(ths_address_equal(ths_mail_sender(fixture.kept[i]),
		    fixture.player));
	}
	world_end(&fixture.world);
}

static ths_status
forward_thirds(ths_self *self, const struct number *number)
{
	if (ths_me(self).slot == fixture.sinks[0].slot &&
	    number->value % 3 == 0)
		return ths_forward(self, fixture.sinks[1]);
	note(self, number->value);
	return THS_OK;
}

Test(pack, lets_each_message_be_forwarded)
{
	begin(forward_thirds);
	play(send_numbers);
	cr_assert_eq(fixture.met[0], BURST - (BURST + 2) / 3);
	cr_assert_eq(fixture.met[1], (BURST + 2) / 3);
	check_values(1, 0, 0, (BURST + 2) / 3, 3);
	world_end(&fixture.world);
}

static ths_status
stash_evens(ths_self *self, const struct number *number)
{
	if (number->value % 2 == 0) {
		cr_assert_eq(ths_stash(self), THS_OK);
		return THS_OK;
	}
	note(self, number->value);
	/* From within the pack: they come before what is left of it. */
	if (number->value == BURST / 2 + 1) {
		fixture.act = NULL;
		cr_assert_eq(ths_unstash_all(self), BURST / 4 + 1);
	}
	return THS_OK;
}

Test(pack, waits_behind_what_is_released)
{
	const int odds = BURST / 4 + 1;

	begin(stash_evens);
	play(send_numbers);
	cr_assert_eq(fixture.met[0], BURST);
	check_values(0, 0, 1, odds, 2);
	check_values(0, odds, 0, odds, 2);
	check_values(0, 2 * odds, BURST / 2 + 2, BURST - 2 * odds, 1);
	world_end(&fixture.world);
}

static ths_status
become_at_half(ths_self *self, const struct number *number)
{
	note(self, number->value);
	return number->value == BURST / 2 ? ths_become(self, &changed_actor) :
	    THS_OK;
}

Test(pack, meets_the_behaviour_that_an_actor_becomes)
{
	begin(become_at_half);
	play(send_numbers);
	check_values(0, 0, 0, BURST / 2 + 1, 1);
	check_values(0, BURST / 2 + 1, OTHER + BURST / 2 + 1, BURST / 2 - 1, 1);
	world_end(&fixture.world);
}

static ths_status
fail_at_tens(ths_self *self, const struct number *number)
{
	note(self, number->value);
	return number->value % 10 == 9 ? ths_fail(self, "a ten") : THS_OK;
}

Test(pack, has_each_failure_tried_again_and_poisoned)
{
	begin(fail_at_tens);
	play(send_numbers);
	cr_assert_eq(fixture.met[0], BURST + BURST / 10);
	check_values(0, 9, 9, 2, 0);
	cr_assert_eq(fixture.poisoned, BURST / 10);
	for (int i = 0; i < BURST / 10; i++)
		cr_assert_eq(fixture.poison[i], 10 * i + 9);
	world_end(&fixture.world);
}

/* ------------------------------------------------------------- dead letters */

static ths_status
leave_at_half(ths_self *self, const struct number *number)
{
	note(self, number->value);
	if (number->value == BURST / 2)
		ths_exit(self);
	return THS_OK;
}

Test(pack, of_an_actor_that_ends_becomes_dead_letters_one_by_one)
{
	const int dead = BURST / 2 - 1;

	begin(leave_at_half);
	play(send_numbers);
	cr_assert_eq(fixture.met[0], BURST / 2 + 1);
	cr_assert_eq(world_dead(&fixture.world, THS_DEAD_EXITED), dead);
	cr_assert_eq(fixture.letters, dead);
	for (int i = 0; i < dead; i++)
		cr_assert_eq(fixture.letter[i], BURST / 2 + 1 + i);
	world_end(&fixture.world);
}

Test(pack, that_nobody_understands_becomes_dead_letters_one_by_one)
{
	begin_with((ths_vm_config){ 0 }, &deaf_actor);
	play(send_numbers);
	cr_assert_eq(world_dead(&fixture.world, THS_DEAD_UNHANDLED), BURST);
	cr_assert_eq(fixture.letters, BURST);
	for (int i = 0; i < BURST; i++)
		cr_assert_eq(fixture.letter[i], i);
	world_end(&fixture.world);
}

static ths_status
stop_at_hundred(ths_self *self, const struct number *number)
{
	note(self, number->value);
	if (number->value == 100)
		ths_self_stop_vm(self);
	return THS_OK;
}

/* world_end() checks that all of them add up. */
Test(pack, is_counted_when_the_vm_stops_within_it)
{
	begin_with((ths_vm_config){ .slice_max = 3 }, &sink_actor);
	fixture.act = stop_at_hundred;
	play(send_numbers);
	cr_assert_geq(fixture.met[0], 101);
	world_end(&fixture.world);
}

/* ------------------------------------------------------------------- limits */

static ths_status
tick_to_other(ths_self *self, const struct number *number)
{
	note(self, number->value);
	return ths_send(self, fixture.sinks[1], tick);
}

Test(pack, is_met_in_as_many_slices_as_it_takes)
{
	begin_with((ths_vm_config){ .slice_max = 3 }, &sink_actor);
	fixture.act = tick_to_other;
	play(send_numbers);
	cr_assert_eq(fixture.met[0], BURST);
	check_values(0, 0, 0, BURST, 1);
	cr_assert_eq(fixture.ticks, BURST);
	world_end(&fixture.world);
}

static struct envelope *hoard;

/* Takes all that is to be had of the smallest envelopes, without memory. */
static ths_status
exhaust(ths_self *self, const struct number *number)
{
	struct crew *crew = slot_of_self(self)->crew;
	struct memory *memory = &crew->vm->memory;
	struct envelope *envelope;

	note(self, number->value);
	if (number->value == BURST / 2) {
		cr_assert_eq(ths_mail_status(ths_keep(self)), THS_OK);
		memory->bytes_max = atomic_load(&memory->bytes);
		while ((envelope = pool_take(&crew->cache, 8)) != NULL) {
			envelope->next = hoard;
			hoard = envelope;
		}
		return THS_OK;
	}
	if (hoard == NULL)
		return THS_OK;
	memory->bytes_max = 0;
	while ((envelope = hoard) != NULL) {
		hoard = envelope->next;
		pool_give(&crew->cache, envelope);
	}
	return THS_OK;
}

Test(pack, loses_no_order_where_memory_ends_at_the_receiver)
{
	int dead, gap = BURST / 2;

	begin(exhaust);
	play(send_numbers);
	dead = (int)world_dead(&fixture.world, THS_DEAD_NO_MEMORY);
	cr_assert_gt(dead, 0);
	cr_assert_lt(dead, OUTBOX_MAX);
	cr_assert_eq(fixture.met[0] + dead, BURST);
	check_values(0, 0, 0, gap + 1, 1);
	check_values(0, gap + 1, gap + 1 + dead, BURST - gap - 1 - dead, 1);
	world_end(&fixture.world);
}

/* A sender may not know yet that somebody waits in this place now. */
Test(pack, is_opened_for_a_client)
{
	ths_client *client;
	struct slot *slot;
	struct crew *crew;
	struct envelope *sealed, *pack;
	ths_vm *vm;

	begin(NULL);
	vm = fixture.world.vm;
	cr_assert_eq(ths_client_open(vm, &client), THS_OK);
	slot = world_slot(&fixture.world, ths_client_address(client));
	crew = slot->crew;
	cr_assert_eq(seal_message(crew, SLOT_NONE, &number_type,
	    &(struct number){ 0 }, false, &sealed), THS_OK);
	sealed->to_generation = slot->generation;
	sealed->from_slot = SLOT_NONE;
	pack = pack_new(&crew->cache, &sealed->head, 3);
	cr_assert_not_null(pack);
	for (int64_t i = 0; i < 3; i++)
		memcpy(pack->message + 8 * i, &i, 8);
	pack_set(pack, 1, 3);
	counts_add(&crew->counts.accepted, 2);
	inbox_push_many(&slot->inbox, pack, 2);
	for (int64_t i = 1; i < 3; i++) {
		ths_mail *mail = ths_listen(vm, client, THS_SECONDS(10));

		cr_assert_eq(ths_mail_as(mail, number)->value, i);
		ths_mail_free(mail);
	}
	pool_give(&crew->cache, sealed);
	ths_client_close(client);
	world_end(&fixture.world);
}
