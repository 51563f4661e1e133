/* SPDX-License-Identifier: MIT */
/*
 * namesakes - scenes of creations under names, and of creations that there is
 * no room for.
 *
 * Who plays defines NAMESAKES_ACTORS_MAX as well, the VM's limit of actors.
 */
#ifndef TESTS_SCENES_NAMESAKES_H
#define TESTS_SCENES_NAMESAKES_H

#include "tests/scenes/stage.h"

#ifndef NAMESAKES_ACTORS_MAX
#error "define NAMESAKES_ACTORS_MAX first"
#endif

THS_SIGNAL(who)
THS_MESSAGE(i_am, THS_FIELD(ths_address, me), THS_FIELD(int32_t, kind))
THS_SIGNAL(multiply)
THS_MESSAGE(multiplied, THS_FIELD(int32_t, status), THS_FIELD(uint32_t, count))
THS_MESSAGE(call_it, THS_FIELD(ths_string, name))

/* ------------------------------------------------------------------- actors */

static ths_status
plain_who(ths_self *self, ths_nothing *nothing, const struct who *who)
{
	(void)nothing, (void)who;
	return ths_reply(self, i_am, .me = ths_me(self), .kind = 1);
}

static ths_status
other_who(ths_self *self, ths_nothing *nothing, const struct who *who)
{
	(void)nothing, (void)who;
	return ths_reply(self, i_am, .me = ths_me(self), .kind = 2);
}

THS_ACTOR(plain, ths_nothing, THS_ON(who, plain_who))
THS_ACTOR(other, ths_nothing, THS_ON(who, other_who))

/* Makes children, with a name or until there is no more room. */
static ths_status
breeder_call_it(ths_self *self, ths_nothing *nothing,
    const struct call_it *call_it)
{
	ths_address child;

	(void)nothing;
	STAGE_CHECK(ths_spawn_child(self, &child, &other_actor,
	    &(ths_spawn_options){ .name = call_it->name }) == THS_OK);
	STAGE_CHECK(ths_children(self, NULL, 0) == 0);
	return ths_reply(self, i_am, .me = child);
}

static ths_status
breeder_multiply(ths_self *self, ths_nothing *nothing,
    const struct multiply *multiply)
{
	ths_status status;
	ths_address child;

	(void)nothing, (void)multiply;
	do
		status = ths_spawn_child(self, &child, &plain_actor, NULL);
	while (status == THS_OK);
	return ths_reply(self, multiplied, .status = (int32_t)status,
	    .count = (uint32_t)ths_children(self, NULL, 0));
}

THS_ACTOR(breeder, ths_nothing, THS_ON(call_it, breeder_call_it),
    THS_ON(multiply, breeder_multiply))

/* -------------------------------------------------------------------- props */

static inline ths_address
namesakes_spawn(ths_vm *vm, const ths_actor *actor, const char *name)
{
	ths_address address;

	STAGE_CHECK(ths_spawn(vm, &address, actor,
	    &(ths_spawn_options){ .name = name }) == THS_OK);
	return address;
}

static inline void
namesakes_check(ths_vm *vm, ths_address address, int32_t kind)
{
	ths_mail *mail = ths_call(vm, address, THS_SECONDS(60), who);
	const struct i_am *i_am = ths_mail_as(mail, i_am);

	STAGE_CHECK(i_am != NULL && i_am->kind == kind);
	STAGE_CHECK(ths_address_equal(i_am->me, address));
	ths_mail_free(mail);
}

static inline ths_address
namesakes_breed(ths_vm *vm, ths_address breeder, const char *name)
{
	ths_mail *mail = ths_call(vm, breeder, THS_SECONDS(60), call_it,
	    .name = name);
	const struct i_am *i_am = ths_mail_as(mail, i_am);
	ths_address child;

	STAGE_CHECK(i_am != NULL);
	child = i_am->me;
	ths_mail_free(mail);
	return child;
}

/* A call would take the room of an actor while it lasts. */
static inline struct multiplied
namesakes_multiply(ths_vm *vm, ths_address breeder)
{
	ths_mail *mail = ths_ask(vm, breeder, THS_SECONDS(60), multiply);
	const struct multiplied *multiplied = ths_mail_as(mail, multiplied);
	struct multiplied copy;

	STAGE_CHECK(multiplied != NULL);
	copy = *multiplied;
	ths_mail_free(mail);
	return copy;
}

/* ------------------------------------------------------------------- scenes */

/* C-12, C-14, C-15: one actor for a name, whoever asks and whatever for, until
 * it ends. */
static inline void
namesakes_are_one(ths_vm *vm)
{
	ths_address one = namesakes_spawn(vm, &plain_actor, "OnlyOne");
	ths_address another = namesakes_spawn(vm, &plain_actor, "another");
	ths_address nameless = stage_spawn(vm, &plain_actor);
	ths_address breeder = stage_spawn(vm, &breeder_actor);
	ths_address child, found;

	STAGE_CHECK(ths_address_equal(one,
	    namesakes_spawn(vm, &plain_actor, "OnlyOne")));
	STAGE_CHECK(!ths_address_equal(one, another));
	STAGE_CHECK(!ths_address_equal(one, nameless));
	STAGE_CHECK(!ths_address_equal(another, nameless));
	/* C-14: the kind is not looked at, from inside or outside. */
	STAGE_CHECK(ths_address_equal(one,
	    namesakes_spawn(vm, &other_actor, "OnlyOne")));
	STAGE_CHECK(ths_address_equal(one,
	    namesakes_breed(vm, breeder, "OnlyOne")));
	child = namesakes_breed(vm, breeder, "first here");
	STAGE_CHECK(ths_address_equal(child,
	    namesakes_spawn(vm, &plain_actor, "first here")));
	namesakes_check(vm, one, 1);
	namesakes_check(vm, another, 1);
	namesakes_check(vm, nameless, 1);
	namesakes_check(vm, child, 2);
	/* C-15: not even whether there is such a kind. */
	STAGE_CHECK(ths_spawn_kind(vm, &found, "This.is.bogus",
	    &(ths_spawn_options){ .name = "OnlyOne" }) == THS_OK);
	STAGE_CHECK(ths_address_equal(one, found));
	STAGE_CHECK(ths_tell(vm, one, ths_exit_request) == THS_OK);
	STAGE_CHECK(ths_wait(vm, one, THS_SECONDS(60), NULL) == THS_OK);
	STAGE_CHECK(ths_tell_wait(vm, one, THS_SECONDS(60), who) == THS_GONE);
	STAGE_CHECK(ths_tell_wait(vm, found, THS_SECONDS(60), who) ==
	    THS_GONE);
	STAGE_CHECK(ths_spawn_kind(vm, &found, "This.is.bogus",
	    &(ths_spawn_options){ .name = "OnlyOne" }) == THS_UNKNOWN);
}

/* D-23: where there is no room it is a status, and whoever ends makes room. */
static inline void
namesakes_need_room(ths_vm *vm)
{
	ths_address breeder = stage_spawn(vm, &breeder_actor);
	struct multiplied multiplied = namesakes_multiply(vm, breeder);
	ths_address children[NAMESAKES_ACTORS_MAX], one;
	uint32_t count = multiplied.count;

	STAGE_CHECK(multiplied.status == THS_LIMIT);
	STAGE_CHECK(count > 0 && count < NAMESAKES_ACTORS_MAX);
	STAGE_CHECK(ths_spawn(vm, &one, &plain_actor, NULL) == THS_LIMIT);
	STAGE_CHECK(ths_actor_children(vm, breeder, children,
	    NAMESAKES_ACTORS_MAX) == count);
	STAGE_CHECK(ths_tell(vm, children[0], ths_exit_request) == THS_OK);
	do
		multiplied = namesakes_multiply(vm, breeder);
	while (ths_actor_status_read(vm, children[0],
	    &(ths_actor_status){ 0 }) != THS_GONE);
	for (int i = 0; i < STAGE_TRIES && multiplied.count < count; i++)
		multiplied = namesakes_multiply(vm, breeder);
	STAGE_CHECK(multiplied.status == THS_LIMIT);
	STAGE_CHECK(multiplied.count == count);
}

#endif
