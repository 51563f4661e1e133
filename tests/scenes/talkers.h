/* SPDX-License-Identifier: MIT */
/*
 * talkers - whom a program outside talks to in the scenes of ask.h, tell.h,
 * entries.h and sharing.h, and what these check with.
 *
 * Every function is for one thread outside.  The VM's clock is looked at for
 * how long something took: a simulated one is told within STAGE_SLACK.
 */
#ifndef TESTS_SCENES_TALKERS_H
#define TESTS_SCENES_TALKERS_H

#include <string.h>

#include "tests/scenes/stage.h"
#include "vm/vm.h"

#define LONG STAGE_PATIENCE
#define SHORT THS_MILLISECONDS(20)

THS_MESSAGE(hello, THS_FIELD(int64_t, value))
THS_MESSAGE(goodbye, THS_FIELD(int64_t, value))
THS_MESSAGE(reply, THS_FIELD(int64_t, value))
THS_MESSAGE(pester, THS_FIELD(int64_t, times)) /* the sender, with junk */
THS_MESSAGE(answer_late, THS_FIELD(int64_t, delay))
THS_SIGNAL(burn) /* fails */
THS_SIGNAL(leave)
THS_SIGNAL(nap) /* fails at a wake-up, and passes that poison on */
THS_SIGNAL(watch) /* becomes who gets dead letters */
THS_SIGNAL(unheard)

/* ------------------------------------------------------------------- actors */

/* Takes everything and answers nothing. */
static ths_status
mute_hello(ths_self *self, ths_nothing *nothing, const struct hello *hello)
{
	(void)self, (void)nothing, (void)hello;
	return THS_OK;
}

static ths_status
mute_goodbye(ths_self *self, ths_nothing *nothing,
    const struct goodbye *goodbye)
{
	(void)self, (void)nothing, (void)goodbye;
	return THS_OK;
}

THS_ACTOR(mute, ths_nothing, THS_ON(hello, mute_hello),
    THS_ON(goodbye, mute_goodbye))

/* Answers twice. */
static ths_status
double_hello(ths_self *self, ths_nothing *nothing, const struct hello *hello)
{
	(void)nothing;
	ths_reply(self, reply, .value = hello->value + 1);
	return ths_reply(self, reply, .value = hello->value + 2);
}

THS_ACTOR(twice, ths_nothing, THS_ON(hello, double_hello))

/* Answers once, and does some mischief when it is told to. */
struct talker {
	ths_address asker;
	int64_t times;
};

static ths_status
talker_hello(ths_self *self, struct talker *talker, const struct hello *hello)
{
	(void)talker;
	return ths_reply(self, reply, .value = hello->value);
}

static ths_status
talker_burn(ths_self *self, struct talker *talker, const struct burn *burn)
{
	(void)talker, (void)burn;
	return ths_fail(self, "it burns");
}

static ths_status
talker_leave(ths_self *self, struct talker *talker, const struct leave *leave)
{
	(void)talker, (void)leave;
	ths_exit(self);
	return THS_OK;
}

static ths_status
talker_pester(ths_self *self, struct talker *talker,
    const struct pester *pester)
{
	talker->asker = ths_sender(self);
	talker->times = pester->times;
	return ths_timer_set(self, THS_MILLISECONDS(3), 1, NULL);
}

static ths_status
talker_answer_late(ths_self *self, struct talker *talker,
    const struct answer_late *late)
{
	talker->asker = ths_sender(self);
	return ths_timer_set(self, late->delay, 0, NULL);
}

static ths_status
talker_nap(ths_self *self, struct talker *talker, const struct nap *nap)
{
	(void)nap;
	talker->asker = ths_sender(self);
	return ths_timer_set(self, THS_MILLISECONDS(1), 2, NULL);
}

static ths_status
talker_wakeup(ths_self *self, struct talker *talker,
    const struct ths_wakeup *wakeup)
{
	if (wakeup->payload == 0)
		return ths_send(self, talker->asker, reply, .value = -1);
	if (wakeup->payload == 2)
		return ths_fail(self, "tired");
	if (talker->times-- == 0)
		return ths_send(self, talker->asker, reply, .value = -2);
	ths_send(self, talker->asker, ths_exit_request);
	return ths_timer_set(self, THS_MILLISECONDS(3), 1, NULL);
}

/* Its own wake-up has failed. */
static ths_status
talker_poison(ths_self *self, struct talker *talker,
    const struct ths_poison *poison)
{
	(void)poison;
	return ths_forward(self, talker->asker);
}

/* "Echoes" a request to exit. */
static ths_status
talker_exit(ths_self *self, struct talker *talker,
    const struct ths_exit_request *request)
{
	(void)talker, (void)request;
	return ths_send(self, ths_sender(self), ths_exit_request);
}

static ths_status
talker_watch(ths_self *self, struct talker *talker, const struct watch *watch)
{
	(void)watch;
	talker->asker = ths_sender(self);
	ths_handle_dead_letters(self, true);
	return ths_reply(self, reply, .value = 0);
}

static ths_status
talker_dead_letter(ths_self *self, struct talker *talker,
    const struct ths_dead_letter *letter)
{
	(void)letter;
	return ths_forward(self, talker->asker);
}

THS_ACTOR(talker, struct talker, THS_ON(hello, talker_hello),
    THS_ON(burn, talker_burn), THS_ON(leave, talker_leave),
    THS_ON(pester, talker_pester), THS_ON(answer_late, talker_answer_late),
    THS_ON(nap, talker_nap), THS_ON(ths_wakeup, talker_wakeup),
    THS_ON(ths_poison, talker_poison), THS_ON(ths_exit_request, talker_exit),
    THS_ON(watch, talker_watch), THS_ON(ths_dead_letter, talker_dead_letter))

/* ------------------------------------------------------------------ helpers */

/* Starts one that has begun. */
static inline ths_address
start_one(ths_vm *vm, const ths_actor *actor)
{
	ths_address address = THS_NOBODY;

	STAGE_CHECK(ths_spawn_wait(vm, &address, actor, NULL, LONG, NULL,
	    0) == THS_OK);
	STAGE_CHECK(!ths_address_is_nobody(address));
	return address;
}

/* The address of one that has ended, as far as anybody can see. */
static inline ths_address
end_one(ths_vm *vm)
{
	ths_address address = start_one(vm, &talker_actor);
	ths_exit_reason reason = THS_EXIT_UNKNOWN;

	STAGE_CHECK(ths_tell(vm, address, leave) == THS_OK);
	STAGE_CHECK(ths_wait(vm, address, LONG, &reason) == THS_OK);
	STAGE_CHECK(reason == THS_EXIT_LEFT || reason == THS_EXIT_UNKNOWN);
	return address;
}

/* The value of a reply; frees it. */
static inline int64_t
value_of(ths_mail *mail)
{
	const struct reply *reply = ths_mail_as(mail, reply);
	int64_t value;

	STAGE_CHECK(ths_mail_status(mail) == THS_OK);
	STAGE_CHECK(reply != NULL);
	value = reply->value;
	ths_mail_free(mail);
	return value;
}

/* Why there is none; frees it. */
static inline ths_status
status_of(ths_mail *mail)
{
	ths_status status = ths_mail_status(mail);

	ths_mail_free(mail);
	return status;
}

/* The next mail is a reply of this value. */
static inline bool
hears(ths_vm *vm, int64_t value)
{
	return value_of(ths_listen(vm, NULL, LONG)) == value;
}

/* True when so long has passed since, and not much more; how much more depends
 * on the machine, but in a simulated world. */
static inline bool
has_taken(ths_vm *vm, uint64_t since, ths_duration span)
{
	uint64_t taken = vm_now(vm) - since;

	/* An inline VM does not wait for what comes too late. */
	return (taken >= (uint64_t)span ||
	    vm->config.mode == THS_MODE_INLINE) &&
	    taken < (uint64_t)(span + STAGE_SLACK);
}

#endif
