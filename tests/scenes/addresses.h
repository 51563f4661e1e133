/* SPDX-License-Identifier: MIT */
/*
 * addresses - where addresses come from, and what they are to programs and
 * people: scenario C-34, as far as it concerns one VM, and C-16.
 */
#ifndef TESTS_SCENES_ADDRESSES_H
#define TESTS_SCENES_ADDRESSES_H

#include <string.h>

#include "tests/scenes/numbers.h"

THS_MESSAGE(card, THS_FIELD(ths_address, me), THS_FIELD(ths_address, child),
    THS_FIELD(ths_address, sender))
THS_MESSAGE(named, THS_FIELD(ths_string, name))
THS_SIGNAL(what_name)

struct person {
	ths_address child;
	ths_address asker;
};

static ths_status
person_question(ths_self *self, struct person *person,
    const struct question *question);

/* From a child, whose sender and whose card must agree. */
static ths_status
person_card(ths_self *self, struct person *person, const struct card *card)
{
	STAGE_CHECK(ths_address_equal(card->me, ths_sender(self)));
	STAGE_CHECK(ths_address_equal(card->me, person->child));
	STAGE_CHECK(ths_address_equal(card->sender, ths_me(self)));
	return ths_send(self, person->asker, card, .me = ths_me(self),
	    .child = card->me, .sender = person->asker);
}

static ths_status
person_what_name(ths_self *self, struct person *person,
    const struct what_name *what)
{
	(void)person, (void)what;
	return ths_reply(self, named, .name = ths_my_name(self));
}

THS_ACTOR(person, struct person, THS_ON(question, person_question),
    THS_ON(card, person_card), THS_ON(what_name, person_what_name))

/* One who was asked from outside asks a child of its own. */
static ths_status
person_question(ths_self *self, struct person *person,
    const struct question *question)
{
	ths_status status;

	(void)question;
	if (!ths_address_is_nobody(ths_parent(self)))
		return ths_reply(self, card, .me = ths_me(self),
		    .sender = ths_sender(self));
	person->asker = ths_sender(self);
	status = ths_spawn_child(self, &person->child, &person_actor, NULL);
	return status != THS_OK ? status :
	    ths_send(self, person->child, question);
}

/* Its text is its alone, and reads back as the same address. */
static inline void
addresses_check_text(ths_address address, const ths_address *others,
    size_t length)
{
	char text[THS_ADDRESS_TEXT_SIZE], other[THS_ADDRESS_TEXT_SIZE];
	ths_address parsed = THS_NOBODY;

	ths_address_print(address, text);
	STAGE_CHECK(ths_address_parse(text, &parsed) == THS_OK);
	STAGE_CHECK(ths_address_equal(parsed, address));
	STAGE_CHECK(ths_address_equal(address, parsed));
	STAGE_CHECK(ths_address_hash(parsed) == ths_address_hash(address));
	for (size_t i = 0; i < length; i++) {
		STAGE_CHECK(!ths_address_equal(address, others[i]));
		STAGE_CHECK(strcmp(text, ths_address_print(others[i],
		    other)) != 0);
	}
}

static inline void
addresses_check_junk(ths_address address)
{
	static const char *const junk[] = { "", "junk", "0:1.1", ":1.1",
		"4f1c4f1c4f1c4f1c:1", "4f1c4f1c4f1c4f1c:1.", "-1" };
	ths_address bytes = address;

	for (size_t i = 0; i < sizeof(junk) / sizeof(junk[0]); i++) {
		ths_address parsed = address;

		STAGE_CHECK(ths_address_parse(junk[i], &parsed) ==
		    THS_BAD_ARGUMENT);
		STAGE_CHECK(ths_address_equal(parsed, address));
	}
	for (size_t i = 0; i < sizeof(bytes); i++) {
		memset((char *)&bytes + i, 0xa5, 1);
		STAGE_CHECK(!ths_address_equal(bytes, address) ||
		    memcmp(&bytes, &address, sizeof(bytes)) == 0);
	}
	STAGE_CHECK(!ths_address_equal(bytes, address));
}

/* T-090 C-34 */
static inline void
addresses_come_from_the_vm(ths_vm *vm)
{
	ths_address known[2 * STAGE_MANY];
	size_t length = 0;

	for (int i = 0; i < STAGE_MANY; i++) {
		ths_address created = stage_spawn(vm, &person_actor);
		ths_mail *mail = ths_ask(vm, created, STAGE_PATIENCE,
		    question);
		const struct card *card = ths_mail_as(mail, card);

		STAGE_CHECK(card != NULL);
		/* By the creation, by the sender, by what a message says. */
		STAGE_CHECK(ths_address_equal(created,
		    ths_mail_sender(mail)));
		/* T-090 */
		STAGE_CHECK(ths_address_equal(card->me, created));
		addresses_check_text(created, known, length);
		known[length++] = created;
		/* A child that this program has only heard of. */
		addresses_check_text(card->child, known, length);
		known[length++] = card->child;
		ths_mail_free(mail);
	}
	addresses_check_junk(known[0]);
	for (size_t i = 0; i < length; i++) {
		ths_mail *mail = ths_ask(vm, known[i], STAGE_PATIENCE,
		    question);

		STAGE_CHECK(ths_mail_as(mail, card) != NULL);
		ths_mail_free(mail);
	}
}

static inline void
addresses_check_name(ths_vm *vm, ths_address address, const char *name)
{
	ths_mail *mail = ths_call(vm, address, STAGE_PATIENCE, what_name);

	STAGE_CHECK(ths_mail_as(mail, named) != NULL);
	STAGE_CHECK(strcmp(ths_mail_as(mail, named)->name, name) == 0);
	ths_mail_free(mail);
}

/* C-16 */
static inline void
addresses_and_names_are_known(ths_vm *vm)
{
	ths_address one;

	STAGE_CHECK(ths_spawn(vm, &one, &person_actor,
	    &(ths_spawn_options){ .name = "the one" }) == THS_OK);
	addresses_check_name(vm, one, "the one");
	addresses_check_name(vm, stage_spawn(vm, &person_actor), "");
}

#endif
