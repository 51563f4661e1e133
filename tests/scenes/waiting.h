/* SPDX-License-Identifier: MIT */
/*
 * waiting - one writes to two, in turn: to a child that is not up yet, and to
 * one who is.  Who includes this defines WAITING_BEGIN(), the child's init.
 */
#ifndef TESTS_SCENES_WAITING_H
#define TESTS_SCENES_WAITING_H

#include "tests/scenes/numbers.h"

enum { WAITING_LETTERS = 5 };

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

#endif
