/* SPDX-License-Identifier: MIT */
/*
 * strays - mail that reaches a slot where nobody, or somebody else, lives;
 * steps that a race takes once in a while are taken here one by one.
 */
#include <string.h>
#include <unistd.h>

#include "tests/harness.h"
#include "thespis/thespis.h"
#include "vm/actor/send.h"
#include "vm/endpoint/client.h"
#include "vm/vm.h"

THS_SIGNAL(nudge)
THS_MESSAGE(handle, THS_FIELD(uint64_t, timer))
THS_MESSAGE(verdict, THS_FIELD(bool, is_cancelled))

struct sleeper { ths_address starter; };

static ths_status
sleeper_nudged(ths_self *self, struct sleeper *sleeper,
    const struct nudge *nudge)
{
	ths_timer timer;

	(void)nudge;
	sleeper->starter = ths_sender(self);
	if (ths_timer_set(self, THS_MILLISECONDS(1), 0, &timer) != THS_OK)
		return THS_FAILED;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(sleeper, struct sleeper, THS_ON(nudge, sleeper_nudged))

static ths_status
owner_nudged(ths_self *self, ths_nothing *nothing, const struct nudge *nudge)
{
	ths_timer timer;

	(void)nothing;
	(void)nudge;
	if (ths_timer_set(self, THS_SECONDS(100), 0, &timer) != THS_OK)
		return THS_FAILED;
	return ths_reply(self, handle, .timer = timer);
}

static ths_status
owner_told(ths_self *self, ths_nothing *nothing, const struct handle *handle)
{
	(void)nothing;
	return ths_reply(self, verdict,
	    .is_cancelled = ths_timer_cancel(self, handle->timer));
}

THS_ACTOR(owner, ths_nothing, THS_ON(nudge, owner_nudged),
    THS_ON(handle, owner_told))

/* Says goodbye to whoever nudged it. */
static ths_status
polite_nudged(ths_self *self, struct sleeper *polite, const struct nudge *nudge)
{
	(void)nudge;
	polite->starter = ths_sender(self);
	return THS_OK;
}

static void
polite_exit(ths_self *self, struct sleeper *polite)
{
	(void)ths_send(self, polite->starter, nudge);
}

THS_ACTOR(polite, struct sleeper, THS_ON(nudge, polite_nudged),
    THS_EXIT(polite_exit))

static ths_vm *
inline_vm(uint32_t actors_max)
{
	ths_vm_config config = { .mode = THS_MODE_INLINE,
		.actors_max = actors_max };
	ths_vm *vm = NULL;

	cr_assert_eq(ths_vm_start(&vm, &config), THS_OK);
	return vm;
}

static uint64_t
dead_in_all(const ths_vm_status *status)
{
	uint64_t dead = 0;

	for (int i = 0; i < THS_DEAD_COUNT; i++)
		dead += status->dead[i];
	return dead;
}

static void
end_and_check(ths_vm *vm)
{
	ths_vm_status status;

	ths_vm_stop(vm, THS_SECONDS(1));
	ths_vm_status_read(vm, &status);
	cr_assert_eq(status.accepted, status.handled + status.absorbed +
	    dead_in_all(&status));
	ths_vm_free(vm);
}

Test(strays, mail_for_a_life_that_has_not_begun_is_dead)
{
	ths_vm *vm = inline_vm(0);
	ths_vm_status status;
	ths_address owner;

	cr_assert_eq(ths_spawn(vm, &owner, &owner_actor, NULL), THS_OK);
	/* Addresses can be parsed, so they can be made up. */
	for (uint32_t slot = 0; slot < 70; slot++) {
		ths_address forged = { owner.vm, slot, 1 };

		if (slot != owner.slot)
			cr_assert_neq(ths_tell(vm, forged, nudge),
			    THS_BAD_ARGUMENT);
	}
	ths_vm_run(vm, 0);
	ths_vm_status_read(vm, &status);
	cr_assert_gt(dead_in_all(&status), 60);
	end_and_check(vm);
}

Test(strays, a_wakeup_that_finds_a_client_gives_its_timer_back,
    .timeout = 20)
{
	enum { MANY = 300 };
	ths_vm *vm = inline_vm(0);
	ths_vm_status status;
	ths_client *client;
	ths_address address;
	ths_mail *mail;

	for (int i = 0; i < MANY; i++) {
		cr_assert_eq(ths_spawn(vm, &address, &sleeper_actor, NULL),
		    THS_OK);
		cr_assert_eq(ths_tell(vm, address, nudge), THS_OK);
	}
	ths_vm_run(vm, 0);
	/* Its slot comes from the depot: one of theirs. */
	cr_assert_eq(ths_client_open(vm, &client), THS_OK);
	cr_assert_gt(ths_client_address(client).generation, 1);
	usleep(5000);
	/* A slow machine has not met all wake-ups after the first wait. */
	do {
		mail = ths_listen(vm, client, THS_MILLISECONDS(5));
		cr_assert_eq(ths_mail_status(mail), THS_TIMEOUT);
		ths_vm_status_read(vm, &status);
	} while (status.timers > 0);
	cr_assert_eq(status.absorbed, MANY);
	ths_client_close(client);
	end_and_check(vm);
}

Test(strays, a_timer_is_not_cancelled_by_another_actor)
{
	ths_vm *vm = inline_vm(0);
	ths_address owner, other;
	ths_mail *mail;
	uint64_t timer;

	cr_assert_eq(ths_spawn(vm, &owner, &owner_actor, NULL), THS_OK);
	cr_assert_eq(ths_spawn(vm, &other, &owner_actor, NULL), THS_OK);
	mail = ths_call(vm, owner, THS_SECONDS(1), nudge);
	cr_assert_not_null(ths_mail_as(mail, handle));
	timer = ths_mail_as(mail, handle)->timer;
	ths_mail_free(mail);
	mail = ths_call(vm, other, THS_SECONDS(1), handle, .timer = timer);
	cr_assert_not(ths_mail_as(mail, verdict)->is_cancelled);
	ths_mail_free(mail);
	mail = ths_call(vm, owner, THS_SECONDS(1), handle, .timer = timer);
	cr_assert(ths_mail_as(mail, verdict)->is_cancelled);
	ths_mail_free(mail);
	end_and_check(vm);
}

Test(strays, goodbyes_to_a_client_at_a_short_stop_add_up)
{
	ths_vm *vm = inline_vm(0);
	ths_client *client;
	ths_address polite;

	cr_assert_eq(ths_client_open(vm, &client), THS_OK);
	cr_assert_eq(ths_spawn(vm, &polite, &polite_actor, NULL), THS_OK);
	cr_assert_eq(ths_tell_message(vm, client, polite, &nudge_type, NULL),
	    THS_OK);
	ths_vm_run(vm, 0);
	ths_vm_stop(vm, 0);
	end_and_check(vm);
}

static void *
stop_in_thread(void *vm)
{
	return ths_vm_stop(vm, THS_SECONDS(5)) == THS_OK ? vm : NULL;
}

Test(strays, a_full_vm_is_stopped_by_a_thread_that_is_no_client)
{
	ths_vm *vm = inline_vm(100);
	ths_address address;
	pthread_t thread;
	void *is_good;

	while (ths_spawn(vm, &address, &owner_actor, NULL) == THS_OK)
		;
	pthread_create(&thread, NULL, stop_in_thread, vm);
	pthread_join(thread, &is_good);
	cr_assert_not_null(is_good, "stopped as if there had been no time");
	end_and_check(vm);
}
