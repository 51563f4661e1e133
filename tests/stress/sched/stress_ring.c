/* SPDX-License-Identifier: MIT */
/*
 * stress_ring - one owner at both ends of a ring, thieves at the oldest.
 *
 * What goes wrong in the world if this fails: an actor runs on two workers at
 * once, or is never run again, or runs with an old view of its own state.
 *
 * How it would be noticed: every task knows whether it is in the ring.  Who
 * gets one must find it there and marks it as out, so a task got twice, or got
 * without having been pushed, stops the run; at the end as many must have been
 * got as were pushed.  A plain (not atomic) serial number, written before the
 * push, is read by who gets the task: a missing order is a wrong number, or a
 * race for ThreadSanitizer.  What one thief gets must grow in number, since the
 * oldest end of the ring only ever moves on.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/random.h"
#include "sched/ring.h"
#include "tests/stress/options.h"

enum {
	ITEMS = 4096,    /* more than a ring holds */
	BURST_MAX = 300, /* also more: it fills up now and then */
};

struct item {
	struct task task;
	_Atomic bool is_in; /* the ring */
	uint64_t serial;    /* plain: whoever holds the item */
};

struct arena {
	struct options options;
	struct ring ring;
	struct item items[ITEMS];
	_Atomic bool is_over;
	_Atomic uint64_t got;
};

struct thief {
	struct arena *arena;
	struct random random;
	pthread_t thread;
	uint64_t last; /* serial it got last */
};

/* Marks what was got as out; returns its serial. */
static uint64_t
receive(struct task *task)
{
	struct item *item = CONTAINER_OF(task, struct item, task);
	uint64_t serial = item->serial;

	/* Release: the owner may write serial again. */
	STRESS_CHECK(atomic_exchange_explicit(&item->is_in, false,
	    memory_order_acq_rel));
	return serial;
}

static void
steal_once(struct thief *thief)
{
	struct task *tasks[RING_SIZE];
	uint32_t max = 1 + random_below(&thief->random, RING_SIZE);
	uint32_t at_least = random_below(&thief->random, 4);
	uint32_t count = ring_steal(&thief->arena->ring, tasks, max, at_least);

	STRESS_CHECK(count <= max && count <= RING_SIZE / 2);
	for (uint32_t i = 0; i < count; i++) {
		uint64_t serial = receive(tasks[i]);

		STRESS_CHECK(serial > thief->last);
		thief->last = serial;
	}
	atomic_fetch_add_explicit(&thief->arena->got, count,
	    memory_order_relaxed);
}

static void *
thief_run(void *argument)
{
	struct thief *thief = argument;

	while (!atomic_load_explicit(&thief->arena->is_over,
	    memory_order_acquire)) {
		steal_once(thief);
		if (random_below(&thief->random, 64) == 0)
			sched_yield();
	}
	return NULL;
}

/* Pushes up to count items that are out; returns how many. */
static uint32_t
push_some(struct arena *arena, uint32_t count, uint64_t *serial)
{
	uint32_t pushed;

	for (pushed = 0; pushed < count; pushed++) {
		struct item *item = &arena->items[(*serial + 1) % ITEMS];

		/* Acquire: who had it has read serial. */
		if (atomic_load_explicit(&item->is_in, memory_order_acquire))
			break;
		item->serial = *serial + 1;
		atomic_store_explicit(&item->is_in, true,
		    memory_order_relaxed);
		if (!ring_try_push(&arena->ring, &item->task)) {
			atomic_store_explicit(&item->is_in, false,
			    memory_order_relaxed);
			break;
		}
		++*serial;
	}
	return pushed;
}

/* Takes up to count at one end; returns how many. */
static uint32_t
take_some(struct arena *arena, uint32_t count, bool newest)
{
	uint64_t last = newest ? UINT64_MAX : 0;
	uint32_t got;

	for (got = 0; got < count; got++) {
		struct task *task = newest ? ring_take_newest(&arena->ring) :
		    ring_take_oldest(&arena->ring);
		uint64_t serial;

		if (task == NULL)
			break;
		serial = receive(task);
		STRESS_CHECK(newest ? serial < last : serial > last);
		last = serial;
	}
	return got;
}

/* The owner's life; returns how many it pushed. */
static uint64_t
own(struct arena *arena, struct random *random)
{
	struct thief self = { .arena = arena };
	uint64_t serial = 0;
	uint64_t got = 0;

	random_init(&self.random, random_next(random));
	while (!options_over(&arena->options)) {
		for (int i = 0; i < 100; i++) {
			uint32_t count = random_below(random, BURST_MAX);

			push_some(arena, count >> random_below(random, 9),
			    &serial);
			got += take_some(arena, random_below(random, 8),
			    random_below(random, 2) == 0);
			if (arena->options.workers == 1)
				steal_once(&self);
		}
		/* One long drain now and then: the empty ring, from
		 * both ends. */
		got += take_some(arena, RING_SIZE * 2,
		    random_below(random, 2) == 0);
	}
	atomic_store_explicit(&arena->is_over, true, memory_order_release);
	atomic_fetch_add_explicit(&arena->got, got, memory_order_relaxed);
	return serial;
}

int
main(int argc, char **argv)
{
	static struct arena arena;
	static struct thief thieves[64];
	struct random random;
	uint64_t pushed;

	arena.options = options_read(argc, argv,
	    "one owner and workers - 1 thieves on one ring");
	random_init(&random, arena.options.seed);
	ring_init(&arena.ring);
	for (uint32_t i = 1; i < arena.options.workers; i++) {
		thieves[i].arena = &arena;
		random_init(&thieves[i].random, random_next(&random));
		STRESS_CHECK(pthread_create(&thieves[i].thread, NULL,
		    thief_run, &thieves[i]) == 0);
	}
	pushed = own(&arena, &random);
	for (uint32_t i = 1; i < arena.options.workers; i++)
		pthread_join(thieves[i].thread, NULL);
	atomic_fetch_add_explicit(&arena.got,
	    take_some(&arena, RING_SIZE, false), memory_order_relaxed);
	STRESS_CHECK(ring_length(&arena.ring) == 0);
	STRESS_CHECK(arena.got == pushed);
	printf("%llu tasks, each got once\n", (unsigned long long)pushed);
	return 0;
}
