/* SPDX-License-Identifier: MIT */
/*
 * neighbours - scenes of two VMs in one process: what one does is none of the
 * other's business.
 */
#ifndef TESTS_SCENES_NEIGHBOURS_H
#define TESTS_SCENES_NEIGHBOURS_H

#include <stdbool.h>

#include "tests/scenes/stage.h"

THS_SIGNAL(knock)
THS_SIGNAL(here)

/* ------------------------------------------------------------------- actors */

static const ths_pair painter_needs[] = { THS_NEED("red") };

static ths_status
painter_knock(ths_self *self, ths_nothing *nothing, const struct knock *knock)
{
	(void)nothing, (void)knock;
	return ths_reply(self, here);
}

THS_ACTOR(painter, ths_nothing, THS_NEEDS(painter_needs),
    THS_ON(knock, painter_knock))

/* -------------------------------------------------------------------- props */

static inline void
neighbours_set(ths_vm *vm, const char *name, bool truth)
{
	const ths_variant value = { .kind = THS_KIND_BOOL, .truth = truth };

	STAGE_CHECK(ths_capability_set(vm, name, &value) == THS_OK);
}

static inline void
neighbours_check_home(ths_vm *vm, ths_address painter)
{
	ths_mail *mail = ths_call(vm, painter, THS_SECONDS(60), knock);

	/* T-243 */
	STAGE_CHECK(ths_mail_as(mail, here) != NULL);
	ths_mail_free(mail);
}

/* ------------------------------------------------------------------- scenes */

/* G-11, T-243: a capability that one VM loses moves nobody out of another. */
static inline void
neighbours_keep_their_colours(ths_vm *vm, ths_vm *other)
{
	ths_address mine, theirs;
	ths_exit_reason reason;

	neighbours_set(vm, "red", true);
	STAGE_CHECK(ths_spawn(other, &theirs, &painter_actor, NULL) ==
	    THS_UNFIT);
	neighbours_set(other, "red", true);
	mine = stage_spawn(vm, &painter_actor);
	theirs = stage_spawn(other, &painter_actor);
	neighbours_check_home(vm, mine);
	neighbours_check_home(other, theirs);
	STAGE_CHECK(ths_capability_set(other, "red", NULL) == THS_OK);
	STAGE_CHECK(ths_wait(other, theirs, THS_SECONDS(60), &reason) ==
	    THS_OK);
	neighbours_check_home(vm, mine);
	neighbours_set(other, "red", true);
	neighbours_set(other, "red", false);
	neighbours_check_home(vm, mine);
}

/* An address of the one is nobody's in the other, wherever it points to. */
static inline void
neighbours_do_not_get_each_others_mail(ths_vm *vm, ths_vm *other)
{
	ths_address mine, theirs;
	ths_vm_status status;
	ths_mail *mail;

	neighbours_set(vm, "red", true);
	neighbours_set(other, "red", true);
	mine = stage_spawn(vm, &painter_actor);
	theirs = stage_spawn(other, &painter_actor);
	STAGE_CHECK(!ths_address_equal(mine, theirs));
	mail = ths_call(other, mine, THS_SECONDS(60), knock);
	STAGE_CHECK(ths_mail_status(mail) == THS_GONE);
	ths_mail_free(mail);
	ths_vm_status_read(other, &status);
	STAGE_CHECK(status.dead[THS_DEAD_FOREIGN] == 1);
	neighbours_check_home(other, theirs);
}

/* when the other has stopped, this one is as it was. */
static inline void
neighbours_outlive_each_other(ths_vm *vm, ths_vm *other)
{
	ths_address mine, theirs;
	ths_mail *mail;

	neighbours_set(vm, "red", true);
	neighbours_set(other, "red", true);
	mine = stage_spawn(vm, &painter_actor);
	theirs = stage_spawn(other, &painter_actor);
	STAGE_CHECK(ths_vm_stop(other, THS_SECONDS(60)) == THS_OK);
	mail = ths_call(other, theirs, THS_SECONDS(60), knock);
	STAGE_CHECK(ths_mail_status(mail) == THS_STOPPED);
	ths_mail_free(mail);
	neighbours_check_home(vm, mine);
	neighbours_check_home(vm, stage_spawn(vm, &painter_actor));
}

#endif
