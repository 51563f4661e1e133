/* SPDX-License-Identifier: MIT */
/*
 * batch - many free envelopes of one class behind one pointer, for their way
 * between a cache and the depot.
 *
 * Some of the envelopes name the others: each *leaf* holds, where its header
 * was, the next leaf and up to BATCH_OTHERS envelopes.  So who unpacks a batch
 * that another core packed waits for one line in six; in a plain chain every
 * step would wait for a line, each after the one before.
 *
 * Threads: who owns the envelopes.  Ownership: the batch is all of them; their
 * headers are overwritten, their messages are not touched.
 * Source: the unrolled list, used as in J. Bonwick and J. Adams, "Magazines and
 * Vmem" (2001), where magazines are arrays of their own.
 */
#ifndef MAILBOX_BATCH_H
#define MAILBOX_BATCH_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "mailbox/envelope.h"

enum {
	BATCH_OTHERS = 5, /* envelopes named by a leaf */
	BATCH_PER_LEAF = 1 + BATCH_OTHERS,
};

struct batch_leaf {
	struct batch_leaf *next;
	struct envelope *others[BATCH_OTHERS];
};

static_assert(sizeof(struct batch_leaf) <= ENVELOPE_HEADER_SIZE,
    "a leaf leaves the message alone");

/* Makes a batch of items[0] … items[length - 1], length > 0. */
static inline struct batch_leaf *
batch_pack(struct envelope *const *items, uint32_t length)
{
	struct batch_leaf *next = NULL;
	uint32_t end = length;

	/* From the back: the leaf that comes last may be short. */
	while (end > 0) {
		uint32_t first = (end - 1) / BATCH_PER_LEAF * BATCH_PER_LEAF;
		struct batch_leaf *leaf = (void *)items[first];

		leaf->next = next;
		for (uint32_t i = 1; first + i < end; i++)
			leaf->others[i - 1] = items[first + i];
		next = leaf;
		end = first;
	}
	return next;
}

/* Writes the batch's envelopes to items[0] … items[length - 1], in the order in
 * which they were packed; length is what it was then. */
static inline void
batch_unpack(struct batch_leaf *leaf, struct envelope **items, uint32_t length)
{
	for (uint32_t first = 0; first < length; first += BATCH_PER_LEAF) {
		items[first] = (void *)leaf;
		for (uint32_t i = 1; i < BATCH_PER_LEAF && first + i < length;
		    i++)
			items[first + i] = leaf->others[i - 1];
		leaf = leaf->next;
	}
}

#endif
