/* SPDX-License-Identifier: MIT */
/*
 * timer - the record of one timer; private to the wheel.  Its life is drawn in
 * wheel.h.
 *
 * One line, one word that decides its fate: the generation and, in the low
 * bits, the state.  A handle names one generation, so a stale one never
 * matches.
 *
 *   [S] state: compare-exchange acq_rel by everybody who changes it
 *         Exactly one of {fire, cancel} wins, and one of {done, cancel}.  Where
 *         the holder stores instead, no handle in the world has the generation,
 *         or nobody else may change the state.
 *   [L] load: store release by set -> load acquire by look
 *         Who reads a word of a later life sees then that the life it asked for
 *         has ended, for that came before the word.
 */
#ifndef SCHED_TIMER_H
#define SCHED_TIMER_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/machine.h"
#include "base/sched_point.h"
#include "sched/wheel.h"

enum {
	TIMER_WHEEL_BITS = 12, /* of a handle, from the top */
	TIMER_INDEX_BITS = 26,
	TIMER_GENERATION_BITS = 26,
	TIMER_GENERATION_MAX = (1 << TIMER_GENERATION_BITS) - 1,
	TIMER_STATE_BITS = 2,
	TIMER_STATE_MASK = (1 << TIMER_STATE_BITS) - 1,
	TIMER_WORDS = sizeof(struct wheel_load) / sizeof(uint64_t),
};

enum timer_state {
	TIMER_FREE,
	TIMER_ARMED,
	TIMER_FIRED,
	TIMER_REVOKED,
};

/*
 *   field     written by                     read by
 *   state     [S]                            any
 *   load      the holder, while FREE         any, [L]
 *   returned  who ended it, see wheel_end.c  the holder
 *   others    the holder                     the holder
 */
struct timer {
	alignas(CACHE_LINE) _Atomic uint32_t state; /* [S] */
	uint32_t bucket; /* of the calendar, or CALENDAR_NOWHERE */
	uint32_t older;  /* neighbours there; 0: none */
	uint32_t newer;  /* free: see timer_table.c */
	uint64_t tick;   /* due */
	_Atomic uint64_t load[TIMER_WORDS]; /* [L] */
	uint32_t returned; /* the next on that list */
};

static inline uint32_t
timer_index(wheel_handle handle)
{
	return handle >> TIMER_GENERATION_BITS & ((1u << TIMER_INDEX_BITS) - 1);
}

static inline uint32_t
timer_generation(wheel_handle handle)
{
	return handle & TIMER_GENERATION_MAX;
}

static inline wheel_handle
timer_handle(uint32_t wheel, uint32_t index, uint32_t generation)
{
	return (wheel_handle)wheel << (TIMER_INDEX_BITS + TIMER_GENERATION_BITS)
	    | (wheel_handle)index << TIMER_GENERATION_BITS | generation;
}

static inline uint32_t
timer_word(uint32_t generation, enum timer_state state)
{
	return generation << TIMER_STATE_BITS | state;
}

/* The generation it is in, or was in last.  The holder. */
static inline uint32_t
timer_generation_now(const struct timer *timer)
{
	/* Relaxed: only the holder begins another. */
	return atomic_load_explicit(&timer->state, memory_order_relaxed)
	    >> TIMER_STATE_BITS;
}

/* Moves the word from one to another.  False: it was another, which is now in
 * *from. */
static inline bool
timer_try_change(struct timer *timer, uint32_t *from, uint32_t to)
{
	sched_point(SCHED_SITE_TIMER);
	/* [S] */
	return atomic_compare_exchange_strong_explicit(&timer->state, from, to,
	    memory_order_acq_rel, memory_order_relaxed);
}

/* Whether this life has not ended yet. */
static inline bool
timer_lives(const struct timer *timer, uint32_t generation)
{
	/* Acquire: what is read after it is not older. */
	uint32_t word = atomic_load_explicit(&timer->state,
	    memory_order_acquire);

	return word >> TIMER_STATE_BITS == generation
	    && (word & TIMER_STATE_MASK) != TIMER_FREE;
}

static inline void
timer_load_write(struct timer *timer, const struct wheel_load *load)
{
	for (int i = 0; i < TIMER_WORDS; i++) /* [L] */
		atomic_store_explicit(&timer->load[i], load->words[i],
		    memory_order_release);
}

static inline void
timer_load_read(const struct timer *timer, struct wheel_load *load)
{
	for (int i = 0; i < TIMER_WORDS; i++) /* [L] */
		load->words[i] = atomic_load_explicit(&timer->load[i],
		    memory_order_acquire);
}

#endif
