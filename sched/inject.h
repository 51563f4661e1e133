/* SPDX-License-Identifier: MIT */
/*
 * inject - the queue of tasks that belong to no worker: those submitted by
 * threads that are none, and those that overflowed a worker's ring.
 *
 * Two parts.  `arrivals` is a stack that any thread pushes chains to with one
 * compare-exchange.  `ordered` is a list in order of arrival, owned by
 * whichever worker holds the token; it takes all arrivals and turns them round
 * when its own list has run out.  A worker that finds the token taken does not
 * wait: it goes on to other work.
 *
 *   push                          take, holding the token
 *   ----> arrivals (newest first) ----> ordered (oldest first) ----> a worker
 *
 * Threads: any.  Progress: push is lock-free; take never waits, and does a
 * bounded amount of work except for turning arrivals round, which is linear in
 * what arrived since the last time.
 * Order: FIFO, but for two pushes that race.
 */
#ifndef SCHED_INJECT_H
#define SCHED_INJECT_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/machine.h"
#include "sched/task.h"

/*
 *   line  field     written by           read by
 *   0     arrivals  any, in push;        any
 *                   holder, in take
 *   1     token     any, in take         any
 *   1     oldest…   holder               holder
 *   1     waiting   holder               any
 *   1     taken     holder               any
 */
struct inject {
	alignas(CACHE_LINE) _Atomic(struct task *) arrivals; /* [A] newest */
	alignas(CACHE_LINE) atomic_bool token; /* [K] */
	struct task *oldest;      /* of `ordered`; NULL when it has run out */
	_Atomic uint64_t waiting; /* [N] in `ordered` or on the way there */
	_Atomic uint64_t taken;   /* tasks handed out so far */
};

void inject_init(struct inject *inject);

/* Appends one task.  Any thread. */
void inject_push(struct inject *inject, struct task *task);

/* Appends a chain, given newest first and linked by `next` down to `oldest`.
 * Any thread. */
void inject_push_chain(struct inject *inject, struct task *newest,
    struct task *oldest);

/*
 * Takes up to max of the oldest into tasks[], oldest first.  Returns how many;
 * 0 when there is nothing or another holds the token.  Any thread.
 */
uint32_t inject_take(struct inject *inject, struct task **tasks, uint32_t max);

/*
 * True when every task pushed before this look has been handed out; for the
 * last look before parking.  While it says false a worker must not park.  It
 * may say false for the moment in which another's take hands out the last ones.
 * Any thread.
 */
bool inject_is_empty(const struct inject *inject);

/* Tasks handed out so far; after inject_is_empty() said true, at least those
 * that were pushed before it was asked.  Any thread. */
uint64_t inject_taken(const struct inject *inject);

#endif
