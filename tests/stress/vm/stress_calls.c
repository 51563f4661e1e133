/* SPDX-License-Identifier: MIT */
/*
 * stress_calls - actors that call each other, on several workers, and end in
 * the middle of it.
 *
 * What goes wrong in the world if this fails: an actor that waits for an answer
 * gets none, two or another's; a call that its actor did not live to see the
 * end of costs a slot, a timer or an envelope for ever, or is used again too
 * soon.
 *
 * How it would be noticed: callers keep some calls under way, with patience or
 * hardly any, to answerers that answer at once, twice, never, keep the question
 * for a while, or forward it to the last of them.  Each answer must be that of
 * its context, each call must end once.  A caller ends after some answers, with
 * calls under way, and another is spawned.  Afterwards the books add up, the
 * number of slots used has a bound, and in debug builds all memory is back.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/random.h"
#include "tests/stress/options.h"
#include "thespis/thespis.h"

enum {
	ANSWERERS = 4,
	CALLERS = 16,
	WAYS = 6,      /* calls of one caller under way */
	LIFE = 50,     /* answers of a caller's life */
	HELD_MAX = 16, /* questions of an answerer */
	HASTE_US = 200,
	PATIENCE_S = 60,
};

enum manner { AT_ONCE, TWICE, NEVER, HELD, PASSED, MANNERS };

THS_MESSAGE(question,
    THS_FIELD(uint64_t, number),
    THS_FIELD(uint32_t, manner))
THS_MESSAGE(answer, THS_FIELD(uint64_t, number))
THS_MESSAGE(birth, THS_FIELD(uint64_t, arena), THS_FIELD(uint64_t, seed))

struct arena {
	struct options options;
	ths_vm *vm;
	ths_address answerers[ANSWERERS];
	_Atomic uint64_t numbers; /* of questions so far */
	_Atomic uint64_t answered;
	_Atomic uint64_t timed_out;
	_Atomic uint64_t lives;
};

/* ---------------------------------------------------------------- answerers */

struct answerer {
	struct arena *arena;
	ths_mail *held[HELD_MAX];
	uint32_t length;
};

static ths_status
answerer_born(ths_self *self, struct answerer *answerer,
    const struct birth *birth)
{
	(void)self;
	answerer->arena = (struct arena *)(uintptr_t)birth->arena;
	return THS_OK;
}

static void
answer_held(ths_self *self, struct answerer *answerer)
{
	while (answerer->length > 0) {
		ths_mail *mail = answerer->held[--answerer->length];

		(void)ths_send(self, ths_mail_sender(mail), answer,
		    .number = ths_mail_as(mail, question)->number);
		ths_mail_free(mail);
	}
}

static ths_status
answerer_asked(ths_self *self, struct answerer *answerer,
    const struct question *question)
{
	ths_address last = answerer->arena->answerers[ANSWERERS - 1];
	uint64_t number = question->number;

	switch ((enum manner)question->manner) {
	case NEVER:
		return THS_OK;
	case HELD:
		if (answerer->length == HELD_MAX)
			answer_held(self, answerer);
		answerer->held[answerer->length++] = ths_keep(self);
		return THS_OK;
	case PASSED:
		if (!ths_address_equal(ths_me(self), last))
			return ths_forward(self, last);
		break;
	case TWICE:
		(void)ths_reply(self, answer, .number = number);
		break;
	case AT_ONCE:
	case MANNERS:
		break;
	}
	answer_held(self, answerer);
	return ths_reply(self, answer, .number = number);
}

THS_ACTOR(answerer, struct answerer,
    THS_START(birth, answerer_born),
    THS_ON(question, answerer_asked))

/* ------------------------------------------------------------------ callers */

struct caller {
	struct arena *arena;
	struct random random;
	uint64_t numbers[WAYS]; /* that are under way; 0: none */
	uint32_t answers;
};

static void call(ths_self *self, struct caller *caller, uint32_t way);

static ths_status
caller_answered(ths_self *self, void *state, uint64_t way, const ths_mail *mail)
{
	const struct answer *answer = ths_mail_as(mail, answer);
	struct caller *caller = state;
	struct arena *arena = caller->arena;

	STRESS_CHECK(way < WAYS && caller->numbers[way] != 0);
	if (answer != NULL) {
		STRESS_CHECK(answer->number == caller->numbers[way]);
		atomic_fetch_add(&arena->answered, 1);
	} else {
		STRESS_CHECK(ths_mail_status(mail) == THS_TIMEOUT);
		atomic_fetch_add(&arena->timed_out, 1);
	}
	caller->numbers[way] = 0;
	if (++caller->answers >= LIFE)
		ths_exit(self);
	else
		call(self, caller, (uint32_t)way);
	return THS_OK;
}

static void
call(ths_self *self, struct caller *caller, uint32_t way)
{
	struct arena *arena = caller->arena;
	uint32_t manner = random_below(&caller->random, MANNERS);
	bool is_patient = manner != NEVER && manner != HELD;
	uint64_t number = atomic_fetch_add(&arena->numbers, 1) + 1;

	caller->numbers[way] = number;
	STRESS_CHECK(ths_call_from(self, arena->answerers[random_below(
	    &caller->random, ANSWERERS)], is_patient ?
	    THS_SECONDS(PATIENCE_S) : THS_MICROSECONDS(random_below(
	    &caller->random, HASTE_US)), caller_answered, way, question,
	    .number = number, .manner = manner) == THS_OK);
}

static ths_status
caller_born(ths_self *self, struct caller *caller, const struct birth *birth)
{
	caller->arena = (struct arena *)(uintptr_t)birth->arena;
	random_init(&caller->random, birth->seed);
	for (uint32_t way = 0; way < WAYS; way++)
		call(self, caller, way);
	return THS_OK;
}

static void
caller_ended(ths_self *self, struct caller *caller)
{
	(void)self;
	atomic_fetch_add(&caller->arena->lives, 1);
}

THS_ACTOR(caller, struct caller,
    THS_START(birth, caller_born),
    THS_EXIT(caller_ended))

/* --------------------------------------------------------------------- main */

static void
spawn(struct arena *arena, ths_address *address, const ths_actor *actor,
    uint64_t seed)
{
	ths_spawn_options options = { .start = THS_ANY(birth,
	    .arena = (uintptr_t)arena, .seed = seed) };

	STRESS_CHECK(ths_spawn(arena->vm, address, actor, &options) == THS_OK);
}

static void
run(struct arena *arena)
{
	uint64_t spawned = 0;
	ths_address caller;

	for (int i = 0; i < ANSWERERS; i++)
		spawn(arena, &arena->answerers[i], &answerer_actor, 0);
	while (!options_over(&arena->options)) {
		while (spawned < atomic_load(&arena->lives) + CALLERS)
			spawn(arena, &caller, &caller_actor,
			    arena->options.seed + ++spawned);
		usleep(100);
	}
}

static void
check_books(const struct arena *arena)
{
	ths_vm_status status;
	uint64_t ended;

	ths_vm_status_read(arena->vm, &status);
	ended = status.handled + status.absorbed;
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		ended += status.dead[i];
	printf("%" PRIu64 " calls answered, %" PRIu64 " in vain, by %" PRIu64
	    " actors; %" PRIu64 " late answers\n", arena->answered,
	    arena->timed_out, arena->lives, status.dead[THS_DEAD_LATE]);
	STRESS_CHECK(status.accepted == ended);
	STRESS_CHECK(status.failed == 0);
	STRESS_CHECK(status.limits_hit == 0);
	STRESS_CHECK(arena->answered > 0);
}

int
main(int argc, char **argv)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	STRESS_CHECK(arena != NULL);
	arena->options = options_read(argc, argv,
	    "actors that call each other");
	/* So few places that one lost with every life would soon be missed. */
	STRESS_CHECK(ths_vm_start(&arena->vm, &(ths_vm_config){
	    .workers = arena->options.workers, .actors_max = 4096,
	    .seed = arena->options.seed | 1 }) == THS_OK);
	run(arena);
	STRESS_CHECK(ths_vm_stop(arena->vm, THS_SECONDS(60)) == THS_OK);
	check_books(arena);
	ths_vm_free(arena->vm);
	free(arena);
	return 0;
}
