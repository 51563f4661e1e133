/* SPDX-License-Identifier: MIT */
/*
 * census - scenes of looking at a VM from outside: who lives there, whose child
 * it is, what it has to do, and what the VM itself can.
 */
#ifndef TESTS_SCENES_CENSUS_H
#define TESTS_SCENES_CENSUS_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/scenes/stage.h"

enum { CENSUS_TEXT_SIZE = 8192 };

THS_MESSAGE(bear, THS_FIELD(uint32_t, children))
THS_SIGNAL(leave)
THS_SIGNAL(settled)

/* ------------------------------------------------------------------- actors */

extern const ths_actor census_child;

static ths_status
citizen_bear(ths_self *self, ths_nothing *nothing, const struct bear *bear)
{
	ths_address child;

	(void)nothing;
	for (uint32_t i = 0; i < bear->children; i++)
		STAGE_CHECK(ths_spawn_child(self, &child, &census_child,
		    NULL) == THS_OK);
	return ths_reply(self, settled);
}

static ths_status
citizen_leave(ths_self *self, ths_nothing *nothing, const struct leave *leave)
{
	(void)nothing, (void)leave;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(citizen, ths_nothing, THS_ON(bear, citizen_bear),
    THS_ON(leave, citizen_leave))

const ths_actor census_child = { "citizen", sizeof(ths_nothing),
	ths_citizen_rows, sizeof(ths_citizen_rows) / sizeof(ths_row) };

/* -------------------------------------------------------------------- props */

static inline void
census_bear(ths_vm *vm, ths_address parent, uint32_t children)
{
	ths_mail *mail = ths_call(vm, parent, THS_SECONDS(60), bear,
	    .children = children);

	STAGE_CHECK(ths_mail_as(mail, settled) != NULL);
	ths_mail_free(mail);
}

static inline ths_actor_status
census_of(ths_vm *vm, ths_address address)
{
	ths_actor_status status;

	STAGE_CHECK(ths_actor_status_read(vm, address, &status) == THS_OK);
	return status;
}

/* One that has nothing left to do: what it ran for is over a moment later. */
static inline ths_actor_status
census_of_idle(ths_vm *vm, ths_address address)
{
	ths_actor_status status = census_of(vm, address);

	for (int i = 0; i < STAGE_TRIES && status.is_ready; i++) {
		ths_mail_free(ths_listen(vm, NULL, THS_MILLISECONDS(1)));
		status = census_of(vm, address);
	}
	STAGE_CHECK(!status.is_ready);
	return status;
}

/* ------------------------------------------------------------------- scenes */

/* M-01: who has nothing to do, nothing to wait for, and nobody. */
static inline void
census_finds_the_idle(ths_vm *vm)
{
	ths_address citizen = stage_spawn(vm, &citizen_actor);
	ths_actor_status status = census_of_idle(vm, citizen);

	STAGE_CHECK(ths_address_equal(status.address, citizen));
	STAGE_CHECK(strcmp(status.kind, "citizen") == 0);
	STAGE_CHECK(ths_address_is_nobody(status.parent));
	STAGE_CHECK(status.mailbox == 0 && status.timers == 0);
	STAGE_CHECK(status.children == 0 && status.handled == 0);
	STAGE_CHECK(!status.is_exiting && status.names == 0);
}

/* M-02: two children, and one of them when the other has ended. */
static inline void
census_finds_the_children(ths_vm *vm)
{
	ths_address parent = stage_spawn(vm, &citizen_actor);
	ths_address children[3], left;

	census_bear(vm, parent, 2);
	STAGE_CHECK(census_of(vm, parent).children == 2);
	STAGE_CHECK(ths_actor_children(vm, parent, children, 3) == 2);
	STAGE_CHECK(!ths_address_equal(children[0], children[1]));
	for (int i = 0; i < 2; i++)
		STAGE_CHECK(ths_address_equal(
		    census_of(vm, children[i]).parent, parent));
	STAGE_CHECK(ths_tell(vm, children[0], leave) == THS_OK);
	STAGE_CHECK(ths_wait(vm, children[0], THS_SECONDS(60), NULL) ==
	    THS_OK);
	/* The parent may not have met the notice yet. */
	for (int i = 0; i < STAGE_TRIES &&
	    census_of(vm, parent).children == 2; i++)
		ths_mail_free(ths_listen(vm, NULL, THS_MILLISECONDS(1)));
	STAGE_CHECK(census_of(vm, parent).children == 1);
	STAGE_CHECK(ths_actor_children(vm, parent, &left, 1) == 1);
	STAGE_CHECK(ths_address_equal(left, children[1]));
}

/* M-25: the VM as a record, as text and as JSON. */
static inline void
census_has_three_forms(ths_vm *vm)
{
	const ths_report_options json = { .form = THS_REPORT_JSON };
	ths_address two[2] = { stage_spawn(vm, &citizen_actor), THS_NOBODY };
	char text[CENSUS_TEXT_SIZE], shown[THS_ADDRESS_TEXT_SIZE];
	ths_vm_status status;
	ths_address found;

	STAGE_CHECK(ths_spawn(vm, &two[1], &citizen_actor,
	    &(ths_spawn_options){ .name = "mayor" }) == THS_OK);
	STAGE_CHECK(ths_name_find(vm, "mayor", &found) == THS_OK);
	STAGE_CHECK(ths_address_equal(found, two[1]));
	ths_vm_status_read(vm, &status);
	STAGE_CHECK(status.actors >= 2 && status.names == 1);
	STAGE_CHECK(!status.is_stopping);
	STAGE_CHECK(ths_vm_report(vm, NULL, text, sizeof(text)) <
	    sizeof(text));
	STAGE_CHECK(strstr(text, "mayor") != NULL);
	STAGE_CHECK(strstr(text, THS_CAPABILITY_VM_VERSION) != NULL);
	STAGE_CHECK(ths_vm_report(vm, &json, text, sizeof(text)) <
	    sizeof(text));
	STAGE_CHECK(text[0] == '{' && strstr(text, "}\n") != NULL);
	STAGE_CHECK(strstr(text, "\"mayor\"") != NULL);
	STAGE_CHECK(strstr(text, ths_address_print(two[1], shown)) != NULL);
	for (int i = 0; i < 2; i++) {
		ths_actor_status actor = census_of(vm, two[i]);

		ths_address_print(two[i], shown);
		ths_actor_report(&actor, NULL, text, sizeof(text));
		STAGE_CHECK(strstr(text, shown) != NULL);
		ths_actor_report(&actor, &json, text, sizeof(text));
		STAGE_CHECK(text[0] == '{' && strstr(text, shown) != NULL);
	}
}

/* what every VM says of itself, and nobody else does. */
static inline void
census_finds_what_all_can(ths_vm *vm)
{
	static const char *const common[] = { THS_CAPABILITY_VM_VERSION,
		THS_CAPABILITY_ABI, THS_CAPABILITY_ARCH };
	static const ths_kind kinds[] = { THS_KIND_STRING,
		THS_KIND_INTEGER, THS_KIND_STRING };
	const ths_variant other = { .kind = THS_KIND_BOOL, .truth = true };
	const ths_capabilities *held = ths_capabilities_hold(vm);

	for (int i = 0; i < 3; i++) {
		const ths_variant *value = ths_map_get(
		    ths_capabilities_map(held), common[i]);

		STAGE_CHECK(value != NULL && value->kind == kinds[i]);
		STAGE_CHECK(ths_capability_set(vm, common[i], &other) ==
		    THS_BAD_ARGUMENT);
		STAGE_CHECK(ths_capability_set(vm, common[i], NULL) ==
		    THS_BAD_ARGUMENT);
	}
	ths_capabilities_drop(held);
	held = ths_capabilities_hold(vm);
	for (int i = 0; i < 3; i++)
		STAGE_CHECK(ths_map_get(ths_capabilities_map(held),
		    common[i])->kind == kinds[i]);
	ths_capabilities_drop(held);
}

#endif
