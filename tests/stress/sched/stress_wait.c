/* SPDX-License-Identifier: MIT */
/*
 * stress_wait - ready tasks beside others that spawn without end.
 *
 * What goes wrong in the world if this fails: an actor with mail, or a request
 * from outside, waits for ever beside a tree of actors that grows and grows:
 * the newest always runs first, or a queue that overflows puts the one that
 * waited longest back to the end, again and again.
 *
 * How it would be noticed: spawners submit two fresh tasks each, bounded only
 * in number, and now and then a flood of resumed ones.  Beside them probes
 * become ready, some resumed, some injected.  Each notes how many tasks every
 * worker has picked and how many wait in the inject queue when it becomes
 * ready, and compares when it runs.  With one worker the bound stated in
 * sched/worker.h holds exactly.  With more a task waits at one of them while
 * the others go on at their own speed (the kernel may have taken that one's
 * core away), so it is the least of their picks that counts, and the bound is
 * multiplied by their number.
 */
#include <inttypes.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/random.h"
#include "sched/scheduler.h"
#include "sched/threads.h"
#include "tests/stress/options.h"

enum {
	WORKERS_MAX = 64,
	SPAWNERS = 1200, /* alive at once, at most */
	PROBES = 8,      /* of each kind */
	FLOOD = 400,     /* resumed tasks at once: more than a ring */
	FLOOD_EVERY = 5000, /* spawners run, about */
	PAUSE_US = 200,
};

enum kind { SPAWNER, FLOODED, RESUMED_PROBE, INJECTED_PROBE };

struct item {
	struct task task;
	enum kind kind;
	struct item *next_free;
	atomic_bool is_waiting; /* an injected probe */
	bool is_ready_again;    /* a resumed probe: not its first run */
	uint64_t picks[WORKERS_MAX]; /* of each worker, when it became ready */
	uint64_t ahead; /* tasks in the inject queue then */
};

struct free_list {
	alignas(CACHE_LINE) struct item *newest; /* the worker alone */
	struct random random;
};

struct arena {
	struct options options;
	struct scheduler scheduler;
	_Atomic uint64_t injected;
	_Atomic uint64_t checked;
	_Atomic uint64_t longest;   /* wait, in picks */
	_Atomic uint64_t bound_then;
	atomic_bool is_over;
	atomic_bool is_flooding;
	_Atomic uint32_t flooded;   /* of the present flood, not yet run */
	struct free_list lists[WORKERS_MAX];
	struct item spawners[SPAWNERS];
	struct item flood[FLOOD];
	struct item resumed[PROBES];
	struct item injected_probes[PROBES];
};

/* Relaxed: a number of a moment. */
static uint64_t
picks_of(const struct arena *arena, uint32_t worker)
{
	return atomic_load_explicit(&arena->scheduler.workers[worker].picks,
	    memory_order_relaxed);
}

/* The least that any worker has picked since item became ready. */
static uint64_t
picks_since(const struct arena *arena, const struct item *item)
{
	uint64_t least = UINT64_MAX;

	for (uint32_t i = 0; i < arena->options.workers; i++) {
		uint64_t picks = picks_of(arena, i) - item->picks[i];

		if (picks < least)
			least = picks;
	}
	return least;
}

/* How many tasks wait in the inject queue. */
static uint64_t
ahead(struct arena *arena)
{
	uint64_t taken = inject_taken(&arena->scheduler.inject);
	uint64_t put = atomic_load(&arena->injected);

	for (uint32_t i = 0; i < arena->options.workers; i++)
		put += atomic_load_explicit(
		    &arena->scheduler.workers[i].counts.spilled,
		    memory_order_relaxed);
	return put > taken ? put - taken : 0;
}

static void
become_ready(struct arena *arena, struct item *item)
{
	for (uint32_t i = 0; i < arena->options.workers; i++)
		item->picks[i] = picks_of(arena, i);
	item->ahead = ahead(arena);
}

/* A probe runs: was it in time? */
static void
check_wait(struct arena *arena, struct item *item)
{
	uint64_t wait = picks_since(arena, item);
	uint64_t bound = WORKER_WAIT_MAX(item->ahead) * arena->options.workers;

	if (wait > bound) {
		fprintf(stderr, "a %s task waited for %" PRIu64 " picks, "
		    "%" PRIu64 " were ahead, the bound is %" PRIu64 "\n",
		    item->kind == RESUMED_PROBE ? "resumed" : "injected",
		    wait, item->ahead, bound);
		STRESS_CHECK(wait <= bound);
	}
	atomic_fetch_add(&arena->checked, 1);
	if (wait > atomic_load(&arena->longest)) {
		atomic_store(&arena->longest, wait);
		atomic_store(&arena->bound_then, bound);
	}
}

static void
spawn(struct arena *arena, struct worker *worker)
{
	struct free_list *list = &arena->lists[worker->index];
	struct item *item = list->newest;

	if (item == NULL || atomic_load(&arena->is_over))
		return;
	list->newest = item->next_free;
	worker_submit(worker, &item->task, READY_FRESH);
}

/* Makes more resumed tasks ready than a ring holds. */
static void
flood(struct arena *arena, struct worker *worker)
{
	if (atomic_load(&arena->is_over) ||
	    atomic_exchange(&arena->is_flooding, true))
		return;
	atomic_store(&arena->flooded, FLOOD);
	for (int i = 0; i < FLOOD; i++)
		worker_submit(worker, &arena->flood[i].task, READY_RESUMED);
}

static void
run_spawner(struct arena *arena, struct worker *worker, struct item *item)
{
	struct free_list *list = &arena->lists[worker->index];

	item->next_free = list->newest;
	list->newest = item;
	spawn(arena, worker);
	spawn(arena, worker);
	if (random_below(&list->random, FLOOD_EVERY) == 0)
		flood(arena, worker);
}

static uint32_t
run(void *context, struct worker *worker, struct task *task)
{
	struct arena *arena = context;
	struct item *item = CONTAINER_OF(task, struct item, task);

	switch (item->kind) {
	case SPAWNER:
		run_spawner(arena, worker, item);
		break;
	case FLOODED:
		if (atomic_fetch_sub(&arena->flooded, 1) == 1)
			atomic_store(&arena->is_flooding, false);
		break;
	case RESUMED_PROBE:
		if (item->is_ready_again)
			check_wait(arena, item);
		if (atomic_load(&arena->is_over))
			break;
		item->is_ready_again = true;
		become_ready(arena, item);
		worker_submit(worker, task, READY_RESUMED);
		break;
	case INJECTED_PROBE:
		check_wait(arena, item);
		atomic_store(&item->is_waiting, false);
		break;
	}
	return 1;
}

static bool
fire(void *context, wheel_handle handle, const struct wheel_load *load)
{
	(void)context;
	(void)handle;
	(void)load;
	return true;
}

static void
inject(struct arena *arena, struct item *item)
{
	become_ready(arena, item);
	atomic_fetch_add(&arena->injected, 1);
	scheduler_inject(&arena->scheduler, &item->task);
}

static void
start_items(struct arena *arena)
{
	uint32_t workers = arena->options.workers;

	for (uint32_t i = 0; i < SPAWNERS; i++) {
		struct free_list *list = &arena->lists[i % workers];

		arena->spawners[i].next_free = list->newest;
		list->newest = &arena->spawners[i];
	}
	for (uint32_t i = 0; i < workers; i++)
		random_init(&arena->lists[i].random, arena->options.seed + i);
	for (int i = 0; i < FLOOD; i++)
		arena->flood[i].kind = FLOODED;
	for (uint32_t i = 0; i < workers; i++) {
		struct item *first = arena->lists[i].newest;

		arena->lists[i].newest = first->next_free;
		inject(arena, first);
	}
	for (int i = 0; i < PROBES; i++) {
		arena->resumed[i].kind = RESUMED_PROBE;
		arena->injected_probes[i].kind = INJECTED_PROBE;
		atomic_fetch_add(&arena->injected, 1);
		scheduler_inject(&arena->scheduler, &arena->resumed[i].task);
	}
}

static void
inject_probes(struct arena *arena)
{
	for (int i = 0; i < PROBES; i++) {
		struct item *item = &arena->injected_probes[i];

		if (!atomic_exchange(&item->is_waiting, true))
			inject(arena, item);
	}
}

int
main(int argc, char **argv)
{
	static const struct scheduler_ops ops = { .run = run, .fire = fire };
	struct arena *arena = aligned_alloc(alignof(struct arena),
	    sizeof(*arena));
	struct threads threads;
	struct memory memory;
	struct clock clock;
	struct scheduler_config config;

	STRESS_CHECK(arena != NULL);
	memset(arena, 0, sizeof(*arena));
	arena->options = options_read(argc, argv,
	    "how long a ready task waits beside endless spawners");
	memory_init(&memory, NULL, 0);
	clock_init_system(&clock);
	config = (struct scheduler_config){ .workers = arena->options.workers,
		.spin_max = 100, .timers_max = 16, .clock = &clock,
		.parker = &parker_port_system, .seed = arena->options.seed,
		.ops = &ops, .context = arena };
	STRESS_CHECK(scheduler_init(&arena->scheduler, &memory, &config) ==
	    THS_OK);
	start_items(arena);
	STRESS_CHECK(threads_start(&threads, &arena->scheduler, false) ==
	    THS_OK);
	while (!options_over(&arena->options)) {
		inject_probes(arena);
		usleep(PAUSE_US);
	}
	atomic_store(&arena->is_over, true);
	while (!crowd_is_all_idle(&arena->scheduler.crowd) ||
	    scheduler_has_work(&arena->scheduler))
		usleep(PAUSE_US);
	scheduler_stop(&arena->scheduler);
	threads_join(&threads);
	printf("%" PRIu64 " waits, the longest %" PRIu64 " picks of %" PRIu64
	    "\n", atomic_load(&arena->checked), atomic_load(&arena->longest),
	    atomic_load(&arena->bound_then));
	STRESS_CHECK(atomic_load(&arena->checked) > 0);
	scheduler_fini(&arena->scheduler);
	memory_fini(&memory);
	free(arena);
	return 0;
}
