/* SPDX-License-Identifier: MIT */
/*
 * memory - the only door to memory; see memory.h.
 *
 * Every call goes through the same three steps: take a number (and fail if the
 * test asked for that number), reserve the bytes, ask the source.  A later step
 * that fails undoes the earlier ones but for the number.
 *
 * jemalloc is met by weak symbols and by numbers of its interface that are
 * fixed in its manual, so that the library needs neither its header nor its
 * link: a program that has it gets it.
 *
 * Ordering.  All counts are relaxed: each is a statistic or, for `calls` and
 * `bytes`, decided by the read-modify-write alone.  Nobody reaches memory
 * through them.
 */
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/check.h"
#include "base/fault.h"

/* jemalloc(3), if the program has it. */
extern void *mallocx(size_t size, int flags) __attribute__((weak));
extern void dallocx(void *pointer, int flags) __attribute__((weak));
extern int mallctl(const char *name, void *old, size_t *old_size, void *new,
    size_t new_size) __attribute__((weak));

enum {
	JEMALLOC_ZERO = 0x40,      /* MALLOCX_ZERO */
	JEMALLOC_NO_CACHE = 0x100, /* MALLOCX_TCACHE_NONE */
	JEMALLOC_ARENA_SHIFT = 20, /* MALLOCX_ARENA(a): a + 1 from here */
	JEMALLOC_NAME_MAX = 48,    /* bytes of "arena.7.dirty_decay_ms" */
	HUGE_PAGE_SIZE = 2 * 1024 * 1024,
};

static bool
is_power_of_two(size_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

/* n up to a multiple of step, a power of two; 0 if that overflows. */
static size_t
round_up(size_t n, size_t step)
{
	return (n + step - 1) & ~(step - 1);
}

static size_t
page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* ------------------------------------------------- numbers and the limit */

/* Takes this call's number; false if it is the one that has to fail. */
static bool
number_take(struct memory *memory)
{
	uint64_t number = atomic_fetch_add_explicit(&memory->calls, 1,
	    memory_order_relaxed) + 1;

	return number != atomic_load_explicit(&memory->fault_at,
	    memory_order_relaxed) && !fault_strikes(FAULT_MEMORY, memory);
}

static void
bytes_release(struct memory *memory, size_t size)
{
	atomic_fetch_sub_explicit(&memory->bytes, size, memory_order_relaxed);
}

/*
 * Counts size bytes as held, unless the limit forbids it.  A refused call's
 * bytes stand in the count for a moment; another call may be refused for them,
 * but the limit is never passed.
 */
static bool
bytes_reserve(struct memory *memory, size_t size)
{
	size_t before;

	if (memory->bytes_max != 0 && size > memory->bytes_max)
		return false;
	before = atomic_fetch_add_explicit(&memory->bytes, size,
	    memory_order_relaxed);
	if (memory->bytes_max == 0 || before <= memory->bytes_max - size)
		return true;
	bytes_release(memory, size);
	return false;
}

static void
count_one(_Atomic uint64_t *count)
{
	atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
}

/* The first two steps of a call.  When false, the refusal is counted. */
static bool
call_begin(struct memory *memory, size_t size)
{
	if (UNLIKELY(!number_take(memory))) {
		count_one(&memory->refused);
		return false;
	}
	if (UNLIKELY(!bytes_reserve(memory, size))) {
		count_one(&memory->limited);
		count_one(&memory->refused);
		return false;
	}
	return true;
}

/* The last: passes on what the source gave, or undoes the reservation. */
static void *
call_end(struct memory *memory, void *pointer, size_t size)
{
	if (UNLIKELY(pointer == NULL)) {
		bytes_release(memory, size);
		count_one(&memory->refused);
	}
	return pointer;
}

/* ------------------------------------------------------------- the keeper */

/* In the shipped library there is none, and the compiler knows that. */
static struct memory_keeper *
keeper_of(const struct memory *memory)
{
#ifdef THS_SIM_POINTS
	return memory->keeper;
#else
	(void)memory;
	return NULL;
#endif
}

/* Tells that pointer, unless it is NULL, is held from now on, and returns it. */
static void *
keep(const struct memory *memory, void *pointer, size_t size,
    size_t alignment, bool is_region)
{
	struct memory_keeper *keeper = keeper_of(memory);

	if (keeper != NULL && pointer != NULL)
		keeper->took(keeper, memory, pointer, size, alignment,
		    is_region);
	return pointer;
}

static void
let_go(const struct memory *memory, void *pointer)
{
	struct memory_keeper *keeper = keeper_of(memory);

	if (keeper != NULL)
		keeper->gave(keeper, pointer);
}

/* ---------------------------------------------------------------- sources */

static bool
has_host(const struct memory *memory)
{
	return memory->allocator.alloc != NULL;
}

static void *
host_take(const struct memory *memory, size_t size, size_t alignment)
{
	void *pointer = memory->allocator.alloc(memory->allocator.context,
	    size, alignment);

	if (pointer == NULL)
		return NULL;
	/* A wrapper around malloc that forgets the alignment is a refusal, not
	 * a pointer whose low bits we would lose. */
	if ((uintptr_t)pointer % alignment != 0) {
		memory->allocator.free(memory->allocator.context, pointer,
		    size, alignment);
		return NULL;
	}
	return memset(pointer, 0, size);
}

static void
host_give(const struct memory *memory, void *pointer, size_t size,
    size_t alignment)
{
	memory->allocator.free(memory->allocator.context, pointer, size,
	    alignment);
}

/* Whole multiples of alignment: malloc's family aligns a block only as far as
 * an object of its size could need it. */
static void *
system_take(size_t size, size_t alignment)
{
	size_t whole = round_up(size, alignment);
	void *block;

	if (whole == 0)
		return NULL;
	if (alignment <= alignof(max_align_t))
		return calloc(1, whole);
	block = aligned_alloc(alignment, whole);
	return block != NULL ? memset(block, 0, whole) : NULL;
}

static int
jemalloc_flags(const struct memory *memory)
{
	/* No cache: a thread's cache would outlive the arena. */
	return JEMALLOC_NO_CACHE |
	    (int)((memory->arena + 1) << JEMALLOC_ARENA_SHIFT);
}

static void *
jemalloc_map(const struct memory *memory, size_t size, size_t alignment)
{
	return mallocx(size, jemalloc_flags(memory) | JEMALLOC_ZERO |
	    __builtin_ctzl(alignment));
}

/* Maps more than asked for and gives back what stands over on both sides. */
static void *
system_map(size_t size, size_t alignment)
{
	size_t page = page_size();
	size_t length = round_up(size, page);
	size_t spare = alignment > page ? alignment - page : 0;
	size_t before;
	char *start;

	if (length == 0 || length > SIZE_MAX - spare)
		return NULL;
	start = mmap(NULL, length + spare, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (start == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)start & (alignment - 1);
	if (before != 0)
		munmap(start, before);
	if (before != spare)
		munmap(start + before + length, spare - before);
	return start + before;
}

/* The system may have no room to note the hole: then the pages go back and only
 * their addresses are lost. */
static void
system_unmap(void *region, size_t size)
{
	size_t length = round_up(size, page_size());

	if (munmap(region, length) != 0)
		madvise(region, length, MADV_DONTNEED);
}

/* A wish: a system without huge pages answers no, and all is well. */
static void
huge_pages_ask(void *region, size_t size)
{
	if (size >= HUGE_PAGE_SIZE && (uintptr_t)region % HUGE_PAGE_SIZE == 0)
		madvise(region, size & ~(size_t)(HUGE_PAGE_SIZE - 1),
		    MADV_HUGEPAGE);
}

/* ------------------------------------------------------------- the arena */

/* Regions given back go back to the system at once, as with mmap: an idle
 * arena's pages would otherwise wait for a next call that may never come. */
static void
arena_set_decay(const struct memory *memory, const char *kind)
{
	char name[JEMALLOC_NAME_MAX];
	ssize_t decay_ms = 0;

	snprintf(name, sizeof(name), "arena.%u.%s_decay_ms", memory->arena,
	    kind);
	/* A wish: without it the pages come back at memory_fini(). */
	mallctl(name, NULL, NULL, &decay_ms, sizeof(decay_ms));
}

static void
arena_init(struct memory *memory)
{
	size_t size = sizeof(memory->arena);

	memory->has_arena = false;
	if (has_host(memory) || mallocx == NULL || dallocx == NULL ||
	    mallctl == NULL)
		return;
	if (mallctl("arenas.create", &memory->arena, &size, NULL, 0) != 0)
		return;
	memory->has_arena = true;
	arena_set_decay(memory, "dirty");
	arena_set_decay(memory, "muzzy");
}

static void
arena_fini(struct memory *memory)
{
	char name[JEMALLOC_NAME_MAX];
	int error;

	if (!memory->has_arena)
		return;
	snprintf(name, sizeof(name), "arena.%u.destroy", memory->arena);
	error = mallctl(name, NULL, NULL, NULL, 0);
	ASSERT(error == 0);
	(void)error;
	memory->has_arena = false;
}

/* ------------------------------------------------------------------ public */

void
memory_init(struct memory *memory, const ths_allocator *allocator,
    size_t bytes_max)
{
	CHECK(allocator == NULL ||
	    (allocator->alloc == NULL) == (allocator->free == NULL));
	memory->allocator = allocator != NULL ? *allocator
	    : (ths_allocator){ NULL, NULL, NULL };
	memory->bytes_max = bytes_max;
	memory->keeper = NULL;
	memory->arena = 0;
	atomic_init(&memory->bytes, 0);
	atomic_init(&memory->calls, 0);
	atomic_init(&memory->fault_at, 0);
	atomic_init(&memory->refused, 0);
	atomic_init(&memory->limited, 0);
	arena_init(memory);
}

void
memory_fini(struct memory *memory)
{
	ASSERT(atomic_load_explicit(&memory->bytes, memory_order_relaxed) == 0);
	arena_fini(memory);
}

void *
memory_take(struct memory *memory, size_t size, size_t alignment)
{
	void *block;

	CHECK(size > 0 && is_power_of_two(alignment));
	if (!call_begin(memory, size))
		return NULL;
	block = has_host(memory) ? host_take(memory, size, alignment)
	    : system_take(size, alignment);
	return keep(memory, call_end(memory, block, size), size, alignment,
	    false);
}

void
memory_give(struct memory *memory, void *block, size_t size, size_t alignment)
{
	if (block == NULL)
		return;
	let_go(memory, block);
	if (has_host(memory))
		host_give(memory, block, size, alignment);
	else
		free(block);
	bytes_release(memory, size);
}

void *
memory_map(struct memory *memory, size_t size, size_t alignment)
{
	void *region;

	CHECK(size > 0 && is_power_of_two(alignment));
	CHECK(alignment >= PAGE_SIZE_MIN);
	if (!call_begin(memory, size))
		return NULL;
	if (has_host(memory))
		region = host_take(memory, size, alignment);
	else if (memory->has_arena)
		region = jemalloc_map(memory, size, alignment);
	else
		region = system_map(size, alignment);
	if (region != NULL && !has_host(memory))
		huge_pages_ask(region, size);
	return keep(memory, call_end(memory, region, size), size, alignment,
	    true);
}

void
memory_unmap(struct memory *memory, void *region, size_t size,
    size_t alignment)
{
	if (region == NULL)
		return;
	let_go(memory, region);
	if (has_host(memory))
		host_give(memory, region, size, alignment);
	else if (memory->has_arena)
		dallocx(region, jemalloc_flags(memory));
	else
		system_unmap(region, size);
	bytes_release(memory, size);
}

void
memory_purge(struct memory *memory, void *pages, size_t size)
{
	size_t page = page_size();
	size_t before = -(uintptr_t)pages & (page - 1);

	if (has_host(memory) || size < before + page)
		return;
	/* A wish, like huge pages: pages that stay are no error. */
	madvise((char *)pages + before, (size - before) & ~(page - 1),
	    MADV_DONTNEED);
}

void
memory_fault_at(struct memory *memory, uint64_t nth)
{
	uint64_t calls = memory_calls(memory);

	atomic_store_explicit(&memory->fault_at, nth != 0 ? calls + nth : 0,
	    memory_order_relaxed);
}

uint64_t
memory_calls(const struct memory *memory)
{
	return atomic_load_explicit(&memory->calls, memory_order_relaxed);
}
