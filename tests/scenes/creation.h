/* SPDX-License-Identifier: MIT */
/*
 * creation - actors made by reference and by the name of their kind, and
 * written to at once by whoever has their address: scenarios C-01 to C-10.
 */
#ifndef TESTS_SCENES_CREATION_H
#define TESTS_SCENES_CREATION_H

#include "tests/scenes/numbers.h"

THS_MESSAGE(saw, THS_FIELD(ths_address, asker), THS_FIELD(int64_t, value))
THS_MESSAGE(bring, THS_FIELD(ths_address, asker), THS_FIELD(int64_t, value),
    THS_FIELD(ths_address, child))
THS_MESSAGE(order, THS_FIELD(ths_string, kind))
THS_MESSAGE(ordered, THS_FIELD(int32_t, status))
THS_SIGNAL(two)
THS_SIGNAL(compare)

/* ------------------------------------------------------------------ echoes */

struct echo { bool is_up; };

static ths_status
echo_init(ths_self *self, struct echo *echo)
{
	(void)self;
	STAGE_PAUSE();
	echo->is_up = true;
	return THS_OK;
}

static ths_status
echo_number(ths_self *self, struct echo *echo, const struct number *number)
{
	/* T-046 */
	STAGE_CHECK(echo->is_up);
	return ths_reply(self, number, .value = number->value);
}

/* Answers whoever is named in the message. */
static ths_status
echo_saw(ths_self *self, struct echo *echo, const struct saw *saw)
{
	STAGE_CHECK(echo->is_up);
	return ths_send(self, saw->asker, number, .value = saw->value);
}

THS_ACTOR(echo, struct echo, THS_INIT(echo_init),
    THS_ON(number, echo_number), THS_ON(saw, echo_saw))

static inline void
creation_check_echo(ths_vm *vm, ths_address echo, int64_t value)
{
	STAGE_CHECK(number_of(ths_call(vm, echo, STAGE_PATIENCE,
	    number, .value = value)) == value);
}

/* C-01 */
static inline void
creation_of_many(ths_vm *vm)
{
	ths_address echoes[STAGE_MANY];

	for (int i = 0; i < STAGE_MANY; i++) {
		echoes[i] = stage_spawn(vm, &echo_actor);
		for (int k = 0; k < i; k++)
			STAGE_CHECK(!ths_address_equal(echoes[i],
			    echoes[k]));
	}
	for (int i = 0; i < STAGE_MANY; i++)
		creation_check_echo(vm, echoes[i], i);
}

/* ----------------------------------------------------------------- makers */

struct maker {
	ths_address child; /* the last one */
	uint32_t exited;
};

/* A child by name, for whom its first message and its end come at once. */
static ths_status
maker_number(ths_self *self, struct maker *maker, const struct number *number)
{
	ths_status status = ths_spawn_child_kind(self, &maker->child,
	    "farm.echo", NULL);

	if (status != THS_OK)
		return status;
	ths_send(self, maker->child, saw, .asker = ths_sender(self),
	    .value = number->value);
	return ths_send(self, maker->child, ths_exit_request);
}

static ths_status
maker_order(ths_self *self, struct maker *maker, const struct order *order)
{
	return ths_reply(self, ordered, .status = (int32_t)
	    ths_spawn_child_kind(self, &maker->child, order->kind, NULL));
}

static ths_status
maker_exited(ths_self *self, struct maker *maker,
    const struct ths_actor_exited *exited)
{
	(void)self;
	maker->exited++;
	STAGE_CHECK(ths_address_equal(exited->child, ths_sender(self)));
	return THS_OK;
}

/* How many children of its have ended, when none is left. */
static ths_status
maker_question(ths_self *self, struct maker *maker,
    const struct question *question)
{
	(void)question;
	return ths_reply(self, number, .value =
	    ths_children(self, NULL, 0) > 0 ? -1 : (int64_t)maker->exited);
}

THS_ACTOR(maker, struct maker, THS_ON(number, maker_number),
    THS_ON(order, maker_order), THS_ON(ths_actor_exited, maker_exited),
    THS_ON(question, maker_question))

static inline void
creation_register(ths_vm *vm)
{
	STAGE_CHECK(ths_kind_register(vm, "farm.echo", &echo_actor) ==
	    THS_OK);
	STAGE_CHECK(ths_kind_register(vm, "farm.deep.down.echo",
	    &echo_actor) == THS_OK);
}

static inline ths_status
creation_order(ths_vm *vm, ths_address maker, const char *kind)
{
	ths_mail *mail = ths_call(vm, maker, STAGE_PATIENCE, order,
	    .kind = kind);
	const struct ordered *ordered = ths_mail_as(mail, ordered);
	ths_status status;

	STAGE_CHECK(ordered != NULL);
	status = (ths_status)ordered->status;
	ths_mail_free(mail);
	return status;
}

/* C-02 C-03 C-04: from outside and inside. */
static inline void
creation_by_kind(ths_vm *vm)
{
	ths_address maker = stage_spawn(vm, &maker_actor);
	ths_address echo;

	creation_register(vm);
	STAGE_CHECK(ths_spawn_kind(vm, &echo, "farm.echo", NULL) == THS_OK);
	creation_check_echo(vm, echo, 1);
	STAGE_CHECK(ths_spawn_kind(vm, &echo, "farm.deep.down.echo",
	    NULL) == THS_OK);
	creation_check_echo(vm, echo, 2);
	STAGE_CHECK(creation_order(vm, maker, "farm.echo") == THS_OK);
	STAGE_CHECK(creation_order(vm, maker, "farm.deep.down.echo") ==
	    THS_OK);
	STAGE_CHECK(ths_spawn_kind(vm, &echo, "echo", NULL) ==
	    THS_BAD_ARGUMENT);
	STAGE_CHECK(ths_spawn_kind(vm, &echo, "foo.FooActor", NULL) ==
	    THS_UNKNOWN);
	STAGE_CHECK(creation_order(vm, maker, "echo") == THS_BAD_ARGUMENT);
	STAGE_CHECK(creation_order(vm, maker, "foo.FooActor") ==
	    THS_UNKNOWN);
}

/* C-05 C-06: the request to exit overtakes nothing, and no child is left. */
static inline void
creation_overtakes_nothing(ths_vm *vm)
{
	ths_address maker = stage_spawn(vm, &maker_actor);
	int64_t exited = -1;

	creation_register(vm);
	for (int i = 0; i < STAGE_MANY; i++)
		STAGE_CHECK(number_of(ths_ask(vm, maker,
		    STAGE_PATIENCE, number, .value = i)) == i);
	/* The last notice may be on its way. */
	while (exited < STAGE_MANY)
		exited = number_of(ths_call(vm, maker,
		    STAGE_PATIENCE, question));
	STAGE_CHECK(exited == STAGE_MANY);
}

/* ------------------------------------------------------------------ a barn */

/* Makes an echo and sends it back. */
static ths_status
barn_bring(ths_self *self, ths_nothing *state, const struct bring *bring)
{
	ths_address child;
	ths_status status = ths_spawn_child(self, &child, &echo_actor, NULL);

	(void)state;
	if (status != THS_OK)
		return status;
	return ths_reply(self, bring, .asker = bring->asker,
	    .value = bring->value, .child = child);
}

THS_ACTOR(barn, ths_nothing, THS_ON(bring, barn_bring))

struct farmer {
	ths_address barn;
	ths_address carrier;
};

static ths_status
farmer_started(ths_self *self, struct farmer *farmer,
    const struct bring *start)
{
	(void)self;
	farmer->barn = start->asker;
	farmer->carrier = start->child;
	return THS_OK;
}

/* C-07: so many, made by another, whom this one then writes to. */
static ths_status
farmer_number(ths_self *self, struct farmer *farmer,
    const struct number *number)
{
	for (int64_t i = 0; i < number->value; i++)
		ths_send(self, farmer->barn, bring, .asker = ths_sender(self),
		    .value = i);
	return THS_OK;
}

static ths_status
farmer_bring(ths_self *self, struct farmer *farmer, const struct bring *bring)
{
	(void)farmer;
	return ths_send(self, bring->child, saw, .asker = bring->asker,
	    .value = bring->value);
}

/* C-08: two messages in the handler that makes the child. */
static ths_status
farmer_two(ths_self *self, struct farmer *farmer, const struct two *two)
{
	ths_address child;
	ths_status status = ths_spawn_child(self, &child, &echo_actor, NULL);

	(void)farmer, (void)two;
	if (status != THS_OK)
		return status;
	ths_send(self, child, saw, .asker = ths_sender(self), .value = 1);
	return ths_send(self, child, saw, .asker = ths_sender(self),
	    .value = 2);
}

/* C-09: a fresh child's address, given to another, who writes to it. */
static ths_status
farmer_saw(ths_self *self, struct farmer *farmer, const struct saw *saw)
{
	ths_address child;
	ths_status status = ths_spawn_child(self, &child, &echo_actor, NULL);

	if (status != THS_OK)
		return status;
	return ths_send(self, farmer->carrier, bring,
	    .asker = ths_sender(self), .value = saw->value, .child = child);
}

THS_ACTOR(farmer, struct farmer, THS_START(bring, farmer_started),
    THS_ON(number, farmer_number), THS_ON(bring, farmer_bring),
    THS_ON(two, farmer_two), THS_ON(saw, farmer_saw))

static inline ths_address
creation_farmer(ths_vm *vm)
{
	ths_address barn = stage_spawn(vm, &barn_actor);
	ths_address nobody = THS_NOBODY;
	ths_address carrier, farmer;

	STAGE_CHECK(ths_spawn(vm, &carrier, &farmer_actor,
	    &(ths_spawn_options){ .start = THS_ANY(bring, .asker = barn,
	    .child = nobody) }) == THS_OK);
	STAGE_CHECK(ths_spawn(vm, &farmer, &farmer_actor,
	    &(ths_spawn_options){ .start = THS_ANY(bring, .asker = barn,
	    .child = carrier) }) == THS_OK);
	return farmer;
}

/* C-07 */
static inline void
creation_by_another(ths_vm *vm)
{
	ths_address farmer = creation_farmer(vm);
	uint64_t brought[STAGE_MANY] = { 0 };

	STAGE_CHECK(ths_tell(vm, farmer, number, .value = STAGE_MANY) ==
	    THS_OK);
	for (int i = 0; i < STAGE_MANY; i++) {
		int64_t value = number_of(ths_listen(vm, NULL,
		    STAGE_PATIENCE));

		STAGE_CHECK(value >= 0 && value < STAGE_MANY);
		STAGE_CHECK(brought[value]++ == 0);
	}
}

/* C-08 C-09 */
static inline void
creation_and_mail_at_once(ths_vm *vm)
{
	ths_address farmer = creation_farmer(vm);

	STAGE_CHECK(number_of(ths_ask(vm, farmer, STAGE_PATIENCE,
	    two)) == 1);
	STAGE_CHECK(number_of(ths_listen(vm, NULL,
	    STAGE_PATIENCE)) == 2);
	STAGE_CHECK(number_of(ths_ask(vm, farmer, STAGE_PATIENCE,
	    saw, .value = 3)) == 3);
}

/* --------------------------------------------------------------- addresses */

struct parent {
	ths_address child;
	ths_address asker;
};

static ths_status
parent_compare(ths_self *self, struct parent *parent,
    const struct compare *compare)
{
	ths_status status = ths_spawn_child(self, &parent->child, &echo_actor,
	    NULL);

	(void)compare;
	if (status != THS_OK)
		return status;
	parent->asker = ths_sender(self);
	return ths_send(self, parent->child, ths_exit_request);
}

/* C-10: as it was at the birth, whichever way round. */
static ths_status
parent_exited(ths_self *self, struct parent *parent,
    const struct ths_actor_exited *exited)
{
	STAGE_CHECK(ths_address_equal(parent->child, exited->child));
	STAGE_CHECK(ths_address_equal(exited->child, parent->child));
	STAGE_CHECK(!ths_address_equal(exited->child, parent->asker));
	STAGE_CHECK(!ths_address_equal(parent->asker, exited->child));
	return ths_send(self, parent->asker, number, .value = 10);
}

THS_ACTOR(parent, struct parent, THS_ON(compare, parent_compare),
    THS_ON(ths_actor_exited, parent_exited))

/* C-10 */
static inline void
creation_gives_the_final_address(ths_vm *vm)
{
	STAGE_CHECK(number_of(ths_ask(vm,
	    stage_spawn(vm, &parent_actor), STAGE_PATIENCE, compare)) ==
	    10);
}

#endif
