/* SPDX-License-Identifier: MIT */
/*
 * stress_inject - many pushers of single tasks and chains, many takers.
 *
 * What goes wrong in the world if this fails: work submitted from outside is
 * lost, or run twice, or run out of order; or a worker parks while work waits
 * that another worker was just sorting, and it stays there until something else
 * happens to come by.
 *
 * How it would be noticed: every task knows whether it is in the queue, as in
 * stress_ring.  Each carries its pusher and a plain serial number: a taker must
 * see the numbers of one pusher grow.  And each time inject_is_empty() says
 * true, every push that had returned before the question must be in
 * inject_taken().
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/random.h"
#include "sched/inject.h"
#include "tests/stress/options.h"

enum {
	PUSHERS_MAX = 64,
	ITEMS = 512, /* of one pusher */
	CHAIN_MAX = 40,
	TAKE_MAX = 32,
};

struct item {
	struct task task;
	_Atomic bool is_in; /* the queue */
	uint32_t pusher;
	uint64_t serial;    /* plain: whoever holds the item */
};

struct arena {
	struct options options;
	struct inject inject;
	_Atomic bool is_over;
	_Atomic uint64_t pushed; /* after the push has returned */
	_Atomic uint64_t got;
	_Atomic uint64_t empties; /* how often it was found empty */
};

struct pusher {
	struct arena *arena;
	struct random random;
	pthread_t thread;
	uint64_t serial; /* of the last push */
	struct item items[ITEMS];
};

struct taker {
	struct arena *arena;
	struct random random;
	pthread_t thread;
	uint64_t last[PUSHERS_MAX]; /* serial seen of each pusher */
};

/* The pusher's next item, marked as in; NULL while it has not come back. */
static struct item *
next_item(struct pusher *pusher)
{
	struct item *item = &pusher->items[(pusher->serial + 1) % ITEMS];

	/* Acquire: who had it has read it. */
	if (atomic_load_explicit(&item->is_in, memory_order_acquire))
		return NULL;
	atomic_store_explicit(&item->is_in, true, memory_order_relaxed);
	item->serial = ++pusher->serial;
	return item;
}

/* Pushes a chain of up to `length`; returns how many. */
static uint32_t
push_chain(struct pusher *pusher, uint32_t length)
{
	struct item *oldest = next_item(pusher);
	struct item *newest = oldest;
	uint32_t count;

	if (oldest == NULL)
		return 0;
	for (count = 1; count < length; count++) {
		struct item *item = next_item(pusher);

		if (item == NULL)
			break;
		item->task.next = &newest->task;
		newest = item;
	}
	if (count == 1)
		inject_push(&pusher->arena->inject, &oldest->task);
	else
		inject_push_chain(&pusher->arena->inject, &newest->task,
		    &oldest->task);
	/* Release: who sees the sum may count on the pushes. */
	atomic_fetch_add_explicit(&pusher->arena->pushed, count,
	    memory_order_release);
	return count;
}

static void *
pusher_run(void *argument)
{
	struct pusher *pusher = argument;

	while (!options_over(&pusher->arena->options)) {
		for (int i = 0; i < 50; i++) {
			uint32_t length = random_below(&pusher->random, 2) ?
			    1 : random_below(&pusher->random, CHAIN_MAX);

			if (push_chain(pusher, length) == 0 ||
			    random_below(&pusher->random, 16) == 0)
				sched_yield();
		}
	}
	return NULL;
}

static uint32_t
take_some(struct taker *taker)
{
	struct task *tasks[TAKE_MAX];
	uint32_t max = 1 + random_below(&taker->random, TAKE_MAX);
	uint32_t count = inject_take(&taker->arena->inject, tasks, max);

	STRESS_CHECK(count <= max);
	for (uint32_t i = 0; i < count; i++) {
		struct item *item = CONTAINER_OF(tasks[i], struct item, task);

		STRESS_CHECK(item->serial > taker->last[item->pusher]);
		taker->last[item->pusher] = item->serial;
		STRESS_CHECK(atomic_exchange_explicit(&item->is_in, false,
		    memory_order_acq_rel));
	}
	atomic_fetch_add_explicit(&taker->arena->got, count,
	    memory_order_relaxed);
	return count;
}

/* Asks whether it is empty, as a worker does before it parks. */
static void
look(struct arena *arena)
{
	uint64_t pushed = atomic_load_explicit(&arena->pushed,
	    memory_order_acquire);

	if (!inject_is_empty(&arena->inject))
		return;
	STRESS_CHECK(inject_taken(&arena->inject) >= pushed);
	atomic_fetch_add_explicit(&arena->empties, 1, memory_order_relaxed);
}

static void *
taker_run(void *argument)
{
	struct taker *taker = argument;
	struct arena *arena = taker->arena;

	while (!atomic_load_explicit(&arena->is_over, memory_order_acquire)) {
		look(arena);
		if (take_some(taker) == 0)
			sched_yield();
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	static struct arena arena;
	static struct pusher pushers[PUSHERS_MAX];
	static struct taker takers[PUSHERS_MAX];
	struct random random;
	uint32_t workers;

	arena.options = options_read(argc, argv,
	    "as many pushers as workers, and as many takers");
	workers = arena.options.workers;
	random_init(&random, arena.options.seed);
	inject_init(&arena.inject);
	for (uint32_t i = 0; i < workers; i++) {
		pushers[i].arena = &arena;
		takers[i].arena = &arena;
		random_init(&pushers[i].random, random_next(&random));
		random_init(&takers[i].random, random_next(&random));
		for (int k = 0; k < ITEMS; k++)
			pushers[i].items[k].pusher = i;
	}
	for (uint32_t i = 0; i < workers; i++) {
		STRESS_CHECK(pthread_create(&pushers[i].thread, NULL,
		    pusher_run, &pushers[i]) == 0);
		STRESS_CHECK(pthread_create(&takers[i].thread, NULL,
		    taker_run, &takers[i]) == 0);
	}
	for (uint32_t i = 0; i < workers; i++)
		pthread_join(pushers[i].thread, NULL);
	atomic_store_explicit(&arena.is_over, true, memory_order_release);
	for (uint32_t i = 0; i < workers; i++)
		pthread_join(takers[i].thread, NULL);
	while (take_some(&takers[0]) > 0)
		;
	STRESS_CHECK(inject_is_empty(&arena.inject));
	STRESS_CHECK(arena.got == arena.pushed);
	STRESS_CHECK(inject_taken(&arena.inject) == arena.pushed);
	printf("%llu tasks, each got once and in order; found empty %llu "
	    "times\n", (unsigned long long)arena.pushed,
	    (unsigned long long)arena.empties);
	return 0;
}
