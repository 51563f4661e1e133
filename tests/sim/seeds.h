/* SPDX-License-Identifier: MIT */
/*
 * seeds - the frame of every program in tests/sim: a small world, run once for
 * each seed and once more to see that the seed gives the same order again.
 *
 *     sim_inbox [--seed N] [--seeds N]
 *
 * runs seeds N, N + 1, … (from 1, 200 of them, unless told otherwise), prints
 * how many different orders came out (at least half as many as seeds), and
 * exits with 1 at the first seed that breaks a promise: then `--seed N --seeds
 * 1` does it again.
 */
#ifndef TESTS_SIM_SEEDS_H
#define TESTS_SIM_SEEDS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/sim.h"

struct seeds_program {
	const char *what;  /* it shows, for --help */
	/* Ids of the rows of docs/ledger.rows that it proves, three at most,
	 * and of scenarios; NULL: none. */
	const char *description;
	void *world;       /* what the threads share; zeroed before each run */
	size_t world_size; /* bytes */
	/* Starts the threads. */
	void (*start)(ths_sim *sim);
	/* All threads are done: checks what they left, and clears it up. */
	void (*end)(ths_sim *sim);
	/* Those that it bears; seeds of an odd number have them. */
	ths_sim_faults faults;
};

/* What bears every program that does not ask for punctuality. */
#define SEEDS_DELAYS { .slow_one_in = 8, .slow_max = THS_MILLISECONDS(3), \
	.late_one_in = 4, .late_max = THS_MILLISECONDS(5) }

/* What main() returns. */
int seeds_main(int argc, char **argv, const struct seeds_program *program);

/* Starts a thread, or fails the program. */
uint32_t seeds_spawn(ths_sim *sim, const char *name,
    void (*function)(void *argument), void *argument);

/* A number that threads share: orders nothing between them, so that it hides no
 * race of what is tested from ThreadSanitizer. */
typedef _Atomic uint32_t seeds_count;

/* Adds n; the former value. */
static inline uint32_t
seeds_add(seeds_count *count, uint32_t n)
{
	return atomic_fetch_add_explicit(count, n, memory_order_relaxed);
}

static inline uint32_t
seeds_read(const seeds_count *count)
{
	return atomic_load_explicit(count, memory_order_relaxed);
}

/* Prints where, why and the seed, and exits with 1. */
_Noreturn void seeds_fail(const char *file, int line, const char *what);
#define SEEDS_CHECK(x) ((x) ? (void)0 : seeds_fail(__FILE__, __LINE__, #x))

#endif
