/* SPDX-License-Identifier: MIT */
/*
 * colours - scenes of capabilities: what an actor needs, and what becomes of
 * those that need what is gone.
 */
#ifndef TESTS_SCENES_COLOURS_H
#define TESTS_SCENES_COLOURS_H

#include <stdbool.h>
#include <string.h>

#include "tests/scenes/stage.h"

THS_SIGNAL(greet)
THS_SIGNAL(greeted)
THS_MESSAGE(paint, THS_FIELD(ths_string, colour))
THS_MESSAGE(painted, THS_FIELD(int32_t, status), THS_FIELD(ths_address, child))
THS_SIGNAL(hire)
THS_SIGNAL(ask_left)
THS_MESSAGE(left_so_far, THS_FIELD(uint32_t, count), THS_FIELD(bool, is_wrong))

/* ------------------------------------------------------------------- actors */

static ths_status
any_greet(ths_self *self, ths_nothing *nothing, const struct greet *greet)
{
	(void)nothing, (void)greet;
	return ths_reply(self, greeted);
}

static const ths_pair robot_needs[] = { THS_NEED("camera"),
	THS_PAIR_STRING("floor", "ground") };

THS_ACTOR(robot, ths_nothing, THS_NEEDS(robot_needs), THS_ON(greet, any_greet))

/* Lives where there is no red. */
static ths_status
shy_check(ths_map capabilities, ths_map requirements)
{
	(void)requirements;
	return ths_map_get(capabilities, "red") == NULL ? THS_OK : THS_FAILED;
}

static ths_status
shy_paint(ths_self *self, ths_nothing *nothing, const struct paint *paint)
{
	const ths_variant yes = { .kind = THS_KIND_BOOL, .truth = true };

	(void)nothing;
	return ths_reply(self, painted, .status = (int32_t)
	    ths_self_capability_set(self, paint->colour, &yes));
}

THS_ACTOR(shy, ths_nothing, THS_CHECK(shy_check), THS_ON(greet, any_greet),
    THS_ON(paint, shy_paint))

/* Lives anywhere; sets what a robot needs and makes one, or hires a shy one,
 * and counts those that leave it. */
struct master {
	uint32_t left;
	bool is_wrong;
};

static ths_status
master_paint(ths_self *self, struct master *master, const struct paint *paint)
{
	const ths_variant yes = { .kind = THS_KIND_BOOL, .truth = true };
	ths_address child = THS_NOBODY;
	ths_status status;

	(void)master;
	STAGE_CHECK(ths_spawn_child(self, &child, &robot_actor, NULL) ==
	    THS_UNFIT);
	STAGE_CHECK(ths_self_capability_set(self, paint->colour, &yes) ==
	    THS_OK);
	status = ths_spawn_child(self, &child, &robot_actor, NULL);
	return ths_reply(self, painted, .status = (int32_t)status,
	    .child = child);
}

static ths_status
master_hire(ths_self *self, struct master *master, const struct hire *hire)
{
	ths_address child = THS_NOBODY;
	ths_status status = ths_spawn_child(self, &child, &shy_actor, NULL);

	(void)master, (void)hire;
	return ths_reply(self, painted, .status = (int32_t)status,
	    .child = child);
}

static ths_status
master_exited(ths_self *self, struct master *master,
    const struct ths_actor_exited *exited)
{
	(void)self;
	master->left++;
	master->is_wrong |= exited->reason != THS_EXIT_ASKED;
	return THS_OK;
}

static ths_status
master_ask_left(ths_self *self, struct master *master,
    const struct ask_left *ask_left)
{
	(void)ask_left;
	return ths_reply(self, left_so_far, .count = master->left,
	    .is_wrong = master->is_wrong);
}

THS_ACTOR(master, struct master, THS_ON(paint, master_paint),
    THS_ON(hire, master_hire), THS_ON(ths_actor_exited, master_exited),
    THS_ON(ask_left, master_ask_left))

/* -------------------------------------------------------------------- props */

static inline void
colours_check_alive(ths_vm *vm, ths_address address)
{
	ths_mail *mail = ths_call(vm, address, THS_SECONDS(60), greet);

	STAGE_CHECK(ths_mail_as(mail, greeted) != NULL);
	ths_mail_free(mail);
}

static inline struct painted
colours_painted(ths_mail *mail)
{
	const struct painted *painted = ths_mail_as(mail, painted);
	struct painted copy;

	STAGE_CHECK(painted != NULL);
	copy = *painted;
	ths_mail_free(mail);
	return copy;
}

static inline void
colours_set_number(ths_vm *vm, const char *name, int64_t number)
{
	const ths_variant value = { .kind = THS_KIND_INTEGER,
		.integer = number };

	STAGE_CHECK(ths_capability_set(vm, name, &value) == THS_OK);
}

static inline void
colours_set_text(ths_vm *vm, const char *name, const char *text)
{
	const ths_variant value = { .kind = THS_KIND_STRING, .string = text };

	STAGE_CHECK(ths_capability_set(vm, name, &value) == THS_OK);
}

static inline const char *
colours_unfit(ths_vm *vm, const ths_actor *actor, char *why, size_t size)
{
	ths_address address;

	STAGE_CHECK(ths_spawn(vm, &address, actor, NULL) == THS_UNFIT);
	STAGE_CHECK(ths_actor_fits(vm, actor, (ths_map){ NULL, 0 }, why,
	    size) == THS_UNFIT);
	return why;
}

/* ------------------------------------------------------------------- scenes */

/* G-01, G-10: set, changed, removed; what changes nothing concerns nobody. */
static inline void
colours_come_and_go(ths_vm *vm)
{
	ths_address shy = stage_spawn(vm, &shy_actor);
	const ths_capabilities *held;
	ths_vm_status before, after;

	colours_check_alive(vm, shy);
	ths_vm_status_read(vm, &before);
	for (int i = 0; i < 2; i++) {
		STAGE_CHECK(ths_capability_set(vm, "red", NULL) == THS_OK);
		colours_set_text(vm, "tone", "dark");
		colours_set_number(vm, "depth", 3);
	}
	held = ths_capabilities_hold(vm);
	STAGE_CHECK(strcmp(ths_map_get(ths_capabilities_map(held),
	    "tone")->string, "dark") == 0);
	STAGE_CHECK(ths_map_get(ths_capabilities_map(held),
	    "depth")->integer == 3);
	ths_capabilities_drop(held);
	for (int i = 0; i < 2; i++) {
		STAGE_CHECK(ths_capability_set(vm, "tone", NULL) == THS_OK);
		STAGE_CHECK(ths_capability_set(vm, "depth", NULL) == THS_OK);
	}
	held = ths_capabilities_hold(vm);
	STAGE_CHECK(ths_map_get(ths_capabilities_map(held), "tone") == NULL);
	STAGE_CHECK(ths_map_get(ths_capabilities_map(held), "depth") == NULL);
	ths_capabilities_drop(held);
	ths_vm_status_read(vm, &after);
	STAGE_CHECK(after.exited == before.exited);
	colours_check_alive(vm, shy);
}

/* G-02, G-03, G-07, G-13: all that an actor needs must be there, and be so;
 * what an actor sets counts from then on. */
static inline void
colours_are_needed(ths_vm *vm)
{
	ths_address master = stage_spawn(vm, &master_actor);
	struct painted painted;
	char why[128];

	STAGE_CHECK(strstr(colours_unfit(vm, &robot_actor, why, sizeof(why)),
	    "camera") != NULL);
	colours_set_text(vm, "floor", "upper");
	colours_set_number(vm, "camera", 1);
	STAGE_CHECK(strstr(colours_unfit(vm, &robot_actor, why, sizeof(why)),
	    "floor") != NULL);
	colours_set_text(vm, "floor", "ground");
	colours_check_alive(vm, stage_spawn(vm, &robot_actor));
	colours_set_number(vm, "camera", 0);
	colours_unfit(vm, &robot_actor, why, sizeof(why));
	colours_set_text(vm, "camera", "");
	colours_unfit(vm, &robot_actor, why, sizeof(why));
	painted = colours_painted(ths_call(vm, master, THS_SECONDS(60), paint,
	    .colour = "camera"));
	STAGE_CHECK(painted.status == THS_OK);
	colours_check_alive(vm, painted.child);
	/* G-13 */
	colours_set_number(vm, "red", 0);
	colours_unfit(vm, &shy_actor, why, sizeof(why));
	STAGE_CHECK(ths_capability_set(vm, "red", NULL) == THS_OK);
	colours_check_alive(vm, stage_spawn(vm, &shy_actor));
}

/* G-15, G-16: who no longer fits is asked to exit, be it who made the change;
 * its parent is told once, and the others stay. */
static inline void
colours_drive_out(ths_vm *vm)
{
	ths_address master = stage_spawn(vm, &master_actor);
	ths_address other;
	struct painted painted;
	struct left_so_far left = { 0 };

	STAGE_CHECK(ths_capability_set(vm, "red", NULL) == THS_OK);
	other = stage_spawn(vm, &shy_actor);
	painted = colours_painted(ths_call(vm, master, THS_SECONDS(60),
	    hire));
	STAGE_CHECK(painted.status == THS_OK);
	STAGE_CHECK(colours_painted(ths_call(vm, painted.child,
	    THS_SECONDS(60), paint, .colour = "red")).status == THS_OK);
	STAGE_CHECK(ths_wait(vm, painted.child, THS_SECONDS(60), NULL) ==
	    THS_OK);
	STAGE_CHECK(ths_wait(vm, other, THS_SECONDS(60), NULL) == THS_OK);
	for (int i = 0; i < STAGE_TRIES && left.count == 0; i++) {
		ths_mail *mail = ths_call(vm, master, THS_SECONDS(60),
		    ask_left);

		STAGE_CHECK(ths_mail_as(mail, left_so_far) != NULL);
		left = *ths_mail_as(mail, left_so_far);
		ths_mail_free(mail);
	}
	STAGE_CHECK(left.count == 1 && !left.is_wrong);
	STAGE_CHECK(ths_capability_set(vm, "red", NULL) == THS_OK);
}

#endif
