/* SPDX-License-Identifier: MIT */
/*
 * stress_inline - a VM without threads: two threads call and so pump by turns,
 * a third only tells, and a host's loop runs what is left when woken.
 *
 * What goes wrong in the world if this fails: work comes in while one thread
 * leaves the pump and the other is about to sleep, each trusting the other: the
 * call hangs until its time is over although its answer is one slice away, or
 * mail waits in a VM that nobody is inside and whose host was not told.
 *
 * How it would be noticed: every call has PATIENCE_S seconds, far more than it
 * needs, so one that times out was forgotten.  Some go to an actor that answers
 * by a timer; most of them to a door that opens when the teller tells it, which
 * it does as soon as somebody is before the door, that is, about to sleep:
 * often nobody else is inside then.  The teller waits in the same way for its
 * other mail to be handled.  The host sleeps until it is woken or the deadline
 * that the VM named, and never looks by itself.  Each answer must carry its
 * question's number, and at the end the books must add up.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/machine.h"
#include "base/random.h"
#include "tests/stress/options.h"
#include "thespis/thespis.h"

enum {
	PATIENCE_S = 8,
	HOPS = 8,      /* of a note, at most */
	SILENCE_US = 200,
	TURN_CALLS = 16, /* before others may call, about */
	KINDS = 16,      /* of questions: echo, napper, and the rest door */
	PAUSES = 64,     /* before the door is opened, at most */
	TELLS = 8,       /* one in so many openings the sink is told, too */
	NAPS = 64,     /* at once */
};

THS_MESSAGE(question, THS_FIELD(uint64_t, number))
THS_MESSAGE(answer, THS_FIELD(uint64_t, number))
THS_SIGNAL(open)
THS_MESSAGE(note, THS_FIELD(uint64_t, counter), THS_FIELD(uint32_t, hops))

/* Who is still at work: the callers, the teller and the host end in turn. */
enum phase { ALL, TELLER, HOST, NOBODY };

struct arena {
	struct options options;
	ths_vm *vm;
	ths_address echo;
	ths_address napper;
	ths_address sink;
	ths_address door;
	sem_t woken;
	_Atomic uint32_t phase;   /* enum phase */
	_Atomic uint32_t allowed; /* bit per caller */
	_Atomic uint64_t noted;
	_Atomic uint64_t at_door; /* stand before it */
};

struct caller {
	struct arena *arena;
	uint32_t index;
	struct random random;
	pthread_t thread;
	uint64_t calls;
};

static ths_status
echo_asked(ths_self *self, ths_nothing *nothing,
    const struct question *question)
{
	(void)nothing;
	return ths_reply(self, answer, .number = question->number);
}

THS_ACTOR(echo, ths_nothing, THS_ON(question, echo_asked))

struct napper {
	ths_address askers[NAPS];
	uint64_t numbers[NAPS];
	uint32_t asked;
};

static ths_status
napper_asked(ths_self *self, struct napper *napper,
    const struct question *question)
{
	uint32_t place = napper->asked++ % NAPS;

	napper->askers[place] = ths_sender(self);
	napper->numbers[place] = question->number;
	return ths_timer_set(self, THS_MICROSECONDS(question->number % 1500),
	    place, NULL);
}

static ths_status
napper_woken(ths_self *self, struct napper *napper,
    const struct ths_wakeup *wakeup)
{
	return ths_send(self, napper->askers[wakeup->payload], answer,
	    .number = napper->numbers[wakeup->payload]);
}

THS_ACTOR(napper, struct napper, THS_ON(question, napper_asked),
    THS_ON(ths_wakeup, napper_woken))

static ths_status
sink_noted(ths_self *self, ths_nothing *nothing, const struct note *note)
{
	_Atomic uint64_t *noted = (void *)(uintptr_t)note->counter;

	(void)nothing;
	if (note->hops > 0)
		return ths_send(self, ths_me(self), note,
		    .counter = note->counter, .hops = note->hops - 1);
	atomic_fetch_add(noted, 1);
	return THS_OK;
}

THS_ACTOR(sink, ths_nothing, THS_ON(note, sink_noted))

struct door {
	struct arena *arena;
	ths_address askers[2];
	uint64_t numbers[2];
	uint32_t asked;
};

THS_MESSAGE(place, THS_FIELD(uint64_t, arena))

static ths_status
door_placed(ths_self *self, struct door *door, const struct place *place)
{
	(void)self;
	door->arena = (struct arena *)(uintptr_t)place->arena;
	return THS_OK;
}

static ths_status
door_asked(ths_self *self, struct door *door, const struct question *question)
{
	STRESS_CHECK(door->asked < 2);
	door->askers[door->asked] = ths_sender(self);
	door->numbers[door->asked++] = question->number;
	atomic_fetch_add(&door->arena->at_door, 1);
	return THS_OK;
}

static ths_status
door_opened(ths_self *self, struct door *door, const struct open *open)
{
	(void)open;
	while (door->asked > 0) {
		atomic_fetch_sub(&door->arena->at_door, 1);
		door->asked--;
		(void)ths_send(self, door->askers[door->asked], answer,
		    .number = door->numbers[door->asked]);
	}
	return THS_OK;
}

THS_ACTOR(door, struct door, THS_START(place, door_placed),
    THS_ON(question, door_asked), THS_ON(open, door_opened))

/* Whom question `number` goes to. */
static ths_address
to_ask(const struct arena *arena, uint64_t number)
{
	switch (number % KINDS) {
	case 0:
		return arena->echo;
	case 1:
		return arena->napper;
	default:
		return arena->door;
	}
}

static void
pause_a_little(struct random *random)
{
	uint32_t us = random_below(random, SILENCE_US);

	if (us > SILENCE_US / 2)
		usleep(us);
}

static void *
caller_main(void *argument)
{
	struct caller *caller = argument;
	struct arena *arena = caller->arena;

	while (atomic_load(&arena->phase) == ALL) {
		uint64_t number = random_next(&caller->random);
		const struct answer *answer;
		ths_mail *mail;

		if (!(atomic_load(&arena->allowed) >> caller->index & 1)) {
			sched_yield();
			continue;
		}
		mail = ths_call(arena->vm, to_ask(arena, number),
		    THS_SECONDS(PATIENCE_S), question, .number = number);
		answer = ths_mail_as(mail, answer);
		if (answer == NULL)
			fprintf(stderr, "caller %u, question %" PRIu64
			    " (kind %" PRIu64 "): %s\n", caller->index,
			    caller->calls, number % KINDS, ths_mail_why(mail));
		STRESS_CHECK(answer != NULL);
		STRESS_CHECK(answer->number == number);
		ths_mail_free(mail);
		caller->calls++;
		/* Who may call next; nobody else ends the turn, and so nobody
		 * comes by chance and does what was forgotten. */
		if (random_below(&caller->random, TURN_CALLS) == 0)
			atomic_store(&arena->allowed,
			    1 + random_below(&caller->random, 3));
	}
	return NULL;
}

static double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* Tells the sink and waits until it has it. */
static void
tell_sink(struct caller *teller)
{
	struct arena *arena = teller->arena;
	double since = now();

	STRESS_CHECK(ths_tell(arena->vm, arena->sink, note,
	    .counter = (uintptr_t)&arena->noted,
	    .hops = random_below(&teller->random, HOPS)) == THS_OK);
	teller->calls++;
	while (atomic_load(&arena->noted) != teller->calls) {
		STRESS_CHECK(now() - since < PATIENCE_S);
		sched_yield();
	}
	pause_a_little(&teller->random);
}

static void
wake(void *context)
{
	struct arena *arena = context;

	sem_post(&arena->woken);
}

/* Sleeps until woken, or for span. */
static void
host_sleep(struct arena *arena, ths_duration span)
{
	struct timespec until;

	if (span == THS_FOREVER) {
		sem_wait(&arena->woken);
		return;
	}
	clock_gettime(CLOCK_REALTIME, &until);
	span += until.tv_nsec;
	until.tv_sec += span / THS_SECONDS(1);
	until.tv_nsec = span % THS_SECONDS(1);
	while (sem_timedwait(&arena->woken, &until) != 0 && errno == EINTR)
		;
}

/* Opens the door when somebody stands there, sometimes tells the sink. */
static void *
teller_main(void *argument)
{
	struct caller *teller = argument;
	struct arena *arena = teller->arena;

	while (atomic_load(&arena->phase) <= TELLER) {
		if (atomic_load(&arena->at_door) == 0) {
			sched_yield();
			continue;
		}
		for (uint32_t i = random_below(&teller->random, PAUSES); i > 0;
		    i--)
			machine_pause();
		STRESS_CHECK(ths_tell(arena->vm, arena->door, open) == THS_OK);
		if (random_below(&teller->random, TELLS) == 0)
			tell_sink(teller);
	}
	return NULL;
}

static void *
host_main(void *argument)
{
	struct arena *arena = argument;

	while (atomic_load(&arena->phase) <= HOST) {
		ths_vm_run(arena->vm, 0);
		host_sleep(arena, ths_vm_next_deadline(arena->vm));
	}
	return NULL;
}

static void
start(struct caller *caller, struct arena *arena, uint32_t index)
{
	caller->arena = arena;
	caller->index = index;
	caller->calls = 0;
	random_init(&caller->random, arena->options.seed + index);
	STRESS_CHECK(pthread_create(&caller->thread, NULL,
	    index < 2 ? caller_main : teller_main, caller) == 0);
}

static void
run(struct arena *arena)
{
	struct caller callers[3];
	pthread_t host;

	atomic_store(&arena->allowed, 3);
	for (uint32_t i = 0; i < 3; i++)
		start(&callers[i], arena, i);
	STRESS_CHECK(pthread_create(&host, NULL, host_main, arena) == 0);
	while (!options_over(&arena->options))
		usleep(10000);
	atomic_store(&arena->phase, TELLER);
	for (int i = 0; i < 2; i++)
		pthread_join(callers[i].thread, NULL);
	atomic_store(&arena->phase, HOST);
	pthread_join(callers[2].thread, NULL);
	atomic_store(&arena->phase, NOBODY);
	sem_post(&arena->woken);
	pthread_join(host, NULL);
	printf("%" PRIu64 " and %" PRIu64 " calls, %" PRIu64 " tells\n",
	    callers[0].calls, callers[1].calls, callers[2].calls);
}

static void
check_books(const ths_vm *vm)
{
	ths_vm_status status;
	uint64_t ended;

	ths_vm_status_read(vm, &status);
	ended = status.handled + status.absorbed;
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		ended += status.dead[i];
	STRESS_CHECK(status.accepted == ended);
	STRESS_CHECK(status.dead[THS_DEAD_LATE] == 0);
}

int
main(int argc, char **argv)
{
	struct arena *arena = calloc(1, sizeof(*arena));
	ths_vm_config config = { .mode = THS_MODE_INLINE, .wake = wake,
		.wake_context = arena };

	STRESS_CHECK(arena != NULL);
	arena->options = options_read(argc, argv,
	    "an inline VM with several threads inside; --workers is ignored");
	STRESS_CHECK(sem_init(&arena->woken, 0, 0) == 0);
	config.seed = arena->options.seed | 1;
	STRESS_CHECK(ths_vm_start(&arena->vm, &config) == THS_OK);
	STRESS_CHECK(ths_spawn(arena->vm, &arena->echo, &echo_actor, NULL) ==
	    THS_OK);
	STRESS_CHECK(ths_spawn(arena->vm, &arena->napper, &napper_actor,
	    NULL) == THS_OK);
	STRESS_CHECK(ths_spawn(arena->vm, &arena->sink, &sink_actor, NULL) ==
	    THS_OK);
	STRESS_CHECK(ths_spawn(arena->vm, &arena->door, &door_actor,
	    &(ths_spawn_options){ .start = THS_ANY(place,
	    .arena = (uintptr_t)arena) }) == THS_OK);
	run(arena);
	STRESS_CHECK(ths_vm_stop(arena->vm, THS_SECONDS(PATIENCE_S)) ==
	    THS_OK);
	check_books(arena->vm);
	ths_vm_free(arena->vm);
	sem_destroy(&arena->woken);
	free(arena);
	return 0;
}
