/* SPDX-License-Identifier: MIT */
/*
 * stress_parker - pairs of threads that hand a token to and fro, parking when
 * they have none.
 *
 * What goes wrong in the world if this fails: a worker sleeps while work waits
 * for it: the VM hangs, or a message takes seconds.
 *
 * How it would be noticed: a pair has one token, so one lost wake-up stops it
 * for good, and the watchdog in main says which one, with the seed.  Pair 0, 2,
 * … follow the protocol of parker.h: ticket, announce, look, wait; the waker
 * wakes only whom it sees announced.  Pair 1, 3, … have nothing but the parker,
 * and a plain count that both write in turn: a wake that does not happen before
 * the return of its wait is a race for ThreadSanitizer, or a wrong count.  Some
 * waits have a deadline, on one side of a pair only, so that it cannot cure a
 * wake-up lost on the other.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/machine.h"
#include "base/random.h"
#include "sched/parker.h"
#include "tests/stress/options.h"

enum {
	PAIRS_MAX = 65,
	HANG_SECONDS = 20, /* without one hop: hung, even under a sanitizer */
	STEP_MS = 50,      /* of the watchdog */
};

struct pair;

struct player {
	struct pair *pair;
	struct player *other;
	struct parker parker;
	struct random random;
	pthread_t thread;
	_Atomic bool is_idle;
	_Atomic bool has_token;
	bool has_deadlines;
	uint64_t late; /* waits ended by their deadline */
};

struct pair {
	struct player players[2];
	const struct clock *clock;
	_Atomic bool *is_over;
	_Atomic uint64_t hops;
	uint64_t plain;     /* the same, written by both in turn */
	uint64_t hops_seen; /* the watchdog's */
	uint32_t still_ms;  /* the watchdog's: without a hop */
};

/* Sometimes lets the other thread get ahead. */
static void
dawdle(struct player *player)
{
	uint32_t pauses = random_below(&player->random, 256);

	if (pauses < 64) {
		while (pauses-- > 0)
			machine_pause();
	}
}

static void
count_hop(struct pair *pair)
{
	pair->plain++;
	/* Relaxed: a number for the watchdog. */
	atomic_fetch_add_explicit(&pair->hops, 1, memory_order_relaxed);
}

static bool
is_over(const struct player *player)
{
	return atomic_load_explicit(player->pair->is_over,
	    memory_order_acquire);
}

static uint64_t
deadline_of(struct player *player)
{
	if (!player->has_deadlines || random_below(&player->random, 4) != 0)
		return CLOCK_NEVER;
	return clock_now(player->pair->clock) +
	    random_below(&player->random, 100000);
}

/* The waker's side: change, see the announcement, wake. */
static void
give_token(struct player *to)
{
	atomic_store_explicit(&to->has_token, true, memory_order_seq_cst);
	if (atomic_load_explicit(&to->is_idle, memory_order_seq_cst) &&
	    atomic_exchange_explicit(&to->is_idle, false,
	    memory_order_seq_cst))
		parker_wake(&to->parker);
}

/* The sleeper's side.  The choices are made first, so that often nothing stands
 * between announcement and look but their order. */
static void
park(struct player *player)
{
	uint64_t deadline_ns = deadline_of(player);
	bool is_slow = random_below(&player->random, 4) == 0;
	uint32_t ticket = parker_ticket(&player->parker);

	atomic_store_explicit(&player->is_idle, true, memory_order_seq_cst);
	if (is_slow)
		dawdle(player);
	if (!atomic_load_explicit(&player->has_token, memory_order_seq_cst) &&
	    !is_over(player)) {
		if (is_slow)
			dawdle(player);
		if (!parker_wait(&player->parker, ticket, deadline_ns))
			player->late++;
	}
	atomic_store_explicit(&player->is_idle, false, memory_order_seq_cst);
}

static void *
play_announced(void *argument)
{
	struct player *player = argument;

	while (!is_over(player)) {
		if (!atomic_exchange_explicit(&player->has_token, false,
		    memory_order_seq_cst)) {
			park(player);
			continue;
		}
		count_hop(player->pair);
		dawdle(player);
		give_token(player->other);
	}
	return NULL;
}

/* Each waits for exactly the wake that answers its own. */
static void *
play_bare(void *argument)
{
	struct player *player = argument;
	uint32_t ticket = 0; /* no wake has come yet */
	bool begins = player == &player->pair->players[0];

	while (!is_over(player)) {
		if (!begins && !parker_wait(&player->parker, ticket,
		    deadline_of(player))) {
			player->late++;
			continue;
		}
		begins = false;
		if (is_over(player))
			break;
		count_hop(player->pair);
		ticket = parker_ticket(&player->parker);
		dawdle(player);
		parker_wake(&player->other->parker);
	}
	return NULL;
}

static void
start_pair(struct pair *pair, uint32_t number, struct random *random,
    const struct clock *clock, _Atomic bool *over)
{
	pair->clock = clock;
	pair->is_over = over;
	for (int i = 0; i < 2; i++) {
		struct player *player = &pair->players[i];

		player->pair = pair;
		player->other = &pair->players[1 - i];
		player->has_deadlines = i == 1;
		player->has_token = i == 0;
		parker_init(&player->parker, &parker_port_system, clock);
		random_init(&player->random, random_next(random));
	}
	for (int i = 0; i < 2; i++)
		STRESS_CHECK(pthread_create(&pair->players[i].thread, NULL,
		    number % 2 == 0 ? play_announced : play_bare,
		    &pair->players[i]) == 0);
}

/* One step of the watchdog: how long this pair has stood still, in ms.  Ends
 * the program if that is too long. */
static uint32_t
watch_pair(const struct options *options, struct pair *pair, uint32_t number)
{
	uint64_t hops = atomic_load_explicit(&pair->hops,
	    memory_order_relaxed);

	pair->still_ms = hops == pair->hops_seen ? pair->still_ms + STEP_MS :
	    0;
	pair->hops_seen = hops;
	if (pair->still_ms < HANG_SECONDS * 1000)
		return pair->still_ms;
	fprintf(stderr, "pair %" PRIu32 " hangs after %" PRIu64
	    " hops; seed %" PRIu64 "\n", number, hops, options->seed);
	exit(1);
}

/* Returns when the time is over and every pair still hops. */
static void
watch(const struct options *options, struct pair *pairs, uint32_t count)
{
	const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
	uint32_t still_ms;

	do {
		nanosleep(&step, NULL);
		still_ms = 0;
		for (uint32_t i = 0; i < count; i++)
			still_ms += watch_pair(options, &pairs[i], i);
	} while (!options_over(options) || still_ms > 0);
}

int
main(int argc, char **argv)
{
	static struct pair pairs[PAIRS_MAX];
	static _Atomic bool over;
	struct options options = options_read(argc, argv,
	    "workers + 1 pairs of threads that wake each other");
	uint32_t count = options.workers + 1;
	struct random random;
	struct clock clock;
	uint64_t hops = 0;
	uint64_t late = 0;

	random_init(&random, options.seed);
	clock_init_system(&clock);
	for (uint32_t i = 0; i < count; i++)
		start_pair(&pairs[i], i, &random, &clock, &over);
	watch(&options, pairs, count);
	atomic_store_explicit(&over, true, memory_order_seq_cst);
	for (uint32_t i = 0; i < count * 2; i++)
		parker_wake(&pairs[i / 2].players[i % 2].parker);
	for (uint32_t i = 0; i < count; i++) {
		for (int k = 0; k < 2; k++) {
			pthread_join(pairs[i].players[k].thread, NULL);
			late += pairs[i].players[k].late;
		}
		STRESS_CHECK(pairs[i].plain == pairs[i].hops);
		STRESS_CHECK(pairs[i].hops > 0);
		hops += pairs[i].hops;
	}
	printf("%" PRIu64 " hops, %" PRIu64 " deadlines passed\n", hops, late);
	return 0;
}
