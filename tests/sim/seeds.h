/* SPDX-License-Identifier: MIT */
/*
 * seeds - the frame of every program in tests/sim: a small world, explored as
 * thespis-sim explores its own (tools/sim/command.h), with the same options.
 *
 *     sim_inbox --seeds 500 --twice --diverse
 *
 * plays each seed twice to see that it gives the same order again, wants half
 * as many different orders as seeds at least, and exits with 1 at the first
 * seed that breaks a promise; `sim_inbox --seed N` does that again.  What must have
 * happened in some of them, lest the others show nothing, is tallied.
 */
#ifndef TESTS_SIM_SEEDS_H
#define TESTS_SIM_SEEDS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/sim.h"

enum {
	SEEDS_TALLIES_MAX = 6,
	SEEDS_ENOUGH = 100,
};

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
	/* What must happen now and then, in words, up to a NULL: counted by
	 * seeds_tally(); a program fails if one was never seen in SEEDS_ENOUGH
	 * runs, with threads picked at random and no faults but its own. */
	const char *tallies[SEEDS_TALLIES_MAX + 1];
	/* Those that it bears; seeds of an odd number have them, or all have
	 * what --faults says. */
	ths_sim_faults faults;
};

/* What bears every program that does not ask for punctuality. */
#define SEEDS_DELAYS { .slow_one_in = 8, .slow_max = THS_MILLISECONDS(3), \
	.late_one_in = 4, .late_max = THS_MILLISECONDS(5) }

/* What main() returns. */
int seeds_main(int argc, char **argv, const struct seeds_program *program);

/* Counts that number `index` of the program's tallies has happened; over all
 * runs, also those in other processes. */
void seeds_tally(uint32_t index);

/* Starts a thread, or fails the run. */
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

/* Ends the run with this failure; from home and from simulated threads. */
_Noreturn void seeds_fail(const char *file, int line, const char *what);
#define SEEDS_CHECK(x) \
	((x) ? (void)0 : seeds_fail(__FILE__, __LINE__, "not so: " #x))

#endif
