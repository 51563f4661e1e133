/* SPDX-License-Identifier: MIT */
/*
 * draft - a message built in place, from the inside; see thespis/draft.h.
 *
 * A draft is an envelope with ENVELOPE_DRAFT; its `correlation` says how many
 * of its extra bytes are taken.  Its kind is that of the message.
 *
 * Threads: the crew's owner.
 */
#ifndef VM_ACTOR_DRAFT_H
#define VM_ACTOR_DRAFT_H

#include "mailbox/envelope.h"
#include "thespis/draft.h"
#include "vm/crew.h"

/* A draft; NULL: too large, a type that makes no sense or that only the runtime
 * sends, or no memory. */
struct envelope *draft_new(struct crew *crew, const ths_type *type,
    size_t extra);

/* Takes some of its extra bytes; NULL: there are not so many. */
void *draft_part(struct crew *crew, struct envelope *draft, size_t size);

/* Makes it ready to be sent.  THS_OK, THS_BAD_ARGUMENT or THS_TOO_LARGE. */
enum ths_status draft_seal(struct crew *crew, struct envelope *draft);

#endif
