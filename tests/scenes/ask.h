/* SPDX-License-Identifier: MIT */
/* ask - scenes of questions from outside, and of what is listened to. */
#ifndef TESTS_SCENES_ASK_H
#define TESTS_SCENES_ASK_H

#include "tests/scenes/talkers.h"

/* B-01 B-02 B-03: what is answered, twice or never. */
static inline void
ask_gets_the_first(ths_vm *vm)
{
	ths_address mute = start_one(vm, &mute_actor);
	ths_address talker = start_one(vm, &talker_actor);
	ths_address twice = start_one(vm, &twice_actor);

	STAGE_CHECK(ths_tell(vm, mute, hello) == THS_OK);
	STAGE_CHECK(ths_tell(vm, mute, goodbye) == THS_OK);
	STAGE_CHECK(value_of(ths_ask(vm, talker, LONG, hello,
	    .value = 5)) == 5);
	STAGE_CHECK(value_of(ths_ask(vm, twice, LONG, hello,
	    .value = 10)) == 11);
	STAGE_CHECK(hears(vm, 12));
	STAGE_CHECK(value_of(ths_ask(vm, talker, THS_FOREVER, hello,
	    .value = 6)) == 6);
}

/* B-05: one silent, one that replies once and one that does twice. */
static inline void
ask_leaves_the_rest(ths_vm *vm)
{
	ths_address mute = start_one(vm, &mute_actor);
	ths_address talker = start_one(vm, &talker_actor);
	ths_address twice = start_one(vm, &twice_actor);
	int64_t sum;

	STAGE_CHECK(ths_tell(vm, mute, hello) == THS_OK);
	STAGE_CHECK(ths_tell(vm, talker, hello, .value = 100) == THS_OK);
	/* Of anybody: whichever comes first. */
	sum = value_of(ths_ask(vm, twice, LONG, hello));
	sum += value_of(ths_listen(vm, NULL, LONG));
	sum += value_of(ths_listen(vm, NULL, LONG));
	STAGE_CHECK(sum == 100 + 1 + 2);
	STAGE_CHECK(status_of(ths_listen(vm, NULL, 0)) == THS_TIMEOUT);
}

/* T-074: each reason for no answer has its status. */
static inline void
ask_says_why(ths_vm *vm)
{
	ths_address talker = start_one(vm, &talker_actor);
	const struct ths_poison *poison;
	ths_mail *mail;

	mail = ths_ask(vm, talker, LONG, burn);
	STAGE_CHECK(ths_mail_status(mail) == THS_FAILED);
	STAGE_CHECK(strcmp(ths_mail_why(mail), "it burns") == 0);
	STAGE_CHECK(ths_address_equal(ths_mail_sender(mail), talker));
	poison = ths_mail_as(mail, ths_poison);
	STAGE_CHECK(poison != NULL);
	STAGE_CHECK(strcmp(poison->message.type->name, "burn") == 0);
	ths_mail_free(mail);
	STAGE_CHECK(status_of(ths_ask(vm, talker, THS_FOREVER, unheard)) ==
	    THS_REFUSED);
	STAGE_CHECK(status_of(ths_ask(vm, end_one(vm), THS_FOREVER,
	    hello)) == THS_GONE);
	mail = ths_ask(vm, talker, 0, answer_late, .delay = 10 * SHORT);
	STAGE_CHECK(ths_mail_status(mail) == THS_TIMEOUT);
	STAGE_CHECK(ths_mail_as(mail, reply) == NULL);
	ths_mail_free(mail);
	STAGE_CHECK(hears(vm, -1));
}

/* B-07: what is no address is a mistake, and the words name the call. */
static inline void
ask_of_no_address(ths_vm *vm)
{
	static const char words[] = "nobody is no address to send to";
	ths_mail *mail = ths_ask(vm, THS_NOBODY, THS_FOREVER, hello);

	STAGE_CHECK(ths_mail_status(mail) == THS_BAD_ARGUMENT);
	STAGE_CHECK(strncmp(ths_mail_why(mail), "ths_ask: ", 9) == 0);
	STAGE_CHECK(strcmp(ths_mail_why(mail) + 9, words) == 0);
	ths_mail_free(mail);
	mail = ths_call(vm, THS_NOBODY, THS_FOREVER, hello);
	STAGE_CHECK(ths_mail_status(mail) == THS_BAD_ARGUMENT);
	STAGE_CHECK(strncmp(ths_mail_why(mail), "ths_call: ", 10) == 0);
	ths_mail_free(mail);
	STAGE_CHECK(ths_tell(vm, THS_NOBODY, hello) == THS_BAD_ARGUMENT);
	STAGE_CHECK(ths_tell_wait(vm, THS_NOBODY, LONG, hello) ==
	    THS_BAD_ARGUMENT);
}

/* B-09: what the runtime sends, and mail about it, is for no program outside,
 * and does not lengthen the wait. */
static inline void
ask_skips(ths_vm *vm)
{
	ths_address talker = start_one(vm, &talker_actor);
	ths_address tired = start_one(vm, &talker_actor);
	ths_address exiting = start_one(vm, &talker_actor);
	ths_address undertaker = start_one(vm, &talker_actor);
	ths_address gone = end_one(vm);
	uint64_t since;

	STAGE_CHECK(value_of(ths_ask(vm, undertaker, LONG, watch)) == 0);
	since = vm_now(vm);
	STAGE_CHECK(ths_tell(vm, gone, hello) == THS_OK);
	STAGE_CHECK(ths_tell(vm, tired, nap) == THS_OK);
	STAGE_CHECK(ths_tell(vm, exiting, ths_exit_request) == THS_OK);
	/* Ten more, one each 3 ms, and only then an answer. */
	/* T-076 */
	STAGE_CHECK(status_of(ths_ask(vm, talker, SHORT, pester,
	    .times = 10)) == THS_TIMEOUT);
	STAGE_CHECK(has_taken(vm, since, SHORT));
	since = vm_now(vm);
	STAGE_CHECK(status_of(ths_listen(vm, NULL, THS_MILLISECONDS(7))) ==
	    THS_TIMEOUT);
	/* T-075 */
	STAGE_CHECK(has_taken(vm, since, THS_MILLISECONDS(7)));
	/* What is a program's own goes through, also among them. */
	STAGE_CHECK(hears(vm, -2));
	STAGE_CHECK(status_of(ths_listen(vm, NULL, 0)) == THS_TIMEOUT);
}

/* B-14: an inline VM of one thread, who does not wait for what cannot come. */
static inline void
ask_in_quiet(ths_vm *vm)
{
	ths_address mute, talker;
	uint64_t since = vm_now(vm);

	STAGE_CHECK(status_of(ths_listen(vm, NULL, THS_FOREVER)) ==
	    THS_TIMEOUT);
	mute = start_one(vm, &mute_actor);
	talker = start_one(vm, &talker_actor);
	STAGE_CHECK(status_of(ths_ask(vm, mute, THS_FOREVER, hello)) ==
	    THS_TIMEOUT);
	STAGE_CHECK(status_of(ths_call(vm, mute, THS_SECONDS(3600),
	    hello)) == THS_TIMEOUT);
	STAGE_CHECK(ths_wait(vm, mute, THS_FOREVER, NULL) == THS_TIMEOUT);
	STAGE_CHECK(vm_now(vm) - since < (uint64_t)STAGE_SLACK);
	/* A timer that is due in time is waited for. */
	since = vm_now(vm);
	STAGE_CHECK(value_of(ths_ask(vm, talker, THS_FOREVER, answer_late,
	    .delay = SHORT)) == -1);
	STAGE_CHECK(vm_now(vm) - since >= (uint64_t)SHORT);
	STAGE_CHECK(vm_now(vm) - since <
	    (uint64_t)(SHORT + STAGE_SLACK) + (1 << 21));
	/* And one that is not is not. */
	since = vm_now(vm);
	STAGE_CHECK(status_of(ths_ask(vm, talker, SHORT, answer_late,
	    .delay = THS_SECONDS(3600))) == THS_TIMEOUT);
	STAGE_CHECK(vm_now(vm) - since < (uint64_t)STAGE_SLACK);
}

#endif
