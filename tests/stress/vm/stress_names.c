/* SPDX-License-Identifier: MIT */
/*
 * stress_names - many threads and actors create, find, take and give up names.
 *
 * What goes wrong in the world if this fails: a look-up leads to an actor that
 * never had the name, two actors have it at once, or it stays with the dead; a
 * request by name gets nobody.
 *
 * How it would be noticed: each name has a number.  Actors made under a name
 * are told its number and count themselves in and out of it; mail to whom a
 * look-up found carries the number and the receiver compares.  Actors also take
 * second names from a small set and give them up.  There are more names than
 * buckets, so that chains are long.  Names of actors that never end must always
 * be found.  Afterwards the books add up and no name is left.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/random.h"
#include "tests/stress/options.h"
#include "thespis/thespis.h"

enum {
	THREADS = 4,
	NAMES = 300,   /* of actors that come and go */
	STEADY = 16,   /* of actors that stay */
	DESKS = 32,    /* taken and given up */
	QUEUED_MAX = 2000,
	TEXT_SIZE = 40,
};

THS_MESSAGE(born, THS_FIELD(uint32_t, name))
THS_MESSAGE(visit, THS_FIELD(uint32_t, name), THS_FIELD(uint32_t, random))
THS_MESSAGE(visit_desk, THS_FIELD(uint32_t, desk))

static struct arena {
	ths_vm *vm;
	struct options options;
	ths_address steady[STEADY];
	atomic_bool is_over;
	_Atomic uint32_t named[NAMES + STEADY];
	_Atomic uint32_t seated[DESKS];
	_Atomic uint64_t sent;
	_Atomic uint64_t met;
	_Atomic uint64_t found;
	_Atomic uint64_t missed;
} arena;

struct keeper {
	uint32_t name;
	uint32_t has_sat; /* bits: desks it ever had */
	uint32_t sits;    /* and has now */
};

_Static_assert(DESKS <= 32, "a bit for each desk");

/* Relaxed: numbers that order nothing, so that they hide no race. */
static uint64_t
add(_Atomic uint64_t *count)
{
	return atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
}

static void
enter(_Atomic uint32_t *place)
{
	STRESS_CHECK(atomic_fetch_add_explicit(place, 1,
	    memory_order_relaxed) == 0);
}

static void
leave(_Atomic uint32_t *place)
{
	STRESS_CHECK(atomic_fetch_sub_explicit(place, 1,
	    memory_order_relaxed) == 1);
}

static const char *
name_text(uint32_t name, char text[TEXT_SIZE])
{
	snprintf(text, TEXT_SIZE, "%s keeper %" PRIu32,
	    name < NAMES ? "passing" : "steady", name);
	return text;
}

static const char *
desk_text(uint32_t desk, char text[TEXT_SIZE])
{
	snprintf(text, TEXT_SIZE, "desk %" PRIu32, desk);
	return text;
}

/* ------------------------------------------------------------------- actors */

static ths_status
keeper_born(ths_self *self, struct keeper *keeper, const struct born *born)
{
	(void)self;
	keeper->name = born->name;
	enter(&arena.named[born->name]);
	return THS_OK;
}

static void
change_desk(ths_self *self, struct keeper *keeper, uint32_t desk)
{
	char text[TEXT_SIZE];

	desk_text(desk, text);
	if (keeper->sits >> desk & 1) {
		leave(&arena.seated[desk]);
		keeper->sits &= ~(1u << desk);
		STRESS_CHECK(ths_name_unregister(self, text) == THS_OK);
		return;
	}
	keeper->has_sat |= 1u << desk;
	if (ths_name_register(self, text) != THS_OK)
		return;
	keeper->sits |= 1u << desk;
	enter(&arena.seated[desk]);
}

static ths_status
keeper_visit(ths_self *self, struct keeper *keeper, const struct visit *visit)
{
	char text[TEXT_SIZE];
	uint32_t desk = visit->random / 16 % DESKS;
	ths_address address;

	STRESS_CHECK(visit->name == keeper->name);
	add(&arena.met);
	change_desk(self, keeper, visit->random % DESKS);
	if (ths_name_find(ths_self_vm(self), desk_text(desk, text),
	    &address) == THS_OK) {
		add(&arena.sent);
		(void)ths_send(self, address, visit_desk, .desk = desk);
	}
	if (keeper->name < NAMES && visit->random % 5 == 0)
		ths_exit(self);
	return THS_OK;
}

static ths_status
keeper_visit_desk(ths_self *self, struct keeper *keeper,
    const struct visit_desk *visit)
{
	(void)self;
	STRESS_CHECK(keeper->has_sat >> visit->desk & 1);
	add(&arena.met);
	return THS_OK;
}

static void
keeper_exit(ths_self *self, struct keeper *keeper)
{
	(void)self;
	for (uint32_t i = 0; i < DESKS; i++) {
		if (keeper->sits >> i & 1)
			leave(&arena.seated[i]);
	}
	leave(&arena.named[keeper->name]);
}

THS_ACTOR(keeper, struct keeper, THS_START(born, keeper_born),
    THS_ON(visit, keeper_visit), THS_ON(visit_desk, keeper_visit_desk),
    THS_EXIT(keeper_exit))

/* ------------------------------------------------------------------ threads */

static ths_address
spawn(uint32_t name)
{
	char text[TEXT_SIZE];
	ths_spawn_options options = { .name = name_text(name, text),
		.start = THS_ANY(born, .name = name) };
	ths_address address;

	STRESS_CHECK(ths_spawn(arena.vm, &address, &keeper_actor, &options) ==
	    THS_OK);
	return address;
}

static void
go_to_name(struct random *random)
{
	uint32_t name = random_below(random, NAMES);
	char text[TEXT_SIZE];
	ths_address address;

	if (random_below(random, 4) == 0) {
		address = spawn(name);
	} else if (ths_name_find(arena.vm, name_text(name, text), &address) !=
	    THS_OK) {
		add(&arena.missed);
		return;
	}
	add(&arena.found);
	add(&arena.sent);
	STRESS_CHECK(ths_tell(arena.vm, address, visit, .name = name,
	    .random = random_below(random, UINT32_MAX)) == THS_OK);
}

static void
look_for_steady(struct random *random)
{
	uint32_t index = random_below(random, STEADY);
	char text[TEXT_SIZE];
	ths_address address;

	STRESS_CHECK(ths_name_find(arena.vm, name_text(NAMES + index, text),
	    &address) == THS_OK);
	STRESS_CHECK(ths_address_equal(address, arena.steady[index]));
}

static void *
thread_main(void *argument)
{
	struct random *random = argument;
	ths_vm_status status;

	for (uint64_t turn = 0; !atomic_load(&arena.is_over); turn++) {
		if (turn % 256 == 0) {
			ths_vm_status_read(arena.vm, &status);
			if (status.queued > QUEUED_MAX)
				usleep(1000);
		}
		if (random_below(random, 3) == 0)
			look_for_steady(random);
		else
			go_to_name(random);
	}
	return NULL;
}

static void
run(void)
{
	pthread_t threads[THREADS];
	struct random randoms[THREADS];

	for (uint32_t i = 0; i < STEADY; i++)
		arena.steady[i] = spawn(NAMES + i);
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
}

static void
check_books(void)
{
	ths_vm_status status;
	uint64_t dead = 0;

	ths_vm_status_read(arena.vm, &status);
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		dead += status.dead[i];
	printf("%" PRIu64 " visits, %" PRIu64 " met, %" PRIu64 " dead; %"
	    PRIu64 " names not found, %" PRIu64 " lives\n",
	    atomic_load(&arena.sent), atomic_load(&arena.met), dead,
	    atomic_load(&arena.missed), status.spawned);
	STRESS_CHECK(atomic_load(&arena.met) + dead ==
	    atomic_load(&arena.sent));
	STRESS_CHECK(status.spawned == status.exited);
	STRESS_CHECK(status.names == 0);
	for (int i = 0; i < NAMES + STEADY; i++)
		STRESS_CHECK(atomic_load(&arena.named[i]) == 0);
	for (int i = 0; i < DESKS; i++)
		STRESS_CHECK(atomic_load(&arena.seated[i]) == 0);
}

int
main(int argc, char **argv)
{
	ths_vm_config config = { .names_max = NAMES + STEADY + DESKS };

	arena.options = options_read(argc, argv,
	    "a name leads to the one actor that has it");
	config.workers = arena.options.workers;
	config.seed = arena.options.seed | 1;
	STRESS_CHECK(ths_vm_start(&arena.vm, &config) == THS_OK);
	run();
	STRESS_CHECK(ths_vm_stop(arena.vm, THS_SECONDS(60)) == THS_OK);
	check_books();
	ths_vm_free(arena.vm);
	return 0;
}
