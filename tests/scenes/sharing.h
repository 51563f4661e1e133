/* SPDX-License-Identifier: MIT */
/*
 * sharing - eight threads that use one client at the same time: two create, two
 * tell, three ask and one changes a capability.
 */
#ifndef TESTS_SCENES_SHARING_H
#define TESTS_SCENES_SHARING_H

#include <stdatomic.h>

#include "tests/scenes/talkers.h"

enum { SHARERS = 8 };

struct sharer {
	struct sharing *all;
	int number;
};

struct sharing {
	ths_vm *vm;
	ths_client *client;   /* shared */
	ths_address talker;   /* answers */
	int rounds;
	_Atomic int asked;    /* answers due at the client */
	_Atomic int heard;    /* and taken from it */
	_Atomic int changes;
	struct sharer sharers[SHARERS];
};

static inline void
sharing_begin(struct sharing *all, ths_vm *vm, int rounds)
{
	memset(all, 0, sizeof(*all));
	all->vm = vm;
	all->rounds = rounds;
	STAGE_CHECK(ths_client_open(vm, &all->client) == THS_OK);
	all->talker = start_one(vm, &talker_actor);
	for (int i = 0; i < SHARERS; i++)
		all->sharers[i] = (struct sharer){ all, i };
}

/* What nobody has listened to is still there; then the sums are equal. */
static inline void
sharing_end(struct sharing *all)
{
	while (atomic_load(&all->heard) < atomic_load(&all->asked)) {
		ths_mail *mail = ths_client_listen(all->client, LONG);

		(void)value_of(mail);
		atomic_fetch_add(&all->heard, 1);
	}
	STAGE_CHECK(status_of(ths_client_listen(all->client, 0)) ==
	    THS_TIMEOUT);
	ths_client_close(all->client);
}

static inline void
share_asking(struct sharing *all, int64_t value)
{
	ths_mail *mail;

	if (value % 3 == 0) {
		/* Its own answer, whoever else asks. */
		mail = ths_client_call(all->client, all->talker, LONG, hello,
		    .value = value);
		/* T-079 */
		STAGE_CHECK(value_of(mail) == value);
		return;
	}
	/* Anybody's; one of those that are due. */
	atomic_fetch_add(&all->asked, 1);
	(void)value_of(ths_client_ask(all->client, all->talker, LONG, hello,
	    .value = value));
	atomic_fetch_add(&all->heard, 1);
}

static inline void
share_creating(struct sharing *all, int64_t value)
{
	ths_address mine = start_one(all->vm, &talker_actor);

	STAGE_CHECK(value_of(ths_call(all->vm, mine, LONG, hello,
	    .value = value)) == value);
	STAGE_CHECK(ths_client_tell(all->client, mine, leave) == THS_OK);
	STAGE_CHECK(ths_wait(all->vm, mine, LONG, NULL) == THS_OK);
}

static inline void
share_telling(struct sharing *all, int64_t value)
{
	if (value % 2 == 0) {
		STAGE_CHECK(ths_client_tell_wait(all->client, all->talker,
		    LONG, unheard) == THS_REFUSED);
		return;
	}
	atomic_fetch_add(&all->asked, 1);
	STAGE_CHECK(ths_client_tell(all->client, all->talker, hello,
	    .value = value) == THS_OK);
}

static inline void
share_changing(struct sharing *all, int64_t value)
{
	const ths_variant variant = { .kind = THS_KIND_INTEGER,
		.integer = value };
	const ths_capabilities *held;
	const ths_variant *now;

	STAGE_CHECK(ths_capability_set(all->vm, "share", &variant) ==
	    THS_OK);
	held = ths_capabilities_hold(all->vm);
	now = ths_map_get(ths_capabilities_map(held), "share");
	STAGE_CHECK(ths_variant_equal(now, &variant));
	ths_capabilities_drop(held);
	atomic_fetch_add(&all->changes, 1);
}

/* What one of the threads does. */
static inline void
share(struct sharer *sharer)
{
	struct sharing *all = sharer->all;

	for (int i = 1; i <= all->rounds; i++) {
		int64_t value = sharer->number * 1000 + i;

		switch (sharer->number) {
		case 0:
		case 1:
			share_creating(all, value);
			break;
		case 2:
		case 3:
			share_telling(all, value);
			break;
		case 4:
			share_changing(all, value);
			break;
		default:
			share_asking(all, value);
			break;
		}
	}
}

/* ------------------------------------------------------------- capabilities */

static const ths_pair sharing_needs[] = { THS_NEED("switch") };

THS_ACTOR(needy, ths_nothing, THS_NEEDS(sharing_needs),
    THS_ON(hello, mute_hello))

/* Sets a capability, or takes it away. */
static inline void
set_switch(ths_vm *vm, bool is_on)
{
	const ths_variant on = { .kind = THS_KIND_BOOL, .truth = true };

	STAGE_CHECK(ths_capability_set(vm, "switch", is_on ? &on : NULL) ==
	    THS_OK);
}

/* T-080: an update is done when the call returns, or says why it is not. */
static inline void
sharing_of_capabilities(ths_vm *vm)
{
	const ths_variant nonsense = { .kind = THS_KIND_ANY };
	ths_address needy = THS_NOBODY;
	ths_exit_reason reason = THS_EXIT_UNKNOWN;
	ths_status status;

	STAGE_CHECK(ths_spawn(vm, &needy, &needy_actor, NULL) == THS_UNFIT);
	set_switch(vm, true);
	/* T-080 */
	STAGE_CHECK(ths_spawn_wait(vm, &needy, &needy_actor, NULL, LONG,
	    NULL, 0) == THS_OK);
	/* Nothing changes: nothing happens. */
	set_switch(vm, true);
	STAGE_CHECK(ths_tell_wait(vm, needy, LONG, hello) == THS_OK);
	set_switch(vm, false);
	status = ths_wait(vm, needy, LONG, &reason);
	STAGE_CHECK(status == THS_OK);
	STAGE_CHECK(reason == THS_EXIT_ASKED || reason == THS_EXIT_UNKNOWN);
	STAGE_CHECK(ths_spawn(vm, &needy, &needy_actor, NULL) == THS_UNFIT);
	STAGE_CHECK(ths_capability_set(vm, NULL, NULL) ==
	    THS_BAD_ARGUMENT);
	STAGE_CHECK(ths_capability_set(vm, "", NULL) == THS_BAD_ARGUMENT);
	STAGE_CHECK(ths_capability_set(vm, "switch", &nonsense) ==
	    THS_BAD_ARGUMENT);
	STAGE_CHECK(ths_capability_set(vm, THS_CAPABILITY_ARCH, NULL) ==
	    THS_BAD_ARGUMENT);
	STAGE_CHECK(ths_capability_set(NULL, "switch", NULL) ==
	    THS_BAD_ARGUMENT);
}

#endif
