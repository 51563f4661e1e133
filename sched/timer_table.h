/* SPDX-License-Identifier: MIT */
/*
 * timer_table - where the timers of one wheel live: records by index,
 * type-stable until the table ends; private to the wheel.
 *
 * Index 0 is never used, so that it can mean none.  A record whose generations
 * are used up is retired: it is never taken again.
 *
 * Threads: find by any; the rest by the wheel's holder.  Limits: 2^26 records.
 */
#ifndef SCHED_TIMER_TABLE_H
#define SCHED_TIMER_TABLE_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/memory.h"
#include "sched/timer.h"
#include "thespis/status.h"

enum {
	TIMER_SEGMENT_SHIFT = 12,
	TIMER_SEGMENT_LENGTH = 1 << TIMER_SEGMENT_SHIFT, /* records */
	TIMER_TABLE_AHEAD = 8, /* free records known beforehand */
};

struct timer_table {
	_Atomic(struct timer *) *segments; /* [T], see timer_table.c */
	struct memory *memory;
	uint32_t length; /* records in the table */
	uint32_t fresh;  /* the first that was never used */
	uint32_t lives;  /* generation of a fresh one */
	uint32_t free_top; /* modulo AHEAD: where in free[] */
	uint32_t free[TIMER_TABLE_AHEAD]; /* top of the stack of used ones */
	_Atomic uint32_t retired; /* read by any: a guess */
};

/* False: no memory. */
bool timer_table_init(struct timer_table *table, struct memory *memory);
void timer_table_fini(struct timer_table *table);

/* Takes a FREE record that is in no bucket.  THS_OK, THS_LIMIT or
 * THS_NO_MEMORY. */
ths_status timer_table_take(struct timer_table *table, uint32_t *index);

/* Puts a FREE record back. */
void timer_table_put(struct timer_table *table, uint32_t index,
    struct timer *timer);

/* The record of an index from outside; NULL when there is none. */
static inline struct timer *
timer_table_find(const struct timer_table *table, uint32_t index)
{
	/* [T] */
	struct timer *segment = atomic_load_explicit(
	    &table->segments[index >> TIMER_SEGMENT_SHIFT],
	    memory_order_acquire);

	if (segment == NULL || index == 0)
		return NULL;
	return &segment[index & (TIMER_SEGMENT_LENGTH - 1)];
}

/* The record of an index that was taken. */
static inline struct timer *
timer_table_at(const struct timer_table *table, uint32_t index)
{
	/* Relaxed: the holder's, or of an index that the holder gave out. */
	struct timer *segment = atomic_load_explicit(
	    &table->segments[index >> TIMER_SEGMENT_SHIFT],
	    memory_order_relaxed);

	return &segment[index & (TIMER_SEGMENT_LENGTH - 1)];
}

#endif
