/* SPDX-License-Identifier: MIT */
/*
 * ring - a bounded queue of tasks with both ends open: its owner pushes and
 * takes at either end, thieves take from the oldest end, up to half at once.
 *
 * One word holds the whole of its shape, and every change is one
 * compare-exchange of that word:
 *
 *   bits 63..17  version, one more with every change: no two words are alike
 *                within 2^47 changes, so a thief that was asleep cannot mistake
 *                one for another
 *   bits 16..8   length, 0..RING_SIZE
 *   bits  7..0   index of the oldest; the newest is at oldest + length - 1
 *
 *   [W] push: compare-exchange, seq_cst -> take/steal: load, acquire
 *         who gets a task sees all that was written before it was pushed, and
 *         the entry itself.
 *       take/steal: compare-exchange, seq_cst -> push: load, acquire
 *         an entry is written again only after whoever took it has read it.
 *       Seq_cst and not acq_rel: a push is followed by a look at the idle set,
 *       the announcement of an idle worker by a look at this word
 *       (ring_length); one of the two sees the other.
 *   [E] entries are relaxed: one read before a successful change of the word is
 *       good, one read before a failed change is thrown away.
 *
 *            push  take_newest  take_oldest  steal      [push and take: owner]
 *   push      X         X           X          -        X: caller excludes
 *   take      X         X           X          -
 *   steal     -         -           -          -
 *
 * The owner is one thread at a time, handed over with a happens-before edge.
 * Push and take stand here because each is some twenty instructions around its
 * compare-exchange.
 *
 * Progress: lock-free; the owner's compare-exchange fails only when a thief got
 * something.  Limits: RING_SIZE tasks; push says when it is full.
 */
#ifndef SCHED_RING_H
#define SCHED_RING_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/machine.h"
#include "base/sched_point.h"
#include "sched/task.h"

enum { RING_SIZE = 256 };

#define RING_INDEX_MASK ((uint64_t)(RING_SIZE - 1))
#define RING_LENGTH_SHIFT 8
#define RING_LENGTH_ONE ((uint64_t)1 << RING_LENGTH_SHIFT)
#define RING_LENGTH_MASK ((uint64_t)511)
#define RING_VERSION_SHIFT 17
#define RING_VERSION_ONE ((uint64_t)1 << RING_VERSION_SHIFT)

/*
 *   line  field    written by          read by
 *   0     word     owner, thieves      any
 *   1…    entries  owner, in push      owner, thieves
 */
struct ring {
	alignas(CACHE_LINE) _Atomic uint64_t word; /* [W] */
	alignas(CACHE_LINE) _Atomic(struct task *) entries[RING_SIZE]; /* [E] */
};

void ring_init(struct ring *ring);

/*
 * Takes the older half (rounded up), at most max, oldest first into tasks[].
 * Returns how many; 0 when the ring has fewer than `at_least`, or another came
 * first.  Any thread.
 */
uint32_t ring_steal(struct ring *ring, struct task **tasks, uint32_t max,
    uint32_t at_least);

static inline uint32_t
ring_word_length(uint64_t word)
{
	return (uint32_t)(word >> RING_LENGTH_SHIFT & RING_LENGTH_MASK);
}

/* word with `count` tasks gone from its oldest end. */
static inline uint64_t
ring_word_without_oldest(uint64_t word, uint32_t count)
{
	uint64_t oldest = (word + count) & RING_INDEX_MASK;

	word += RING_VERSION_ONE - count * RING_LENGTH_ONE;
	return (word & ~RING_INDEX_MASK) | oldest;
}

/* The entry `offset` places after the oldest. */
static inline _Atomic(struct task *) *
ring_entry(struct ring *ring, uint64_t word, uint32_t offset)
{
	return &ring->entries[(word + offset) & RING_INDEX_MASK];
}

static inline uint64_t
ring_load(const struct ring *ring)
{
	/* [W] */
	return atomic_load_explicit(&ring->word, memory_order_acquire);
}

/* [W]; false, and *word is what is there now, when another came first. */
static inline bool
ring_try_change(struct ring *ring, uint64_t *word, uint64_t next)
{
	sched_point(SCHED_SITE_RUN_QUEUE);
	return atomic_compare_exchange_strong_explicit(&ring->word, word, next,
	    memory_order_seq_cst, memory_order_acquire);
}

/* Puts task at the newest end.  False when the ring is full.  Owner. */
static inline bool
ring_try_push(struct ring *ring, struct task *task)
{
	uint64_t word = ring_load(ring);

	do {
		if (UNLIKELY(ring_word_length(word) == RING_SIZE))
			return false;
		/* [E]; again after a failure, since the place is the same. */
		atomic_store_explicit(ring_entry(ring, word,
		    ring_word_length(word)), task, memory_order_relaxed);
	} while (!ring_try_change(ring, &word,
	    word + RING_VERSION_ONE + RING_LENGTH_ONE));
	return true;
}

/* Takes the newest; NULL when empty.  Owner. */
static inline struct task *
ring_take_newest(struct ring *ring)
{
	uint64_t word = ring_load(ring);
	struct task *task;

	do {
		if (ring_word_length(word) == 0)
			return NULL;
		/* [E] */
		task = atomic_load_explicit(ring_entry(ring, word,
		    ring_word_length(word) - 1), memory_order_relaxed);
	} while (!ring_try_change(ring, &word,
	    word + RING_VERSION_ONE - RING_LENGTH_ONE));
	return task;
}

/* Takes the oldest; NULL when empty.  Owner. */
static inline struct task *
ring_take_oldest(struct ring *ring)
{
	uint64_t word = ring_load(ring);
	struct task *task;

	do {
		if (ring_word_length(word) == 0)
			return NULL;
		/* [E] */
		task = atomic_load_explicit(ring_entry(ring, word, 0),
		    memory_order_relaxed);
	} while (!ring_try_change(ring, &word,
	    ring_word_without_oldest(word, 1)));
	return task;
}

/* How many are in it: a guess, unless the caller's own seq_cst operation orders
 * it.  Any thread. */
static inline uint32_t
ring_length(const struct ring *ring)
{
	/* [W]: the last look before parking. */
	return ring_word_length(atomic_load_explicit(&ring->word,
	    memory_order_seq_cst));
}

/* The place in the ring of its oldest task: something to compare later. */
static inline uint32_t
ring_oldest_place(const struct ring *ring)
{
	/* Relaxed: a hint. */
	return (uint32_t)(atomic_load_explicit(&ring->word,
	    memory_order_relaxed) & RING_INDEX_MASK);
}

#endif
