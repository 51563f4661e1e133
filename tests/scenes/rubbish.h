/* SPDX-License-Identifier: MIT */
/*
 * rubbish - messages that hold what makes no sense, and attempts that make
 * none: they are met, refused, found dead and printed, and harm nobody.
 */
#ifndef TESTS_SCENES_RUBBISH_H
#define TESTS_SCENES_RUBBISH_H

#include <stdlib.h>
#include <string.h>

#include "tests/scenes/numbers.h"

#include <math.h>

enum paint { RED, GREEN };
THS_ENUM(paint, RED, GREEN)
THS_MESSAGE(odd,
    THS_FIELD(enum paint, paint),
    THS_FIELD(double, amount),
    THS_TEXT(text, 4),
    THS_FIELD(ths_string, words),
    THS_FIELD(ths_bytes, bytes),
    THS_FIELD(ths_any, inner),
    THS_FIELD(ths_map, map))
THS_MESSAGE(stranger, THS_FIELD(ths_any, inner))
THS_SIGNAL(leave)

#define RUBBISH_WORDS "%s%n%9999999d\n\033[2J\r\xff\xc0\x80 \"}"

static const ths_pair rubbish_pairs[] = {
	THS_PAIR_FLOAT("", -INFINITY), THS_PAIR_STRING("none", NULL),
	THS_PAIR_BYTES("\"\n", NULL, 0),
};

/* Nothing in it is as it should be; `inner` is a message of its own. */
static inline struct odd
rubbish_odd(ths_any inner)
{
	return (struct odd){ .paint = (enum paint)77, .amount = NAN,
		.text = { 'n', '\xff', 'N', 'U' }, .words = RUBBISH_WORDS,
		.bytes = { "\0\xff", 2 }, .inner = inner,
		.map = { rubbish_pairs, 3 } };
}

/* Both forms, in every room: they stay in it, and on their line. */
static inline void
rubbish_check_print(const ths_type *type, const void *message)
{
	char text[301];

	for (size_t size = 1; size < sizeof(text);
	    size += STAGE_MANY > 10 ? 3 : 37) {
		memset(text, 'x', sizeof(text));
		ths_message_print(type, message, text, size);
		STAGE_CHECK(strlen(text) < size);
		STAGE_CHECK(text[size] == 'x');
		STAGE_CHECK(strpbrk(text, "\n\r\033") == NULL);
		memset(text, 'x', sizeof(text));
		ths_message_json(type, message, text, size);
		STAGE_CHECK(strlen(text) < size);
		STAGE_CHECK(text[size] == 'x');
		STAGE_CHECK(strpbrk(text, "\n\r\033") == NULL);
	}
}

static inline void
rubbish_check_odd(const struct odd *odd)
{
	STAGE_CHECK(odd != NULL);
	STAGE_CHECK((int)odd->paint == 77);
	STAGE_CHECK(isnan(odd->amount));
	STAGE_CHECK(memcmp(odd->text, "n\xffNU", 4) == 0);
	STAGE_CHECK(strcmp(odd->words, RUBBISH_WORDS) == 0);
	STAGE_CHECK(odd->bytes.size == 2);
	STAGE_CHECK(odd->map.length == 3);
}

/* ------------------------------------------------------------ it is handled */

/* Finds fault with it, in its own words. */
static ths_status
judge_odd(ths_self *self, ths_nothing *state, const struct odd *odd)
{
	char text[512];

	(void)state;
	rubbish_check_odd(odd);
	ths_message_print(&odd_type, odd, text, sizeof(text));
	ths_self_log(self, THS_LOG_WARNING, "%s", odd->words);
	return ths_fail(self, "%s", text);
}

static ths_status
judge_question(ths_self *self, ths_nothing *state,
    const struct question *question)
{
	(void)state, (void)question;
	return ths_reply(self, number, .value = 1);
}

static ths_status
judge_leave(ths_self *self, ths_nothing *state, const struct leave *leave)
{
	(void)state, (void)leave;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(judge, ths_nothing, THS_ON(odd, judge_odd),
    THS_ON(question, judge_question), THS_ON(leave, judge_leave))

/* T-057: what stands for each thing that makes no sense. */
static inline void
rubbish_harms_nobody(ths_vm *vm)
{
	ths_address judge = stage_spawn(vm, &judge_actor);
	struct stranger stranger = { { NULL, NULL } };
	struct odd odd = rubbish_odd((ths_any){ &stranger_type, &stranger });
	const struct ths_poison *poison;
	ths_mail *mail = ths_call_message(vm, NULL, judge, STAGE_PATIENCE,
	    &odd_type, &odd);

	poison = ths_mail_as(mail, ths_poison);
	STAGE_CHECK(poison != NULL);
	rubbish_check_odd(ths_any_as(poison->message, odd));
	rubbish_check_print(&ths_poison_type, poison);
	/* T-057 */
	STAGE_CHECK(strncmp(poison->details, "odd{paint=77, amount=nan, "
	    "text=\"n\\xffNU\", words=\"%s%n%9999999d\\n\\x1b[2J", 57) == 0);
	STAGE_CHECK(strlen(ths_mail_why(mail)) < THS_FAILURE_TEXT_SIZE);
	ths_mail_free(mail);
	STAGE_CHECK(number_of(ths_call(vm, judge, STAGE_PATIENCE,
	    question)) == 1);
}

/* --------------------------------------------------------------- it is dead */

THS_MESSAGE(bury, THS_FIELD(ths_address, asker), THS_FIELD(ths_address, dead))

struct digger { struct bury bury; };

static ths_status
digger_bury(ths_self *self, struct digger *digger, const struct bury *bury)
{
	digger->bury = *bury;
	ths_handle_dead_letters(self, true);
	return ths_reply(self, number, .value = 0);
}

/* The message, and whom it was for; or, when they do not go together, whom. */
static ths_status
digger_letter(ths_self *self, struct digger *digger,
    const struct ths_dead_letter *letter)
{
	const struct odd *odd = ths_any_as(letter->message, odd);

	/* The last question to the dead may still be on its way here. */
	if (!ths_address_equal(letter->from, digger->bury.asker))
		return THS_OK;
	/* T-120 */
	STAGE_CHECK(ths_address_equal(letter->to, digger->bury.dead));
	rubbish_check_print(&ths_dead_letter_type, letter);
	if (odd != NULL)
		rubbish_check_odd(odd);
	return ths_send(self, digger->bury.asker, number,
	    .value = letter->message.type == NULL ? -1 : odd != NULL);
}

THS_ACTOR(digger, struct digger, THS_ON(bury, digger_bury),
    THS_ON(ths_dead_letter, digger_letter))

/* One who has ended. */
static inline ths_address
rubbish_dead(ths_vm *vm)
{
	ths_address dead = stage_spawn(vm, &judge_actor);
	ths_mail *mail;

	STAGE_CHECK(ths_tell(vm, dead, leave) == THS_OK);
	mail = ths_call(vm, dead, STAGE_PATIENCE, question);
	while (ths_mail_status(mail) != THS_GONE) {
		ths_mail_free(mail);
		mail = ths_call(vm, dead, STAGE_PATIENCE, question);
	}
	ths_mail_free(mail);
	return dead;
}

/* What the digger says of one sent to the dead. */
static inline int64_t
rubbish_bury(ths_vm *vm, ths_client *client, ths_address dead,
    const ths_type *type, const void *message)
{
	STAGE_CHECK(ths_tell_message(vm, client, dead, type, message) ==
	    THS_OK);
	return number_of(ths_listen(vm, client, STAGE_PATIENCE));
}

/* T-120 */
static inline void
rubbish_is_buried(ths_vm *vm)
{
	struct stranger nested[THS_DEPTH_MAX] = { { { NULL, NULL } } };
	ths_address digger = stage_spawn(vm, &digger_actor);
	ths_address dead = rubbish_dead(vm);
	struct ths_dead_letter letter;
	struct odd odd;
	ths_client *client;

	STAGE_CHECK(ths_client_open(vm, &client) == THS_OK);
	STAGE_CHECK(number_of(ths_call(vm, digger, STAGE_PATIENCE,
	    bury, .asker = ths_client_address(client), .dead = dead)) == 0);
	for (int i = 0; i < THS_DEPTH_MAX - 1; i++)
		nested[i].inner = (ths_any){ &stranger_type, &nested[i + 1] };
	odd = rubbish_odd((ths_any){ &stranger_type, &nested[3] });
	STAGE_CHECK(rubbish_bury(vm, client, dead, &odd_type, &odd) == 1);
	STAGE_CHECK(rubbish_bury(vm, client, dead, &question_type, "") ==
	    0);
	/* As deep as can be, so that a letter around it is deeper. */
	STAGE_CHECK(rubbish_bury(vm, client, dead, &stranger_type,
	    nested) == -1);
	/* One that contains itself can only be printed. */
	letter = (struct ths_dead_letter){ .to = dead,
		.message = { &ths_dead_letter_type, &letter } };
	rubbish_check_print(&ths_dead_letter_type, &letter);
	STAGE_CHECK(ths_tell_message(vm, client, dead, &odd_type,
	    &(struct odd){ .inner = { &ths_dead_letter_type, &letter } }) !=
	    THS_OK);
	ths_client_close(client);
}

/* E-12: what is long, or never ends, is short in print. */
static inline void
rubbish_is_told_shortly(ths_vm *vm)
{
	size_t size = STAGE_MANY > 10 ? 10 << 20 : 2 << 10;
	struct ths_dead_letter letter = { .reason = THS_DEAD_STALE };
	char *words = malloc(size + 1);
	struct odd odd = { .words = words };
	char text[512];

	(void)vm;
	STAGE_CHECK(words != NULL);
	letter.message = (ths_any){ &ths_dead_letter_type, &letter };
	STAGE_CHECK(ths_message_print(&ths_dead_letter_type, &letter, text,
	    sizeof(text)) > sizeof(text));
	STAGE_CHECK(strlen(text) == sizeof(text) - 1);
	STAGE_CHECK(strcmp(text + sizeof(text) - 4, "...") == 0);
	memset(words, '\xff', size);
	words[size] = '\0';
	letter.message = (ths_any){ &odd_type, &odd };
	STAGE_CHECK(ths_message_print(&ths_dead_letter_type, &letter, text,
	    sizeof(text)) > size);
	STAGE_CHECK(strlen(text) == sizeof(text) - 1);
	STAGE_CHECK(strcmp(text + sizeof(text) - 4, "...") == 0);
	free(words);
}

/* -------------------------------------------------------- it cannot be sent */

THS_MESSAGE(attempt, THS_FIELD(ths_address, whom))

struct novice { ths_address asker; };

/* First to no address at all, which fails the handler; then what has
 * no form. */
static ths_status
novice_attempt(ths_self *self, struct novice *novice,
    const struct attempt *attempt)
{
	struct odd odd = { .bytes = { NULL, 1 } };
	ths_status status = ths_send_message(self, attempt->whom, &odd_type,
	    &odd);

	novice->asker = ths_sender(self);
	STAGE_CHECK(status == THS_BAD_ARGUMENT);
	return ths_address_is_nobody(attempt->whom) ? status : THS_OK;
}

static ths_status
novice_poison(ths_self *self, struct novice *novice,
    const struct ths_poison *poison)
{
	STAGE_CHECK(poison->message.type == NULL);
	STAGE_CHECK(strstr(poison->details, "odd to ") != NULL);
	return ths_send(self, novice->asker, attempt,
	    .whom = ths_sender(self));
}

THS_ACTOR(novice, struct novice, THS_ON(attempt, novice_attempt),
    THS_ON(ths_poison, novice_poison))

/* T-047 T-058 */
static inline void
rubbish_comes_back(ths_vm *vm)
{
	ths_address novice = stage_spawn(vm, &novice_actor);
	ths_address judge = stage_spawn(vm, &judge_actor);
	ths_mail *mail = ths_call(vm, novice, STAGE_PATIENCE, attempt,
	    .whom = judge);

	/* T-058: from the one that it was meant for. */
	STAGE_CHECK(ths_mail_as(mail, attempt) != NULL);
	STAGE_CHECK(ths_address_equal(ths_mail_as(mail, attempt)->whom,
	    judge));
	ths_mail_free(mail);
	/* T-047: a status, by which the handler fails. */
	mail = ths_call(vm, novice, STAGE_PATIENCE, attempt,
	    .whom = THS_NOBODY);
	/* T-047 */
	STAGE_CHECK(ths_mail_as(mail, ths_poison) != NULL);
	STAGE_CHECK(strcmp(ths_mail_as(mail, ths_poison)->details,
	    ths_status_text(THS_BAD_ARGUMENT)) == 0);
	ths_mail_free(mail);
}

/* B-22: what only means something in this process is no message, nor part
 * of one. */
static inline void
rubbish_is_no_data(ths_vm *vm)
{
	static const ths_field fields[] = {
		{ "vm", 0, sizeof(ths_vm *), 99 },
	};
	static const ths_type handle = { "handle", sizeof(ths_vm *), 1, 0,
		fields };
	struct stranger stranger = { { &handle, &vm } };
	ths_address judge = stage_spawn(vm, &judge_actor);
	ths_mail *mail;

	STAGE_CHECK(ths_tell_message(vm, NULL, judge, &handle, &vm) ==
	    THS_BAD_ARGUMENT);
	STAGE_CHECK(ths_tell_message(vm, NULL, judge, &stranger_type,
	    &stranger) == THS_BAD_ARGUMENT);
	mail = ths_call_message(vm, NULL, judge, STAGE_PATIENCE, &handle, &vm);
	STAGE_CHECK(ths_mail_status(mail) == THS_BAD_ARGUMENT);
	ths_mail_free(mail);
	STAGE_CHECK(number_of(ths_call(vm, judge, STAGE_PATIENCE,
	    question)) == 1);
}

#endif
