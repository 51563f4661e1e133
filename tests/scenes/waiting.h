/* SPDX-License-Identifier: MIT */
/*
 * waiting - one writes to two, in turn: to a child that is not up yet, and to
 * one who is.  And some nap in their handler, after they have written to
 * others, whom a client writes to as well.
 *
 * Who includes this defines WAITING_BEGIN(), the child's init, and
 * WAITING_NAP(); and may define WAITING_ECHOES, how many those others are.
 */
#ifndef TESTS_SCENES_WAITING_H
#define TESTS_SCENES_WAITING_H

#include "tests/scenes/numbers.h"

#ifndef WAITING_ECHOES
#define WAITING_ECHOES 100
#endif

enum {
	WAITING_LETTERS = 5,
	WAITING_NAPPERS_MAX = 6,
	WAITING_BURST = 40, /* to one of them, by each who naps */
};

THS_MESSAGE(dispatch, THS_FIELD(ths_address, quick), THS_FIELD(ths_address,
    asker))
THS_MESSAGE(letter, THS_FIELD(int64_t, value), THS_FIELD(ths_address, asker))

/* Says which letter it has got, by its number; the quick one adds a hundred. */
struct getter {
	bool is_up;
	int64_t got;
};

static ths_status
getter_init(ths_self *self, struct getter *getter)
{
	(void)self;
	WAITING_BEGIN();
	getter->is_up = true;
	return THS_OK;
}

static ths_status
getter_letter(ths_self *self, struct getter *getter,
    const struct letter *letter)
{
	STAGE_CHECK(getter->is_up);
	STAGE_CHECK(letter->value == getter->got++);
	return ths_send(self, letter->asker, number, .value = letter->value);
}

THS_ACTOR(getter, struct getter, THS_INIT(getter_init),
    THS_ON(letter, getter_letter))

static ths_status
quick_letter(ths_self *self, struct getter *getter,
    const struct letter *letter)
{
	STAGE_CHECK(letter->value == getter->got++);
	return ths_send(self, letter->asker, number,
	    .value = 100 + letter->value);
}

THS_ACTOR(quick, struct getter, THS_ON(letter, quick_letter))

/* First to the one who is not up yet, each time. */
static ths_status
dispatcher_dispatch(ths_self *self, ths_nothing *state,
    const struct dispatch *dispatch)
{
	ths_address child;
	ths_status status = ths_spawn_child(self, &child, &getter_actor,
	    NULL);

	(void)state;
	for (int i = 0; status == THS_OK && i < WAITING_LETTERS; i++) {
		ths_send(self, child, letter, .value = i,
		    .asker = dispatch->asker);
		status = ths_send(self, dispatch->quick, letter, .value = i,
		    .asker = dispatch->asker);
	}
	return status;
}

THS_ACTOR(dispatcher, ths_nothing, THS_ON(dispatch, dispatcher_dispatch))

/* Lets the dispatcher write to both, and the answers come to `client`. */
static inline void
waiting_dispatch(ths_vm *vm, ths_client *client)
{
	ths_address quick = stage_spawn(vm, &quick_actor);
	ths_address dispatcher = stage_spawn(vm, &dispatcher_actor);

	STAGE_CHECK(ths_tell(vm, dispatcher, dispatch, .quick = quick,
	    .asker = ths_client_address(client)) == THS_OK);
}

/* ------------------------------------------------------------- in a handler */

THS_MESSAGE(nap, THS_FIELD(ths_address, one), THS_FIELD(ths_address, many),
    THS_FIELD(ths_address, asker))

static ths_status
echo_letter(ths_self *self, ths_nothing *state, const struct letter *letter)
{
	(void)state;
	return ths_send(self, letter->asker, number, .value = letter->value);
}

static ths_status
echo_number(ths_self *self, ths_nothing *state, const struct number *number)
{
	(void)state;
	return ths_reply(self, number, .value = number->value);
}

THS_ACTOR(echo, ths_nothing, THS_ON(letter, echo_letter),
    THS_ON(number, echo_number))

/* To an idle one, and so many to another that some of them are kept back. */
static ths_status
napper_nap(ths_self *self, ths_nothing *state, const struct nap *nap)
{
	(void)state;
	ths_send(self, nap->one, letter, .value = 0, .asker = nap->asker);
	for (int i = 1; i <= WAITING_BURST; i++)
		ths_send(self, nap->many, letter, .value = i,
		    .asker = nap->asker);
	WAITING_NAP();
	return THS_OK;
}

THS_ACTOR(napper, ths_nothing, THS_ON(nap, napper_nap))

/* Who they are. */
struct waiting_room {
	ths_address echoes[WAITING_ECHOES];
	ths_address nappers[WAITING_NAPPERS_MAX];
};

/* Makes them all, and sends the nappers to sleep, one after the other; each has
 * two echoes of its own to write to first. */
static inline void
waiting_nap(ths_vm *vm, ths_client *client, struct waiting_room *room,
    int nappers)
{
	STAGE_CHECK(nappers <= WAITING_NAPPERS_MAX);
	for (int i = 0; i < WAITING_ECHOES; i++)
		room->echoes[i] = stage_spawn(vm, &echo_actor);
	for (int i = 0; i < nappers; i++)
		room->nappers[i] = stage_spawn(vm, &napper_actor);
	for (int i = 0; i < nappers; i++)
		STAGE_CHECK(ths_tell(vm, room->nappers[i], nap,
		    .one = room->echoes[2 * i],
		    .many = room->echoes[2 * i + 1],
		    .asker = ths_client_address(client)) == THS_OK);
}

/* All that the nappers have written before they slept comes back. */
static inline void
waiting_for_letters(ths_vm *vm, ths_client *client, int nappers)
{
	int64_t sum = 0;

	for (int i = 0; i < nappers * (1 + WAITING_BURST); i++)
		sum += number_of(ths_listen(vm, client,
		    STAGE_PATIENCE));
	STAGE_CHECK(sum == nappers * WAITING_BURST * (WAITING_BURST + 1) / 2);
}

#endif
