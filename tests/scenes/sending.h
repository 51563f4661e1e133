/* SPDX-License-Identifier: MIT */
/*
 * sending - who gets what, from whom and in which order: scenarios C-18, C-19,
 * C-24 and C-33, and what the runtime answers itself.
 */
#ifndef TESTS_SCENES_SENDING_H
#define TESTS_SCENES_SENDING_H

#include <string.h>

#include "tests/scenes/numbers.h"

/* ------------------------------------------------------------ one at a time */

THS_MESSAGE(poke, THS_FIELD(int64_t, pokes), THS_FIELD(ths_address, whom))
THS_SIGNAL(poked)

/* Plain fields: two handlers at once would be a race, and miscount. */
struct private {
	bool is_inside;
	int64_t count;
};

static ths_status
private_poked(ths_self *self, struct private *own, const struct poked *poked)
{
	int64_t count = own->count;

	(void)self, (void)poked;
	STAGE_CHECK(!own->is_inside);
	own->is_inside = true;
	STAGE_PAUSE();
	own->count = count + 1;
	STAGE_CHECK(own->is_inside);
	own->is_inside = false;
	return THS_OK;
}

static ths_status
private_question(ths_self *self, struct private *own,
    const struct question *question)
{
	(void)question;
	return ths_reply(self, number, .value = own->count);
}

THS_ACTOR(private, struct private, THS_ON(poked, private_poked),
    THS_ON(question, private_question))

/* Pokes one by one, so that others come between. */
static ths_status
poker_poke(ths_self *self, ths_nothing *state, const struct poke *poke)
{
	(void)state;
	if (poke->pokes == 0)
		return THS_OK;
	ths_send(self, poke->whom, poked);
	return ths_send(self, ths_me(self), poke, .pokes = poke->pokes - 1,
	    .whom = poke->whom);
}

THS_ACTOR(poker, ths_nothing, THS_ON(poke, poker_poke))

/* T-040: two of a kind, poked by many; each has its own state. */
static inline void
sending_meets_one_at_a_time(ths_vm *vm)
{
	enum { POKERS = 4 };
	ths_address whom[2] = { stage_spawn(vm, &private_actor),
		stage_spawn(vm, &private_actor) };
	int64_t counts[2] = { 0, 0 };

	for (int i = 0; i < POKERS; i++)
		STAGE_CHECK(ths_tell(vm, stage_spawn(vm, &poker_actor),
		    poke, .pokes = STAGE_MANY + i % 2,
		    .whom = whom[i % 2]) == THS_OK);
	while (counts[0] + counts[1] < POKERS * STAGE_MANY + 2) {
		for (int i = 0; i < 2; i++)
			counts[i] = number_of(ths_call(vm, whom[i],
			    STAGE_PATIENCE, question));
	}
	/* T-040 */
	STAGE_CHECK(counts[0] == 2 * STAGE_MANY);
	STAGE_CHECK(counts[1] == 2 * STAGE_MANY + 2);
}

/* --------------------------------------------------------------- travellers */

THS_MESSAGE(travel, THS_LIST(ths_address, by), THS_FIELD(ths_address, target),
    THS_FIELD(ths_address, asker), THS_FIELD(uint32_t, leg))
THS_MESSAGE(arrived, THS_FIELD(ths_address, at), THS_FIELD(ths_address, from))

static ths_status
station_travel(ths_self *self, ths_nothing *state, const struct travel *travel)
{
	bool is_there = travel->leg == travel->by.length;

	(void)state;
	if (is_there && ths_address_equal(travel->target, ths_me(self)))
		return ths_send(self, travel->asker, arrived,
		    .at = ths_me(self), .from = ths_sender(self));
	return ths_send(self, is_there ? travel->target :
	    travel->by.items[travel->leg], travel,
	    .by = { travel->by.items, travel->by.length },
	    .target = travel->target, .asker = travel->asker,
	    .leg = travel->leg + !is_there);
}

THS_ACTOR(station, ths_nothing, THS_ON(travel, station_travel))

/* By these stations to the target; the last of them is who it comes from. */
static inline void
sending_check_travel(ths_vm *vm, ths_address first, const ths_address *by,
    size_t length, ths_address target, ths_address from)
{
	ths_client *client;
	const struct arrived *arrived;
	ths_mail *mail;

	STAGE_CHECK(ths_client_open(vm, &client) == THS_OK);
	mail = ths_ask_message(vm, client, first, STAGE_PATIENCE,
	    &travel_type, &(struct travel){ .by = { by, length },
	    .target = target, .asker = ths_client_address(client) });
	arrived = ths_mail_as(mail, arrived);
	STAGE_CHECK(arrived != NULL);
	STAGE_CHECK(ths_address_equal(arrived->at, target));
	STAGE_CHECK(ths_address_equal(ths_mail_sender(mail), target));
	STAGE_CHECK(ths_address_equal(arrived->from,
	    ths_address_is_nobody(from) ? ths_client_address(client) : from));
	ths_mail_free(mail);
	/* Once. */
	mail = ths_listen(vm, client, 0);
	STAGE_CHECK(ths_mail_status(mail) == THS_TIMEOUT);
	ths_mail_free(mail);
	ths_client_close(client);
}

/* C-18 */
static inline void
sending_goes_where_the_address_says(ths_vm *vm)
{
	ths_address a = stage_spawn(vm, &station_actor);
	ths_address b = stage_spawn(vm, &station_actor);
	ths_address c = stage_spawn(vm, &station_actor);
	const ths_address several[] = { b, c, b };
	const ths_address bounce[] = { b, a, b, a };
	const ths_address itself[] = { a, a };

	sending_check_travel(vm, a, NULL, 0, a, THS_NOBODY);
	sending_check_travel(vm, a, NULL, 0, b, a);
	sending_check_travel(vm, a, several, 3, c, b);
	sending_check_travel(vm, a, bounce, 4, b, a);
	sending_check_travel(vm, a, itself, 2, a, a);
	for (int i = 0; i < 5; i++)
		sending_check_travel(vm, a, several, 3,
		    stage_spawn(vm, &station_actor), b);
}

/* ------------------------------------------------------------------- adders */

THS_MESSAGE(add_every, THS_LIST(ths_address, others), THS_FIELD(uint32_t, next),
    THS_FIELD(int64_t, sum), THS_FIELD(ths_address, asker))

static ths_status
adder_add_every(ths_self *self, ths_nothing *state,
    const struct add_every *every)
{
	(void)state;
	if (every->next == every->others.length)
		return ths_send(self, every->asker, number,
		    .value = every->sum + 1);
	return ths_send(self, every->others.items[every->next], add_every,
	    .others = { every->others.items, every->others.length },
	    .next = every->next + 1, .sum = every->sum + 1,
	    .asker = every->asker);
}

THS_ACTOR(adder, ths_nothing, THS_ON(add_every, adder_add_every))

/* The sum of a chain of so many; the asker is the call itself. */
static ths_status
asker_number(ths_self *self, ths_nothing *state, const struct number *number)
{
	ths_address others[32];
	size_t length = (size_t)number->value;

	(void)state;
	STAGE_CHECK(length <= 32);
	for (size_t i = 0; i < length; i++) {
		ths_status status = ths_spawn_child(self, &others[i],
		    &adder_actor, NULL);

		if (status != THS_OK)
			return status;
	}
	return ths_send(self, others[0], add_every,
	    .others = { others + 1, length - 1 }, .asker = ths_sender(self));
}

THS_ACTOR(asker, ths_nothing, THS_ON(number, asker_number))

/* C-19: ten, many, and ten with others at work; each time the same. */
static inline void
sending_adds_up_along_a_chain(ths_vm *vm)
{
	ths_address asker = stage_spawn(vm, &asker_actor);
	ths_address busy = stage_spawn(vm, &private_actor);
	static const int64_t lengths[] = { 10, 10, 32, 1 };

	for (int i = 0; i < 4; i++)
		STAGE_CHECK(number_of(ths_call(vm, asker,
		    STAGE_PATIENCE, number, .value = lengths[i])) ==
		    lengths[i]);
	STAGE_CHECK(ths_tell(vm, stage_spawn(vm, &poker_actor), poke,
	    .pokes = 10 * STAGE_MANY, .whom = busy) == THS_OK);
	for (int i = 0; i < 3; i++)
		STAGE_CHECK(number_of(ths_call(vm, asker,
		    STAGE_PATIENCE, number, .value = 10)) == 10);
	while (number_of(ths_call(vm, busy, STAGE_PATIENCE,
	    question)) < 10 * STAGE_MANY)
		;
}

/* -------------------------------------------------------------------- order */

enum { SENDING_RIVALS = 4, SENDING_EACH = STAGE_MANY * 100 };

THS_MESSAGE(numbered, THS_FIELD(uint32_t, rival), THS_FIELD(int64_t, value))
THS_MESSAGE(race, THS_FIELD(uint32_t, rival), THS_FIELD(ths_address, target),
    THS_FIELD(ths_address, umpire))
THS_SIGNAL(done)
THS_SIGNAL(finish)

/* Ends when asked to, and tells the umpire what it has seen. */
struct target {
	int64_t next[SENDING_RIVALS];
	ths_address umpire;
};

static ths_status
target_race(ths_self *self, struct target *target, const struct race *race)
{
	(void)self;
	target->umpire = race->umpire;
	return THS_OK;
}

static ths_status
target_numbered(ths_self *self, struct target *target,
    const struct numbered *numbered)
{
	(void)self;
	/* T-048 */
	STAGE_CHECK(target->next[numbered->rival] == numbered->value);
	target->next[numbered->rival]++;
	return THS_OK;
}

static ths_status
target_exit(ths_self *self, struct target *target,
    const struct ths_exit_request *request)
{
	(void)request;
	for (int i = 0; i < SENDING_RIVALS; i++)
		STAGE_CHECK(target->next[i] == SENDING_EACH);
	return ths_send(self, target->umpire, number, .value = SENDING_EACH);
}

THS_ACTOR(target, struct target, THS_START(race, target_race),
    THS_ON(numbered, target_numbered), THS_ON(ths_exit_request, target_exit))

struct rival {
	struct race race;
	uint64_t random;
	int64_t sent;
};

/* A burst, then a short rest or none. */
static ths_status
rival_burst(ths_self *self, struct rival *rival)
{
	uint64_t dice;

	rival->random = rival->random * UINT64_C(6364136223846793005) + 1;
	dice = rival->random >> 33;
	for (uint64_t i = 0; i <= dice % 50 && rival->sent < SENDING_EACH; i++)
		ths_send(self, rival->race.target, numbered,
		    .rival = rival->race.rival, .value = rival->sent++);
	if (rival->sent == SENDING_EACH)
		return ths_send(self, rival->race.umpire, done);
	if (dice / 64 % 32 == 0)
		return ths_timer_set(self, THS_MICROSECONDS(dice % 1000), 0,
		    NULL);
	return ths_send(self, ths_me(self), question);
}

static ths_status
rival_race(ths_self *self, struct rival *rival, const struct race *race)
{
	rival->race = *race;
	rival->random = race->rival + 1;
	return rival_burst(self, rival);
}

static ths_status
rival_question(ths_self *self, struct rival *rival,
    const struct question *question)
{
	(void)question;
	return rival_burst(self, rival);
}

static ths_status
rival_wakeup(ths_self *self, struct rival *rival,
    const struct ths_wakeup *wakeup)
{
	(void)wakeup;
	return rival_burst(self, rival);
}

/* The last to be done, whom the umpire tells so. */
static ths_status
rival_finish(ths_self *self, struct rival *rival, const struct finish *finish)
{
	(void)finish;
	return ths_send(self, rival->race.target, ths_exit_request);
}

THS_ACTOR(rival, struct rival, THS_ON(race, rival_race),
    THS_ON(question, rival_question), THS_ON(ths_wakeup, rival_wakeup),
    THS_ON(finish, rival_finish))

struct umpire {
	ths_address asker;
	int done;
};

static ths_status
umpire_question(ths_self *self, struct umpire *umpire,
    const struct question *question)
{
	ths_address target, rival;
	ths_status status;

	(void)question;
	umpire->asker = ths_sender(self);
	status = ths_spawn_child(self, &target, &target_actor,
	    &(ths_spawn_options){ .start = THS_ANY(race,
	    .umpire = ths_me(self)) });
	for (uint32_t i = 0; status == THS_OK && i < SENDING_RIVALS; i++) {
		status = ths_spawn_child(self, &rival, &rival_actor, NULL);
		if (status == THS_OK)
			ths_send(self, rival, race, .rival = i,
			    .target = target, .umpire = ths_me(self));
	}
	return status;
}

static ths_status
umpire_done(ths_self *self, struct umpire *umpire, const struct done *done)
{
	(void)done;
	return ++umpire->done < SENDING_RIVALS ? THS_OK :
	    ths_reply(self, finish);
}

static ths_status
umpire_number(ths_self *self, struct umpire *umpire,
    const struct number *number)
{
	return ths_send(self, umpire->asker, number, .value = number->value);
}

THS_ACTOR(umpire, struct umpire, THS_ON(question, umpire_question),
    THS_ON(done, umpire_done), THS_ON(number, umpire_number))

/* C-24 */
static inline void
sending_keeps_each_senders_order(ths_vm *vm)
{
	STAGE_CHECK(number_of(ths_call(vm,
	    stage_spawn(vm, &umpire_actor), STAGE_PATIENCE,
	    question)) == SENDING_EACH);
}

/* ------------------------------------------------------ the runtime's own */

THS_MESSAGE(forge, THS_FIELD(ths_address, whom))
THS_MESSAGE(forged, THS_FIELD(uint32_t, refused))

/* Would be glad to meet any of them. */
struct recorder { int64_t met; };

#define RECORDS(message) \
	static ths_status \
	recorder_##message(ths_self *self, struct recorder *recorder, \
	    const struct message *met) \
	{ \
		(void)self, (void)met; \
		recorder->met++; \
		return THS_OK; \
	}
RECORDS(ths_wakeup)
RECORDS(ths_actor_exited)
RECORDS(ths_poison)
RECORDS(ths_dead_letter)
RECORDS(ths_down)
RECORDS(ths_status_request)
RECORDS(ths_status_report)
#undef RECORDS

static ths_status
recorder_question(ths_self *self, struct recorder *recorder,
    const struct question *question)
{
	(void)question;
	return ths_reply(self, number, .value = recorder->met);
}

THS_ACTOR(recorder, struct recorder, THS_ON(ths_wakeup, recorder_ths_wakeup),
    THS_ON(ths_actor_exited, recorder_ths_actor_exited),
    THS_ON(ths_poison, recorder_ths_poison),
    THS_ON(ths_dead_letter, recorder_ths_dead_letter),
    THS_ON(ths_down, recorder_ths_down),
    THS_ON(ths_status_request, recorder_ths_status_request),
    THS_ON(ths_status_report, recorder_ths_status_report),
    THS_ON(question, recorder_question))

/* All that it can make of them, and a type of its own by a name of theirs. */
static ths_status
forger_forge(ths_self *self, ths_nothing *state, const struct forge *forge)
{
	static const ths_type *const types[] = { &ths_wakeup_type,
		&ths_actor_exited_type, &ths_poison_type,
		&ths_dead_letter_type, &ths_down_type,
		&ths_status_report_type };
	static const ths_type own = { "ths_wakeup", sizeof(struct ths_wakeup),
		sizeof(ths_ths_wakeup_fields) / sizeof(ths_field), 0,
		ths_ths_wakeup_fields };
	static const char bytes[256];
	uint32_t refused = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		refused += ths_send_message(self, forge->whom, types[i],
		    bytes) == THS_BAD_ARGUMENT;
	refused += ths_send_message(self, forge->whom, &own, bytes) ==
	    THS_BAD_ARGUMENT;
	return ths_reply(self, forged, .refused = refused);
}

THS_ACTOR(forger, ths_nothing, THS_ON(forge, forger_forge))

/* C-33 */
static inline void
sending_of_the_runtimes_own_is_refused(ths_vm *vm)
{
	ths_address recorder = stage_spawn(vm, &recorder_actor);
	ths_address forger = stage_spawn(vm, &forger_actor);
	ths_mail *mail = ths_call(vm, forger, STAGE_PATIENCE, forge,
	    .whom = recorder);

	STAGE_CHECK(ths_mail_as(mail, forged) != NULL);
	STAGE_CHECK(ths_mail_as(mail, forged)->refused == 7);
	ths_mail_free(mail);
	STAGE_CHECK(number_of(ths_call(vm, recorder,
	    STAGE_PATIENCE, question)) == 0);
}

/* T-125: to an actor that would handle the request, if it came. */
static inline void
sending_a_status_request_is_answered(ths_vm *vm)
{
	ths_address recorder = stage_spawn(vm, &recorder_actor);
	const struct ths_status_report *report;
	ths_mail *mail;

	STAGE_CHECK(number_of(ths_call(vm, recorder,
	    STAGE_PATIENCE, question)) == 0);
	for (int i = 0; i < 3; i++) {
		mail = ths_call(vm, recorder, STAGE_PATIENCE,
		    ths_status_request);
		report = ths_mail_as(mail, ths_status_report);
		STAGE_CHECK(report != NULL);
		STAGE_CHECK(ths_address_equal(ths_mail_sender(mail),
		    recorder));
		/* T-125 */
		STAGE_CHECK(ths_address_equal(report->about, recorder));
		STAGE_CHECK(strcmp(report->kind, "recorder") == 0);
		STAGE_CHECK(report->handled <= 1);
		STAGE_CHECK(!report->is_exiting);
		ths_mail_free(mail);
	}
	STAGE_CHECK(number_of(ths_call(vm, recorder,
	    STAGE_PATIENCE, question)) == 0);
}

#endif
