/* SPDX-License-Identifier: MIT */
/* call: an actor asks, and a function of its gets the answer. */
#include "tests/unit/vm/world.h"
#include "thespis/become.h"
#include "thespis/call.h"
#include "thespis/dead.h"
#include "thespis/keep.h"
#include "thespis/life.h"

THS_MESSAGE(number, THS_FIELD(int64_t, value))
THS_MESSAGE(errand,
    THS_FIELD(ths_address, to),
    THS_FIELD(int64_t, value),
    THS_FIELD(ths_duration, timeout))
THS_SIGNAL(answer_now)
THS_SIGNAL(leave)
THS_SIGNAL(unknown)

enum { FATAL = 13, CALLS = 30, CALLS_MAX = 3, CONTEXT = 1000, ROUNDS = 2000 };

static struct {
	int answers;
	int64_t value;
	uint64_t context;
	uint64_t contexts; /* added up */
	ths_status status;    /* of the last answer */
	ths_status refused;   /* of the last call */
	ths_address sender;
	bool is_poison;
	bool is_kept;
	int late;
} notes;

static void
begin(struct world *world)
{
	memset(&notes, 0, sizeof(notes));
	world_begin_inline(world);
}

/* --------------------------------------------------------------- the actors */

/* Calls whom it is told to; at FATAL its function fails. */
struct caller { int64_t sum; ths_mail *kept; };

static ths_status
caller_answered(ths_self *self, void *state, uint64_t context,
    const ths_mail *answer)
{
	const struct number *number = ths_mail_as(answer, number);
	struct caller *caller = state;

	notes.answers++;
	notes.context = context;
	notes.contexts += context;
	notes.status = ths_mail_status(answer);
	notes.sender = ths_sender(self);
	notes.is_poison = ths_mail_as(answer, ths_poison) != NULL;
	cr_assert_eq(ths_stash(self), THS_WRONG_PLACE);
	ths_mail_free((ths_mail *)(uintptr_t)answer); /* does nothing */
	if (number == NULL) {
		cr_assert_eq(ths_mail_status(ths_keep(self)),
		    ths_mail_status(answer) == THS_OK ? THS_OK :
		    notes.is_poison ? THS_FAILED : THS_WRONG_PLACE);
		return THS_OK;
	}
	notes.value = number->value;
	cr_assert_eq(context, (uint64_t)(CONTEXT - number->value));
	caller->sum += number->value;
	if (number->value == -FATAL)
		return ths_fail(self, "a fatal answer");
	if (notes.is_kept) {
		caller->kept = ths_keep(self);
		number = ths_mail_as(caller->kept, number);
		cr_assert_eq(number->value, notes.value);
	}
	return THS_OK;
}

static ths_status
caller_errand(ths_self *self, struct caller *caller,
    const struct errand *errand)
{
	(void)caller;
	notes.refused = ths_call_from(self, errand->to, errand->timeout,
	    caller_answered, CONTEXT + (uint64_t)errand->value, number,
	    .value = errand->value);
	return THS_OK;
}

static ths_status
caller_leave(ths_self *self, struct caller *caller, const struct leave *leave)
{
	(void)caller, (void)leave;
	ths_exit(self);
	notes.refused = ths_call_from(self, ths_me(self), 0, caller_answered,
	    0, unknown);
	return THS_OK;
}

static ths_status
caller_unknown(ths_self *self, struct caller *caller,
    const struct unknown *unknown)
{
	(void)caller, (void)unknown;
	cr_assert_eq(ths_call_from(self, ths_me(self), 0, NULL, 0, unknown),
	    THS_BAD_ARGUMENT);
	notes.refused = ths_call_from_message(self, ths_me(self), 0,
	    caller_answered, 0, NULL, NULL);
	return THS_OK;
}

THS_ACTOR(caller, struct caller,
    THS_ON(errand, caller_errand),
    THS_ON(leave, caller_leave),
    THS_ON(unknown, caller_unknown))

/* Answers with the negative, twice; or only when it is told to. */
struct teller { ths_address askers[CALLS]; int64_t values[CALLS]; int length; };

static ths_status
teller_number(ths_self *self, struct teller *teller,
    const struct number *number)
{
	(void)teller;
	(void)ths_reply(self, number, .value = -number->value);
	return ths_reply(self, number, .value = -2 * number->value);
}

THS_ACTOR(teller, struct teller, THS_ON(number, teller_number))

static ths_status
slow_number(ths_self *self, struct teller *teller, const struct number *number)
{
	teller->askers[teller->length] = ths_sender(self);
	teller->values[teller->length++] = number->value;
	return THS_OK;
}

/* The last one first. */
static ths_status
slow_answer_now(ths_self *self, struct teller *teller,
    const struct answer_now *answer_now)
{
	(void)answer_now;
	while (teller->length > 0) {
		teller->length--;
		(void)ths_send(self, teller->askers[teller->length], number,
		    .value = -teller->values[teller->length]);
	}
	return THS_OK;
}

THS_ACTOR(slow, struct teller,
    THS_ON(number, slow_number),
    THS_ON(answer_now, slow_answer_now))

static ths_status
grim_number(ths_self *self, struct teller *teller, const struct number *number)
{
	(void)teller, (void)number;
	return ths_fail(self, "no");
}

THS_ACTOR(grim, struct teller, THS_ON(number, grim_number))

/* ---------------------------------------------------------------- the tests */

static void
send_errand(struct world *world, ths_address caller, ths_address to,
    int64_t value, ths_duration timeout)
{
	cr_assert_eq(ths_tell(world->vm, caller, errand, .to = to,
	    .value = value, .timeout = timeout), THS_OK);
}

static struct caller *
caller_of(struct world *world, ths_address caller)
{
	return world_slot(world, caller)->state;
}

Test(call_from, brings_the_answer_with_its_context)
{
	struct world world;
	ths_address caller, teller;

	begin(&world);
	caller = world_spawn(&world, &caller_actor);
	teller = world_spawn(&world, &teller_actor);
	send_errand(&world, caller, teller, 7, THS_SECONDS(5));
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.refused, THS_OK);
	cr_assert_eq(notes.answers, 1, "the second is late");
	cr_assert_eq(notes.value, -7);
	cr_assert_eq(notes.context, CONTEXT + 7);
	cr_assert(ths_address_equal(notes.sender, teller));
	cr_assert_eq(world_dead(&world, THS_DEAD_LATE), 1);
	/* No timer waits, and no slot is lost. */
	for (int i = 0; i < 1000; i++) {
		send_errand(&world, caller, teller, 1, THS_SECONDS(5));
		ths_vm_run(world.vm, 0);
	}
	cr_assert_eq(notes.answers, 1001);
	cr_assert_eq(caller_of(&world, caller)->sum, -1007);
	cr_assert_leq(slots_used(&world.vm->slots), 100);
	world_end(&world);
}

/* Answers may come in any order, each to its own call. */
Test(call_from, keeps_many_calls_apart)
{
	struct world world;
	ths_address caller, slow;

	begin(&world);
	caller = world_spawn(&world, &caller_actor);
	slow = world_spawn(&world, &slow_actor);
	for (int i = 0; i < CALLS; i++)
		send_errand(&world, caller, slow, i, THS_FOREVER);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.answers, 0);
	ths_tell(world.vm, slow, answer_now);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.answers, CALLS);
	cr_assert_eq(notes.contexts, CALLS * CONTEXT +
	    CALLS * (CALLS - 1) / 2);
	cr_assert_eq(caller_of(&world, caller)->sum,
	    -CALLS * (CALLS - 1) / 2);
	world_end(&world);
}

Test(call_from, ends_with_its_time)
{
	struct world world;
	ths_address caller, slow;

	begin(&world);
	caller = world_spawn(&world, &caller_actor);
	slow = world_spawn(&world, &slow_actor);
	send_errand(&world, caller, slow, 5, 2000000);
	for (int i = 0; i < WORLD_TRIES && notes.answers == 0; i++) {
		ths_vm_run(world.vm, 0);
		world_sleep_ms(1);
	}
	cr_assert_eq(notes.answers, 1);
	cr_assert_eq(notes.status, THS_TIMEOUT);
	cr_assert_eq(notes.context, CONTEXT + 5);
	cr_assert(ths_address_is_nobody(notes.sender));
	/* What comes now is late. */
	ths_tell(world.vm, slow, answer_now);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.answers, 1);
	cr_assert_eq(world_dead(&world, THS_DEAD_LATE), 1);
	world_end(&world);
}

Test(call_from, ends_at_once_when_nobody_can_answer)
{
	struct world world;
	ths_address caller, dead;

	begin(&world);
	caller = world_spawn(&world, &caller_actor);
	dead = world_spawn(&world, &caller_actor);
	send_errand(&world, caller, dead, 1, THS_FOREVER);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.status, THS_REFUSED, "it has no handler");
	ths_tell(world.vm, dead, leave);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.refused, THS_WRONG_PLACE, "it ends");
	send_errand(&world, caller, dead, 2, THS_SECONDS(5));
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.status, THS_GONE);
	send_errand(&world, caller, THS_NOBODY, 3, THS_SECONDS(5));
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.answers, 3);
	cr_assert_eq(notes.status, THS_GONE);
	cr_assert_eq(notes.context, CONTEXT + 3);
	ths_tell(world.vm, caller, unknown);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.refused, THS_BAD_ARGUMENT);
	world_end(&world);
}

/* T-118: poison is an answer. */
Test(call_from, brings_poison)
{
	struct world world;

	begin(&world);
	send_errand(&world, world_spawn(&world, &caller_actor),
	    world_spawn(&world, &grim_actor), 1, THS_SECONDS(5));
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.answers, 1);
	cr_assert(notes.is_poison);
	world_end(&world);
}

Test(call_from, is_dropped_with_its_actor)
{
	struct world world;
	ths_address caller, slow;

	begin(&world);
	caller = world_spawn(&world, &caller_actor);
	slow = world_spawn(&world, &slow_actor);
	for (int i = 0; i < CALLS; i++)
		send_errand(&world, caller, slow, i, i % 2 == 0 ?
		    THS_FOREVER : THS_SECONDS(1000));
	ths_tell(world.vm, caller, leave);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(ths_vm_next_deadline(world.vm), THS_FOREVER);
	ths_tell(world.vm, slow, answer_now);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.answers, 0);
	cr_assert_eq(world_dead(&world, THS_DEAD_LATE), CALLS);
	world_end(&world);
}

/* An answer that is under way when its caller ends, wherever; no slot is lost.
 * */
Test(call_from, is_dropped_with_its_answer_under_way)
{
	struct world world;
	ths_address caller, teller;

	begin(&world);
	teller = world_spawn(&world, &teller_actor);
	for (int i = 0; i < ROUNDS; i++) {
		caller = world_spawn(&world, &caller_actor);
		send_errand(&world, caller, teller, i, THS_SECONDS(1000));
		ths_vm_run(world.vm, (uint64_t)(1 + i % 4));
		ths_tell(world.vm, caller, leave);
		ths_vm_run(world.vm, 0);
		cr_assert_eq(world_status(&world).actors, 1);
		cr_assert_eq(world_status(&world).queued, 0);
	}
	cr_assert_gt(world_dead(&world, THS_DEAD_EXITED) +
	    world_dead(&world, THS_DEAD_STALE), 0);
	cr_assert_leq(slots_used(&world.vm->slots), 200);
	world_end(&world);
}

Test(call_from, has_a_limit_that_counts)
{
	struct world world;
	ths_address caller, slow;

	memset(&notes, 0, sizeof(notes));
	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.calls_max = CALLS_MAX });
	caller = world_spawn(&world, &caller_actor);
	slow = world_spawn(&world, &slow_actor);
	for (int i = 0; i < CALLS_MAX; i++)
		send_errand(&world, caller, slow, i, THS_FOREVER);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.refused, THS_OK);
	send_errand(&world, caller, slow, 0, THS_FOREVER);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.refused, THS_LIMIT);
	cr_assert_eq(world_status(&world).limits_hit, 1);
	ths_tell(world.vm, slow, answer_now);
	ths_vm_run(world.vm, 0);
	send_errand(&world, caller, slow, 0, THS_FOREVER);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.refused, THS_OK);
	world_end(&world);
}

/* A function that fails is not called again; the answer can be kept. */
Test(call_from, calls_its_function_once)
{
	struct world world;
	ths_address caller, teller;

	begin(&world);
	caller = world_spawn(&world, &caller_actor);
	teller = world_spawn(&world, &teller_actor);
	send_errand(&world, caller, teller, FATAL, THS_SECONDS(5));
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.answers, 1);
	cr_assert_eq(world_status(&world).failed, 1);
	cr_assert_eq(world_status(&world).poisoned, 0);
	cr_assert_eq(world_logged(&world, "a fatal answer"), 1);
	notes.is_kept = true;
	send_errand(&world, caller, teller, 4, THS_SECONDS(5));
	ths_vm_run(world.vm, 0);
	cr_assert_eq(ths_mail_status(caller_of(&world, caller)->kept), THS_OK);
	world_end(&world);
}
