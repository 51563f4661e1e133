/* SPDX-License-Identifier: MIT */
/*
 * world - a VM to try things in: its log is kept, and its end is checked.
 *
 * Every test that starts a VM ends it by world_end(), so each of them also
 * shows that the VM stops, that all messages add up, and (in debug and
 * sanitizer builds) that all memory came back.
 *
 * An inline VM runs in the test's own thread, so handlers may note what they
 * saw in plain statics; those of a local one use atomics.
 */
#ifndef TESTS_UNIT_VM_WORLD_H
#define TESTS_UNIT_VM_WORLD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/harness.h"
#include "thespis/thespis.h"
#include "vm/endpoint/client.h"
#include "vm/vm.h"

enum {
	WORLD_LINES = 64,      /* kept of the log */
	WORLD_LINE_SIZE = 256,
	WORLD_TRIES = 10000,   /* of a millisecond, for what must happen */
};

struct world {
	ths_vm *vm;
	pthread_mutex_t mutex; /* guards the lines */
	int lines_length;
	char lines[WORLD_LINES][WORLD_LINE_SIZE];
};

static inline void
world_log(void *context, ths_log_level level, const char *text)
{
	struct world *world = context;

	(void)level;
	pthread_mutex_lock(&world->mutex);
	if (world->lines_length < WORLD_LINES)
		snprintf(world->lines[world->lines_length++], WORLD_LINE_SIZE,
		    "%s", text);
	pthread_mutex_unlock(&world->mutex);
}

/* How many lines of the log hold text. */
static inline int
world_logged(struct world *world, const char *text)
{
	int found = 0;

	pthread_mutex_lock(&world->mutex);
	for (int i = 0; i < world->lines_length; i++)
		found += strstr(world->lines[i], text) != NULL;
	pthread_mutex_unlock(&world->mutex);
	return found;
}

static inline void
world_init(struct world *world)
{
	memset(world, 0, sizeof(*world));
	pthread_mutex_init(&world->mutex, NULL);
}

/* Starts the VM as config says, but for the log; NULL ports: the system's. */
static inline ths_status
world_try(struct world *world, ths_vm_config config,
    const struct vm_ports *ports)
{
	world_init(world);
	config.log = world_log;
	config.log_context = world;
	return vm_start(&world->vm, &config, ports);
}

static inline void
world_begin_with(struct world *world, ths_vm_config config)
{
	cr_assert_eq(world_try(world, config, NULL), THS_OK);
	cr_assert_not_null(world->vm);
}

static inline void
world_begin_inline(struct world *world)
{
	world_begin_with(world, (ths_vm_config){ .mode = THS_MODE_INLINE });
}

static inline void
world_begin_local(struct world *world, uint32_t workers)
{
	world_begin_with(world, (ths_vm_config){ .workers = workers });
}

static inline ths_vm_status
world_status(const struct world *world)
{
	ths_vm_status status;

	ths_vm_status_read(world->vm, &status);
	return status;
}

static inline uint64_t
world_dead(const struct world *world, ths_dead_reason reason)
{
	return world_status(world).dead[reason];
}

/* All that an accepted message can have become. */
static inline uint64_t
world_ended(const ths_vm_status *status)
{
	uint64_t ended = status->handled + status->absorbed;

	for (int i = 0; i < THS_DEAD_COUNT; i++)
		ended += status->dead[i];
	return ended;
}

/* Envelopes in nobody's cache: what is queued, in hand or lost.  Of a VM that
 * nobody else uses at the moment. */
static inline int64_t
world_envelopes_out(const struct world *world)
{
	const struct ths_client *client = client_first(world->vm);
	int64_t out = 0;

	for (uint32_t i = 0; i < world->vm->crews_count; i++)
		out += pool_cache_out(&world->vm->crews[i].cache);
	for (; client != NULL; client = client->next)
		out += pool_cache_out(&client->crew.cache);
	return out;
}

/* After a stop: nobody is left, and the messages add up. */
static inline void
world_check(const struct world *world)
{
	ths_vm_status status = world_status(world);

	cr_assert_eq(status.accepted, world_ended(&status),
	    "%llu accepted, %llu ended", (unsigned long long)status.accepted,
	    (unsigned long long)world_ended(&status));
	cr_assert_eq(status.queued, 0);
	cr_assert_eq(status.spawned, status.exited);
	cr_assert_eq(status.actors, 0);
	cr_assert_eq(status.blobs, 0, "the test has dropped its own");
	cr_assert_eq(status.blob_bytes, 0);
	cr_assert_eq(world_envelopes_out(world), 0);
}

/* Stops with this timeout, checks, frees; returns what the stop said. */
static inline ths_status
world_end_within(struct world *world, ths_duration timeout)
{
	ths_status status = ths_vm_stop(world->vm, timeout);

	world_check(world);
	ths_vm_free(world->vm);
	world->vm = NULL;
	pthread_mutex_destroy(&world->mutex);
	return status;
}

static inline void
world_end(struct world *world)
{
	cr_assert_eq(world_end_within(world, THS_SECONDS(30)), THS_OK);
}

static inline void
world_sleep_ms(long ms)
{
	struct timespec span = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&span, NULL);
}

/* Waits until number is at least wanted; false if that takes too long. */
static inline bool
world_await(_Atomic int *number, int wanted)
{
	for (int i = 0; i < WORLD_TRIES; i++) {
		if (atomic_load(number) >= wanted)
			return true;
		world_sleep_ms(1);
	}
	return false;
}

/* An actor that takes part in nothing. */
static inline ths_address
world_spawn(struct world *world, const ths_actor *actor)
{
	ths_address address = THS_NOBODY;

	cr_assert_eq(ths_spawn(world->vm, &address, actor, NULL), THS_OK);
	cr_assert_not(ths_address_is_nobody(address));
	return address;
}

/* A place of the VM where nobody has ever lived. */
static inline ths_address
world_nowhere(const struct world *world)
{
	return vm_address(world->vm, UINT32_MAX, 1);
}

static inline struct slot *
world_slot(const struct world *world, ths_address address)
{
	return slots_find(&world->vm->slots, address.slot);
}

#endif
