/* SPDX-License-Identifier: MIT */
/*
 * address - where addresses come from, and what they are to programs and people:
 * scenario C-34, as far as it concerns one VM, and C-16.
 */
#ifndef TESTS_SCENARIO_ADDRESS_H
#define TESTS_SCENARIO_ADDRESS_H

#include "tests/scenario/scenario.h"

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
	SCENARIO_CHECK(ths_address_equal(card->me, ths_sender(self)));
	SCENARIO_CHECK(ths_address_equal(card->me, person->child));
	SCENARIO_CHECK(ths_address_equal(card->sender, ths_me(self)));
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
address_check_text(ths_address address, const ths_address *others,
    size_t length)
{
	char text[THS_ADDRESS_TEXT_SIZE], other[THS_ADDRESS_TEXT_SIZE];
	ths_address parsed = THS_NOBODY;

	ths_address_print(address, text);
	SCENARIO_CHECK(ths_address_parse(text, &parsed) == THS_OK);
	SCENARIO_CHECK(ths_address_equal(parsed, address));
	SCENARIO_CHECK(ths_address_equal(address, parsed));
	SCENARIO_CHECK(ths_address_hash(parsed) == ths_address_hash(address));
	for (size_t i = 0; i < length; i++) {
		SCENARIO_CHECK(!ths_address_equal(address, others[i]));
		SCENARIO_CHECK(strcmp(text, ths_address_print(others[i],
		    other)) != 0);
	}
}

static inline void
address_check_junk(ths_address address)
{
	static const char *const junk[] = { "", "junk", "0:1.1", ":1.1",
		"4f1c4f1c4f1c4f1c:1", "4f1c4f1c4f1c4f1c:1.", "-1" };
	ths_address bytes = address;

	for (size_t i = 0; i < sizeof(junk) / sizeof(junk[0]); i++) {
		ths_address parsed = address;

		SCENARIO_CHECK(ths_address_parse(junk[i], &parsed) ==
		    THS_BAD_ARGUMENT);
		SCENARIO_CHECK(ths_address_equal(parsed, address));
	}
	for (size_t i = 0; i < sizeof(bytes); i++) {
		memset((char *)&bytes + i, 0xa5, 1);
		SCENARIO_CHECK(!ths_address_equal(bytes, address) ||
		    memcmp(&bytes, &address, sizeof(bytes)) == 0);
	}
	SCENARIO_CHECK(!ths_address_equal(bytes, address));
}

/* T-090 C-34 */
static inline void
address_comes_from_the_vm(ths_vm *vm)
{
	ths_address known[2 * SCENARIO_MANY];
	size_t length = 0;

	for (int i = 0; i < SCENARIO_MANY; i++) {
		ths_address created = scenario_spawn(vm, &person_actor);
		ths_mail *mail = ths_ask(vm, created, SCENARIO_PATIENCE,
		    question);
		const struct card *card = ths_mail_as(mail, card);

		SCENARIO_CHECK(card != NULL);
		/* By the creation, by the sender, by what a message says. */
		SCENARIO_CHECK(ths_address_equal(created,
		    ths_mail_sender(mail)));
		/* T-090 */
		SCENARIO_CHECK(ths_address_equal(card->me, created));
		address_check_text(created, known, length);
		known[length++] = created;
		/* A child that this program has only heard of. */
		address_check_text(card->child, known, length);
		known[length++] = card->child;
		ths_mail_free(mail);
	}
	address_check_junk(known[0]);
	for (size_t i = 0; i < length; i++) {
		ths_mail *mail = ths_ask(vm, known[i], SCENARIO_PATIENCE,
		    question);

		SCENARIO_CHECK(ths_mail_as(mail, card) != NULL);
		ths_mail_free(mail);
	}
}

static inline void
address_check_name(ths_vm *vm, ths_address address, const char *name)
{
	ths_mail *mail = ths_call(vm, address, SCENARIO_PATIENCE, what_name);

	SCENARIO_CHECK(ths_mail_as(mail, named) != NULL);
	SCENARIO_CHECK(strcmp(ths_mail_as(mail, named)->name, name) == 0);
	ths_mail_free(mail);
}

/* C-16 */
static inline void
address_and_name_are_known(ths_vm *vm)
{
	ths_address one;

	SCENARIO_CHECK(ths_spawn(vm, &one, &person_actor,
	    &(ths_spawn_options){ .name = "the one" }) == THS_OK);
	address_check_name(vm, one, "the one");
	address_check_name(vm, scenario_spawn(vm, &person_actor), "");
}

#endif
