/* SPDX-License-Identifier: MIT */
/*
 * drought - a scene of a VM whose allocator refuses some calls, or all of them
 * for a while.  Actors do all there is to do, again and again: each deed is
 * done, and what it brings comes, once; or it answers THS_NO_MEMORY, and brings
 * nothing.  When there is memory again the same actors can do all of it.
 *
 * (test_drought.c lets each step of each deed fail in turn, in an inline VM;
 * here workers share what is left.)
 */
#ifndef TESTS_SCENES_DROUGHT_H
#define TESTS_SCENES_DROUGHT_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenes/stage.h"

/* For who has other means of refusing memory beside the allocator. */
#ifndef DROUGHT_WEATHER
#define DROUGHT_WEATHER(is_dry) ((void)(is_dry))
#endif

enum { DROUGHT_HEROES = 3, DROUGHT_ACTS = 4, DROUGHT_BLOB = 5000 };

THS_SIGNAL(ping)
THS_SIGNAL(question)
THS_MESSAGE(hired, THS_FIELD(uint32_t, number), THS_FIELD(ths_address, peer))
THS_MESSAGE(early, THS_FIELD(uint32_t, number))
THS_MESSAGE(act, THS_FIELD(bool, is_rich))
THS_MESSAGE(answer, THS_FIELD(uint32_t, number))
THS_MESSAGE(luggage, THS_FIELD(ths_string, text))
THS_MESSAGE(crate, THS_BLOB(content))

static struct drought {
	stage_count is_dry;
	stage_count calls;   /* of the allocator, since it is */
	stage_count from;    /* the number of the first that it refuses, */
	stage_count until;   /* and of the first that it does not, after that */
	stage_count refused;
	stage_count acts;    /* that heroes have met */
	stage_count due;     /* what their deeds are to bring, */
	stage_count come;    /* and what has come of it */
} drought;

/* ---------------------------------------------------------------- allocator */

static void *
drought_take(void *context, size_t size, size_t alignment)
{
	void *memory = NULL;

	(void)context;
	if (stage_read(&drought.is_dry)) {
		uint32_t call = stage_add(&drought.calls, 1);

		if (call >= stage_read(&drought.from) &&
		    call < stage_read(&drought.until)) {
			stage_add(&drought.refused, 1);
			return NULL;
		}
	}
	return posix_memalign(&memory, alignment < sizeof(void *) ?
	    sizeof(void *) : alignment, size) == 0 ? memory : NULL;
}

static void
drought_give(void *context, void *memory, size_t size, size_t alignment)
{
	(void)context, (void)size, (void)alignment;
	free(memory);
}

static const ths_allocator drought_allocator = {
	drought_take, drought_give, NULL
};

static void
drought_set(stage_count *count, uint32_t value)
{
	atomic_store_explicit(count, value, memory_order_relaxed);
}

/* --------------------------------------------------------------- the others */

static void
drought_met(void)
{
	stage_add(&drought.come, 1);
}

/* Whom heroes talk to. */
static ths_status
peer_ping(ths_self *self, ths_nothing *nothing, const struct ping *ping)
{
	(void)self, (void)nothing, (void)ping;
	return THS_OK;
}

static ths_status
peer_question(ths_self *self, ths_nothing *nothing,
    const struct question *question)
{
	(void)nothing, (void)question;
	return ths_reply(self, answer, .number = 42);
}

static ths_status
peer_luggage(ths_self *self, ths_nothing *nothing,
    const struct luggage *luggage)
{
	(void)self, (void)nothing;
	STAGE_CHECK(strcmp(luggage->text, "all that I have") == 0);
	drought_met();
	return THS_OK;
}

static ths_status
peer_crate(ths_self *self, ths_nothing *nothing, const struct crate *crate)
{
	(void)self, (void)nothing;
	STAGE_CHECK(crate->content.size == DROUGHT_BLOB);
	drought_met();
	return THS_OK;
}

THS_ACTOR(peer, ths_nothing,
    THS_ON(ping, peer_ping),
    THS_ON(question, peer_question),
    THS_ON(luggage, peer_luggage),
    THS_ON(crate, peer_crate))

/* A child that needs much room, and luggage, and is soon gone. */
struct moth { unsigned char bytes[THS_FLAT_SIZE_MAX + 4096]; };

static ths_status
moth_start(ths_self *self, struct moth *moth, const struct luggage *luggage)
{
	(void)moth;
	STAGE_CHECK(strcmp(luggage->text, "all that I have") == 0);
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(moth, struct moth, THS_START(luggage, moth_start))

/* -------------------------------------------------------------------- deeds */

struct hero {
	uint32_t number;
	ths_address peer;
	ths_address child;
	ths_mail *kept;
	bool is_rich;    /* nothing may fail */
	uint32_t stashed; /* the number of what is put aside; 0: nothing */
	bool is_other;   /* has the other table */
};

/* A deed is done, and `brings` something, or has failed for lack of memory. */
static bool
deed(const struct hero *hero, ths_status status, uint32_t brings)
{
	STAGE_CHECK(status == THS_OK ||
	    (status == THS_NO_MEMORY && !hero->is_rich));
	stage_add(&drought.due, status == THS_OK ? brings : 0);
	return status == THS_OK;
}

static void
have_child(ths_self *self, struct hero *hero)
{
	const ths_spawn_options options = { .start = THS_ANY(luggage,
	    .text = "all that I have") };
	ths_status status;

	hero->child = THS_NOBODY;
	status = ths_spawn_child(self, &hero->child, &moth_actor, &options);
	STAGE_CHECK(ths_address_is_nobody(hero->child) == (status != THS_OK));
	if (deed(hero, status, 1))
		deed(hero, ths_monitor(self, hero->child), 1);
}

static ths_status
hero_answered(ths_self *self, void *state, uint64_t context,
    const ths_mail *mail)
{
	const struct hero *hero = state;
	const struct answer *answer = ths_mail_as(mail, answer);

	(void)self;
	STAGE_CHECK(context == hero->number);
	STAGE_CHECK(answer == NULL || answer->number == 42);
	drought_met();
	return THS_OK;
}

static void
use_names(ths_self *self, const struct hero *hero)
{
	char name[16];

	snprintf(name, sizeof(name), "hero %u", (unsigned)hero->number);
	if (deed(hero, ths_name_register(self, name), 0))
		STAGE_CHECK(ths_name_unregister(self, name) == THS_OK);
	if (deed(hero, ths_monitor_name(self, "nobody's"), 0))
		STAGE_CHECK(ths_demonitor_name(self, "nobody's"));
}

static void
send_things(ths_self *self, const struct hero *hero)
{
	struct luggage *draft = ths_new(self, luggage, 400);
	ths_blob blob;

	if (deed(hero, draft == NULL ? THS_NO_MEMORY : THS_OK, 1)) {
		draft->text = strcpy(ths_new_part(self, draft, 400),
		    "all that I have");
		STAGE_CHECK(ths_send_new(self, hero->peer, draft) == THS_OK);
	}
	deed(hero, ths_try_send(self, hero->peer, luggage,
	    .text = "all that I have"), 1);
	if (deed(hero, ths_blob_new(ths_self_vm(self), NULL, DROUGHT_BLOB,
	    &blob), 0)) {
		deed(hero, ths_try_send(self, hero->peer, crate,
		    .content = blob), 1);
		ths_blob_drop(blob);
	}
}

static ths_status hero_act(ths_self *self, struct hero *hero,
    const struct act *act);

/* ----------------------------------------------------------------- the hero */

static ths_status
hero_start(ths_self *self, struct hero *hero, const struct hired *hired)
{
	(void)self;
	hero->number = hired->number;
	hero->peer = hired->peer;
	return THS_OK;
}

/* Is put aside, one before each act that comes; it comes again. */
static ths_status
hero_early(ths_self *self, struct hero *hero, const struct early *early)
{
	if (hero->stashed == early->number) {
		drought_met();
		hero->stashed = 0;
	} else if (hero->stashed == 0 && deed(hero, ths_stash(self), 1)) {
		hero->stashed = early->number;
	}
	return THS_OK;
}

static ths_status
hero_exited(ths_self *self, struct hero *hero,
    const struct ths_actor_exited *exited)
{
	(void)self, (void)hero;
	STAGE_CHECK(exited->reason == THS_EXIT_LEFT);
	drought_met();
	return THS_OK;
}

static ths_status
hero_down(ths_self *self, struct hero *hero, const struct ths_down *down)
{
	(void)self, (void)hero, (void)down;
	drought_met();
	return THS_OK;
}

static ths_status
hero_woken(ths_self *self, struct hero *hero, const struct ths_wakeup *wakeup)
{
	(void)self;
	STAGE_CHECK(wakeup->payload == hero->number);
	drought_met();
	return THS_OK;
}

#define HERO_ROWS THS_START(hired, hero_start), THS_ON(early, hero_early), \
	THS_ON(act, hero_act), THS_ON(ths_actor_exited, hero_exited), \
	THS_ON(ths_down, hero_down), THS_ON(ths_wakeup, hero_woken)
THS_ACTOR(hero, struct hero, HERO_ROWS)
THS_ACTOR(other_hero, struct hero, HERO_ROWS)

static ths_status
hero_act(ths_self *self, struct hero *hero, const struct act *act)
{
	const ths_variant yes = { .kind = THS_KIND_BOOL, .truth = true };
	ths_mail *mail;

	hero->is_rich = act->is_rich;
	have_child(self, hero);
	deed(hero, ths_call_from(self, hero->peer, THS_MILLISECONDS(1),
	    hero_answered, hero->number, question), 1);
	deed(hero, ths_timer_set(self, THS_MILLISECONDS(1), hero->number,
	    NULL), 1);
	use_names(self, hero);
	send_things(self, hero);
	deed(hero, ths_self_capability_set(self, "brave",
	    hero->number % 2 == 0 ? &yes : NULL), 0);
	if (deed(hero, ths_become(self, hero->is_other ? &hero_actor :
	    &other_hero_actor), 0))
		hero->is_other = !hero->is_other;
	(void)ths_unstash_all(self);
	ths_mail_free(hero->kept);
	hero->kept = NULL;
	mail = ths_keep(self);
	if (deed(hero, ths_mail_status(mail), 0))
		hero->kept = mail;
	STAGE_CHECK(hero->kept == NULL ||
	    ths_mail_as(hero->kept, act) != NULL);
	stage_add(&drought.acts, 1);
	return THS_OK;
}

/* ----------------------------------------------------------------- the host */

static inline void
drought_hero(ths_vm *vm, uint32_t number, ths_address peer,
    ths_address *address)
{
	const ths_spawn_options options = { .start = THS_ANY(hired,
	    .number = number, .peer = peer) };

	STAGE_CHECK(ths_spawn(vm, address, &hero_actor, &options) == THS_OK);
}

static inline void
drought_expect(ths_status status, ths_status other)
{
	STAGE_CHECK(status == THS_OK || status == THS_NO_MEMORY ||
	    status == other);
}

/* The host has to do with its VM, too. */
static inline void
drought_look(ths_vm *vm, ths_address peer)
{
	static const ths_actor guest = { "guest", 0, NULL, 0 };
	ths_client *client = NULL;
	ths_address address = THS_NOBODY;
	ths_mail *mail;

	drought_expect(ths_client_open(vm, &client), THS_OK);
	ths_client_close(client);
	mail = ths_call(vm, peer, THS_MILLISECONDS(1), question);
	/* The answer may have found no memory. */
	drought_expect(ths_mail_status(mail), THS_TIMEOUT);
	ths_mail_free(mail);
	drought_expect(ths_tell_wait(vm, peer, THS_MILLISECONDS(1), ping),
	    THS_TIMEOUT);
	drought_expect(ths_spawn_wait(vm, &address, &guest, NULL,
	    THS_MILLISECONDS(1), NULL, 0), THS_TIMEOUT);
	if (!ths_address_is_nobody(address))
		(void)ths_tell(vm, address, ths_exit_request);
}

/* Lets the heroes act once; how many have been told so. */
static inline uint32_t
drought_round(ths_vm *vm, const ths_address *heroes, uint32_t number,
    bool is_rich)
{
	uint32_t told = 0;

	for (int i = 0; i < DROUGHT_HEROES; i++) {
		ths_status status;

		(void)ths_tell(vm, heroes[i], early, .number = number);
		status = ths_tell(vm, heroes[i], act, .is_rich = is_rich);
		STAGE_CHECK(status == THS_OK ||
		    (status == THS_NO_MEMORY && !is_rich));
		told += status == THS_OK;
	}
	return told;
}

/* Calls of the allocator fail from number `from` on, counted from 0, until
 * number `until`, or until the drought is over. */
static inline void
drought_play(ths_vm *vm, uint32_t from, uint32_t until)
{
	ths_address peer = stage_spawn(vm, &peer_actor);
	ths_address heroes[DROUGHT_HEROES];
	uint32_t acts = 0;

	for (uint32_t i = 0; i < DROUGHT_HEROES; i++)
		drought_hero(vm, i, peer, &heroes[i]);
	drought_set(&drought.from, from);
	drought_set(&drought.until, until);
	drought_set(&drought.is_dry, 1);
	DROUGHT_WEATHER(true);
	for (uint32_t i = 1; i <= DROUGHT_ACTS; i++) {
		acts += drought_round(vm, heroes, i, false);
		drought_look(vm, peer);
	}
	/* What is in the mailboxes is met in the drought. */
	stage_await(vm, &drought.acts, acts);
	drought_set(&drought.is_dry, 0);
	DROUGHT_WEATHER(false);
	acts += drought_round(vm, heroes, DROUGHT_ACTS + 1, true);
	stage_await(vm, &drought.acts, acts);
	stage_await(vm, &drought.come, stage_read(&drought.due));
	/* Nobody has anything left to bring. */
	STAGE_CHECK(stage_read(&drought.come) == stage_read(&drought.due));
}

#endif
