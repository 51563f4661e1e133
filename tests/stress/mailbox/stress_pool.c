/* SPDX-License-Identifier: MIT */
/*
 * stress_pool - threads take envelopes, pass them round and give them back on
 * other threads than took them; caches end and begin; trims run meanwhile.
 *
 * What goes wrong in the world if this fails: two actors get the same envelope
 * and read each other's mail, a message changes while it waits, memory leaks
 * with every message that is freed on another worker, or a trim throws live
 * mail away.
 *
 * How it is noticed: every envelope is filled with a pattern of its taker and a
 * number, checked by the one who gives it back: a double hand-out overwrites it
 * (and ThreadSanitizer sees both writers), a trim of live pages wipes it.  At
 * the end what is out of all caches adds up to zero, and a last trim must find
 * every slab wholly free: an envelope lost on the way would hold its slab.
 */
#include "mailbox/pool.h"

#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "tests/stress/options.h"

enum {
	WORKERS_MAX = 64,
	OUT_MAX = 4096,   /* envelopes in all threads' hands, about */
	SLOTS = 2048,     /* of the exchange */
	HAND = 4,
	MARK = 64,        /* bytes of pattern at either end of a message */
};

struct world {
	struct options options;
	struct memory memory;
	struct pool *pool;
	/* Where envelopes change hands: exchange, acq_rel. */
	_Atomic(struct envelope *) slots[SLOTS];
	_Atomic uint64_t trimmed;
	_Atomic uint64_t ended; /* caches */
};

struct thread {
	pthread_t thread;
	struct world *world;
	struct random random;
	struct pool_cache cache;
	struct envelope *burst; /* held back, chained by next */
	uint32_t burst_length;
	uint64_t number;
	uint64_t taken; /* by the caches that ended */
	uint64_t passed;
};

/* Sizes as mail has them: mostly small, now and then of any class. */
static uint32_t
draw_size(struct random *random)
{
	if (random_below(random, 8) > 0)
		return random_below(random, 100);
	return ENVELOPE_MESSAGE_MAX >> random_below(random, 14);
}

/* How many bytes of pattern a message has at either end. */
static uint32_t
mark_size(const struct envelope *envelope)
{
	return envelope->size < MARK ? envelope->size : MARK;
}

static void
fill(struct thread *thread, struct envelope *envelope)
{
	uint32_t size = mark_size(envelope);
	int byte;

	/* The header names the pattern. */
	envelope->correlation = (uint64_t)(uintptr_t)thread << 16 ^
	    ++thread->number;
	envelope->trace = envelope->size;
	byte = (int)(envelope->correlation & 0xff);
	memset(envelope->message, byte, size);
	memset(envelope->message + envelope->size - size, byte, size);
}

static void
verify(const struct envelope *envelope)
{
	unsigned char byte = (unsigned char)envelope->correlation;
	uint32_t size = mark_size(envelope);

	STRESS_CHECK(envelope->trace == envelope->size);
	STRESS_CHECK(envelope_class(envelope->size) == envelope->size_class);
	for (uint32_t i = 0; i < size; i++) {
		STRESS_CHECK(envelope->message[i] == byte);
		STRESS_CHECK(envelope->message[envelope->size - 1 - i] == byte);
	}
}

static void
give(struct thread *thread, struct envelope *envelope)
{
	verify(envelope);
	pool_give(&thread->cache, envelope);
	thread->passed++;
}

/* Leaves a fresh envelope in a slot and gives back the one found there. */
static void
pass(struct thread *thread)
{
	struct world *world = thread->world;
	struct envelope *envelope = pool_take(&thread->cache,
	    draw_size(&thread->random));

	STRESS_CHECK(envelope != NULL);
	fill(thread, envelope);
	envelope = atomic_exchange_explicit(
	    &world->slots[random_below(&thread->random, SLOTS)], envelope,
	    memory_order_acq_rel);
	if (envelope != NULL)
		give(thread, envelope);
}

static void
burst_end(struct thread *thread)
{
	while (thread->burst != NULL) {
		struct envelope *envelope = thread->burst;

		thread->burst = envelope->next;
		give(thread, envelope);
	}
	thread->burst_length = 0;
}

/* Takes many of one size and holds them, then gives them all: whole batches
 * go through the depot, slabs fill and empty. */
static void
burst(struct thread *thread)
{
	uint32_t max = OUT_MAX / thread->world->options.workers;
	uint32_t size = draw_size(&thread->random);
	uint32_t count = random_below(&thread->random, max) + 1;

	if (size > 1000)
		count = count / 64 + 1;
	if (thread->burst_length + count > max) {
		burst_end(thread);
		return;
	}
	thread->burst_length += count;
	while (count-- > 0) {
		struct envelope *envelope = pool_take(&thread->cache, size);

		STRESS_CHECK(envelope != NULL);
		fill(thread, envelope);
		envelope->next = thread->burst;
		thread->burst = envelope;
	}
}

/* Large envelopes are batches by themselves: a few of them go through the depot
 * again and again, as fast as can be. */
static void
hammer(struct thread *thread)
{
	struct envelope *hand[HAND];

	for (int round = 0; round < 64; round++) {
		uint32_t first = random_below(&thread->random, HAND);

		for (int i = 0; i < HAND; i++) {
			hand[i] = pool_take(&thread->cache,
			    ENVELOPE_MESSAGE_MAX);
			STRESS_CHECK(hand[i] != NULL);
			fill(thread, hand[i]);
		}
		for (uint32_t i = 0; i < HAND; i++)
			give(thread, hand[(first + i) % HAND]);
	}
}

/* As when a client ends and another begins. */
static void
renew(struct thread *thread)
{
	struct world *world = thread->world;

	pool_cache_fini(&thread->cache);
	thread->taken += (uint64_t)pool_cache_out(&thread->cache);
	pool_cache_init(&thread->cache, world->pool);
	atomic_fetch_add_explicit(&world->ended, 1, memory_order_relaxed);
}

static void
trim(struct thread *thread)
{
	uint64_t bytes;

	pool_cache_flush(&thread->cache);
	bytes = pool_trim(thread->world->pool);
	atomic_fetch_add_explicit(&thread->world->trimmed, bytes,
	    memory_order_relaxed);
}

static void *
thread_run(void *context)
{
	struct thread *thread = context;

	for (uint64_t step = 1;; step++) {
		uint32_t dice = random_below(&thread->random, 4096);

		if (dice < 4)
			trim(thread);
		else if (dice < 12)
			renew(thread);
		else if (dice < 60)
			burst(thread);
		else if (dice < 100)
			hammer(thread);
		else
			pass(thread);
		if (step % 256 == 0) {
			sched_yield();
			if (options_over(&thread->world->options))
				break;
		}
	}
	burst_end(thread);
	renew(thread);
	return NULL;
}

/* Gives back what is left in the slots; returns the `taken` of doing so. */
static uint64_t
slots_drain(struct world *world)
{
	struct thread last = { .world = world };

	pool_cache_init(&last.cache, world->pool);
	for (uint32_t i = 0; i < SLOTS; i++) {
		struct envelope *envelope = atomic_load_explicit(
		    &world->slots[i], memory_order_relaxed);

		if (envelope != NULL)
			give(&last, envelope);
	}
	renew(&last);
	return last.taken;
}

/* With nothing out, a trim must find every slab free. */
static void
settle(struct world *world)
{
	struct pool_counts counts;

	pool_trim(world->pool);
	pool_counts_read(world->pool, &counts);
	printf("%" PRIu64 " slabs, %" PRIu64 " KiB, %" PRIu64 " KiB trimmed in "
	    "%" PRIu64 " trims, %" PRIu64 " caches\n", counts.slabs,
	    counts.bytes / KiB, atomic_load(&world->trimmed) / KiB,
	    counts.trims, atomic_load(&world->ended));
	STRESS_CHECK(counts.purged_bytes == counts.bytes);
}

int
main(int argc, char **argv)
{
	static struct world world;
	static struct thread threads[WORKERS_MAX];
	uint64_t taken = 0;
	uint64_t passed = 0;

	world.options = options_read(argc, argv,
	    "pool: take here, give there, trim meanwhile");
	memory_init(&world.memory, NULL, 0);
	world.pool = pool_new(&world.memory);
	STRESS_CHECK(world.pool != NULL);
	for (uint32_t i = 0; i < world.options.workers; i++) {
		threads[i].world = &world;
		random_init(&threads[i].random, world.options.seed + i);
		pool_cache_init(&threads[i].cache, world.pool);
		STRESS_CHECK(pthread_create(&threads[i].thread, NULL,
		    thread_run, &threads[i]) == 0);
	}
	for (uint32_t i = 0; i < world.options.workers; i++) {
		pthread_join(threads[i].thread, NULL);
		taken += threads[i].taken;
		passed += threads[i].passed;
	}
	taken += slots_drain(&world);
	STRESS_CHECK(taken == 0);
	settle(&world);
	printf("%" PRIu64 " envelopes passed\n", passed);
	pool_free(world.pool);
	memory_fini(&world.memory);
	return 0;
}
