/* SPDX-License-Identifier: MIT */
/*
 * keep - a message leaves the hands of the slice that handles it: its actor
 * keeps it, or passes it on.
 *
 * The slot's flag SLOT_TAKEN says so until the handler has returned.  What is
 * left of the message for those who look at it then (who sent it, of which
 * type) is a stub that lies in the crew; a handler runs to its end before the
 * next begins, so one is enough.
 *
 * Kept mail is its envelope, marked ENVELOPE_KEPT; `next` is its owner's annex
 * and `to_generation` its place in the annex's array, so that it is found to be
 * freed or passed on in one look, and what is no such mail is not believed.
 *
 * Threads: the slot's consumer.
 */
#ifndef VM_ACTOR_KEEP_H
#define VM_ACTOR_KEEP_H

#include "mailbox/envelope.h"
#include "thespis/keep.h"
#include "vm/actor/annex.h"
#include "vm/actor/slot.h"

/*
 * Takes the message being handled out of the slice's hands, and out of the
 * inbox if it still lies there.  NULL: there is none to be taken.
 */
struct envelope *keep_take(struct slot *slot);

/* True if keep_take() would find one. */
bool keep_may_take(const struct slot *slot);

/* What is left in the slice's hands of a message that was taken. */
static inline struct envelope *
keep_stub(struct crew *crew)
{
	return (struct envelope *)(void *)crew->stub;
}

/* Makes room for one more that is kept.  THS_OK, THS_LIMIT (counted) or
 * THS_NO_MEMORY. */
enum ths_status keep_need_room(struct crew *crew, struct annex *annex);

/* Keeps an envelope, for which there is room. */
void keep_put(struct annex *annex, struct envelope *envelope);

/* Ends the keeping of one that is kept here; it has no flag but
 * ENVELOPE_QUESTION then. */
void keep_take_out(struct annex *annex, struct envelope *envelope);

/* Gives kept mail back; what is not, or not here, is left alone. */
void keep_free(struct envelope *envelope);

/* Gives back all that is left of an actor that ends. */
void keep_end(struct crew *crew, struct annex *annex);

#endif
