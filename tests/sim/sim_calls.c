/* SPDX-License-Identifier: MIT */
/*
 * calls, kept mail and stashes, simulated: callers ask a front that is closed
 * at first and puts questions aside; when it opens it forwards some to a back
 * that answers, keeps others and answers them later, answers one twice, and
 * never answers one at all.  Some callers end with their calls under way.
 *
 * If this fails, an actor that waits for an answer gets none, two, or that of
 * another question; or a slot, a timer or an envelope is lost with each call.
 */
#include <stdatomic.h>

#include "tests/sim/vm_world.h"

enum {
	CALLERS = 4,
	CALLS = 6,     /* of each */
	KEPT_MAX = 8,
	KINDS = 4,     /* what becomes of a question */
	OPENING = 5,   /* questions until the front opens */
};

THS_MESSAGE(question, THS_FIELD(uint64_t, number))
THS_MESSAGE(answer, THS_FIELD(uint64_t, number))
THS_MESSAGE(ask, THS_FIELD(uint32_t, index))
THS_SIGNAL(go_on)

static struct world {
	struct vm_world base;
	ths_address front, back;
	ths_address callers[CALLERS];
	uint32_t answered[CALLERS][CALLS];
	_Atomic uint32_t answers; /* of callers that stay */
	bool has_ended[CALLERS];
} world;

/* --------------------------------------------------------------------- back */

static ths_status
back_question(ths_self *self, ths_nothing *state,
    const struct question *question)
{
	(void)state;
	return ths_reply(self, answer, .number = question->number);
}

THS_ACTOR(back, ths_nothing, THS_ON(question, back_question))

/* -------------------------------------------------------------------- front */

struct front {
	ths_mail *kept[KEPT_MAX];
	uint32_t length;
	uint32_t asked;
};

static const ths_actor open_front_actor;

static void
answer_kept(ths_self *self, struct front *front)
{
	for (uint32_t i = 0; i < front->length; i++) {
		const struct question *question = ths_mail_as(front->kept[i],
		    question);

		(void)ths_send(self, ths_mail_sender(front->kept[i]), answer,
		    .number = question->number);
		if (question->number % 2 == 0)
			ths_mail_free(front->kept[i]);
		else /* a late answer */
			SEEDS_CHECK(ths_forward_mail(self, front->kept[i],
			    world.back) == THS_OK);
	}
	front->length = 0;
}

static ths_status
open_question(ths_self *self, struct front *front,
    const struct question *question)
{
	switch (question->number % KINDS) {
	case 0:
		return ths_forward(self, world.back);
	case 1:
		if (front->length == KEPT_MAX)
			answer_kept(self, front);
		front->kept[front->length] = ths_keep(self);
		SEEDS_CHECK(ths_mail_status(front->kept[front->length]) ==
		    THS_OK);
		front->length++;
		return ths_send(self, ths_me(self), go_on);
	case 2:
		(void)ths_reply(self, answer, .number = question->number);
		return ths_reply(self, answer, .number = question->number);
	default:
		return THS_OK;
	}
}

static ths_status
open_go_on(ths_self *self, struct front *front, const struct go_on *go_on)
{
	(void)go_on;
	answer_kept(self, front);
	return THS_OK;
}

THS_ACTOR(open_front, struct front,
    THS_ON(question, open_question),
    THS_ON(go_on, open_go_on))

static ths_status
front_question(ths_self *self, struct front *front,
    const struct question *question)
{
	(void)question;
	SEEDS_CHECK(ths_stash(self) == THS_OK);
	if (++front->asked < OPENING)
		return THS_OK;
	SEEDS_CHECK(ths_unstash_all(self) == OPENING);
	return ths_become(self, &open_front_actor);
}

THS_ACTOR(front, struct front, THS_ON(question, front_question))

/* ------------------------------------------------------------------ callers */

struct caller { uint32_t index; };

static ths_status
caller_answered(ths_self *self, void *state, uint64_t context,
    const ths_mail *mail)
{
	const struct answer *answer = ths_mail_as(mail, answer);
	const struct caller *caller = state;

	SEEDS_CHECK(!world.has_ended[caller->index]);
	SEEDS_CHECK(context / CALLS == caller->index);
	SEEDS_CHECK(world.answered[caller->index][context % CALLS]++ == 0);
	if (answer != NULL)
		SEEDS_CHECK(answer->number == context);
	else
		SEEDS_CHECK(ths_mail_status(mail) == THS_TIMEOUT);
	if (caller->index % 2 == 0) {
		atomic_fetch_add(&world.answers, 1);
		return THS_OK;
	}
	world.has_ended[caller->index] = true;
	ths_exit(self);
	return THS_OK;
}

static ths_status
caller_ask(ths_self *self, struct caller *caller, const struct ask *ask)
{
	caller->index = ask->index;
	for (uint32_t i = 0; i < CALLS; i++) {
		uint64_t number = ask->index * CALLS + i;

		SEEDS_CHECK(ths_call_from(self, world.front, (i + 1) * 1000000,
		    caller_answered, number, question,
		    .number = number) == THS_OK);
	}
	return THS_OK;
}

THS_ACTOR(caller, struct caller, THS_ON(ask, caller_ask))

/* --------------------------------------------------------------------- main */

/* Looks now and then, by asking somebody who never answers. */
static void
watch(void *argument)
{
	(void)argument;
	for (uint32_t i = 0; i < CALLERS; i++)
		SEEDS_CHECK(ths_tell(world.base.vm, world.callers[i], ask,
		    .index = i) == THS_OK);
	while (atomic_load(&world.answers) < CALLERS / 2 * CALLS)
		ths_mail_free(ths_listen(world.base.vm, NULL, 1000000));
}

static void
spawn(ths_address *address, const ths_actor *actor)
{
	SEEDS_CHECK(ths_spawn(world.base.vm, address, actor, NULL) == THS_OK);
}

static void
start(ths_sim *sim)
{
	vm_world_start(&world.base, sim, &(ths_vm_config){ .workers = 3 });
	spawn(&world.front, &front_actor);
	spawn(&world.back, &back_actor);
	for (int i = 0; i < CALLERS; i++)
		spawn(&world.callers[i], &caller_actor);
	vm_world_client(&world.base, "watcher", watch, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(vm_world_dead(&world.base) ==
	    world.base.status.dead[THS_DEAD_LATE] +
	    world.base.status.dead[THS_DEAD_EXITED] +
	    world.base.status.dead[THS_DEAD_STALE]);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Each call has one answer, its own.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
