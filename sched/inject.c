/* SPDX-License-Identifier: MIT */
/*
 * inject - the queue of tasks that belong to no worker; see inject.h.
 *
 * Ordering.  Each line is one happens-before edge the queue relies on.
 *   [A] push: compare-exchange of arrivals, seq_cst -> take: exchange, acq_rel
 *         the holder sees the tasks and their links.  Seq_cst, because a push
 *         is followed by a look at the idle set, and the announcement of an
 *         idle worker by inject_is_empty(): one of the two sees the other.
 *   [K] release of the token: store, release -> try of it: exchange, acquire
 *         the next holder sees the list as the last one left it.
 *   [N] take: store of waiting, then [A] exchange -> is_empty: load of
 *         arrivals, then load of waiting: who finds arrivals emptied finds
 *         waiting raised.
 *       take: store of waiting, release -> is_empty: load of waiting, seq_cst:
 *         who finds it 0 finds in `taken` every task that was handed out.
 *
 * No task is overlooked.  A task is, in this order, in `arrivals`, in a
 * holder's hands, in `ordered`, handed out.  A holder raises `waiting` to at
 * least 1 *before* it empties arrivals, and lowers it to 0 only when all it
 * took has been handed out.  is_empty looks at arrivals first.  If a task
 * pushed before the look is not there, then what the look read was written by
 * the exchange that took it or by a later one; so the raised `waiting` happened
 * before the second look, which reads that value or one stored after it.  The
 * two looks in the other order would miss a task that moves between them.
 *
 * `waiting` has one writer at a time, so plain stores do.
 */
#include "sched/inject.h"

#include <assert.h>
#include <stddef.h>

#include "base/sched_point.h"

static_assert(offsetof(struct inject, token) % CACHE_LINE == 0,
    "the holder's fields share a line with the pushers'");

/* Relaxed: whoever decides on it holds the token, or only guesses. */
static uint64_t
waiting_guess(const struct inject *inject)
{
	return atomic_load_explicit(&inject->waiting, memory_order_relaxed);
}

static struct task *
arrivals_guess(const struct inject *inject)
{
	/* Relaxed: compared with NULL, never followed. */
	return atomic_load_explicit(&inject->arrivals, memory_order_relaxed);
}

static void
set_waiting(struct inject *inject, uint64_t waiting)
{
	/* [N] */
	atomic_store_explicit(&inject->waiting, waiting, memory_order_release);
}

/* Makes what has arrived the ordered list, which has run out; returns how many
 * came.  Holder. */
static uint64_t
fetch_arrivals(struct inject *inject)
{
	struct task *oldest = NULL;
	struct task *newest;
	uint64_t count = 0;

	if (arrivals_guess(inject) == NULL)
		return 0;
	set_waiting(inject, 1); /* [N]; how many is not known yet */
	sched_point(SCHED_SITE_INJECT);
	/* [A] */
	newest = atomic_exchange_explicit(&inject->arrivals, NULL,
	    memory_order_acq_rel);
	sched_point(SCHED_SITE_INJECT);
	for (; newest != NULL; count++) {
		struct task *older = newest->next;

		newest->next = oldest;
		oldest = newest;
		newest = older;
	}
	inject->oldest = oldest;
	return count;
}

/* Moves up to max of `ordered` to tasks[]; returns how many.  Holder. */
static uint32_t
hand_out(struct inject *inject, struct task **tasks, uint32_t max)
{
	struct task *oldest = inject->oldest;
	uint32_t count;

	for (count = 0; count < max && oldest != NULL; count++) {
		tasks[count] = oldest;
		oldest = oldest->next;
	}
	inject->oldest = oldest;
	return count;
}

/* What inject_take() does under the token. */
static uint32_t
take_holding(struct inject *inject, struct task **tasks, uint32_t max)
{
	uint64_t waiting = waiting_guess(inject);
	uint32_t count = hand_out(inject, tasks, max);

	if (count < max) {
		waiting += fetch_arrivals(inject);
		count += hand_out(inject, tasks + count, max - count);
	}
	/* Relaxed: one writer at a time; published by `waiting`, [N]. */
	atomic_store_explicit(&inject->taken, atomic_load_explicit(
	    &inject->taken, memory_order_relaxed) + count,
	    memory_order_relaxed);
	sched_point(SCHED_SITE_INJECT);
	set_waiting(inject, waiting - count);
	return count;
}

void
inject_init(struct inject *inject)
{
	atomic_init(&inject->arrivals, NULL);
	atomic_init(&inject->token, false);
	inject->oldest = NULL;
	atomic_init(&inject->waiting, 0);
	atomic_init(&inject->taken, 0);
}

void
inject_push(struct inject *inject, struct task *task)
{
	inject_push_chain(inject, task, task);
}

void
inject_push_chain(struct inject *inject, struct task *newest,
    struct task *oldest)
{
	struct task *older = arrivals_guess(inject);

	do {
		oldest->next = older;
		sched_point(SCHED_SITE_INJECT);
		/* [A]; fails when another push or a holder came first. */
	} while (!atomic_compare_exchange_weak_explicit(&inject->arrivals,
	    &older, newest, memory_order_seq_cst, memory_order_relaxed));
	sched_point(SCHED_SITE_INJECT);
}

uint32_t
inject_take(struct inject *inject, struct task **tasks, uint32_t max)
{
	uint32_t count;

	/* A guess, so that looking into an empty queue writes nothing. */
	if (arrivals_guess(inject) == NULL && waiting_guess(inject) == 0)
		return 0;
	sched_point(SCHED_SITE_INJECT);
	/* [K]; true when another holds it. */
	if (atomic_exchange_explicit(&inject->token, true,
	    memory_order_acquire))
		return 0;
	count = take_holding(inject, tasks, max);
	sched_point(SCHED_SITE_INJECT);
	/* [K] */
	atomic_store_explicit(&inject->token, false, memory_order_release);
	return count;
}

bool
inject_is_empty(const struct inject *inject)
{
	/* [A] */
	if (atomic_load_explicit(&inject->arrivals, memory_order_seq_cst) !=
	    NULL)
		return false;
	sched_point(SCHED_SITE_INJECT);
	/* [N]; after arrivals, see above. */
	return atomic_load_explicit(&inject->waiting, memory_order_seq_cst) ==
	    0;
}

uint64_t
inject_taken(const struct inject *inject)
{
	/* Relaxed: a number to look at; [N] orders it where it matters. */
	return atomic_load_explicit(&inject->taken, memory_order_relaxed);
}
