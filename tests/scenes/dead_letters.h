/* SPDX-License-Identifier: MIT */
/*
 * dead_letters - scenes of mail for the dead, and of those who ask to see it.
 */
#ifndef TESTS_SCENES_DEAD_LETTERS_H
#define TESTS_SCENES_DEAD_LETTERS_H

#include <stdbool.h>
#include <string.h>

#include "tests/scenes/stage.h"

enum { UNDERTAKERS = 4 };

THS_MESSAGE(hired, THS_FIELD(uint32_t, number))
THS_MESSAGE(hello, THS_FIELD(ths_string, words))
THS_MESSAGE(handle, THS_FIELD(bool, is_handling))
THS_SIGNAL(fence)
THS_SIGNAL(leave)
THS_SIGNAL(done)

static struct dead_letters {
	stage_count letters[UNDERTAKERS]; /* hellos among them */
	stage_count foreign[UNDERTAKERS]; /* of those, for other VMs */
	stage_count pawns;                /* that have ended */
} dead_letters;

/* ------------------------------------------------------------------- actors */

struct undertaker { uint32_t number; };

static ths_status
undertaker_start(ths_self *self, struct undertaker *undertaker,
    const struct hired *hired)
{
	(void)self;
	undertaker->number = hired->number;
	return THS_OK;
}

static ths_status
undertaker_handle(ths_self *self, struct undertaker *undertaker,
    const struct handle *handle)
{
	(void)undertaker;
	ths_handle_dead_letters(self, handle->is_handling);
	return ths_reply(self, done);
}

static ths_status
undertaker_fence(ths_self *self, struct undertaker *undertaker,
    const struct fence *fence)
{
	(void)undertaker, (void)fence;
	return ths_reply(self, done);
}

static ths_status
undertaker_leave(ths_self *self, struct undertaker *undertaker,
    const struct leave *leave)
{
	(void)undertaker, (void)leave;
	ths_exit(self);
	return THS_OK;
}

static ths_status
undertaker_letter(ths_self *self, struct undertaker *undertaker,
    const struct ths_dead_letter *letter)
{
	const struct hello *hello = letter->message.message;

	STAGE_CHECK(ths_address_is_nobody(ths_sender(self)));
	/* There is memory: none is told without its message, and none twice. */
	STAGE_CHECK(letter->message.type != NULL);
	if (letter->message.type != &hello_type)
		return THS_OK;
	STAGE_CHECK(strcmp(hello->words, "is anybody there?") == 0);
	STAGE_CHECK(!ths_address_is_nobody(letter->from));
	if (letter->reason == THS_DEAD_FOREIGN)
		stage_add(&dead_letters.foreign[undertaker->number], 1);
	else
		STAGE_CHECK(letter->reason == THS_DEAD_EXITED ||
		    letter->reason == THS_DEAD_STALE);
	stage_add(&dead_letters.letters[undertaker->number], 1);
	return THS_OK;
}

THS_ACTOR(undertaker, struct undertaker,
    THS_START(hired, undertaker_start),
    THS_ON(handle, undertaker_handle),
    THS_ON(fence, undertaker_fence),
    THS_ON(leave, undertaker_leave),
    THS_ON(ths_dead_letter, undertaker_letter))

static ths_status
pawn_leave(ths_self *self, ths_nothing *nothing, const struct leave *leave)
{
	(void)nothing, (void)leave;
	ths_exit(self);
	return THS_OK;
}

static void
pawn_exit(ths_self *self, ths_nothing *nothing)
{
	(void)self, (void)nothing;
	stage_add(&dead_letters.pawns, 1);
}

THS_ACTOR(pawn, ths_nothing, THS_ON(leave, pawn_leave), THS_EXIT(pawn_exit))

/* -------------------------------------------------------------------- props */

static inline ths_address
dead_letters_undertaker(ths_vm *vm, uint32_t number)
{
	ths_spawn_options options = { .start = THS_ANY(hired,
	    .number = number) };
	ths_address address;

	STAGE_CHECK(ths_spawn(vm, &address, &undertaker_actor, &options)
	    == THS_OK);
	return address;
}

/* An address whose actor has ended. */
static inline ths_address
dead_letters_pawn(ths_vm *vm)
{
	ths_address pawn = stage_spawn(vm, &pawn_actor);
	uint32_t pawns = stage_read(&dead_letters.pawns);

	STAGE_CHECK(ths_tell(vm, pawn, leave) == THS_OK);
	stage_await(vm, &dead_letters.pawns, pawns + 1);
	return pawn;
}

static inline void
dead_letters_handle(ths_vm *vm, ths_address undertaker, bool is_handling)
{
	ths_mail *mail = ths_call(vm, undertaker, THS_FOREVER, handle,
	    .is_handling = is_handling);

	STAGE_CHECK(ths_mail_as(mail, done) != NULL);
	ths_mail_free(mail);
}

static inline uint64_t
dead_letters_count(const ths_vm *vm)
{
	ths_vm_status status;
	uint64_t count = 0;

	ths_vm_status_read(vm, &status);
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		count += status.dead[i];
	return count;
}

static inline void
dead_letters_tell(ths_vm *vm, ths_address pawn, uint32_t hellos)
{
	for (uint32_t i = 0; i < hellos; i++)
		(void)ths_tell(vm, pawn, hello, .words = "is anybody there?");
}

/* Sends one more to the dead, and waits until so many are dead letters: when
 * the last is counted, all has been done with those before. */
static inline void
dead_letters_await(ths_vm *vm, ths_address pawn, uint64_t wanted)
{
	(void)ths_tell(vm, pawn, fence);
	for (int i = 0; i < STAGE_TRIES && dead_letters_count(vm) < wanted;
	    i++)
		ths_mail_free(ths_listen(vm, NULL, THS_MILLISECONDS(1)));
	STAGE_CHECK(dead_letters_count(vm) == wanted);
}

/* Sends hellos to the dead, and waits until they are dead letters. */
static inline void
dead_letters_send(ths_vm *vm, ths_address pawn, uint32_t hellos)
{
	uint64_t wanted = dead_letters_count(vm) + hellos + 1;

	dead_letters_tell(vm, pawn, hellos);
	dead_letters_await(vm, pawn, wanted);
}

/* How many hellos an undertaker has seen, when it has met all that is there. */
static inline uint32_t
dead_letters_seen(ths_vm *vm, ths_address undertaker, uint32_t number)
{
	ths_mail *mail = ths_call(vm, undertaker, THS_FOREVER, fence);

	STAGE_CHECK(ths_mail_as(mail, done) != NULL);
	ths_mail_free(mail);
	return stage_read(&dead_letters.letters[number]);
}

/* ------------------------------------------------------------------- scenes */

/* E-02, E-04, E-05: the latest who asked gets them, once each; nobody else can
 * end that. */
static inline void
dead_letters_go_to_the_latest(ths_vm *vm)
{
	ths_address one = dead_letters_undertaker(vm, 0);
	ths_address two = dead_letters_undertaker(vm, 1);
	ths_address pawn = dead_letters_pawn(vm);

	dead_letters_handle(vm, one, true);
	dead_letters_handle(vm, one, true);
	dead_letters_send(vm, pawn, 2);
	/* T-170 */
	STAGE_CHECK(dead_letters_seen(vm, one, 0) == 2);
	dead_letters_handle(vm, two, true);
	dead_letters_send(vm, pawn, 2);
	STAGE_CHECK(dead_letters_seen(vm, one, 0) == 2);
	STAGE_CHECK(dead_letters_seen(vm, two, 1) == 2);
	dead_letters_handle(vm, one, false);
	dead_letters_send(vm, pawn, 2);
	STAGE_CHECK(dead_letters_seen(vm, two, 1) == 4);
	dead_letters_handle(vm, two, false);
	dead_letters_send(vm, pawn, 2);
	STAGE_CHECK(dead_letters_seen(vm, two, 1) == 4);
	STAGE_CHECK(dead_letters_seen(vm, one, 0) == 2);
	dead_letters_handle(vm, one, true);
	dead_letters_send(vm, pawn, 3);
	/* T-171 */
	STAGE_CHECK(dead_letters_seen(vm, one, 0) == 5);
	dead_letters_handle(vm, one, false);
}

/* E-06: the end of the one that gets them leaves nobody, until another asks. */
static inline void
dead_letters_end_with_their_handler(ths_vm *vm)
{
	ths_address one = dead_letters_undertaker(vm, 2);
	ths_address two = dead_letters_undertaker(vm, 3);
	ths_address pawn = dead_letters_pawn(vm);
	ths_vm_status status;

	dead_letters_handle(vm, one, true);
	dead_letters_handle(vm, two, true);
	STAGE_CHECK(ths_tell(vm, two, leave) == THS_OK);
	do {
		ths_mail_free(ths_listen(vm, NULL, THS_MILLISECONDS(1)));
		ths_vm_status_read(vm, &status);
	} while (!ths_address_is_nobody(status.undertaker));
	dead_letters_send(vm, pawn, 2);
	/* T-171 */
	STAGE_CHECK(stage_read(&dead_letters.letters[3]) == 0);
	STAGE_CHECK(dead_letters_seen(vm, one, 2) == 0);
	dead_letters_handle(vm, one, true);
	dead_letters_send(vm, pawn, 2);
	STAGE_CHECK(dead_letters_seen(vm, one, 2) == 2);
	dead_letters_handle(vm, one, false);
}

/* E-07: the handler ends with letters under way, which are no dead letters: so
 * many are counted as there were hellos, and what went with them. */
static inline void
dead_letters_run_in_no_circle(ths_vm *vm)
{
	ths_address one = dead_letters_undertaker(vm, 0);
	ths_address pawn = dead_letters_pawn(vm);
	uint32_t seen = stage_read(&dead_letters.letters[0]);
	uint64_t before = dead_letters_count(vm);

	dead_letters_handle(vm, one, true);
	dead_letters_tell(vm, pawn, 5);
	STAGE_CHECK(ths_tell(vm, one, leave) == THS_OK);
	dead_letters_tell(vm, pawn, 5);
	dead_letters_await(vm, pawn, before + 11);
	/* T-173 */
	STAGE_CHECK(stage_read(&dead_letters.letters[0]) <= seen + 10);
}

/* Two VMs: a letter goes to the handler of the VM where it died, also when its
 * target was of the other. */
static inline void
dead_letters_stay_in_their_vm(ths_vm *vm, ths_vm *other)
{
	ths_address here = dead_letters_undertaker(vm, 0);
	ths_address there = dead_letters_undertaker(other, 1);
	ths_address pawn = dead_letters_pawn(vm);
	ths_address far_pawn = dead_letters_pawn(other);

	dead_letters_handle(vm, here, true);
	dead_letters_handle(other, there, true);
	dead_letters_send(vm, pawn, 2);
	STAGE_CHECK(dead_letters_seen(vm, here, 0) == 2);
	STAGE_CHECK(dead_letters_seen(other, there, 1) == 0);
	dead_letters_send(vm, far_pawn, 3);
	STAGE_CHECK(dead_letters_seen(vm, here, 0) == 5);
	STAGE_CHECK(stage_read(&dead_letters.foreign[0]) == 3);
	STAGE_CHECK(dead_letters_seen(other, there, 1) == 0);
	dead_letters_send(other, far_pawn, 4);
	/* T-172 */
	STAGE_CHECK(dead_letters_seen(vm, here, 0) == 5);
	STAGE_CHECK(dead_letters_seen(other, there, 1) == 4);
	STAGE_CHECK(stage_read(&dead_letters.foreign[1]) == 0);
}

#endif
