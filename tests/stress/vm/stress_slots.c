/* SPDX-License-Identifier: MIT */
/*
 * stress_slots - actors die and are born in the same places while mail for the
 * dead is still on its way.
 *
 * What goes wrong in the world if this fails: a message for an actor that is
 * gone reaches the one that was born in its place: a payment booked on the
 * account of a stranger.  Or it vanishes, or is counted twice.
 *
 * How it would be noticed: each actor is told its number when it is born; each
 * message says for whose number it is, and a handler compares.  An actor ends
 * after a few messages, and its exit gives birth to the next one, whose address
 * takes its place in a shared table.  Senders, actors and outside threads, keep
 * addresses long after that.  The table is short, so slots are used again at
 * once.  At the end every message that was sent was handled or is a dead
 * letter, exactly once: the test's own counts, and the VM's, add up.
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
	PLACES = 64,       /* in the table: actors alive, about */
	OLD = 32,          /* addresses that a sender remembers */
	LIFE_MESSAGES = 8, /* an actor ends after so many, at most */
	SENDERS = 3,       /* outside */
	SENDS = 16,        /* between looks at the time */
	FLIGHT_MAX = 20000, /* not yet accounted for, about */
};

THS_MESSAGE(birth, THS_FIELD(uint64_t, arena), THS_FIELD(uint64_t, number),
    THS_FIELD(uint32_t, place))
THS_MESSAGE(letter, THS_FIELD(uint64_t, number), THS_FIELD(uint32_t, hops))

/* Where an actor can be found: under a lock, as a host would keep it. */
struct place {
	pthread_mutex_t mutex;
	ths_address address;
	uint64_t number;
};

struct arena {
	struct options options;
	ths_vm *vm;
	atomic_bool is_over;
	_Atomic uint64_t born;    /* the last number */
	_Atomic uint64_t sent;    /* letters */
	_Atomic uint64_t handled; /* letters */
	_Atomic uint64_t exits;
	struct place places[PLACES];
};

/* What a sender remembers of the table. */
struct memory_of {
	ths_address addresses[OLD];
	uint64_t numbers[OLD];
};

struct mortal {
	struct arena *arena;
	uint64_t number;
	uint32_t place;
	uint32_t left; /* messages to live */
	struct random random;
	struct memory_of old;
};

struct sender {
	struct arena *arena;
	struct random random;
	pthread_t thread;
	struct memory_of old;
};

static ths_status mortal_born(ths_self *self, struct mortal *mortal,
    const struct birth *birth);
static ths_status mortal_written(ths_self *self, struct mortal *mortal,
    const struct letter *letter);
static void mortal_died(ths_self *self, struct mortal *mortal);

THS_ACTOR(mortal, struct mortal, THS_START(birth, mortal_born),
    THS_ON(letter, mortal_written), THS_EXIT(mortal_died))

/* Whom to write to: mostly somebody remembered, sometimes whoever is in the
 * table now, who is remembered from then on. */
static uint32_t
choose(struct arena *arena, struct memory_of *old, struct random *random)
{
	uint32_t index = random_below(random, OLD);
	struct place *place = &arena->places[random_below(random, PLACES)];

	if (old->numbers[index] == 0 || random_below(random, 4) == 0) {
		pthread_mutex_lock(&place->mutex);
		old->addresses[index] = place->address;
		old->numbers[index] = place->number;
		pthread_mutex_unlock(&place->mutex);
	}
	return index;
}

/* Puts a new actor into a place, made by self or from outside. */
static void
give_birth(struct arena *arena, ths_self *self, uint32_t index)
{
	struct place *place = &arena->places[index];
	uint64_t number = atomic_fetch_add(&arena->born, 1) + 1;
	ths_spawn_options options = { .start = THS_ANY(birth,
	    .arena = (uintptr_t)arena, .number = number, .place = index) };
	ths_status status;
	ths_address child;

	status = self != NULL ?
	    ths_spawn_child(self, &child, &mortal_actor, &options) :
	    ths_spawn(arena->vm, &child, &mortal_actor, &options);
	if (status == THS_STOPPED)
		return;
	STRESS_CHECK(status == THS_OK);
	pthread_mutex_lock(&place->mutex);
	place->address = child;
	place->number = number;
	pthread_mutex_unlock(&place->mutex);
}

static ths_status
mortal_born(ths_self *self, struct mortal *mortal, const struct birth *birth)
{
	(void)self;
	mortal->arena = (struct arena *)(uintptr_t)birth->arena;
	mortal->number = birth->number;
	mortal->place = birth->place;
	random_init(&mortal->random, birth->number);
	mortal->left = 1 + random_below(&mortal->random, LIFE_MESSAGES);
	return THS_OK;
}

static ths_status
mortal_written(ths_self *self, struct mortal *mortal,
    const struct letter *letter)
{
	struct arena *arena = mortal->arena;

	if (letter->number != mortal->number)
		fprintf(stderr, "number %" PRIu64 " got a letter for %" PRIu64
		    "\n", mortal->number, letter->number);
	STRESS_CHECK(letter->number == mortal->number);
	STRESS_CHECK(mortal->left > 0);
	atomic_fetch_add(&arena->handled, 1);
	if (letter->hops > 0) {
		uint32_t whom = choose(arena, &mortal->old, &mortal->random);

		atomic_fetch_add(&arena->sent, 1);
		STRESS_CHECK(ths_send(self, mortal->old.addresses[whom],
		    letter, .number = mortal->old.numbers[whom],
		    .hops = letter->hops - 1) == THS_OK);
	}
	if (--mortal->left > 0)
		return THS_OK;
	/* Its child takes its place, and lives on. */
	if (!atomic_load(&arena->is_over))
		give_birth(arena, self, mortal->place);
	ths_exit_alone(self);
	return THS_OK;
}

static void
mortal_died(ths_self *self, struct mortal *mortal)
{
	(void)self;
	atomic_fetch_add(&mortal->arena->exits, 1);
}

/* Holds on while much is on its way. */
static void
wait_for_room(struct arena *arena)
{
	ths_vm_status status;

	for (;;) {
		ths_vm_status_read(arena->vm, &status);
		if (status.queued < FLIGHT_MAX)
			return;
		usleep(100);
	}
}

static void *
sender_main(void *argument)
{
	struct sender *sender = argument;
	struct arena *arena = sender->arena;

	while (!atomic_load(&arena->is_over)) {
		for (int i = 0; i < SENDS; i++) {
			uint32_t whom = choose(arena, &sender->old,
			    &sender->random);

			atomic_fetch_add(&arena->sent, 1);
			STRESS_CHECK(ths_tell(arena->vm,
			    sender->old.addresses[whom], letter,
			    .number = sender->old.numbers[whom],
			    .hops = 3) == THS_OK);
		}
		wait_for_room(arena);
	}
	return NULL;
}

static void
run(struct arena *arena)
{
	struct sender *senders = calloc(SENDERS, sizeof(*senders));

	STRESS_CHECK(senders != NULL);
	for (uint32_t i = 0; i < PLACES; i++) {
		pthread_mutex_init(&arena->places[i].mutex, NULL);
		give_birth(arena, NULL, i);
	}
	for (uint32_t i = 0; i < SENDERS; i++) {
		senders[i].arena = arena;
		random_init(&senders[i].random, arena->options.seed + i);
		STRESS_CHECK(pthread_create(&senders[i].thread, NULL,
		    sender_main, &senders[i]) == 0);
	}
	while (!options_over(&arena->options))
		usleep(10000);
	atomic_store(&arena->is_over, true);
	for (uint32_t i = 0; i < SENDERS; i++)
		pthread_join(senders[i].thread, NULL);
	free(senders);
}

static void
check_books(struct arena *arena)
{
	ths_vm_status status;
	uint64_t dead = 0;

	ths_vm_status_read(arena->vm, &status);
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		dead += status.dead[i];
	printf("%" PRIu64 " letters, %" PRIu64 " handled, %" PRIu64
	    " dead (%" PRIu64 " stale), %" PRIu64 " lives\n",
	    atomic_load(&arena->sent), status.handled, dead,
	    status.dead[THS_DEAD_STALE], status.spawned);
	STRESS_CHECK(status.handled == atomic_load(&arena->handled));
	STRESS_CHECK(status.handled + dead == atomic_load(&arena->sent));
	STRESS_CHECK(status.accepted ==
	    status.handled + dead + status.absorbed);
	STRESS_CHECK(status.spawned == status.exited);
	STRESS_CHECK(status.exited == atomic_load(&arena->exits));
	STRESS_CHECK(status.dead[THS_DEAD_STALE] > 0);
}

int
main(int argc, char **argv)
{
	struct arena *arena = calloc(1, sizeof(*arena));
	ths_vm_config config = { 0 };

	STRESS_CHECK(arena != NULL);
	arena->options = options_read(argc, argv,
	    "mail for the dead never reaches the living");
	config.workers = arena->options.workers;
	config.seed = arena->options.seed | 1;
	STRESS_CHECK(ths_vm_start(&arena->vm, &config) == THS_OK);
	run(arena);
	STRESS_CHECK(ths_vm_stop(arena->vm, THS_SECONDS(60)) == THS_OK);
	check_books(arena);
	ths_vm_free(arena->vm);
	for (uint32_t i = 0; i < PLACES; i++)
		pthread_mutex_destroy(&arena->places[i].mutex);
	free(arena);
	return 0;
}
