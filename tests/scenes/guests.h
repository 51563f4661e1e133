/* SPDX-License-Identifier: MIT */
/*
 * guests - scenes of clients: many at once, each with mail of its own, and what
 * is left of those that have gone.
 *
 * Who plays defines GUESTS_MANY as well: how many "many" are.
 */
#ifndef TESTS_SCENES_GUESTS_H
#define TESTS_SCENES_GUESTS_H

#include <stdbool.h>
#include <string.h>

#include "tests/scenes/stage.h"

#ifndef GUESTS_MANY
#error "define GUESTS_MANY first"
#endif

enum { GUESTS_VALUES = 20 };

THS_MESSAGE(amount, THS_FIELD(int64_t, value))
THS_MESSAGE(babble, THS_FIELD(ths_address, to), THS_FIELD(int64_t, times))
THS_SIGNAL(remember_me)
THS_SIGNAL(answer_all)

/* ------------------------------------------------------------------- actors */

static ths_status
doubler_amount(ths_self *self, ths_nothing *nothing,
    const struct amount *amount)
{
	(void)nothing;
	return ths_reply(self, amount, .value = 2 * amount->value);
}

THS_ACTOR(doubler, ths_nothing, THS_ON(amount, doubler_amount))

/* Sends what nobody has asked for. */
static ths_status
babbler_babble(ths_self *self, ths_nothing *nothing,
    const struct babble *babble)
{
	(void)nothing;
	for (int64_t i = 1; i <= babble->times; i++)
		ths_send(self, babble->to, amount, .value = i);
	return THS_OK;
}

THS_ACTOR(babbler, ths_nothing, THS_ON(babble, babbler_babble))

/* Answers when it is told to, and not before. */
struct tardy {
	ths_address askers[GUESTS_MANY];
	uint32_t length;
};

static ths_status
tardy_remember_me(ths_self *self, struct tardy *tardy,
    const struct remember_me *remember_me)
{
	(void)remember_me;
	STAGE_CHECK(tardy->length < GUESTS_MANY);
	tardy->askers[tardy->length++] = ths_sender(self);
	return THS_OK;
}

static ths_status
tardy_answer_all(ths_self *self, struct tardy *tardy,
    const struct answer_all *answer_all)
{
	(void)answer_all;
	for (uint32_t i = 0; i < tardy->length; i++)
		ths_send(self, tardy->askers[i], amount, .value = i);
	return ths_reply(self, amount, .value = tardy->length);
}

THS_ACTOR(tardy, struct tardy, THS_ON(remember_me, tardy_remember_me),
    THS_ON(answer_all, tardy_answer_all))

/* Has a name, and is ready for mail when its start has run. */
struct clerk {
	bool is_ready;
	int64_t met;
};

static ths_status
clerk_start(ths_self *self, struct clerk *clerk)
{
	(void)self;
	clerk->is_ready = true;
	return THS_OK;
}

static ths_status
clerk_amount(ths_self *self, struct clerk *clerk, const struct amount *amount)
{
	STAGE_CHECK(clerk->is_ready);
	/* T-010 */
	STAGE_CHECK(amount->value == ++clerk->met);
	return ths_reply(self, amount, .value = amount->value);
}

THS_ACTOR(clerk, struct clerk, THS_START(clerk_start),
    THS_ON(amount, clerk_amount))

/* -------------------------------------------------------------------- props */

static inline ths_client *
guests_open(ths_vm *vm)
{
	ths_client *client = NULL;

	STAGE_CHECK(ths_client_open(vm, &client) == THS_OK);
	return client;
}

/* The number in mail, which it frees. */
static inline int64_t
guests_amount(ths_mail *mail)
{
	const struct amount *amount = ths_mail_as(mail, amount);
	int64_t value;

	STAGE_CHECK(amount != NULL);
	value = amount->value;
	ths_mail_free(mail);
	return value;
}

static inline void
guests_have_no_mail(ths_client *client)
{
	ths_mail *mail = ths_client_listen(client, 0);

	STAGE_CHECK(ths_mail_status(mail) == THS_TIMEOUT);
	ths_mail_free(mail);
}

static inline uint64_t
guests_dead(ths_vm *vm, ths_dead_reason reason)
{
	ths_vm_status status;

	ths_vm_status_read(vm, &status);
	return status.dead[reason];
}

static inline void
guests_await_dead(ths_vm *vm, ths_dead_reason reason, uint64_t wanted)
{
	for (int i = 0; i < STAGE_TRIES && guests_dead(vm, reason) < wanted;
	    i++)
		ths_mail_free(ths_listen(vm, NULL, THS_MILLISECONDS(1)));
	STAGE_CHECK(guests_dead(vm, reason) == wanted);
}

static inline uint64_t
guests_count(ths_vm *vm)
{
	ths_vm_status status;

	ths_vm_status_read(vm, &status);
	return status.clients;
}

/* ------------------------------------------------------------------- scenes */

/* what is written to one who is not ready is held, and answered in
 * order. */
static inline void
guests_wait_for_the_clerk(ths_vm *vm)
{
	ths_client *client = guests_open(vm);
	ths_address clerk, found;

	STAGE_CHECK(ths_spawn(vm, &clerk, &clerk_actor,
	    &(ths_spawn_options){ .name = "desk" }) == THS_OK);
	for (int64_t i = 1; i <= GUESTS_MANY; i++) {
		STAGE_CHECK(ths_name_find(vm, "desk", &found) == THS_OK);
		STAGE_CHECK(ths_client_tell(client, found, amount,
		    .value = i) == THS_OK);
	}
	for (int64_t i = 1; i <= GUESTS_MANY; i++)
		STAGE_CHECK(guests_amount(ths_client_listen(client,
		    THS_SECONDS(60))) == i);
	ths_client_close(client);
}

/* B-10, for one of many threads: each client, with an actor of its own, gets
 * the answers to its own questions. */
static inline void
guests_keep_their_mail_apart(ths_vm *vm, int64_t number)
{
	ths_client *client = guests_open(vm);
	ths_address doubler = stage_spawn(vm, &doubler_actor);

	for (int i = 0; i < GUESTS_VALUES; i++) {
		int64_t value = 1000 * number + i % 8;

		STAGE_CHECK(guests_amount(ths_client_ask(client, doubler,
		    THS_SECONDS(60), amount, .value = value)) == 2 * value);
	}
	guests_have_no_mail(client);
	ths_client_close(client);
}

/* B-12, B-18: what comes for one who has gone is one dead letter each, whether
 * he still waited for it or not; nobody else gets it, and nothing is left of
 * him. */
static inline void
guests_leave_nothing_behind(ths_vm *vm)
{
	ths_address tardy = stage_spawn(vm, &tardy_actor);
	ths_client *bystander = guests_open(vm);
	uint64_t dead = guests_dead(vm, THS_DEAD_STALE);
	uint64_t clients;

	/* The calling thread's own client is there from its first use. */
	ths_mail_free(ths_listen(vm, NULL, 0));
	clients = guests_count(vm);
	for (int i = 0; i < GUESTS_MANY; i++) {
		ths_client *client = guests_open(vm);

		STAGE_CHECK(ths_client_tell_wait(client, tardy,
		    THS_SECONDS(60), remember_me) == THS_OK);
		if (i % 2 == 0)
			guests_have_no_mail(client);
		ths_client_close(client);
	}
	STAGE_CHECK(guests_amount(ths_call(vm, tardy, THS_SECONDS(60),
	    answer_all)) == GUESTS_MANY);
	guests_await_dead(vm, THS_DEAD_STALE, dead + GUESTS_MANY);
	for (int i = 0; i < 10 * GUESTS_MANY; i++)
		ths_client_close(guests_open(vm));
	/* T-078 */
	STAGE_CHECK(guests_count(vm) == clients);
	guests_have_no_mail(bystander);
	ths_client_close(bystander);
}

/* B-20: beyond a client's limit mail dies, and what there was room for is taken
 * in order. */
static inline void
guests_have_a_limit(ths_vm *vm)
{
	enum { SENT = 5 * GUESTS_MANY / 2 };
	ths_address babbler = stage_spawn(vm, &babbler_actor);
	uint64_t dead = guests_dead(vm, THS_DEAD_FULL);
	ths_client *client;
	int64_t former;

	STAGE_CHECK(ths_vm_setting_get(vm, "mailbox_max", &former) == THS_OK);
	STAGE_CHECK(ths_vm_setting_set(vm, "mailbox_max", GUESTS_MANY) ==
	    THS_OK);
	client = guests_open(vm);
	STAGE_CHECK(ths_vm_setting_set(vm, "mailbox_max", former) == THS_OK);
	STAGE_CHECK(ths_tell_wait(vm, babbler, THS_SECONDS(60), babble,
	    .to = ths_client_address(client), .times = SENT) == THS_OK);
	guests_await_dead(vm, THS_DEAD_FULL, dead + SENT - GUESTS_MANY);
	for (int64_t i = 1; i <= GUESTS_MANY; i++)
		/* T-077 */
		STAGE_CHECK(guests_amount(ths_client_listen(client,
		    THS_SECONDS(60))) == i);
	guests_have_no_mail(client);
	ths_client_close(client);
}

/* B-08: an actor's status is for clients, too, and is no answer of the
 * actor's. */
static inline void
guests_may_ask_for_a_status(ths_vm *vm)
{
	ths_address doubler = stage_spawn(vm, &doubler_actor);

	for (int i = 0; i < 2; i++) {
		ths_mail *mail = i == 0 ?
		    ths_ask(vm, doubler, THS_SECONDS(60), ths_status_request) :
		    ths_call(vm, doubler, THS_SECONDS(60), ths_status_request);
		const struct ths_status_report *report =
		    ths_mail_as(mail, ths_status_report);

		STAGE_CHECK(report != NULL);
		STAGE_CHECK(ths_address_equal(report->about, doubler));
		STAGE_CHECK(strcmp(report->kind, "doubler") == 0);
		STAGE_CHECK(report->children == 0 && report->timers == 0);
		ths_mail_free(mail);
	}
	STAGE_CHECK(guests_amount(ths_call(vm, doubler, THS_SECONDS(60),
	    amount, .value = 21)) == 42);
}

/* D-28: nobody can ask a client to exit; it goes on as before. */
static inline void
guests_do_not_obey(ths_vm *vm)
{
	ths_address doubler = stage_spawn(vm, &doubler_actor);
	ths_client *client = guests_open(vm);
	ths_vm_status before, after;

	ths_vm_status_read(vm, &before);
	STAGE_CHECK(ths_tell(vm, ths_client_address(client),
	    ths_exit_request) == THS_OK);
	guests_have_no_mail(client);
	ths_vm_status_read(vm, &after);
	STAGE_CHECK(after.absorbed - before.absorbed == 1);
	STAGE_CHECK(after.clients == before.clients ||
	    after.clients == before.clients + 1);
	STAGE_CHECK(guests_amount(ths_client_ask(client, doubler,
	    THS_SECONDS(60), amount, .value = 4)) == 8);
	ths_client_close(client);
}

#endif
