/* SPDX-License-Identifier: MIT */
/*
 * mishaps - scenes of failures that could harm the runtime itself: messages
 * that are hard to print or compare, answers to nobody, and messages that a
 * handler has given away before it fails.
 */
#ifndef TESTS_SCENES_MISHAPS_H
#define TESTS_SCENES_MISHAPS_H

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "tests/scenes/stage.h"

/* No UTF-8, controls, and what printf() would take for a conversion. */
#define MISHAPS_JUNK "\xff\xfe\x01%s%n\t\"\\\n\xc0\x80"

enum { MISHAPS_HOPS = 12, MISHAPS_RING = 4 };

THS_MESSAGE(oddity, THS_FIELD(ths_string, words), THS_FIELD(double, number))
THS_MESSAGE(hop, THS_FIELD(uint32_t, left), THS_FIELD(double, number),
    THS_FIELD(ths_string, words))
THS_MESSAGE(neighbour, THS_FIELD(ths_address, address))
THS_SIGNAL(stumble)
THS_MESSAGE(parcel, THS_FIELD(uint32_t, number), THS_FIELD(ths_string, words))
THS_MESSAGE(pass_to, THS_FIELD(ths_address, to))
THS_MESSAGE(fine, THS_FIELD(uint32_t, number))
THS_SIGNAL(how_are_you)

/* ------------------------------------------------------------------- actors */

struct victim {
	ths_address next;
	ths_mail *kept;
	uint32_t attempts;
};

static ths_status
victim_oddity(ths_self *self, struct victim *victim,
    const struct oddity *oddity)
{
	victim->attempts++;
	return ths_fail(self, "%s", oddity->words);
}

/* Passes on what no comparison finds equal, not even to itself. */
static ths_status
victim_hop(ths_self *self, struct victim *victim, const struct hop *hop)
{
	STAGE_CHECK(hop->number != hop->number);
	STAGE_CHECK(strcmp(hop->words, MISHAPS_JUNK) == 0);
	return hop->left == 0 ? THS_OK : ths_send(self, victim->next, hop,
	    .left = hop->left - 1, .number = hop->number, .words = hop->words);
}

static ths_status
victim_neighbour(ths_self *self, struct victim *victim,
    const struct neighbour *neighbour)
{
	victim->next = neighbour->address;
	return ths_reply(self, fine);
}

static ths_status
victim_stumble(ths_self *self, struct victim *victim,
    const struct stumble *stumble)
{
	(void)stumble;
	victim->attempts++;
	return ths_send(self, THS_NOBODY, fine);
}

/* Odd ones are kept, even ones passed on; and then it fails. */
static ths_status
victim_parcel(ths_self *self, struct victim *victim,
    const struct parcel *parcel)
{
	victim->attempts++;
	if (parcel->number % 2 == 1) {
		victim->kept = ths_keep(self);
		STAGE_CHECK(ths_mail_status(victim->kept) == THS_OK);
	} else {
		STAGE_CHECK(ths_forward(self, victim->next) == THS_OK);
	}
	return ths_fail(self, "slipped");
}

static ths_status
victim_pass_to(ths_self *self, struct victim *victim,
    const struct pass_to *pass_to)
{
	ths_mail *kept = victim->kept;

	victim->kept = NULL;
	return ths_forward_mail(self, kept, pass_to->to);
}

/* How often it has been tried since it was last asked. */
static ths_status
victim_how_are_you(ths_self *self, struct victim *victim,
    const struct how_are_you *how_are_you)
{
	uint32_t attempts = victim->attempts;

	(void)how_are_you;
	victim->attempts = 0;
	return ths_reply(self, fine, .number = attempts);
}

THS_ACTOR(victim, struct victim,
    THS_ON(oddity, victim_oddity),
    THS_ON(hop, victim_hop),
    THS_ON(neighbour, victim_neighbour),
    THS_ON(stumble, victim_stumble),
    THS_ON(parcel, victim_parcel),
    THS_ON(pass_to, victim_pass_to),
    THS_ON(how_are_you, victim_how_are_you))

/* Tells the sender that it has the very parcel. */
static ths_status
clerk_parcel(ths_self *self, ths_nothing *nothing, const struct parcel *parcel)
{
	(void)nothing;
	STAGE_CHECK(strcmp(parcel->words, MISHAPS_JUNK) == 0);
	return ths_reply(self, fine, .number = parcel->number);
}

THS_ACTOR(clerk, ths_nothing, THS_ON(parcel, clerk_parcel))

static ths_status
stillborn_init(ths_self *self, ths_nothing *nothing)
{
	(void)nothing;
	return ths_fail(self, "no legs");
}

static ths_status
stillborn_how_are_you(ths_self *self, ths_nothing *nothing,
    const struct how_are_you *how_are_you)
{
	(void)nothing, (void)how_are_you;
	return ths_reply(self, fine);
}

THS_ACTOR(stillborn, ths_nothing, THS_INIT(stillborn_init),
    THS_ON(how_are_you, stillborn_how_are_you))

/* -------------------------------------------------------------------- props */

static inline uint32_t
mishaps_fine(ths_mail *mail)
{
	const struct fine *fine = ths_mail_as(mail, fine);
	uint32_t number;

	STAGE_CHECK(fine != NULL);
	number = fine->number;
	ths_mail_free(mail);
	return number;
}

static inline uint32_t
mishaps_attempts(ths_vm *vm, ths_address victim)
{
	return mishaps_fine(ths_call(vm, victim, THS_SECONDS(60),
	    how_are_you));
}

/* ------------------------------------------------------------------- scenes */

/* D-01: what cannot begin is an error of the call that waits, and never answers
 * who does not wait. */
static inline void
mishaps_at_birth(ths_vm *vm)
{
	ths_address stillborn;
	char why[64];
	ths_mail *mail;

	STAGE_CHECK(ths_spawn_wait(vm, &stillborn, &stillborn_actor, NULL,
	    THS_SECONDS(60), why, sizeof(why)) == THS_UNBORN);
	STAGE_CHECK(strstr(why, "no legs") != NULL);
	stillborn = stage_spawn(vm, &stillborn_actor);
	mail = ths_ask(vm, stillborn, THS_SECONDS(60), how_are_you);
	STAGE_CHECK(ths_mail_status(mail) == THS_GONE);
	ths_mail_free(mail);
}

/* D-14: what is hard to print comes back as it was. */
static inline void
mishaps_with_junk(ths_vm *vm)
{
	ths_address victim = stage_spawn(vm, &victim_actor);
	ths_mail *mail = ths_ask(vm, victim, THS_SECONDS(60), oddity,
	    .words = MISHAPS_JUNK, .number = 1.5);
	const struct ths_poison *poison = ths_mail_as(mail, ths_poison);
	const struct oddity *oddity;

	STAGE_CHECK(poison != NULL && poison->message.type == &oddity_type);
	oddity = poison->message.message;
	STAGE_CHECK(strcmp(oddity->words, MISHAPS_JUNK) == 0);
	STAGE_CHECK(oddity->number > 1.4 && oddity->number < 1.6);
	ths_mail_free(mail);
	STAGE_CHECK(mishaps_attempts(vm, victim) == 2);
}

/* D-15: the runtime compares no messages; some of those who pass them round end
 * meanwhile. */
static inline void
mishaps_with_what_equals_nothing(ths_vm *vm)
{
	ths_address ring[MISHAPS_RING];
	ths_vm_status before, after;

	ths_vm_status_read(vm, &before);
	for (int i = 0; i < MISHAPS_RING; i++)
		ring[i] = stage_spawn(vm, &victim_actor);
	for (int i = 0; i < MISHAPS_RING; i++)
		(void)mishaps_fine(ths_call(vm, ring[i], THS_SECONDS(60),
		    neighbour, .address = ring[(i + 1) % MISHAPS_RING]));
	for (int i = 0; i < MISHAPS_RING; i++)
		STAGE_CHECK(ths_tell(vm, ring[i], hop, .left = MISHAPS_HOPS,
		    .number = NAN, .words = MISHAPS_JUNK) == THS_OK);
	for (int i = 1; i < MISHAPS_RING; i++)
		STAGE_CHECK(ths_tell(vm, ring[i], ths_exit_request) == THS_OK);
	for (int i = 1; i < MISHAPS_RING; i++)
		STAGE_CHECK(ths_wait(vm, ring[i], THS_SECONDS(60), NULL) ==
		    THS_OK);
	STAGE_CHECK(mishaps_attempts(vm, ring[0]) == 0);
	ths_vm_status_read(vm, &after);
	STAGE_CHECK(after.failed == before.failed);
}

/* D-18: nobody is no address; whoever sends to it has failed, and lives on. */
static inline void
mishaps_with_nobody(ths_vm *vm)
{
	ths_address victim = stage_spawn(vm, &victim_actor);
	ths_mail *mail = ths_ask(vm, victim, THS_SECONDS(60), stumble);
	const struct ths_poison *poison = ths_mail_as(mail, ths_poison);

	STAGE_CHECK(poison != NULL && poison->message.type == &stumble_type);
	STAGE_CHECK(strcmp(poison->details,
	    ths_status_text(THS_BAD_ARGUMENT)) == 0);
	ths_mail_free(mail);
	STAGE_CHECK(mishaps_attempts(vm, victim) == 2);
}

/* D-34: a message that the handler has given away is not tried again; the
 * poison says so, and whoever has the message has it whole. */
static inline void
mishaps_with_a_message_given_away(ths_vm *vm)
{
	ths_address victim = stage_spawn(vm, &victim_actor);
	ths_address clerk = stage_spawn(vm, &clerk_actor);

	(void)mishaps_fine(ths_call(vm, victim, THS_SECONDS(60), neighbour,
	    .address = clerk));
	for (uint32_t number = 1; number <= 4; number++) {
		bool is_poison = false, is_fine = false;

		STAGE_CHECK(ths_tell(vm, victim, parcel, .number = number,
		    .words = MISHAPS_JUNK) == THS_OK);
		if (number % 2 == 1)
			STAGE_CHECK(ths_tell(vm, victim, pass_to,
			    .to = clerk) == THS_OK);
		/* From two actors, in any order. */
		for (int i = 0; i < 2; i++) {
			ths_mail *mail = ths_listen(vm, NULL, THS_SECONDS(60));
			const struct ths_poison *poison =
			    ths_mail_as(mail, ths_poison);
			const struct fine *fine = ths_mail_as(mail, fine);

			is_poison |= poison != NULL &&
			    poison->message.type == NULL &&
			    strcmp(poison->details, "slipped (the message was "
			        "kept or passed on)") == 0;
			is_fine |= fine != NULL && fine->number == number;
			ths_mail_free(mail);
		}
		STAGE_CHECK(is_poison && is_fine);
		STAGE_CHECK(mishaps_attempts(vm, victim) == 1);
	}
}

#endif
