/* SPDX-License-Identifier: MIT */
/*
 * floor_run_queue - what does a worker's run queue cost, and what would a
 * Chase-Lev deque cost in its place?
 *
 *     floor_run_queue [tasks] [rounds]
 *
 *   push_take        one task pushed and taken again by the owner, newest first
 *   burst            64 pushed, 64 taken, newest first
 *   stolen           the owner pushes and takes, a thief takes what it can:
 *                    wall time per task, and the thief's share; the ring's
 *                    thief takes half of what is there, the deque's one
 *
 * Prints `queue.name value unit`, the median of the rounds.  The rival is here
 * only to be measured: docs/decisions/0003-run-queue.md.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "sched/ring.h"

enum {
	BURST = 64,
	ROUNDS_MAX = 99,
	DEQUE_SIZE = RING_SIZE,
};

/* ------------------------------------------------------------- the rival */

/*
 * D. Chase, Y. Lev, "Dynamic Circular Work-Stealing Deque" (2005), of a fixed
 * size, with seq_cst operations for the owner's store of bottom and load of top
 * (N. M. Le et al., "Correct and Efficient Work-Stealing for Weak Memory
 * Models", 2013, has them as fences).
 */
struct deque {
	alignas(CACHE_LINE) _Atomic int64_t top;
	alignas(CACHE_LINE) _Atomic int64_t bottom;
	_Atomic(struct task *) entries[DEQUE_SIZE];
};

static void
deque_init(struct deque *deque)
{
	atomic_init(&deque->top, 0);
	atomic_init(&deque->bottom, 0);
}

static bool
deque_push(struct deque *deque, struct task *task)
{
	int64_t bottom = atomic_load_explicit(&deque->bottom,
	    memory_order_relaxed);
	int64_t top = atomic_load_explicit(&deque->top, memory_order_acquire);

	if (bottom - top >= DEQUE_SIZE)
		return false;
	atomic_store_explicit(&deque->entries[bottom % DEQUE_SIZE], task,
	    memory_order_relaxed);
	/* Seq_cst, as our ring's: the push is followed by a look at
	 * the crowd. */
	atomic_store_explicit(&deque->bottom, bottom + 1, memory_order_seq_cst);
	return true;
}

static struct task *
deque_take(struct deque *deque)
{
	int64_t bottom = atomic_load_explicit(&deque->bottom,
	    memory_order_relaxed) - 1;
	struct task *task;
	int64_t top;

	atomic_store_explicit(&deque->bottom, bottom, memory_order_seq_cst);
	top = atomic_load_explicit(&deque->top, memory_order_seq_cst);
	if (top > bottom) {
		atomic_store_explicit(&deque->bottom, bottom + 1,
		    memory_order_relaxed);
		return NULL;
	}
	task = atomic_load_explicit(&deque->entries[bottom % DEQUE_SIZE],
	    memory_order_relaxed);
	if (top < bottom)
		return task;
	if (!atomic_compare_exchange_strong_explicit(&deque->top, &top, top + 1,
	    memory_order_seq_cst, memory_order_relaxed))
		task = NULL;
	atomic_store_explicit(&deque->bottom, bottom + 1, memory_order_relaxed);
	return task;
}

static uint32_t
deque_steal(struct deque *deque, struct task **task)
{
	int64_t top = atomic_load_explicit(&deque->top, memory_order_seq_cst);
	int64_t bottom = atomic_load_explicit(&deque->bottom,
	    memory_order_seq_cst);

	if (top >= bottom)
		return 0;
	*task = atomic_load_explicit(&deque->entries[top % DEQUE_SIZE],
	    memory_order_relaxed);
	return atomic_compare_exchange_strong_explicit(&deque->top, &top,
	    top + 1, memory_order_seq_cst, memory_order_relaxed) ? 1 : 0;
}

/* --------------------------------------------------------------- workloads */

struct bench {
	struct clock clock;
	uint64_t tasks;
	uint32_t rounds;
	struct ring ring;
	struct deque deque;
	atomic_bool is_over;
	uint64_t stolen;
};

static struct task task_pool[BURST];

static void
demand(bool is_so, const char *what)
{
	if (is_so)
		return;
	fprintf(stderr, "floor_run_queue: %s\n", what);
	exit(1);
}

#define OWNER_LOOP(name, push, take, queue) \
	static void \
	name(struct bench *bench, uint64_t burst) \
	{ \
		for (uint64_t i = 0; i < bench->tasks; i += burst) { \
			for (uint64_t j = 0; j < burst; j++) \
				demand(push(&bench->queue, \
				    &task_pool[j % BURST]), "full"); \
			for (uint64_t j = 0; j < burst; j++) \
				take(&bench->queue); \
		} \
	}

OWNER_LOOP(ring_owner, ring_try_push, ring_take_newest, ring)
OWNER_LOOP(deque_owner, deque_push, deque_take, deque)

static void *
ring_thief(void *argument)
{
	struct bench *bench = argument;
	struct task *tasks[RING_SIZE / 2];

	while (!atomic_load_explicit(&bench->is_over, memory_order_acquire)) {
		bench->stolen += ring_steal(&bench->ring, tasks, RING_SIZE / 2,
		    1);
		machine_pause();
	}
	return NULL;
}

static void *
deque_thief(void *argument)
{
	struct bench *bench = argument;
	struct task *task;

	while (!atomic_load_explicit(&bench->is_over, memory_order_acquire)) {
		bench->stolen += deque_steal(&bench->deque, &task);
		machine_pause();
	}
	return NULL;
}

static double
timed(struct bench *bench, void (*owner)(struct bench *, uint64_t),
    uint64_t burst)
{
	uint64_t began = clock_now(&bench->clock);

	owner(bench, burst);
	return (double)(clock_now(&bench->clock) - began) /
	    (double)bench->tasks;
}

static double
timed_with_thief(struct bench *bench, void (*owner)(struct bench *, uint64_t),
    void *(*thief)(void *))
{
	pthread_t thread;
	double ns;

	bench->stolen = 0;
	atomic_store_explicit(&bench->is_over, false, memory_order_release);
	demand(pthread_create(&thread, NULL, thief, bench) == 0, "no thread");
	ns = timed(bench, owner, BURST);
	atomic_store_explicit(&bench->is_over, true, memory_order_release);
	pthread_join(thread, NULL);
	return ns;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
report(const char *queue, const char *name, double *values, uint32_t count,
    const char *unit)
{
	qsort(values, count, sizeof(values[0]), compare);
	printf("%s.%s %.2f %s\n", queue, name, values[count / 2], unit);
}

static void
race(struct bench *bench, const char *queue,
    void (*owner)(struct bench *, uint64_t), void *(*thief)(void *))
{
	double values[4][ROUNDS_MAX];

	for (uint32_t i = 0; i < bench->rounds; i++) {
		values[0][i] = timed(bench, owner, 1);
		values[1][i] = timed(bench, owner, BURST);
		values[2][i] = timed_with_thief(bench, owner, thief);
		values[3][i] = 100.0 * (double)bench->stolen /
		    (double)bench->tasks;
	}
	report(queue, "push_take", values[0], bench->rounds, "ns");
	report(queue, "burst", values[1], bench->rounds, "ns");
	report(queue, "stolen", values[2], bench->rounds, "ns");
	report(queue, "share_stolen", values[3], bench->rounds, "percent");
}

int
main(int argc, char **argv)
{
	static struct bench bench;

	bench.tasks = argc > 1 ? strtoull(argv[1], NULL, 0) : 4 << 20;
	bench.rounds = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 0) : 9;
	demand(bench.tasks > 0 && bench.tasks % BURST == 0 &&
	    bench.rounds > 0 && bench.rounds <= ROUNDS_MAX,
	    "usage: floor_run_queue [tasks, a multiple of 64] [rounds, 1..99]");
	clock_init_system(&bench.clock);
	ring_init(&bench.ring);
	deque_init(&bench.deque);
	race(&bench, "ring", ring_owner, ring_thief);
	race(&bench, "deque", deque_owner, deque_thief);
	return 0;
}
