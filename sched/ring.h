/* SPDX-License-Identifier: MIT */
/*
 * ring - a bounded queue of tasks with both ends open: its owner pushes and takes
 * at either end, thieves take from the oldest end, up to half at once.
 *
 * One word holds the whole of its shape, and every change is one
 * compare-exchange of that word:
 *
 *   bits 63..17  version, one more with every change: no two words are alike,
 *                so a thief that was asleep can never mistake one for another
 *   bits 16..8   length, 0..RING_SIZE
 *   bits  7..0   index of the oldest
 *
 *   [W] push: compare-exchange, seq_cst -> take/steal: compare-exchange, seq_cst
 *         who gets a task sees all that was written before it was pushed.
 *         Seq_cst and not acq_rel: a push is followed by a look at the idle set,
 *         the announcement of an idle worker by a look at this word (see
 *         sched/crowd.h).
 *   [E] entries are relaxed: one read before a successful change of the word is
 *         good, one read before a failed change is thrown away.
 *
 *            push  take_newest  take_oldest  steal      [push and take: owner]
 *   push      X         X           X          -        X: caller excludes
 *   take      X         X           X          -
 *   steal     -         -           -          -
 *
 * Progress: lock-free.  Limits: RING_SIZE tasks; push says when it is full.
 */
#ifndef SCHED_RING_H
#define SCHED_RING_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/machine.h"
#include "sched/task.h"

enum { RING_SIZE = 256 };

struct ring {
	alignas(CACHE_LINE) _Atomic uint64_t word; /* [W] */
	alignas(CACHE_LINE) _Atomic(struct task *) entries[RING_SIZE]; /* [E] */
};

void ring_init(struct ring *ring);

/* Puts task at the newest end.  False when the ring is full.  Owner. */
bool ring_try_push(struct ring *ring, struct task *task);

/* Takes one; NULL when empty.  Owner. */
struct task *ring_take_newest(struct ring *ring);
struct task *ring_take_oldest(struct ring *ring);

/*
 * Takes the older half (rounded up), at most max, oldest first into tasks[].
 * Returns how many; 0 when the ring has fewer than `at_least`, or another came
 * first.  Any thread.
 */
uint32_t ring_steal(struct ring *ring, struct task **tasks, uint32_t max,
    uint32_t at_least);

/* How many are in it: a guess, unless the caller's own seq_cst operation orders
 * it (the load is seq_cst).  Any thread. */
uint32_t ring_length(const struct ring *ring);

#endif
