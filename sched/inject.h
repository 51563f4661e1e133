/* SPDX-License-Identifier: MIT */
/*
 * inject - the queue of tasks that belong to no worker: those submitted by
 * threads that are none, and those that overflowed a worker's ring.
 *
 * Two parts.  `arrivals` is a stack that any thread pushes chains to with one
 * compare-exchange.  `ordered` is a list in order of arrival, owned by whichever
 * worker holds the token; it takes all arrivals, turns them round and appends
 * them when its own list has run out.  A worker that finds the token taken does not
 * wait: it goes on to other work.
 *
 *   [A] push: compare-exchange of arrivals, seq_cst -> take: exchange, acq_rel
 *   [K] release of the token: store release -> try of the token: exchange acquire
 *         the next holder sees the list as the last one left it.
 *
 * A holder does a bounded amount of work under the token except for turning
 * arrivals round, which is linear in what arrived since the last time.
 *
 * Order: FIFO, but for two pushes that race.  Threads: any.  Progress: push is
 * lock-free; take never waits.
 */
#ifndef SCHED_INJECT_H
#define SCHED_INJECT_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/machine.h"
#include "sched/task.h"

struct inject {
	alignas(CACHE_LINE) _Atomic(struct task *) arrivals; /* [A] newest */
	alignas(CACHE_LINE) atomic_bool token;               /* [K] */
	struct task *oldest; /* holder of the token */
	struct task *newest; /* holder of the token */
	_Atomic uint64_t waiting; /* in `ordered`; written by the holder */
	_Atomic uint64_t taken;   /* tasks handed out so far; the holder */
};

void inject_init(struct inject *inject);

/* Appends one task, or a chain given newest first down to `oldest` (linked by
 * next).  Any thread. */
void inject_push(struct inject *inject, struct task *task);
void inject_push_chain(struct inject *inject, struct task *newest,
    struct task *oldest);

/*
 * Takes up to max of the oldest into tasks[], oldest first.  Returns how many; 0
 * when there is nothing or another holds the token.
 */
uint32_t inject_take(struct inject *inject, struct task **tasks, uint32_t max);

/* True when nothing is in it; seq_cst loads, for the last look before parking.
 * While it says false a worker must not park. */
bool inject_is_empty(const struct inject *inject);

#endif
