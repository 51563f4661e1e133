/* SPDX-License-Identifier: MIT */
/*
 * stress_name_monitors - names change hands fast while many monitor them, and
 * begin and end to.
 *
 * What goes wrong in the world if this fails: a watcher believes in a holder
 * that is long gone, for the last change was not told; or hears of a name that
 * it does no longer monitor; or the envelope of a monitor is used by two.
 *
 * How it would be noticed: holders take and give up names, and end and are made
 * again, at random.  Some watchers monitor all names throughout; others change
 * their mind with every third message and know what they monitor.  In the end
 * all holders are gone, and each steady watcher must know every name as free.
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
	THREADS = 3,
	NAMES = 12,
	HOLDERS = 8,
	STEADY = 4,
	FICKLE = 8,
	QUEUED_MAX = 2000,
	TEXT_SIZE = 16,
	TRIES = 20000, /* of a millisecond */
	ALIVE_MAX = 4096,
	LEFT = 100, /* pokes that the stop finds unread, for each fickle one */
};

THS_MESSAGE(poke, THS_FIELD(uint32_t, random))
THS_SIGNAL(begin)

static struct arena {
	ths_vm *vm;
	struct options options;
	ths_address fickle[FICKLE];
	ths_address steady[STEADY];
	atomic_bool is_over;
	atomic_bool is_stopping;
	_Atomic uint32_t believed[STEADY]; /* names that it takes for held */
	_Atomic uint32_t begun; /* steady ones that monitor */
	_Atomic uint32_t numbered;
	_Atomic uint64_t changes;
	_Atomic uint64_t told;
} arena;

/* Relaxed: numbers that order nothing, so that they hide no race. */
static void
add(_Atomic uint64_t *count)
{
	atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
}

static const char *
name_text(uint32_t name, char text[TEXT_SIZE])
{
	snprintf(text, TEXT_SIZE, "name %" PRIu32, name);
	return text;
}

static uint32_t
name_number(const char *text)
{
	return (uint32_t)strtoul(text + sizeof("name ") - 1, NULL, 10);
}

/* ------------------------------------------------------------------ holders */

struct holder { uint32_t has; /* bits */ };

static ths_status
holder_poke(ths_self *self, struct holder *holder, const struct poke *poke)
{
	uint32_t name = poke->random % NAMES;
	char text[TEXT_SIZE];

	name_text(name, text);
	if (holder->has >> name & 1) {
		holder->has &= ~(1u << name);
		STRESS_CHECK(ths_name_unregister(self, text) == THS_OK);
		add(&arena.changes);
	} else if (ths_name_register(self, text) == THS_OK) {
		holder->has |= 1u << name;
		add(&arena.changes);
	}
	if (poke->random / NAMES % 64 == 0)
		ths_exit(self);
	return THS_OK;
}

THS_ACTOR(holder, struct holder, THS_ON(poke, holder_poke))

/* ----------------------------------------------------------------- watchers */

struct steady { uint32_t number; uint32_t held; /* bits */ };

static ths_status
steady_begin(ths_self *self, struct steady *steady, const struct begin *begin)
{
	char text[TEXT_SIZE];

	(void)begin;
	steady->number = atomic_fetch_add(&arena.numbered, 1);
	for (uint32_t i = 0; i < NAMES; i++)
		STRESS_CHECK(ths_monitor_name(self, name_text(i, text)) ==
		    THS_OK);
	atomic_fetch_add(&arena.begun, 1);
	return THS_OK;
}

static ths_status
steady_changed(ths_self *self, struct steady *steady,
    const struct ths_name_changed *changed)
{
	uint32_t bit = 1u << name_number(changed->name);

	(void)self;
	add(&arena.told);
	if (ths_address_is_nobody(changed->holder))
		steady->held &= ~bit;
	else
		steady->held |= bit;
	atomic_store(&arena.believed[steady->number], steady->held);
	return THS_OK;
}

THS_ACTOR(steady, struct steady,
    THS_ON(begin, steady_begin),
    THS_ON(ths_name_changed, steady_changed))

struct fickle { uint32_t monitors; /* bits */ };

static ths_status
fickle_poke(ths_self *self, struct fickle *fickle, const struct poke *poke)
{
	uint32_t name = poke->random % NAMES;
	char text[TEXT_SIZE];
	ths_status status;

	name_text(name, text);
	if (fickle->monitors >> name & 1) {
		fickle->monitors &= ~(1u << name);
		STRESS_CHECK(ths_demonitor_name(self, text));
	} else {
		STRESS_CHECK(!ths_demonitor_name(self, text));
		status = ths_monitor_name(self, text);
		if (status == THS_OK)
			fickle->monitors |= 1u << name;
		else
			STRESS_CHECK(status == THS_STOPPED &&
			    atomic_load(&arena.is_stopping));
	}
	return THS_OK;
}

static ths_status
fickle_changed(ths_self *self, struct fickle *fickle,
    const struct ths_name_changed *changed)
{
	uint32_t name = name_number(changed->name);

	STRESS_CHECK(fickle->monitors >> name & 1);
	add(&arena.told);
	if (changed->holder.slot % 3 == 0) {
		STRESS_CHECK(ths_demonitor_name(self, changed->name));
		fickle->monitors &= ~(1u << name);
	}
	return THS_OK;
}

THS_ACTOR(fickle, struct fickle,
    THS_ON(poke, fickle_poke),
    THS_ON(ths_name_changed, fickle_changed))

/* ------------------------------------------------------------------ threads */

static ths_address
spawn(const ths_actor *actor)
{
	ths_address address;

	STRESS_CHECK(ths_spawn(arena.vm, &address, actor, NULL) == THS_OK);
	return address;
}

static void
tell_poke(ths_address to, struct random *random)
{
	STRESS_CHECK(ths_tell(arena.vm, to, poke,
	    .random = random_below(random, UINT32_MAX)) == THS_OK);
}

static void *
thread_main(void *argument)
{
	struct random *random = argument;
	ths_address holders[HOLDERS];
	ths_vm_status status;

	for (int i = 0; i < HOLDERS; i++)
		holders[i] = spawn(&holder_actor);
	for (uint64_t turn = 0; !atomic_load(&arena.is_over); turn++) {
		uint32_t one = random_below(random, HOLDERS);

		if (turn % 256 == 0) {
			ths_vm_status_read(arena.vm, &status);
			if (status.queued > QUEUED_MAX)
				usleep(1000);
		}
		tell_poke(holders[one], random);
		if (random_below(random, 4) == 0)
			tell_poke(arena.fickle[random_below(random, FICKLE)],
			    random);
		if (random_below(random, 16) != 0)
			continue;
		STRESS_CHECK(ths_tell(arena.vm, holders[one],
		    ths_exit_request) == THS_OK);
		holders[one] = spawn(&holder_actor);
	}
	return NULL;
}

/* Asks all to exit that are no watchers, and waits for that. */
static void
end_holders(void)
{
	static ths_address actors[ALIVE_MAX];
	size_t length = 0;

	for (int i = 0; i < TRIES; i++) {
		length = ths_vm_actors(arena.vm, actors, ALIVE_MAX);
		if (length <= STEADY + FICKLE)
			return;
		if (length > ALIVE_MAX)
			length = ALIVE_MAX;
		for (size_t j = 0; j < length && i % 100 == 0; j++) {
			ths_actor_status status;

			if (ths_actor_status_read(arena.vm, actors[j],
			    &status) == THS_OK && status.kind[0] == 'h')
				ths_tell(arena.vm, actors[j],
				    ths_exit_request);
		}
		usleep(1000);
	}
	STRESS_CHECK(length <= STEADY + FICKLE);
}

static void
check_belief(void)
{
	for (int i = 0; i < STEADY; i++) {
		int tries = 0;

		while (atomic_load(&arena.believed[i]) != 0 && tries++ < TRIES)
			usleep(1000);
		STRESS_CHECK(atomic_load(&arena.believed[i]) == 0);
	}
}

static void
run(void)
{
	pthread_t threads[THREADS];
	struct random randoms[THREADS];

	for (int i = 0; i < STEADY; i++) {
		arena.steady[i] = spawn(&steady_actor);
		STRESS_CHECK(ths_tell(arena.vm, arena.steady[i], begin) ==
		    THS_OK);
	}
	while (atomic_load(&arena.begun) < STEADY)
		usleep(1000);
	for (int i = 0; i < FICKLE; i++)
		arena.fickle[i] = spawn(&fickle_actor);
	for (uint32_t i = 0; i < THREADS; i++) {
		random_init(&randoms[i], arena.options.seed + i);
		STRESS_CHECK(pthread_create(&threads[i], NULL, thread_main,
		    &randoms[i]) == 0);
	}
	while (!options_over(&arena.options))
		usleep(10000);
	atomic_store(&arena.is_over, true);
	for (uint32_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	end_holders();
	check_belief();
	/* What is unread when the VM stops is met, but begins no monitor. */
	for (int i = 0; i < LEFT * FICKLE; i++)
		tell_poke(arena.fickle[i % FICKLE], &randoms[0]);
	atomic_store(&arena.is_stopping, true);
}

int
main(int argc, char **argv)
{
	ths_vm_config config = { .log_level = THS_LOG_ERROR };
	ths_vm_status status;

	arena.options = options_read(argc, argv,
	    "who monitors a name knows its last holder");
	config.workers = arena.options.workers;
	config.seed = arena.options.seed | 1;
	STRESS_CHECK(ths_vm_start(&arena.vm, &config) == THS_OK);
	run();
	STRESS_CHECK(ths_vm_stop(arena.vm, THS_SECONDS(60)) == THS_OK);
	ths_vm_status_read(arena.vm, &status);
	printf("%" PRIu64 " changes by hand, %" PRIu64 " told, %" PRIu64
	    " lives\n", atomic_load(&arena.changes), atomic_load(&arena.told),
	    status.spawned);
	STRESS_CHECK(status.names == 0);
	STRESS_CHECK(status.name_monitors == 0);
	STRESS_CHECK(status.spawned == status.exited);
	ths_vm_free(arena.vm);
	return 0;
}
