/* SPDX-License-Identifier: MIT */
/*
 * failures - scenes of handlers that fail: who is told, what of, how often, and
 * that everybody lives on.
 */
#ifndef TESTS_SCENES_FAILURES_H
#define TESTS_SCENES_FAILURES_H

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "tests/scenes/stage.h"

enum {
	TOO_MUCH = 3, /* a task that fails each time */
	AT_SECOND_TRY = 5, /* one that fails once */
};

THS_MESSAGE(chore, THS_FIELD(uint32_t, number), THS_FIELD(ths_string, words))
THS_MESSAGE(result, THS_FIELD(uint32_t, number))
THS_MESSAGE(delegate, THS_FIELD(uint32_t, number), THS_FIELD(uint32_t, times))
THS_SIGNAL(report)
THS_MESSAGE(reported, THS_FIELD(uint32_t, poisons), THS_FIELD(uint32_t, exits),
    THS_FIELD(uint32_t, children), THS_FIELD(bool, was_right))
THS_SIGNAL(retire)

/* ------------------------------------------------------------------- actors */

struct hand { uint32_t attempts; };

static ths_status
hand_chore(ths_self *self, struct hand *hand, const struct chore *chore)
{
	bool is_second = ++hand->attempts % 2 == 0;

	if (chore->number == TOO_MUCH)
		return ths_fail(self, "%" PRIu32 " is too much", chore->number);
	if (chore->number == AT_SECOND_TRY && !is_second)
		return ths_fail(self, "not at once");
	hand->attempts = 0;
	return ths_reply(self, result, .number = 2 * chore->number);
}

/* D-11: fails at an exit request, too. */
static ths_status
hand_asked(ths_self *self, struct hand *hand,
    const struct ths_exit_request *request)
{
	(void)hand, (void)request;
	return ths_fail(self, "not yet");
}

THS_ACTOR(hand, struct hand,
    THS_ON(chore, hand_chore),
    THS_ON(ths_exit_request, hand_asked))

/* Has a child that works for it, and counts what comes back. */
struct boss {
	ths_address child;
	uint32_t poisons;
	uint32_t exits;
	bool is_wrong;     /* something was not as it should be */
	bool fails_as_well; /* at poison */
};

static ths_status
boss_delegate(ths_self *self, struct boss *boss,
    const struct delegate *delegate)
{
	if (ths_address_is_nobody(boss->child))
		STAGE_CHECK(ths_spawn_child(self, &boss->child, &hand_actor,
		    NULL) == THS_OK);
	for (uint32_t i = 0; i < delegate->times; i++)
		ths_send(self, boss->child, chore, .number = delegate->number,
		    .words = "well now");
	return THS_OK;
}

static ths_status
boss_poison(ths_self *self, struct boss *boss,
    const struct ths_poison *poison)
{
	const struct chore *chore = poison->message.message;

	boss->poisons++;
	boss->is_wrong |= poison->message.type != &chore_type ||
	    chore->number != TOO_MUCH ||
	    strcmp(chore->words, "well now") != 0 ||
	    strcmp(poison->details, "3 is too much") != 0 ||
	    !ths_address_equal(ths_sender(self), boss->child);
	return boss->fails_as_well ? ths_fail(self, "it is bitter") : THS_OK;
}

static ths_status
boss_exited(ths_self *self, struct boss *boss,
    const struct ths_actor_exited *exited)
{
	(void)self;
	boss->exits++;
	boss->is_wrong |= exited->reason != THS_EXIT_ASKED;
	return THS_OK;
}

static ths_status
boss_retire(ths_self *self, struct boss *boss, const struct retire *retire)
{
	(void)retire;
	return ths_send(self, boss->child, ths_exit_request);
}

static ths_status
boss_result(ths_self *self, struct boss *boss, const struct result *result)
{
	(void)self;
	boss->is_wrong |= result->number != 2 * AT_SECOND_TRY;
	return THS_OK;
}

static ths_status
boss_report(ths_self *self, struct boss *boss, const struct report *report)
{
	(void)report;
	return ths_reply(self, reported, .poisons = boss->poisons,
	    .exits = boss->exits, .was_right = !boss->is_wrong,
	    .children = (uint32_t)ths_children(self, NULL, 0));
}

THS_ACTOR(boss, struct boss,
    THS_ON(delegate, boss_delegate),
    THS_ON(ths_poison, boss_poison),
    THS_ON(ths_actor_exited, boss_exited),
    THS_ON(retire, boss_retire),
    THS_ON(result, boss_result),
    THS_ON(report, boss_report))

static ths_status
bitter_delegate(ths_self *self, struct boss *boss,
    const struct delegate *delegate)
{
	boss->fails_as_well = true;
	return boss_delegate(self, boss, delegate);
}

THS_ACTOR(bitter, struct boss,
    THS_ON(delegate, bitter_delegate),
    THS_ON(ths_poison, boss_poison),
    THS_ON(report, boss_report))

/* -------------------------------------------------------------------- props */

static inline struct reported
failures_report(ths_vm *vm, ths_address boss)
{
	ths_mail *mail = ths_call(vm, boss, THS_FOREVER, report);
	const struct reported *reported = ths_mail_as(mail, reported);
	struct reported copy;

	STAGE_CHECK(reported != NULL);
	copy = *reported;
	ths_mail_free(mail);
	STAGE_CHECK(copy.was_right);
	return copy;
}

/* Waits until a boss has had so many poisons; no more may come. */
static inline struct reported
failures_await(ths_vm *vm, ths_address boss, uint32_t poisons)
{
	struct reported reported = { 0 };

	for (int i = 0; i < STAGE_TRIES && reported.poisons < poisons; i++)
		reported = failures_report(vm, boss);
	STAGE_CHECK(reported.poisons == poisons);
	return reported;
}

static inline uint32_t
failures_ask(ths_vm *vm, ths_address hand, uint32_t number)
{
	ths_mail *mail = ths_ask(vm, hand, THS_FOREVER, chore,
	    .number = number, .words = "please");
	const struct result *result = ths_mail_as(mail, result);
	const struct ths_poison *poison = ths_mail_as(mail, ths_poison);
	uint32_t answer = 0;

	STAGE_CHECK(result != NULL || poison != NULL);
	if (result != NULL) {
		answer = result->number;
	} else {
		const struct chore *chore = poison->message.message;

		STAGE_CHECK(poison->message.type == &chore_type);
		STAGE_CHECK(chore->number == number);
		STAGE_CHECK(strcmp(chore->words, "please") == 0);
		STAGE_CHECK(strcmp(poison->details, "3 is too much") == 0);
	}
	ths_mail_free(mail);
	return answer;
}

/* ------------------------------------------------------------------- scenes */

/* D-09, D-12, D-16, T-148: the host gets its message back, with the reason; one
 * that fails once is answered all the same; and the actor lives on. */
static inline void
failures_poison_the_host(ths_vm *vm)
{
	ths_address hand = stage_spawn(vm, &hand_actor);
	ths_vm_status before, after;

	ths_vm_status_read(vm, &before);
	STAGE_CHECK(failures_ask(vm, hand, 1) == 2);
	STAGE_CHECK(failures_ask(vm, hand, TOO_MUCH) == 0);
	STAGE_CHECK(failures_ask(vm, hand, AT_SECOND_TRY) ==
	    2 * AT_SECOND_TRY);
	STAGE_CHECK(failures_ask(vm, hand, TOO_MUCH) == 0);
	STAGE_CHECK(failures_ask(vm, hand, 4) == 8);
	ths_vm_status_read(vm, &after);
	/* T-148 */
	STAGE_CHECK(after.retried - before.retried == 3);
	/* T-146 */
	STAGE_CHECK(after.poisoned - before.poisoned == 2);
	STAGE_CHECK(after.exited == before.exited);
}

/* D-08, D-17: an actor that sends on behalf of others is the one that is told,
 * of each bad message once; the child that failed is as it was. */
static inline void
failures_poison_who_sent(ths_vm *vm)
{
	ths_address boss = stage_spawn(vm, &boss_actor);

	STAGE_CHECK(ths_tell(vm, boss, delegate, .number = TOO_MUCH,
	    .times = 1) == THS_OK);
	STAGE_CHECK(failures_await(vm, boss, 1).children == 1);
	/* The last to be told of comes last: nothing is left to be
	 * done then. */
	STAGE_CHECK(ths_tell(vm, boss, delegate, .number = AT_SECOND_TRY,
	    .times = 1) == THS_OK);
	STAGE_CHECK(ths_tell(vm, boss, delegate, .number = TOO_MUCH,
	    .times = 2) == THS_OK);
	/* T-146 */
	STAGE_CHECK(failures_await(vm, boss, 3).exits == 0);
}

/* D-11: who fails at the exit request exits, and its parent is told once. */
static inline void
failures_do_not_stop_an_exit(ths_vm *vm)
{
	ths_address boss = stage_spawn(vm, &boss_actor);
	struct reported reported = { .children = 1 };
	ths_vm_status before, after;

	ths_vm_status_read(vm, &before);
	STAGE_CHECK(ths_tell(vm, boss, delegate) == THS_OK);
	STAGE_CHECK(ths_tell(vm, boss, retire) == THS_OK);
	for (int i = 0; i < STAGE_TRIES && reported.children > 0; i++)
		reported = failures_report(vm, boss);
	/* T-149 */
	STAGE_CHECK(reported.children == 0 && reported.exits == 1);
	ths_vm_status_read(vm, &after);
	STAGE_CHECK(after.failed - before.failed == 1);
	STAGE_CHECK(after.retried == before.retried);
}

/* D-19, D-20: whoever fails at poison is tried once more, and nobody gets
 * poison of poison; it goes on answering. */
static inline void
failures_at_poison_end_there(ths_vm *vm)
{
	ths_address bitter = stage_spawn(vm, &bitter_actor);
	ths_vm_status before, after;

	ths_vm_status_read(vm, &before);
	STAGE_CHECK(ths_tell(vm, bitter, delegate, .number = TOO_MUCH,
	    .times = 1) == THS_OK);
	STAGE_CHECK(failures_await(vm, bitter, 2).children == 1);
	ths_vm_status_read(vm, &after);
	/* T-146 */
	STAGE_CHECK(after.poisoned - before.poisoned == 1);
	STAGE_CHECK(after.failed - before.failed == 2);
}

#endif
