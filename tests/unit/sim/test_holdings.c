/* SPDX-License-Identifier: MIT */
/* holdings: all that a memory port holds can be given back by somebody else. */
#include "sim/holdings.h"

#include <stdlib.h>

#include "sim/sim.h"
#include "tests/harness.h"

enum { MANY = 300, REGION_SIZE = 3 * PAGE_SIZE_MIN };

struct bench {
	ths_sim sim;
	struct holdings holdings;
	struct memory memory;
	size_t held; /* of the host's */
	void *blocks[MANY];
};

static void *
take(void *context, size_t size, size_t alignment)
{
	size_t whole = (size + alignment - 1) & ~(alignment - 1);
	size_t *held = context;

	*held += size;
	return aligned_alloc(alignment, whole);
}

static void
give(void *context, void *pointer, size_t size, size_t alignment)
{
	size_t *held = context;

	(void)alignment;
	*held -= size;
	free(pointer);
}

/* Blocks of 1 to MANY bytes are held. */
static void
open_bench(struct bench *bench)
{
	ths_allocator allocator = { take, give, &bench->held };

	bench->held = 0;
	sim_init(&bench->sim, &(ths_sim_config){ 0 });
	holdings_init(&bench->holdings, &bench->sim);
	memory_init(&bench->memory, &allocator, 0);
	bench->memory.keeper = &bench->holdings.keeper;
	for (size_t i = 0; i < MANY; i++)
		bench->blocks[i] = memory_take(&bench->memory, i + 1, 16);
	cr_assert_eq(bench->holdings.length, MANY);
}

/* Fails in debug builds if of the notes anything has not come back. */
static void
close_bench(struct bench *bench)
{
	cr_assert_eq(bench->held, 0);
	sim_fini(&bench->sim);
}

Test(holdings, give_back_what_is_held_and_only_that)
{
	struct bench bench;

	open_bench(&bench);
	for (size_t i = 0; i < MANY; i += 2)
		memory_give(&bench.memory, bench.blocks[i], i + 1, 16);
	cr_assert_eq(bench.holdings.length, MANY / 2);
	cr_assert_not_null(memory_map(&bench.memory, REGION_SIZE,
	    PAGE_SIZE_MIN));
	cr_assert_not_null(memory_take(&bench.memory, 100, CACHE_LINE));
	cr_assert_eq(bench.holdings.length, MANY / 2 + 2);
	holdings_give_all(&bench.holdings);
	cr_assert_eq(bench.holdings.length, 0);
	close_bench(&bench);
}

Test(holdings, keep_nothing_for_whoever_has_given_all_back)
{
	struct bench bench;

	open_bench(&bench);
	for (size_t i = 0; i < MANY; i++)
		memory_give(&bench.memory, bench.blocks[i], i + 1, 16);
	cr_assert_eq(bench.sim.safe_memory.bytes, 0);
	memory_fini(&bench.memory);
	holdings_give_all(&bench.holdings);
	close_bench(&bench);
}

Test(holdings, do_not_count_what_was_refused)
{
	struct bench bench;

	open_bench(&bench);
	memory_fault_at(&bench.memory, 1);
	cr_assert_null(memory_take(&bench.memory, 1, 16));
	cr_assert_eq(bench.holdings.length, MANY);
	memory_give(&bench.memory, NULL, 1, 16);
	cr_assert_eq(bench.holdings.length, MANY);
	holdings_give_all(&bench.holdings);
	close_bench(&bench);
}
