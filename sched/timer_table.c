/* SPDX-License-Identifier: MIT */
/*
 * timer_table - where the timers of one wheel live; see timer_table.h.
 *
 * A directory of segments, filled from its beginning and never emptied.  The
 * first segment comes alone, for a wheel with few timers; then GROWTH_SEGMENTS
 * at a time, the size of a huge page.
 *
 *   [T] segments: store release when a segment is made -> load acquire by find
 *         Any index finds a zeroed record or nothing.
 *
 * Used records wait on a stack: the latest is the likeliest to be in the cache.
 * When many timers ended in no order it is not, and to follow links would cost
 * one miss after the other; so the stack's top entries stand in a ring, each
 * record names (in `newer`) the one TIMER_TABLE_AHEAD deeper, and that one is
 * fetched when it enters the ring.
 */
#include "sched/timer_table.h"

#include <assert.h>
#include <stddef.h>

#include "base/machine.h"

enum {
	SEGMENTS_MAX = 1 << (TIMER_INDEX_BITS - TIMER_SEGMENT_SHIFT),
	GROWTH_SEGMENTS = 8,
};

#define SEGMENT_SIZE (TIMER_SEGMENT_LENGTH * sizeof(struct timer))
#define DIRECTORY_SIZE (SEGMENTS_MAX * sizeof(_Atomic(struct timer *)))

static_assert(sizeof(struct timer) == CACHE_LINE, "one line per timer");
static_assert(GROWTH_SEGMENTS * SEGMENT_SIZE == 2 * MiB, "a huge page");

/* How many segments come with the one that is to be number `first`. */
static uint32_t
growth(uint32_t first)
{
	return first == 0 ? 1 : GROWTH_SEGMENTS;
}

static ths_status
grow(struct timer_table *table)
{
	uint32_t first = table->length >> TIMER_SEGMENT_SHIFT;
	uint32_t count = growth(first);
	struct timer *region;

	if (first + count > SEGMENTS_MAX)
		return THS_LIMIT;
	region = memory_map(table->memory, count * SEGMENT_SIZE,
	    count * SEGMENT_SIZE);
	if (region == NULL)
		return THS_NO_MEMORY;
	for (uint32_t i = 0; i < count; i++) /* [T] */
		atomic_store_explicit(&table->segments[first + i],
		    region + (size_t)i * TIMER_SEGMENT_LENGTH,
		    memory_order_release);
	table->length += count * TIMER_SEGMENT_LENGTH;
	return THS_OK;
}

static void
free_push(struct timer_table *table, uint32_t index, struct timer *timer)
{
	uint32_t top = ++table->free_top % TIMER_TABLE_AHEAD;

	timer->newer = table->free[top];
	table->free[top] = index;
}

/* 0 when there is none. */
static uint32_t
free_pop(struct timer_table *table)
{
	uint32_t top = table->free_top % TIMER_TABLE_AHEAD;
	uint32_t index = table->free[top];
	uint32_t deeper;

	if (index == 0)
		return 0;
	deeper = timer_table_at(table, index)->newer;
	machine_fetch_for_writing(timer_table_at(table, deeper));
	table->free[top] = deeper;
	table->free_top--;
	return index;
}

bool
timer_table_init(struct timer_table *table, struct memory *memory)
{
	*table = (struct timer_table) { .memory = memory, .fresh = 1 };
	table->segments = memory_map(memory, DIRECTORY_SIZE, PAGE_SIZE_MIN);
	return table->segments != NULL;
}

void
timer_table_fini(struct timer_table *table)
{
	uint32_t segments = table->length >> TIMER_SEGMENT_SHIFT;

	for (uint32_t i = 0; i < segments; i += growth(i))
		memory_unmap(table->memory,
		    timer_table_at(table, i << TIMER_SEGMENT_SHIFT),
		    growth(i) * SEGMENT_SIZE, growth(i) * SEGMENT_SIZE);
	memory_unmap(table->memory, table->segments, DIRECTORY_SIZE,
	    PAGE_SIZE_MIN);
}

ths_status
timer_table_take(struct timer_table *table, uint32_t *index)
{
	uint32_t taken = free_pop(table);
	ths_status status;

	if (taken != 0) {
		*index = taken;
		return THS_OK;
	}
	if (UNLIKELY(table->fresh >= table->length)) {
		status = grow(table);
		if (status != THS_OK)
			return status;
	}
	*index = table->fresh++;
	/* Relaxed: no handle names it yet. */
	atomic_store_explicit(&timer_table_at(table, *index)->state,
	    timer_word(table->lives, TIMER_FREE), memory_order_relaxed);
	return THS_OK;
}

void
timer_table_put(struct timer_table *table, uint32_t index, struct timer *timer)
{
	if (LIKELY(timer_generation_now(timer) < TIMER_GENERATION_MAX)) {
		free_push(table, index, timer);
		return;
	}
	/* Relaxed: only the holder writes it. */
	atomic_store_explicit(&table->retired, atomic_load_explicit(
	    &table->retired, memory_order_relaxed) + 1, memory_order_relaxed);
}
