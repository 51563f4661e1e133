/* SPDX-License-Identifier: MIT */
/*
 * floor_inbox - what do inbox and pool cost by themselves, without actors?
 *
 *     floor_inbox [messages] [rounds]
 *
 *   pool_take_give       one envelope taken and given back, one thread
 *   inbox_one            push to an idle inbox, take, go idle: the shortest
 *                        conversation there is, one thread
 *   inbox_batch          64 pushes, one take, one thread
 *   inbox_pool_N         N producers take envelopes from their caches and push
 *                        them to one consumer, which gives them to its own: the
 *                        whole way of a message between threads; wall time
 *
 * Prints `name value unit`, the best of the rounds; the first round warms up.
 */
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "mailbox/inbox.h"
#include "mailbox/pool.h"

enum {
	BATCH = 64,
	PRODUCERS_MAX = 2,
	WAITING_MAX = 1024, /* a producer ahead of the consumer yields */
};

struct bench {
	struct memory memory;
	struct clock clock;
	struct pool *pool;
	struct pool_cache cache;
	struct inbox inbox;
	uint32_t messages;
	uint32_t rounds;
};

typedef void (*workload)(struct bench *bench, uint32_t producers);

/* A program that measures has no use for a status. */
static void
demand(bool is_so, const char *what)
{
	if (is_so)
		return;
	fprintf(stderr, "floor_inbox: %s\n", what);
	exit(1);
}

static struct envelope *
take(struct pool_cache *cache)
{
	struct envelope *envelope = pool_take(cache, 16);

	demand(envelope != NULL, "no memory");
	envelope->flags = 0; /* no run */
	return envelope;
}

/* Gives what came; returns how many. */
static uint32_t
give_all(struct pool_cache *cache, struct envelope *envelope)
{
	uint32_t count = 0;

	for (; envelope != NULL; count++) {
		struct envelope *next = envelope->next;

		pool_give(cache, envelope);
		envelope = next;
	}
	return count;
}

static void
pool_take_give(struct bench *bench, uint32_t producers)
{
	(void)producers;
	for (uint32_t i = 0; i < bench->messages; i++)
		pool_give(&bench->cache, take(&bench->cache));
}

static void
inbox_one(struct bench *bench, uint32_t producers)
{
	struct envelope *envelope = take(&bench->cache);

	(void)producers;
	for (uint32_t i = 0; i < bench->messages; i++) {
		demand(inbox_push(&bench->inbox, envelope, 0) ==
		    INBOX_WAS_IDLE, "the inbox was not idle");
		envelope = inbox_take(&bench->inbox);
		demand(inbox_try_idle(&bench->inbox), "mail from nowhere");
	}
	pool_give(&bench->cache, envelope);
}

static void
inbox_batch(struct bench *bench, uint32_t producers)
{
	struct envelope *chain = NULL;

	(void)producers;
	for (uint32_t i = 0; i < BATCH; i++) {
		struct envelope *envelope = take(&bench->cache);

		envelope->next = chain;
		chain = envelope;
	}
	for (uint32_t i = 0; i < bench->messages / BATCH; i++) {
		while (chain != NULL) {
			struct envelope *next = chain->next;

			inbox_push(&bench->inbox, chain, 0);
			chain = next;
		}
		chain = inbox_take(&bench->inbox);
	}
	give_all(&bench->cache, chain);
	demand(inbox_try_idle(&bench->inbox), "mail left");
}

struct producer {
	pthread_t thread;
	struct bench *bench;
	uint32_t count;
};

static void *
produce(void *context)
{
	struct producer *producer = context;
	struct inbox *inbox = &producer->bench->inbox;
	struct pool_cache cache;

	pool_cache_init(&cache, producer->bench->pool);
	for (uint32_t i = 0; i < producer->count; i++) {
		struct envelope *envelope = take(&cache);

		while (inbox_push(inbox, envelope, WAITING_MAX) == INBOX_FULL)
			sched_yield();
	}
	pool_cache_fini(&cache);
	return NULL;
}

static void
inbox_pool(struct bench *bench, uint32_t count)
{
	struct producer producers[PRODUCERS_MAX];
	uint32_t missing = bench->messages / count * count;

	for (uint32_t i = 0; i < count; i++) {
		producers[i].bench = bench;
		producers[i].count = bench->messages / count;
		demand(pthread_create(&producers[i].thread, NULL, produce,
		    &producers[i]) == 0, "no thread");
	}
	while (missing > 0) {
		uint32_t came = give_all(&bench->cache,
		    inbox_take(&bench->inbox));

		missing -= came;
		if (came == 0)
			sched_yield();
	}
	for (uint32_t i = 0; i < count; i++)
		pthread_join(producers[i].thread, NULL);
	demand(inbox_try_idle(&bench->inbox), "mail left");
}

static void
measure(struct bench *bench, const char *name, workload run, uint32_t producers)
{
	uint64_t best = UINT64_MAX;

	for (uint32_t round = 0; round <= bench->rounds; round++) {
		uint64_t start = clock_now(&bench->clock);
		uint64_t spent;

		run(bench, producers);
		spent = clock_now(&bench->clock) - start;
		if (round > 0 && spent < best)
			best = spent;
	}
	printf("%s %.1f ns\n", name, (double)best / bench->messages);
}

static uint32_t
argument(int argc, char **argv, int index, uint32_t otherwise)
{
	unsigned long value = argc > index ?
	    strtoul(argv[index], NULL, 0) : otherwise;

	demand(value >= BATCH || index > 1, "at least 64 messages");
	demand(value > 0 && value <= UINT32_MAX, "numbers from 1 on");
	return (uint32_t)value;
}

int
main(int argc, char **argv)
{
	static struct bench bench;

	bench.messages = argument(argc, argv, 1, 2000000);
	bench.rounds = argument(argc, argv, 2, 5);
	clock_init_system(&bench.clock);
	memory_init(&bench.memory, NULL, 0);
	bench.pool = pool_new(&bench.memory);
	demand(bench.pool != NULL, "no memory");
	pool_cache_init(&bench.cache, bench.pool);
	inbox_init(&bench.inbox, false);

	measure(&bench, "pool_take_give", pool_take_give, 0);
	measure(&bench, "inbox_one", inbox_one, 0);
	measure(&bench, "inbox_batch", inbox_batch, 0);
	measure(&bench, "inbox_pool_1", inbox_pool, 1);
	measure(&bench, "inbox_pool_2", inbox_pool, 2);

	pool_cache_fini(&bench.cache);
	pool_free(bench.pool);
	memory_fini(&bench.memory);
	return 0;
}
