/* SPDX-License-Identifier: MIT */
/* tell - scenes of messages from outside that nobody answers. */
#ifndef TESTS_SCENES_TELL_H
#define TESTS_SCENES_TELL_H

#include "tests/scenes/talkers.h"

/* T-174 E-08: the dead are found out, and their mail is a dead letter. */
static inline void
tell_the_dead(ths_vm *vm)
{
	ths_vm_status before, after;
	ths_address gone = end_one(vm);
	ths_address nowhere = { gone.vm, UINT32_MAX, 1 };
	ths_address foreign = { gone.vm + 1, 1, 1 };

	ths_vm_status_read(vm, &before);
	/* T-174 */
	STAGE_CHECK(ths_tell_wait(vm, gone, THS_FOREVER, hello) ==
	    THS_GONE);
	STAGE_CHECK(status_of(ths_ask(vm, gone, THS_FOREVER, hello)) ==
	    THS_GONE);
	STAGE_CHECK(ths_tell(vm, nowhere, hello) == THS_GONE);
	STAGE_CHECK(ths_tell(vm, foreign, hello) == THS_GONE);
	ths_vm_status_read(vm, &after);
	STAGE_CHECK(after.dead[THS_DEAD_STALE] + after.dead[THS_DEAD_EXITED]
	    - before.dead[THS_DEAD_STALE] - before.dead[THS_DEAD_EXITED] == 2);
	STAGE_CHECK(after.dead[THS_DEAD_NOBODY] -
	    before.dead[THS_DEAD_NOBODY] == 1);
	STAGE_CHECK(after.dead[THS_DEAD_FOREIGN] -
	    before.dead[THS_DEAD_FOREIGN] == 1);
}

/* B-16: a good one, one that takes its time, a dead one. */
static inline void
tell_needs_no_answer(ths_vm *vm)
{
	ths_address mute = start_one(vm, &mute_actor);
	ths_address talker = start_one(vm, &talker_actor);
	ths_vm_status status;
	uint64_t since;

	/* Neither waits for an answer, nor for the handler. */
	STAGE_CHECK(ths_tell(vm, mute, hello) == THS_OK);
	STAGE_CHECK(ths_tell(vm, mute, goodbye) == THS_OK);
	/* The handler has returned: its answer is there. */
	STAGE_CHECK(ths_tell_wait(vm, talker, LONG, hello, .value = 3) ==
	    THS_OK);
	STAGE_CHECK(value_of(ths_listen(vm, NULL, 0)) == 3);
	STAGE_CHECK(ths_tell_wait(vm, talker, LONG, unheard) ==
	    THS_REFUSED);
	STAGE_CHECK(ths_tell_wait(vm, talker, LONG, burn) == THS_OK);
	STAGE_CHECK(status_of(ths_listen(vm, NULL, 0)) == THS_FAILED);
	since = vm_now(vm);
	STAGE_CHECK(ths_tell_wait(vm, end_one(vm), THS_FOREVER, hello) ==
	    THS_GONE);
	STAGE_CHECK(vm_now(vm) - since < (uint64_t)STAGE_SLACK);
	STAGE_CHECK(ths_tell_message(vm, NULL, mute, &hello_type, NULL) ==
	    THS_BAD_ARGUMENT);
	STAGE_CHECK(ths_tell_wait_message(vm, NULL, mute, LONG,
	    &hello_type, NULL) == THS_BAD_ARGUMENT);
	ths_vm_status_read(vm, &status);
	STAGE_CHECK(status.clients >= 1);
}

#endif
