/* SPDX-License-Identifier: MIT */
/*
 * burden - what an envelope carries beside its block: blobs that it holds, and
 * that are dropped when it is given back.
 *
 * A burden stands behind the message, in the same block.  An envelope that has
 * one says so by a size class of its own, ENVELOPE_BURDENED, whose list in
 * every cache is always full: so giving back looks for it where it looks for a
 * full list, and one without a burden pays nothing.  The block's real class
 * stands in the burden.
 *
 *     header | message, `size` bytes | up to 7 bytes | burden
 *
 * This floor knows nothing of a blob but how it is dropped (pool_set_drop()).
 *
 * Threads: the envelope's owner.  Limits: BURDEN_MAX blobs.
 */
#ifndef MAILBOX_BURDEN_H
#define MAILBOX_BURDEN_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mailbox/envelope.h"

enum { BURDEN_MAX = 1024 }; /* blobs of one envelope */

struct blob;

struct burden {
	uint16_t length;
	uint16_t room;
	uint8_t size_class; /* of the block */
	struct blob *blobs[];
};

/* Where the burden of a message of this size begins. */
static inline uint32_t
burden_offset(uint32_t size)
{
	return (size + 7) & ~(uint32_t)7;
}

static inline size_t
burden_size(uint32_t room)
{
	return sizeof(struct burden) + room * sizeof(struct blob *);
}

static_assert(ENVELOPE_HEADER_SIZE + ENVELOPE_MESSAGE_MAX +
    sizeof(struct burden) + BURDEN_MAX * sizeof(struct blob *) <=
    ENVELOPE_SIZE_MIN << (ENVELOPE_CLASSES - 1),
    "the largest block holds the largest message and burden");

/* The envelope's burden, or NULL. */
static inline struct burden *
burden_of(const struct envelope *envelope)
{
	if (envelope->size_class != ENVELOPE_BURDENED)
		return NULL;
	return (struct burden *)(uintptr_t)(envelope->message +
	    burden_offset(envelope->size));
}

/* Adds a blob that the envelope holds from now on; false: there is no room. */
static inline bool
burden_add(struct burden *burden, struct blob *blob)
{
	if (burden->length == burden->room)
		return false;
	burden->blobs[burden->length++] = blob;
	return true;
}

/* The envelope has none any more; what it named is another's. */
static inline void
burden_end(struct envelope *envelope, const struct burden *burden)
{
	envelope->size_class = burden->size_class;
}

#endif
