/* SPDX-License-Identifier: MIT */
/* entries - scenes of the ways to create an actor: from outside, waiting or
 * not, and by an actor; and of all that may go wrong there. */
#ifndef TESTS_SCENES_ENTRIES_H
#define TESTS_SCENES_ENTRIES_H

#include "tests/scenes/talkers.h"

#define WHY_SIZE 256

static ths_status
unborn_init(ths_self *self, ths_nothing *nothing)
{
	(void)nothing;
	return ths_fail(self, "no %s", "luck");
}

static ths_status
unstarted_start(ths_self *self, ths_nothing *nothing)
{
	(void)nothing;
	return ths_fail(self, "no %s", "fuel");
}

static ths_status
crashing_start(ths_self *self, ths_nothing *nothing)
{
	(void)nothing;
	return ths_crash(self, "no %s", "road");
}

static const ths_pair wishes[] = { THS_NEED("a moon") };

THS_ACTOR(unborn, ths_nothing, THS_INIT(unborn_init))
THS_ACTOR(unstarted, ths_nothing, THS_START(unstarted_start))
THS_ACTOR(crashing, ths_nothing, THS_START(crashing_start))
THS_ACTOR(unfit, ths_nothing, THS_NEEDS(wishes), THS_ON(hello, mute_hello))

/* Bad, and the only one of its kind: nobody else must mend it. */
static const ths_actor senseless_actor = { .name = NULL };

/* Every way not to be started, with its status and its reason. */
struct misfortune {
	const ths_actor *actor;
	ths_spawn_options options;
	ths_status status;
	const char *why;
};

static inline size_t
misfortunes(struct misfortune list[16])
{
	static char long_name[THS_NAME_LENGTH_MAX + 2];
	const struct misfortune all[] = {
		{ NULL, { .mailbox_max = 0 }, THS_BAD_ARGUMENT,
		    "there is no actor's table" },
		{ &senseless_actor, { .mailbox_max = 0 }, THS_BAD_ARGUMENT,
		    "the actor's table makes no sense" },
		{ &mute_actor, { .mailbox_max = UINT32_MAX },
		    THS_BAD_ARGUMENT, "mailbox_max is too large" },
		{ &mute_actor, { .name = "" }, THS_BAD_ARGUMENT,
		    "the name is empty" },
		{ &mute_actor, { .name = "a\tb" }, THS_BAD_ARGUMENT,
		    "the name has a control character" },
		{ &mute_actor, { .name = long_name }, THS_LIMIT,
		    "the name is too long" },
		{ &mute_actor, { .start = { &hello_type, NULL } },
		    THS_BAD_ARGUMENT, "it takes no start message" },
		{ &unfit_actor, { .mailbox_max = 0 }, THS_UNFIT,
		    "the VM has no a moon" },
		{ &unborn_actor, { .mailbox_max = 0 }, THS_UNBORN, "no luck" },
		{ &unstarted_actor, { .mailbox_max = 0 }, THS_UNBORN,
		    "no fuel" },
		{ &crashing_actor, { .mailbox_max = 0 }, THS_UNBORN,
		    "no road" },
	};

	memset(long_name, 'x', sizeof(long_name) - 1);
	memcpy(list, all, sizeof(all));
	return sizeof(all) / sizeof(all[0]);
}

/* T-071 T-161: each is an error of the call, which says why. */
static inline void
entries_say_why(ths_vm *vm)
{
	struct misfortune list[16];
	size_t length = misfortunes(list);

	for (size_t i = 0; i < length; i++) {
		ths_address address = THS_NOBODY;
		char why[WHY_SIZE] = "";

		/* T-161 */
		STAGE_CHECK(ths_spawn_wait(vm, &address, list[i].actor,
		    &list[i].options, LONG, why, sizeof(why)) ==
		    list[i].status);
		STAGE_CHECK(strcmp(why, list[i].why) == 0);
		STAGE_CHECK(ths_address_is_nobody(address));
	}
}

/* B-06: what comes late of earlier questions is no answer to a creation. */
static inline void
entries_and_late_answers(ths_vm *vm)
{
	ths_address first = start_one(vm, &talker_actor);
	ths_address second = start_one(vm, &talker_actor);
	ths_address third = THS_NOBODY;
	char why[WHY_SIZE] = "untouched";

	STAGE_CHECK(status_of(ths_ask(vm, first, 0, answer_late,
	    .delay = THS_MILLISECONDS(300))) == THS_TIMEOUT);
	STAGE_CHECK(status_of(ths_call(vm, second, 0, answer_late,
	    .delay = THS_MILLISECONDS(240))) == THS_TIMEOUT);
	/* These are there already. */
	STAGE_CHECK(ths_tell_wait(vm, first, LONG, hello, .value = 8) ==
	    THS_OK);
	STAGE_CHECK(ths_tell_wait(vm, first, LONG, burn) == THS_OK);
	for (int i = 0; i < 3; i++) {
		STAGE_CHECK(ths_spawn_wait(vm, &third, &talker_actor, NULL,
		    LONG, why, sizeof(why)) == THS_OK);
		/* T-072 */
		STAGE_CHECK(!ths_address_equal(third, first));
		STAGE_CHECK(value_of(ths_call(vm, third, LONG, hello,
		    .value = 9)) == 9);
	}
	STAGE_CHECK(strcmp(why, "untouched") == 0);
	/* And is still there for who listens. */
	STAGE_CHECK(hears(vm, 8));
	STAGE_CHECK(status_of(ths_listen(vm, NULL, 0)) == THS_FAILED);
	STAGE_CHECK(hears(vm, -1));
}

/* -------------------------------------------------------- one way to create */

/* What a maker is to create.  It stands here and not in the message: where in
 * memory things are is another matter in each build, and no part of a run. */
struct order {
	const ths_actor *actor;
	const ths_spawn_options *options;
};

enum { ORDERS = 1024 };

static struct order orders[ORDERS]; /* by the maker's slot */

/* An actor that creates what it is told to, and tells what it hears of it. */
THS_SIGNAL(make)
THS_MESSAGE(made,
    THS_FIELD(int, status),
    THS_FIELD(ths_address, address))
THS_MESSAGE(ended,
    THS_FIELD(int, reason),
    THS_FIELD(ths_string, why))

struct maker { ths_address asker; };

static ths_status
maker_make(ths_self *self, struct maker *maker, const struct make *make)
{
	const struct order *order = &orders[ths_me(self).slot];
	ths_address address = THS_NOBODY;
	ths_status status = ths_spawn_child(self, &address, order->actor,
	    order->options);

	(void)make;
	maker->asker = ths_sender(self);
	return ths_reply(self, made, .status = (int)status,
	    .address = address);
}

static ths_status
maker_exited(ths_self *self, struct maker *maker,
    const struct ths_actor_exited *exited)
{
	return ths_send(self, maker->asker, ended,
	    .reason = (int)exited->reason, .why = exited->why);
}

THS_ACTOR(maker, struct maker, THS_ON(make, maker_make),
    THS_ON(ths_actor_exited, maker_exited))

enum entry {
	ENTRY_OUTSIDE,        /* ths_spawn() */
	ENTRY_OUTSIDE_WAITING, /* ths_spawn_wait() */
	ENTRY_ACTOR,          /* ths_spawn_child() */
	ENTRIES
};

/* Creates by this entry; *address is untouched unless THS_OK. */
static inline ths_status
create_by(ths_vm *vm, ths_address maker, enum entry entry,
    const ths_actor *actor, const ths_spawn_options *options,
    ths_address *address)
{
	const struct made *made;
	ths_status status;
	ths_mail *mail;

	if (entry == ENTRY_OUTSIDE)
		return ths_spawn(vm, address, actor, options);
	if (entry == ENTRY_OUTSIDE_WAITING)
		return ths_spawn_wait(vm, address, actor, options, LONG, NULL,
		    0);
	/* ask: what the maker tells later comes to the same address. */
	STAGE_CHECK(maker.slot < ORDERS);
	orders[maker.slot] = (struct order){ actor, options };
	mail = ths_ask(vm, maker, LONG, make);
	made = ths_mail_as(mail, made);
	STAGE_CHECK(made != NULL);
	status = (ths_status)made->status;
	STAGE_CHECK(status == THS_OK ||
	    ths_address_is_nobody(made->address));
	if (status == THS_OK)
		*address = made->address;
	ths_mail_free(mail);
	return status;
}

/* The end of a maker's child that never began. */
static inline void
check_notice(ths_vm *vm, const struct misfortune *misfortune)
{
	ths_mail *mail = ths_listen(vm, NULL, LONG);
	const struct ended *notice = ths_mail_as(mail, ended);

	STAGE_CHECK(notice != NULL);
	STAGE_CHECK(notice->reason == (misfortune->actor ==
	    &crashing_actor ? THS_EXIT_CRASHED : THS_EXIT_INIT_FAILED));
	STAGE_CHECK(strcmp(notice->why, misfortune->why) == 0);
	ths_mail_free(mail);
}

/* each outcome is the same by each entry.  What is only known when the
 * actor runs is told by the call where that waits, else by a notice with the
 * same words. */
static inline void
entries_agree(ths_vm *vm)
{
	ths_address maker = start_one(vm, &maker_actor);
	struct misfortune list[16];
	size_t length = misfortunes(list);

	for (size_t i = 0; i < length; i++) {
		for (int entry = 0; entry < ENTRIES; entry++) {
			ths_address address = THS_NOBODY;
			ths_status status = create_by(vm, maker,
			    (enum entry)entry, list[i].actor,
			    &list[i].options, &address);

			if (list[i].status == THS_UNBORN &&
			    entry != ENTRY_OUTSIDE_WAITING)
				STAGE_CHECK(status == THS_OK);
			else
				/* T-163 */
				STAGE_CHECK(status == list[i].status);
			STAGE_CHECK(ths_address_is_nobody(address) ==
			    (status != THS_OK));
			if (status == THS_OK && entry == ENTRY_ACTOR)
				check_notice(vm, &list[i]);
			if (status == THS_OK)
				STAGE_CHECK(ths_wait(vm, address, LONG,
				    NULL) == THS_OK);
		}
	}
}

/* The steps have one order: name, table, capabilities, options, start. */
static inline void
entries_keep_their_steps(ths_vm *vm)
{
	static const ths_row needy_rows[] = {
		{ .kind = THS_ROW_NEEDS, .needs = wishes, .needs_length = 1 },
	};
	static const ths_actor needy_actor = { .name = NULL,
		.rows = needy_rows, .rows_length = 1 };
	ths_address maker = start_one(vm, &maker_actor);
	struct misfortune list[16];
	size_t length = misfortunes(list);

	for (int entry = 0; entry < ENTRIES; entry++) {
		ths_spawn_options options = { .name = "taken" };
		ths_address first, address = THS_NOBODY;

		STAGE_CHECK(create_by(vm, maker, ENTRY_OUTSIDE_WAITING,
		    &mute_actor, &options, &first) == THS_OK);
		/* Whatever else is wrong, and whoever asks. */
		for (size_t i = 0; i < length; i++) {
			options = list[i].options;
			options.name = "taken";
			STAGE_CHECK(create_by(vm, maker, (enum entry)entry,
			    list[i].actor, &options, &address) == THS_OK);
			STAGE_CHECK(ths_address_equal(address, first));
		}
		options = (ths_spawn_options){ .mailbox_max = UINT32_MAX };
		STAGE_CHECK(create_by(vm, maker, (enum entry)entry,
		    &needy_actor, &options, &address) == THS_BAD_ARGUMENT);
		STAGE_CHECK(create_by(vm, maker, (enum entry)entry,
		    &unfit_actor, &options, &address) == THS_UNFIT);
		STAGE_CHECK(create_by(vm, maker, (enum entry)entry,
		    &unborn_actor, &options, &address) == THS_BAD_ARGUMENT);
		/* Under a name of its own: nobody's child, and the name is
		 * free again. */
		options = (ths_spawn_options){ .name = "brief" };
		STAGE_CHECK(create_by(vm, maker, (enum entry)entry,
		    &unborn_actor, &options, &address) ==
		    (entry == ENTRY_OUTSIDE_WAITING ? THS_UNBORN : THS_OK));
		STAGE_CHECK(create_by(vm, maker, ENTRY_OUTSIDE_WAITING,
		    &unborn_actor, &options, &address) == THS_UNBORN);
		STAGE_CHECK(ths_name_find(vm, "brief", &address) ==
		    THS_UNKNOWN);
	}
}

#endif
