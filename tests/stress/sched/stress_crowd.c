/* SPDX-License-Identifier: MIT */
/*
 * stress_crowd - bursts of tasks from outside, and silences in which every
 * worker goes to sleep.
 *
 * What goes wrong in the world if this fails: a request comes in just as the
 * last worker lies down, and nobody gets up for it until the next one comes: a
 * server that answers only when it is asked twice.  Or a task is run twice, and
 * with it an actor by two workers at once.  Or a task blocks, and what it has
 * made ready waits for it although other workers sleep (sched/sentinel.h), or
 * spare ones could be had (sched/spare.h).
 *
 * How it would be noticed: every task knows whether it is ready, and who runs
 * it must be the one that makes it unready; its serial number is plain memory,
 * for ThreadSanitizer.  The sources go in rounds: nobody sends another burst
 * before all are done, and often only one sends at all, so that nobody comes by
 * chance and wakes a worker for what was forgotten.  Now and then a root waits
 * for its own children, as many roots at a time as there are workers.  A lost
 * wake-up stops everything; the main thread watches, and work that makes no
 * progress for STUCK_S seconds is a failure.
 */
#include <inttypes.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "sched/scheduler.h"
#include "sched/threads.h"
#include "tests/stress/options.h"

enum {
	SOURCES = 3,
	ROOTS = 6,        /* of one source, in a burst at most */
	CHILDREN = 4,     /* of one root at most */
	SILENCE_US = 100, /* at most */
	PAUSES = 2000,    /* instead of a silence, at most */
	WAIT_ODDS = 64,   /* one root in so many waits for its children */
	WAIT_US = 20,
	SENTINEL_NS = 200000,
	SPARES = 4,
	LOOK_US = 10000,
	STUCK_S = 5,
};

struct source;

struct item {
	struct task task;
	struct source *source;
	atomic_bool is_ready;
	uint64_t serial;   /* plain */
	uint32_t children; /* to be submitted by it */
	bool waits;        /* for them, if nobody else does */
	enum ready how;    /* they become ready */
	struct item *first;
};

struct source {
	alignas(CACHE_LINE) _Atomic uint64_t pending;
	_Atomic uint64_t bursts;
	struct arena *arena;
	struct random random;
	pthread_t thread;
	uint64_t serial;
	struct item roots[ROOTS];
	struct item children[ROOTS * CHILDREN];
};

struct arena {
	struct options options;
	struct scheduler scheduler;
	_Atomic uint32_t ended; /* sources */
	_Atomic uint32_t waits; /* roots that have waited */
	_Atomic uint32_t waiting; /* roots that do */
	struct threads threads;
	_Atomic uint64_t done;  /* sources, in all rounds so far */
	_Atomic uint64_t run; /* tasks */
	struct source sources[SOURCES];
};

static void
stay_for_children(const struct item *item)
{
	for (uint32_t i = 0; i < item->children; i++) {
		/* Relaxed: nothing else of it is looked at. */
		while (atomic_load_explicit(&item->first[i].is_ready,
		    memory_order_relaxed))
			usleep(WAIT_US);
	}
}

/* Stays until the item's children have begun, unless as many stay as there are
 * workers, or all the spares but one. */
static void
wait_for_children(struct arena *arena, const struct item *item)
{
	uint32_t others = atomic_fetch_add(&arena->waiting, 1);

	if (others < arena->options.workers && others < SPARES - 1) {
		stay_for_children(item);
		atomic_fetch_add(&arena->waits, 1);
	}
	atomic_fetch_sub(&arena->waiting, 1);
}

static uint32_t
run(void *context, struct worker *worker, struct task *task)
{
	struct arena *arena = context;
	struct item *item = CONTAINER_OF(task, struct item, task);
	struct source *source = item->source;
	uint32_t children = item->children;

	STRESS_CHECK(atomic_exchange_explicit(&item->is_ready, false,
	    memory_order_relaxed));
	STRESS_CHECK(item->serial == source->serial);
	for (uint32_t i = 0; i < children; i++)
		worker_submit(worker, &item->first[i].task, item->how);
	if (item->waits)
		wait_for_children(arena, item);
	/* Relaxed: for the watcher. */
	atomic_fetch_add_explicit(&arena->run, 1, memory_order_relaxed);
	/* Release: the source writes the items again. */
	atomic_fetch_sub_explicit(&source->pending, 1, memory_order_release);
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

static enum ths_status
recruit(void *context, struct worker *spare)
{
	struct arena *arena = context;

	return threads_recruit(&arena->threads, spare);
}

static void
make_ready(struct source *source, struct item *item)
{
	atomic_store_explicit(&item->is_ready, true, memory_order_relaxed);
	item->source = source;
	item->serial = source->serial;
	item->children = 0;
	item->waits = false;
}

/* Sends a burst; what it submits is counted before. */
static void
burst(struct source *source)
{
	uint32_t roots = 1 + random_below(&source->random, ROOTS);
	uint64_t count = roots;

	source->serial++;
	for (uint32_t i = 0; i < roots; i++) {
		struct item *root = &source->roots[i];

		make_ready(source, root);
		root->first = &source->children[i * CHILDREN];
		root->how = (enum ready)random_below(&source->random, 3);
		root->children = random_below(&source->random, CHILDREN + 1);
		root->waits = random_below(&source->random, WAIT_ODDS) == 0;
		count += root->children;
		for (uint32_t j = 0; j < root->children; j++)
			make_ready(source, &root->first[j]);
	}
	atomic_store_explicit(&source->pending, count, memory_order_relaxed);
	for (uint32_t i = 0; i < roots; i++)
		scheduler_inject(&source->arena->scheduler,
		    &source->roots[i].task);
}

/* Long or short: the workers search, are about to park, or sleep. */
static void
keep_silent(struct source *source)
{
	if (random_below(&source->random, 16) == 0) {
		usleep(random_below(&source->random, SILENCE_US));
		return;
	}
	for (uint32_t i = random_below(&source->random, PAUSES); i > 0; i--)
		machine_pause();
}

static void *
source_main(void *argument)
{
	struct source *source = argument;
	struct arena *arena = source->arena;

	for (uint64_t round = 1; !options_over(&arena->options); round++) {
		keep_silent(source);
		if (random_below(&source->random, SOURCES) == 0) {
			burst(source);
			atomic_fetch_add(&source->bursts, 1);
		}
		while (atomic_load_explicit(&source->pending,
		    memory_order_acquire) != 0)
			sched_yield();
		atomic_fetch_add(&arena->done, 1);
		/* One that has ended is waited for no more. */
		while (atomic_load(&arena->done) < round * SOURCES &&
		    atomic_load(&arena->ended) == 0)
			sched_yield();
	}
	atomic_fetch_add(&arena->ended, 1);
	return NULL;
}

static void
report_stuck(const struct arena *arena)
{
	const struct scheduler *scheduler = &arena->scheduler;

	fprintf(stderr, "no task ran for %d s: idle %s, searching %u, work "
	    "%s\n", STUCK_S, crowd_is_all_idle(&scheduler->crowd) ? "all" :
	    "not all", atomic_load(&scheduler->crowd.searching),
	    scheduler_has_work(scheduler) ? "waits" : "is not to be seen");
	for (int i = 0; i < SOURCES; i++)
		fprintf(stderr, "source %d: %" PRIu64 " pending\n", i,
		    atomic_load(&arena->sources[i].pending));
}

/* Whether a task was submitted that has not run. */
static bool
is_pending(const struct arena *arena)
{
	for (int i = 0; i < SOURCES; i++)
		if (atomic_load(&arena->sources[i].pending) != 0)
			return true;
	return false;
}

/* Watches until all sources have ended; fails when nothing moves and something
 * should: the sources themselves may be kept from running. */
static void
watch(struct arena *arena)
{
	uint64_t before = 0;
	time_t moved = time(NULL);

	while (atomic_load(&arena->ended) < SOURCES) {
		uint64_t now = atomic_load(&arena->run);

		if (now != before || !is_pending(arena)) {
			before = now;
			moved = time(NULL);
		} else if (time(NULL) - moved > STUCK_S) {
			report_stuck(arena);
			STRESS_CHECK(now != before);
		}
		usleep(LOOK_US);
	}
}

static void
run_sources(struct arena *arena)
{
	for (uint32_t i = 0; i < SOURCES; i++) {
		struct source *source = &arena->sources[i];

		source->arena = arena;
		random_init(&source->random, arena->options.seed + i);
		STRESS_CHECK(pthread_create(&source->thread, NULL,
		    source_main, source) == 0);
	}
	watch(arena);
	for (int i = 0; i < SOURCES; i++)
		pthread_join(arena->sources[i].thread, NULL);
}

static void
report(const struct arena *arena)
{
	uint64_t bursts = 0;
	uint64_t parks = 0;

	for (int i = 0; i < SOURCES; i++)
		bursts += atomic_load(&arena->sources[i].bursts);
	for (uint32_t i = 0; i < scheduler_length(&arena->scheduler); i++)
		parks += atomic_load(
		    &arena->scheduler.workers[i].counts.parks);
	printf("%" PRIu64 " tasks in %" PRIu64 " bursts, %u waited for others, "
	    "%" PRIu64 " parks, %u spares\n", atomic_load(&arena->run), bursts,
	    atomic_load(&arena->waits), parks,
	    atomic_load(&arena->scheduler.spares.most));
}

int
main(int argc, char **argv)
{
	static const struct scheduler_ops ops = { .run = run, .fire = fire,
		.recruit = recruit };
	struct arena *arena = aligned_alloc(alignof(struct arena),
	    sizeof(*arena));
	struct scheduler_config config;
	struct memory memory;
	struct clock clock;

	STRESS_CHECK(arena != NULL);
	memset(arena, 0, sizeof(*arena));
	arena->options = options_read(argc, argv,
	    "bursts and silences: no wake-up is lost");
	memory_init(&memory, NULL, 0);
	clock_init_system(&clock);
	config = (struct scheduler_config){ .workers = arena->options.workers,
		.spin_max = 8, .timers_max = 16, .clock = &clock,
		.sentinel_ns = SENTINEL_NS, .spares_max = SPARES,
		.parker = &parker_port_system, .seed = arena->options.seed,
		.ops = &ops, .context = arena };
	STRESS_CHECK(scheduler_init(&arena->scheduler, &memory, &config) ==
	    THS_OK);
	STRESS_CHECK(threads_start(&arena->threads, &arena->scheduler,
	    false) == THS_OK);
	run_sources(arena);
	scheduler_stop(&arena->scheduler);
	threads_join(&arena->threads);
	STRESS_CHECK(atomic_load(&arena->scheduler.spares.active) == 0);
	report(arena);
	scheduler_fini(&arena->scheduler);
	memory_fini(&memory);
	free(arena);
	return 0;
}
