/* SPDX-License-Identifier: MIT */
/*
 * walk - one way through a message and all that it points to; what flat.c and
 * beside.c share, and nobody else includes.
 *
 * Threads: who walks.
 */
#ifndef VM_MESSAGE_WALK_H
#define VM_MESSAGE_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "vm/message/flat.h"

enum walk_mode {
	MEASURES,
	WRITES,
	HOLDS, /* the blobs, and nothing else */
};

struct walk {
	enum walk_mode mode;
	bool is_flat; /* blobs are written as bytes are */
	char *block; /* WRITES: where parts go */
	size_t at;   /* where the next part begins */
	size_t end;  /* where the last one must end */
	unsigned depth;
	enum ths_status status;  /* of measuring */
	enum ths_status written; /* of writing */
	const struct flat_region *regions; /* no part may be elsewhere; NULL:
					    * anywhere */
	const struct blobs *blobs_of; /* whose a draft's are; NULL: any's */
	struct blobs *blobs;   /* WRITES: where blobs are made */
	struct burden *burden; /* WRITES, HOLDS: what stands beside */
	const struct burden *lender; /* NULL: none */
	uint32_t beside; /* MEASURES: how much that is, */
	size_t held;     /* and how many bytes */
};

static inline void
walk_refuse(struct walk *walk, enum ths_status status)
{
	if (walk->status == THS_OK)
		walk->status = status;
}

/* Writes a pointer, or what begins with one, back to its place in the block. */
static inline void
walk_turn(const struct walk *walk, char *place, const void *value, size_t size)
{
	if (walk->mode != MEASURES)
		memcpy(place, value, size);
}

/* The part of beside_share() that looks for it. */
bool beside_find(struct walk *walk, const void *part, size_t size);

/* True: this part of `size` bytes is the lender's, and stands beside. */
static inline bool
beside_share(struct walk *walk, const void *part, size_t size)
{
	return UNLIKELY(walk->lender != NULL) && size >= THS_SHARED_MIN &&
	    beside_find(walk, part, size);
}

/* Meets the ths_blob at this place, which stands beside. */
void beside_blob(struct walk *walk, char *place);

#endif
