/* SPDX-License-Identifier: MIT */
/*
 * depot - full batches waiting between caches; see depot.h.
 *
 * Why a put finds a blank ticket: there are at least as many tickets as
 * batches.  A ticket that is not blank stands in a stack for a batch there, or
 * is in the hand of a thread that also has the batch in its hand: a put takes
 * the ticket only when it has the batch, a take lets go of the ticket before it
 * hands the batch out.  So the batches that are neither in a stack nor in such
 * a hand, the caller's among them, have a blank ticket each.
 *
 *   [T] push: compare-exchange, after a release fence of ck's
 *       -> pop: compare-exchange, before an acquire fence of ck's
 *       the taker sees the ticket and the blocks as the giver left
 *       them, and the giver's last reads of the blocks come before.
 */
#include "mailbox/depot.h"

#include <ck_pr.h>

#include "base/check.h"
#include "base/sched_point.h"

#ifdef DEPOT_HAS_TSAN
#include <sanitizer/tsan_interface.h>
#define EDGE_RELEASE(address) __tsan_release(address)
#define EDGE_ACQUIRE(address) __tsan_acquire(address)
#else
#define EDGE_RELEASE(address) ((void)(address))
#define EDGE_ACQUIRE(address) ((void)(address))
#endif

#ifndef CK_F_STACK_POP_MPMC
#error "ck_stack_pop_mpmc() needs a compare-exchange of two words"
#endif

static void
stack_init(struct depot_stack *stack)
{
	ck_stack_init(&stack->tickets);
	/* Any start will do for a count; from NULL, + 1 would be undefined. */
	stack->tickets.generation = (char *)stack;
}

/* [T] */
static void
stack_push(struct depot_stack *stack, struct depot_ticket *ticket)
{
	EDGE_RELEASE(ticket);
	ck_pr_fence_release();
	ck_stack_push_mpmc(&stack->tickets, &ticket->link);
}

/* [T] */
static struct depot_ticket *
stack_pop(struct depot_stack *stack)
{
	struct ck_stack_entry *link = ck_stack_pop_mpmc(&stack->tickets);
	struct depot_ticket *ticket;

	if (link == NULL)
		return NULL;
	ck_pr_fence_acquire();
	ticket = CONTAINER_OF(link, struct depot_ticket, link);
	EDGE_ACQUIRE(ticket);
	return ticket;
}

void
depot_init(struct depot *depot)
{
	for (unsigned i = 0; i < ENVELOPE_CLASSES; i++)
		stack_init(&depot->full[i]);
	stack_init(&depot->blank);
}

void
depot_grow(struct depot *depot, struct depot_ticket *tickets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		stack_push(&depot->blank, &tickets[i]);
}

void
depot_put(struct depot *depot, unsigned size_class, struct batch_leaf *batch)
{
	struct depot_ticket *ticket;

	sched_point(SCHED_SITE_POOL);
	ticket = stack_pop(&depot->blank);
	CHECK(ticket != NULL);
	ticket->batch = batch;
	sched_point(SCHED_SITE_POOL);
	stack_push(&depot->full[size_class], ticket);
}

struct batch_leaf *
depot_take(struct depot *depot, unsigned size_class)
{
	struct depot_ticket *ticket;
	struct batch_leaf *batch;

	sched_point(SCHED_SITE_POOL);
	ticket = stack_pop(&depot->full[size_class]);
	if (ticket == NULL)
		return NULL;
	batch = ticket->batch;
	sched_point(SCHED_SITE_POOL);
	stack_push(&depot->blank, ticket);
	return batch;
}
