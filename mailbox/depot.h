/* SPDX-License-Identifier: MIT */
/*
 * depot - full batches of free blocks, waiting between the caches of a VM.
 *
 * Per size class a stack of tickets, each standing for one batch; one more
 * stack holds the blank tickets.  The depot never looks into a
 * batch (batch.h).
 *
 * Tickets stand outside the blocks and live as long as the depot.  That is what
 * makes taking one batch at a time safe: a thread that is overtaken in the
 * middle of it has read a ticket, never a block that somebody else owns by now,
 * and the stack's generation count makes it try again.  (To take everything and
 * give the rest back needs neither, but who is preempted in between holds all
 * there is, and the others map new memory meanwhile.)
 *
 * Threads: any, after init.  Progress: lock-free.
 * Limits: who grows the memory brings the tickets, one for each batch that it
 * can ever hold; so a put always finds a blank one.
 * Source: R. K. Treiber's stack (1986) with a generation count, as in
 * Concurrency Kit's ck_stack (push_mpmc, pop_mpmc).  Never mixed with its batch
 * pops: those leave the generation as it is.
 */
#ifndef MAILBOX_DEPOT_H
#define MAILBOX_DEPOT_H

#include <stdalign.h>
#include <stddef.h>

#include "base/machine.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define DEPOT_HAS_TSAN 1
#endif
#elif defined(__SANITIZE_THREAD__)
#define DEPOT_HAS_TSAN 1
#endif

/* ThreadSanitizer sees neither ck's assembly nor, therefore, why its reads of
 * `next` are harmless: they stay out of its sight, depot.c tells it the
 * edges. */
#include <ck_cc.h>
#ifdef DEPOT_HAS_TSAN
#undef CK_CC_INLINE
#define CK_CC_INLINE CK_CC_UNUSED __attribute__((no_sanitize("thread")))
#endif
#include <ck_stack.h>

#include "mailbox/batch.h"

struct depot_ticket {
	struct ck_stack_entry link; /* the stack's it is in */
	struct batch_leaf *batch;   /* who took the ticket from a stack */
};

struct depot_stack {
	alignas(CACHE_LINE) struct ck_stack tickets; /* [T] */
};

struct depot {
	struct depot_stack full[ENVELOPE_CLASSES];
	struct depot_stack blank;
};

void depot_init(struct depot *depot);

/* Adds blank tickets; the caller keeps their memory until nobody uses the depot
 * any more. */
void depot_grow(struct depot *depot, struct depot_ticket *tickets,
    size_t count);

/* Puts a full batch in.  Never fails; see Limits. */
void depot_put(struct depot *depot, unsigned size_class,
    struct batch_leaf *batch);

/* Takes a batch out; NULL when there was none. */
struct batch_leaf *depot_take(struct depot *depot, unsigned size_class);

#endif
