/* SPDX-License-Identifier: MIT */
/*
 * heavy - messages that do not fit into their envelope's block, or hold blobs.
 *
 * Such an envelope has a burden (mailbox/burden.h).  A message whose struct and
 * parts need more than a block has only its struct there; all its parts stand
 * in a blob of the message's own, the first of the burden, laid out as they
 * would be in a block.  So it is passed on, kept, given back or told of without
 * a copy; and what is sent of it in another such message is shared.
 *
 * Threads: the crew's owner.  Errors: statuses; nothing is counted but what
 * blobs.h counts.
 */
#ifndef VM_ACTOR_HEAVY_H
#define VM_ACTOR_HEAVY_H

#include "mailbox/burden.h"
#include "vm/crew.h"
#include "vm/message/flat.h"

/* True for a message that needs this. */
static inline bool
heavy_is(const struct flat_need *need)
{
	return need->size > THS_FLAT_SIZE_MAX || need->blobs > 0;
}

/*
 * An envelope that holds the message, which flat_weigh() has found to need this
 * without a lender; its size and size_class are set, nothing else.  lender is
 * as there.  THS_OK; or THS_NO_MEMORY (also at blob_bytes_max), THS_TOO_LARGE
 * or THS_BAD_ARGUMENT.
 */
enum ths_status heavy_seal(struct crew *crew, const struct burden *lender,
    const ths_type *type, const void *message, struct flat_need need,
    struct envelope **sealed);

/*
 * An envelope for a draft of this type with `extra` bytes for its parts, and
 * room for all the blobs that it can have then; all of the struct is zero.
 * NULL: too large, or no memory.
 */
struct envelope *heavy_draft(struct crew *crew, const ths_type *type,
    size_t extra);

/* Where the extra bytes of a draft are. */
struct flat_region heavy_draft_extra(const struct envelope *draft,
    const ths_type *type);

/* Makes a draft ready to be sent.  THS_OK; or THS_BAD_ARGUMENT or
 * THS_TOO_LARGE, as flat_check(), and it is as it was. */
enum ths_status heavy_draft_seal(struct crew *crew, const ths_type *type,
    struct envelope *draft);

#endif
