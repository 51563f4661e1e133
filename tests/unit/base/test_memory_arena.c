/* SPDX-License-Identifier: MIT */
/*
 * memory, in a program that may be linked with jemalloc: then regions come from
 * an arena of the port's own.  Without it the port has none, and works.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tests/harness.h"

extern int mallctl(const char *name, void *old, size_t *old_size, void *new,
    size_t new_size) __attribute__((weak));

enum { NAME_MAX_BYTES = 64, SIZE = 8 * 1024 * 1024 };

/* jemalloc answers from a copy that is made anew by this. */
static void
refresh(void)
{
	uint64_t epoch = 1;

	cr_assert_eq(mallctl("epoch", NULL, NULL, &epoch, sizeof(epoch)), 0);
}

/* A number of jemalloc's statistics on this arena. */
static size_t
arena_stat(unsigned arena, const char *stat)
{
	char name[NAME_MAX_BYTES];
	size_t number = 0;
	size_t size = sizeof(number);

	refresh();
	snprintf(name, sizeof(name), "stats.arenas.%u.%s", arena, stat);
	cr_assert_eq(mallctl(name, &number, &size, NULL, 0), 0);
	return number;
}

static bool
arena_exists(unsigned arena)
{
	char name[NAME_MAX_BYTES];
	bool is_initialized = false;
	size_t size = sizeof(is_initialized);

	refresh();
	snprintf(name, sizeof(name), "arena.%u.initialized", arena);
	return mallctl(name, &is_initialized, &size, NULL, 0) == 0 &&
	    is_initialized;
}

static void *
host_alloc(void *context, size_t size, size_t alignment)
{
	(void)context;
	return aligned_alloc(alignment, size);
}

static void
host_free(void *context, void *pointer, size_t size, size_t alignment)
{
	(void)context;
	(void)size;
	(void)alignment;
	free(pointer);
}

Test(memory_arena, is_there_exactly_when_jemalloc_is)
{
	ths_allocator allocator = { host_alloc, host_free, NULL };
	struct memory memory;

	memory_init(&memory, NULL, 0);
	cr_assert_eq(memory.has_arena, mallctl != NULL);
	memory_fini(&memory);
	memory_init(&memory, &allocator, 0);
	cr_assert_not(memory.has_arena);
	memory_fini(&memory);
}

Test(memory_arena, belongs_to_one_port_and_ends_with_it)
{
	struct memory one;
	struct memory other;

	if (mallctl == NULL)
		return;
	memory_init(&one, NULL, 0);
	memory_init(&other, NULL, 0);
	cr_assert_neq(one.arena, other.arena);
	cr_assert(arena_exists(one.arena));
	memory_fini(&one);
	cr_assert_not(arena_exists(one.arena));
	cr_assert(arena_exists(other.arena));
	memory_fini(&other);
	cr_assert_not(arena_exists(other.arena));
}

Test(memory_arena, holds_the_regions_and_lets_them_go)
{
	struct memory memory;
	size_t before;
	char *region;

	if (mallctl == NULL)
		return;
	memory_init(&memory, NULL, 0);
	before = arena_stat(memory.arena, "mapped");
	region = memory_map(&memory, SIZE, 2 * MiB);
	cr_assert_not_null(region);
	cr_assert_eq((uintptr_t)region % (2 * MiB), 0);
	for (size_t i = 0; i < SIZE; i++)
		cr_assert_eq(region[i], 0);
	cr_assert_geq(arena_stat(memory.arena, "mapped"), before + SIZE);
	memset(region, 1, SIZE);
	memory_purge(&memory, region, SIZE);
	memset(region, 2, SIZE);
	memory_unmap(&memory, region, SIZE, 2 * MiB);
	cr_assert_lt(arena_stat(memory.arena, "mapped"), before + SIZE);
	cr_assert_eq(arena_stat(memory.arena, "pdirty"), 0);
	/* Zeroed also where the arena uses its addresses again. */
	region = memory_map(&memory, SIZE, 2 * MiB);
	cr_assert_not_null(region);
	for (size_t i = 0; i < SIZE; i++)
		cr_assert_eq(region[i], 0);
	memory_unmap(&memory, region, SIZE, 2 * MiB);
	memory_fini(&memory);
}
