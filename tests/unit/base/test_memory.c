/* SPDX-License-Identifier: MIT */
/* memory: what its users are promised. */
#include "base/memory.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"

static size_t
bytes_of(const struct memory *memory)
{
	return atomic_load_explicit(&memory->bytes, memory_order_relaxed);
}

static uint64_t
refused_by(const struct memory *memory)
{
	return atomic_load_explicit(&memory->refused, memory_order_relaxed);
}

static uint64_t
limited_by(const struct memory *memory)
{
	return atomic_load_explicit(&memory->limited, memory_order_relaxed);
}

static bool
is_zero(const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < size; i++) {
		if (byte[i] != 0)
			return false;
	}
	return true;
}

static bool
is_aligned(const void *pointer, size_t alignment)
{
	return (uintptr_t)pointer % alignment == 0;
}

/* A host's allocator: gives dirty memory, remembers what it was asked, and
 * refuses above size_max. */
struct host {
	int held;
	size_t size_max;
	size_t size;
	size_t alignment;
};

static void *
host_alloc(void *context, size_t size, size_t alignment)
{
	struct host *host = context;
	size_t whole = (size + alignment - 1) & ~(alignment - 1);
	void *pointer;

	host->size = size;
	host->alignment = alignment;
	if (host->size_max != 0 && size > host->size_max)
		return NULL;
	pointer = aligned_alloc(alignment, whole);
	if (pointer != NULL) {
		memset(pointer, 0xa5, whole);
		host->held++;
	}
	return pointer;
}

static void
host_free(void *context, void *pointer, size_t size, size_t alignment)
{
	struct host *host = context;

	host->held--;
	host->size = size;
	host->alignment = alignment;
	free(pointer);
}

Test(memory, gives_zeroed_blocks_at_every_alignment)
{
	static const size_t sizes[] = { 1, 7, 16, 100, 4096, 70000 };
	struct memory memory;

	memory_init(&memory, NULL, 0);
	for (size_t alignment = 1; alignment <= 8192; alignment *= 2) {
		for (int i = 0; i < 12; i++) { /* twice: reused ones, too */
			size_t size = sizes[i % 6];
			void *block = memory_take(&memory, size, alignment);

			cr_assert_not_null(block);
			cr_assert(is_aligned(block, alignment));
			cr_assert(is_zero(block, size));
			cr_assert_eq(bytes_of(&memory), size);
			memset(block, 0xff, size);
			memory_give(&memory, block, size, alignment);
			cr_assert_eq(bytes_of(&memory), 0);
		}
	}
	memory_give(&memory, NULL, 1, 1);
	memory_fini(&memory);
}

Test(memory, gives_zeroed_regions_at_every_alignment)
{
	static const size_t sizes[] = { 1, 4096, 10000, 65536, 2 * MiB,
		3 * MiB + 1 };
	struct memory memory;

	memory_init(&memory, NULL, 0);
	for (size_t alignment = 4096; alignment <= 4 * MiB; alignment *= 4) {
		for (int i = 0; i < 6; i++) {
			size_t size = sizes[i];
			void *region = memory_map(&memory, size, alignment);

			cr_assert_not_null(region);
			cr_assert(is_aligned(region, alignment));
			cr_assert(is_zero(region, size));
			cr_assert_eq(bytes_of(&memory), size);
			memset(region, 0xff, size);
			memory_unmap(&memory, region, size, alignment);
		}
	}
	memory_unmap(&memory, NULL, 1, 4096);
	cr_assert_eq(bytes_of(&memory), 0);
	memory_fini(&memory);
}

Test(memory, takes_everything_from_the_hosts_allocator)
{
	struct host host = { 0 };
	ths_allocator allocator = { host_alloc, host_free, &host };
	struct memory memory;
	void *region;
	void *block;

	memory_init(&memory, &allocator, 0);
	block = memory_take(&memory, 100, 32);
	cr_assert_eq(host.held, 1);
	cr_assert(is_zero(block, 100));
	cr_assert(host.size == 100 && host.alignment == 32);
	region = memory_map(&memory, 2 * MiB, 8192);
	cr_assert_eq(host.held, 2);
	cr_assert(is_zero(region, 2 * MiB));
	cr_assert(host.size == 2 * MiB && host.alignment == 8192);

	memset(region, 1, 2 * MiB);
	memory_purge(&memory, region, 2 * MiB);
	memory_give(&memory, block, 100, 32);
	cr_assert(host.size == 100 && host.alignment == 32);
	memory_unmap(&memory, region, 2 * MiB, 8192);
	cr_assert(host.size == 2 * MiB && host.alignment == 8192);
	cr_assert_eq(host.held, 0);
	memory_fini(&memory);
}

Test(memory, says_so_when_the_source_has_no_more)
{
	struct host host = { .size_max = 1000 };
	ths_allocator allocator = { host_alloc, host_free, &host };
	struct memory memory;

	memory_init(&memory, &allocator, 0);
	cr_assert_null(memory_take(&memory, 1001, 16));
	cr_assert_null(memory_map(&memory, 8192, 4096));
	cr_assert_eq(refused_by(&memory), 2);
	cr_assert_eq(limited_by(&memory), 0);
	cr_assert_eq(bytes_of(&memory), 0);
	memory_fini(&memory);

	memory_init(&memory, NULL, 0);
	cr_assert_null(memory_map(&memory, SIZE_MAX / 2, 4096));
	cr_assert_null(memory_map(&memory, SIZE_MAX, 4096));
	cr_assert_null(memory_map(&memory, SIZE_MAX - 8192, 2 * MiB));
	cr_assert_null(memory_take(&memory, SIZE_MAX, 64));
	cr_assert_eq(refused_by(&memory), 4);
	cr_assert_eq(bytes_of(&memory), 0);
	memory_fini(&memory);
}

Test(memory, keeps_to_its_limit)
{
	struct memory memory;
	void *large;
	void *small;

	memory_init(&memory, NULL, 10000);
	large = memory_take(&memory, 9000, 16);
	cr_assert_not_null(large);
	cr_assert_null(memory_take(&memory, 1001, 16));
	cr_assert_null(memory_map(&memory, 4096, 4096));
	cr_assert_null(memory_take(&memory, SIZE_MAX, 1));
	cr_assert_null(memory_take(&memory, SIZE_MAX - 8999, 1));
	cr_assert_eq(limited_by(&memory), 4);
	cr_assert_eq(refused_by(&memory), 4);
	cr_assert_eq(bytes_of(&memory), 9000);
	small = memory_take(&memory, 1000, 16);
	cr_assert_not_null(small);
	memory_give(&memory, large, 9000, 16);
	memory_give(&memory, small, 1000, 16);
	large = memory_take(&memory, 10000, 16);
	cr_assert_not_null(large);
	memory_give(&memory, large, 10000, 16);
	memory_fini(&memory);
}

/* Something made of several pieces, as every noun above this floor is. */
struct thing {
	void *block;
	void *region;
	void *aligned;
};

static bool
thing_init(struct thing *thing, struct memory *memory)
{
	thing->block = memory_take(memory, 40, 8);
	if (thing->block == NULL)
		goto out;
	thing->region = memory_map(memory, 16384, 4096);
	if (thing->region == NULL)
		goto give_block;
	thing->aligned = memory_take(memory, 128, 64);
	if (thing->aligned == NULL)
		goto unmap_region;
	return true;

unmap_region:
	memory_unmap(memory, thing->region, 16384, 4096);
give_block:
	memory_give(memory, thing->block, 40, 8);
out:
	return false;
}

static void
thing_fini(struct thing *thing, struct memory *memory)
{
	memory_give(memory, thing->aligned, 128, 64);
	memory_unmap(memory, thing->region, 16384, 4096);
	memory_give(memory, thing->block, 40, 8);
}

Test(memory, fails_each_call_in_turn)
{
	struct memory memory;
	struct thing thing;
	uint64_t calls;

	memory_init(&memory, NULL, 0);
	cr_assert(thing_init(&thing, &memory));
	thing_fini(&thing, &memory);
	calls = memory_calls(&memory);
	cr_assert_eq(calls, 3);
	for (uint64_t nth = 1; nth <= calls; nth++) {
		memory_fault_at(&memory, nth);
		cr_assert_not(thing_init(&thing, &memory));
		cr_assert_eq(refused_by(&memory), nth);
		cr_assert_eq(bytes_of(&memory), 0);
	}
	memory_fault_at(&memory, calls + 1);
	cr_assert(thing_init(&thing, &memory));
	thing_fini(&thing, &memory);
	cr_assert_eq(limited_by(&memory), 0);
	memory_fini(&memory);
}

Test(memory, fails_once_and_only_when_told)
{
	struct memory memory;
	void *block;

	memory_init(&memory, NULL, 0);
	memory_fault_at(&memory, 1);
	cr_assert_null(memory_take(&memory, 1, 1));
	for (int i = 0; i < 10; i++) {
		block = memory_take(&memory, 1, 1);
		cr_assert_not_null(block);
		memory_give(&memory, block, 1, 1);
	}
	memory_fault_at(&memory, 1);
	memory_fault_at(&memory, 0);
	block = memory_take(&memory, 1, 1);
	cr_assert_not_null(block);
	memory_give(&memory, block, 1, 1);
	cr_assert_eq(memory_calls(&memory), 12);
	cr_assert_eq(refused_by(&memory), 1);
	memory_fini(&memory);
}

/* ----------------------------------------------------- by several threads */

enum { THREADS = 4, ROUNDS = 2000, HELD_MAX = 6 };

struct share {
	struct memory *memory;
	pthread_t thread;
	uint64_t refusals;
	_Atomic int *held; /* blocks held by all threads together */
	bool was_over;
};

static void *
take_and_give(void *argument)
{
	struct share *share = argument;
	void *blocks[3];

	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < 3; i++) {
			blocks[i] = memory_take(share->memory, 64, 64);
			if (blocks[i] == NULL)
				share->refusals++;
			else if (atomic_fetch_add(share->held, 1) >= HELD_MAX)
				share->was_over = true;
		}
		for (int i = 0; i < 3; i++) {
			if (blocks[i] != NULL)
				atomic_fetch_sub(share->held, 1);
			memory_give(share->memory, blocks[i], 64, 64);
		}
	}
	return NULL;
}

/* Returns how often a thread was refused; *was_over tells whether more than
 * HELD_MAX blocks were held at once. */
static uint64_t
run_threads(struct memory *memory, bool *was_over)
{
	struct share shares[THREADS] = { 0 };
	_Atomic int held = 0;
	uint64_t refusals = 0;

	for (int i = 0; i < THREADS; i++) {
		shares[i].memory = memory;
		shares[i].held = &held;
		cr_assert_eq(pthread_create(&shares[i].thread, NULL,
		    take_and_give, &shares[i]), 0);
	}
	*was_over = false;
	for (int i = 0; i < THREADS; i++) {
		pthread_join(shares[i].thread, NULL);
		refusals += shares[i].refusals;
		*was_over |= shares[i].was_over;
	}
	return refusals;
}

Test(memory, fails_exactly_one_call_of_many_threads)
{
	struct memory memory;
	bool was_over;

	memory_init(&memory, NULL, 0);
	memory_fault_at(&memory, 777);
	cr_assert_eq(run_threads(&memory, &was_over), 1);
	cr_assert_eq(refused_by(&memory), 1);
	cr_assert_eq(memory_calls(&memory), THREADS * ROUNDS * 3);
	cr_assert_eq(bytes_of(&memory), 0);
	memory_fini(&memory);
}

Test(memory, keeps_to_its_limit_among_many_threads)
{
	struct memory memory;
	uint64_t refusals;
	bool was_over;

	memory_init(&memory, NULL, (size_t)HELD_MAX * 64);
	refusals = run_threads(&memory, &was_over);
	cr_assert_not(was_over);
	cr_assert_eq(refused_by(&memory), refusals);
	cr_assert_eq(limited_by(&memory), refusals);
	cr_assert_eq(bytes_of(&memory), 0);
	memory_fini(&memory);
}

/* ----------------------------------------------------------------- purging */

Test(memory, purges_whole_pages_and_nothing_beside)
{
	const size_t size = 256 * KiB;
	struct memory memory;
	char *region;

	memory_init(&memory, NULL, 0);
	region = memory_map(&memory, size, 64 * KiB);
	memset(region, 7, size);
	memory_purge(&memory, region + 1, 65 * KiB); /* odd ends */
	cr_assert_eq(region[0], 7);
	for (size_t i = 1 + 65 * KiB; i < size; i++)
		cr_assert_eq(region[i], 7);
	memory_purge(&memory, region + 128 * KiB, 100); /* no whole page */
	cr_assert_eq(region[128 * KiB + 50], 7);
	cr_assert_eq(bytes_of(&memory), size);
	memset(region, 8, size); /* still there to be written */
	memory_unmap(&memory, region, size, 64 * KiB);
	memory_fini(&memory);
}

/* Resident pages of the process. */
static long
resident_pages(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	long pages = -1;

	cr_assert_not_null(file);
	cr_assert_eq(fscanf(file, "%*d %ld", &pages), 1);
	fclose(file);
	return pages;
}

Test(memory, gives_purged_pages_back_to_the_system)
{
	const size_t size = 32 * MiB;
	struct memory memory;
	long with;
	char *region;

	memory_init(&memory, NULL, 0);
	region = memory_map(&memory, size, 2 * MiB);
	memset(region, 7, size);
	with = resident_pages();
	memory_purge(&memory, region, size);
	cr_assert_lt(resident_pages(),
	    with - (long)(size / PAGE_SIZE_MIN / 64));
	memory_unmap(&memory, region, size, 2 * MiB);
	memory_fini(&memory);
}
