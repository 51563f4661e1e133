/* SPDX-License-Identifier: MIT */
/*
 * stress_clients - eight threads of a host tell, ask and call, with clients of
 * their own, shared ones and default ones, and little patience.
 *
 * What goes wrong in the world if this fails: a request gets the answer to
 * another one, of the same thread or of somebody else's; or a thread sleeps on
 * although its answer is there; or a thread that ends takes a client with it
 * that others hold.
 *
 * How it would be noticed: each question carries a number that no other has,
 * and whoever gets an answer to a call compares.  Some answers come at once,
 * some by a timer about when the call gives up, some twice, some through
 * another actor.  A client of a thread's own may get only its own thread's
 * numbers by ask and listen.  Threads end and are started anew, with their
 * default clients.  A call that is to be answered at once, and fails to be for
 * PATIENCE_S seconds, was forgotten.  At the end the books add up: the VM's,
 * and what the threads have got.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/random.h"
#include "tests/stress/options.h"
#include "thespis/thespis.h"

enum {
	THREADS = 8,
	SHARED = 2,         /* clients */
	ANSWERERS = 6,
	LATER = 32,         /* answers one owes */
	TALKS = 200,        /* of a thread, before it ends */
	IMPATIENCE_US = 1500, /* of a call, at most */
	PATIENCE_S = 30,
	NUMBERS_MIN = 500,  /* questions of which some are answered too late */
};

/* How a question is answered. */
enum manner { AT_ONCE, TWICE, LATER_ON, THROUGH_ANOTHER, NEVER, MANNERS };

THS_MESSAGE(birth, THS_FIELD(uint64_t, arena))
THS_MESSAGE(question, THS_FIELD(uint64_t, number), THS_FIELD(uint32_t, manner))
THS_MESSAGE(passed, THS_FIELD(uint64_t, number), THS_FIELD(ths_address, asker))
THS_MESSAGE(answer, THS_FIELD(uint64_t, number))

struct arena {
	struct options options;
	ths_vm *vm;
	ths_address answerers[ANSWERERS];
	ths_client *shared[SHARED];
	_Atomic uint64_t numbers; /* the last one */
	_Atomic uint64_t got;     /* messages received outside */
	_Atomic uint64_t threads;
	_Atomic uint64_t late;    /* calls that gave up */
};

struct answerer {
	struct arena *arena;
	ths_address askers[LATER];
	uint64_t numbers[LATER];
	uint32_t owed;
};

struct talker {
	struct arena *arena;
	uint32_t index;
	uint64_t seed;
	struct random random;
	pthread_t thread;
	ths_client *own;
	uint64_t first; /* number of this talker's present life */
};

static ths_status
answerer_born(ths_self *self, struct answerer *answerer,
    const struct birth *birth)
{
	(void)self;
	answerer->arena = (struct arena *)(uintptr_t)birth->arena;
	return THS_OK;
}

/* Remembers a question and sets a timer for it. */
static ths_status
answer_later(ths_self *self, struct answerer *answerer,
    const struct question *question)
{
	uint32_t place = answerer->owed++ % LATER;

	answerer->askers[place] = ths_sender(self);
	answerer->numbers[place] = question->number;
	return ths_timer_set(self, THS_MICROSECONDS(question->number * 7 %
	    IMPATIENCE_US), place, NULL);
}

static ths_status
answerer_asked(ths_self *self, struct answerer *answerer,
    const struct question *question)
{
	struct arena *arena = answerer->arena;

	switch ((enum manner)question->manner) {
	case TWICE:
		(void)ths_reply(self, answer, .number = question->number);
		break;
	case LATER_ON:
		return answer_later(self, answerer, question);
	case THROUGH_ANOTHER:
		return ths_send(self, arena->answerers[question->number %
		    ANSWERERS], passed, .number = question->number,
		    .asker = ths_sender(self));
	case NEVER:
		return THS_OK;
	case AT_ONCE:
	case MANNERS:
		break;
	}
	return ths_reply(self, answer, .number = question->number);
}

static ths_status
answerer_passed(ths_self *self, struct answerer *answerer,
    const struct passed *passed)
{
	(void)answerer;
	return ths_send(self, passed->asker, answer, .number = passed->number);
}

/* What is owed may have been overwritten: then another is answered twice. */
static ths_status
answerer_woken(ths_self *self, struct answerer *answerer,
    const struct ths_wakeup *wakeup)
{
	uint64_t place = wakeup->payload;

	return ths_send(self, answerer->askers[place], answer,
	    .number = answerer->numbers[place]);
}

THS_ACTOR(answerer, struct answerer, THS_START(birth, answerer_born),
    THS_ON(question, answerer_asked), THS_ON(passed, answerer_passed),
    THS_ON(ths_wakeup, answerer_woken))

/* Numbers are unique, and end in the thread's index. */
static uint64_t
new_number(struct talker *talker)
{
	return (atomic_fetch_add(&talker->arena->numbers, 1) + 1) * THREADS +
	    talker->index;
}

static ths_address
somebody(struct talker *talker)
{
	return talker->arena->answerers[random_below(&talker->random,
	    ANSWERERS)];
}

static void
call(struct talker *talker, ths_client *client)
{
	struct arena *arena = talker->arena;
	uint32_t manner = random_below(&talker->random, MANNERS);
	bool is_sure = manner == AT_ONCE || manner == TWICE ||
	    manner == THROUGH_ANOTHER;
	bool is_patient = is_sure && random_below(&talker->random, 2) == 0;
	ths_duration timeout = is_patient ? THS_SECONDS(PATIENCE_S) :
	    THS_MICROSECONDS(random_below(&talker->random, IMPATIENCE_US));
	struct question question = { new_number(talker), manner };
	ths_mail *mail = ths_call_message(arena->vm, client, somebody(talker),
	    timeout, &question_type, &question);
	const struct answer *answer = ths_mail_as(mail, answer);

	if (answer != NULL) {
		if (answer->number != question.number)
			fprintf(stderr, "question %" PRIu64 " got the answer "
			    "to %" PRIu64 "\n", question.number,
			    answer->number);
		STRESS_CHECK(answer->number == question.number);
		STRESS_CHECK(manner != NEVER);
		atomic_fetch_add(&arena->got, 1);
	} else {
		STRESS_CHECK(ths_mail_status(mail) == THS_TIMEOUT);
		STRESS_CHECK(!is_patient);
		atomic_fetch_add(&arena->late, 1);
	}
	ths_mail_free(mail);
}

/* What came by ask or listen; from whom, only a client of one's own tells. */
static void
receive(struct talker *talker, ths_client *client, ths_mail *mail)
{
	const struct answer *answer = ths_mail_as(mail, answer);

	if (answer == NULL) {
		STRESS_CHECK(ths_mail_status(mail) == THS_TIMEOUT);
	} else {
		atomic_fetch_add(&talker->arena->got, 1);
		if (client == NULL || client == talker->own) {
			STRESS_CHECK(answer->number % THREADS ==
			    talker->index);
			STRESS_CHECK(answer->number / THREADS >=
			    talker->first);
		}
	}
	ths_mail_free(mail);
}

static void
ask(struct talker *talker, ths_client *client)
{
	struct question question = { new_number(talker),
		random_below(&talker->random, MANNERS) };

	receive(talker, client, ths_ask_message(talker->arena->vm, client,
	    somebody(talker), THS_MICROSECONDS(random_below(&talker->random,
	    IMPATIENCE_US)), &question_type, &question));
}

static void
tell(struct talker *talker, ths_client *client)
{
	struct question question = { new_number(talker),
		random_below(&talker->random, MANNERS) };

	STRESS_CHECK(ths_tell_message(talker->arena->vm, client,
	    somebody(talker), &question_type, &question) == THS_OK);
}

/* Its own, a shared one, or the default one. */
static ths_client *
some_client(struct talker *talker)
{
	switch (random_below(&talker->random, 3)) {
	case 0:
		return talker->own;
	case 1:
		return talker->arena->shared[random_below(&talker->random,
		    SHARED)];
	default:
		return NULL;
	}
}

static void
reopen(struct talker *talker)
{
	ths_client_close(talker->own);
	STRESS_CHECK(ths_client_open(talker->arena->vm, &talker->own) ==
	    THS_OK);
}

/* A thread's life: it talks, and ends. */
static void *
talker_main(void *argument)
{
	struct talker *talker = argument;
	struct arena *arena = talker->arena;

	talker->first = atomic_load(&arena->numbers);
	reopen(talker);
	for (int i = 0; i < TALKS && !options_over(&arena->options); i++) {
		ths_client *client = some_client(talker);

		switch (random_below(&talker->random, 8)) {
		case 0:
			ask(talker, client);
			break;
		case 1:
			tell(talker, client);
			break;
		case 2:
			receive(talker, client, ths_listen(arena->vm, client,
			    THS_MICROSECONDS(random_below(&talker->random,
			    IMPATIENCE_US / 4))));
			break;
		case 3:
			reopen(talker);
			break;
		default:
			call(talker, client);
			break;
		}
	}
	ths_client_close(talker->own);
	talker->own = NULL;
	atomic_fetch_add(&arena->threads, 1);
	return NULL;
}

/* Starts each thread again when it has ended, until the time is over. */
static void
run(struct arena *arena)
{
	struct talker talkers[THREADS] = { 0 };

	for (uint32_t i = 0; i < THREADS; i++) {
		talkers[i].arena = arena;
		talkers[i].index = i;
		random_init(&talkers[i].random, arena->options.seed + i);
		STRESS_CHECK(pthread_create(&talkers[i].thread, NULL,
		    talker_main, &talkers[i]) == 0);
	}
	for (uint32_t i = 0; !options_over(&arena->options); i++) {
		struct talker *talker = &talkers[i % THREADS];

		pthread_join(talker->thread, NULL);
		STRESS_CHECK(pthread_create(&talker->thread, NULL,
		    talker_main, talker) == 0);
	}
	for (uint32_t i = 0; i < THREADS; i++)
		pthread_join(talkers[i].thread, NULL);
}

static void
start(struct arena *arena)
{
	ths_vm_config config = { .workers = arena->options.workers,
		.seed = arena->options.seed | 1 };
	ths_spawn_options options = { .start = THS_ANY(birth,
	    .arena = (uintptr_t)arena) };

	STRESS_CHECK(ths_vm_start(&arena->vm, &config) == THS_OK);
	for (int i = 0; i < ANSWERERS; i++)
		STRESS_CHECK(ths_spawn(arena->vm, &arena->answerers[i],
		    &answerer_actor, &options) == THS_OK);
	for (int i = 0; i < SHARED; i++)
		STRESS_CHECK(ths_client_open(arena->vm, &arena->shared[i]) ==
		    THS_OK);
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
	printf("%" PRIu64 " accepted, %" PRIu64 " received by %" PRIu64
	    " threads, %" PRIu64 " calls gave up, %" PRIu64 " late answers\n",
	    status.accepted, arena->got, arena->threads, arena->late,
	    status.dead[THS_DEAD_LATE]);
	STRESS_CHECK(status.accepted == ended);
	STRESS_CHECK(status.handled >= arena->got);
	STRESS_CHECK(status.failed == 0);
	/* Some answers come late, unless there were hardly any. */
	STRESS_CHECK(status.dead[THS_DEAD_LATE] > 0 ||
	    arena->numbers < NUMBERS_MIN);
	STRESS_CHECK(status.dead[THS_DEAD_UNHANDLED] == 0);
	STRESS_CHECK(status.dead[THS_DEAD_NOBODY] == 0);
}

int
main(int argc, char **argv)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	STRESS_CHECK(arena != NULL);
	arena->options = options_read(argc, argv,
	    "threads of a host that tell, ask and call");
	start(arena);
	run(arena);
	STRESS_CHECK(ths_vm_stop(arena->vm, THS_SECONDS(60)) == THS_OK);
	for (int i = 0; i < SHARED; i++)
		ths_client_close(arena->shared[i]);
	check_books(arena);
	ths_vm_free(arena->vm);
	free(arena);
	return 0;
}
