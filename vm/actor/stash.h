/* SPDX-License-Identifier: MIT */
/*
 * stash - mail that an actor has put aside, and mail it wants to meet again.
 *
 * Both are rings of envelopes in the annex, named by their newest:
 *
 *             ths_stash              ths_unstash_all         end of the handler
 *   handled -----------> put aside -----------------> released ----------> met
 *
 * Mail that was put aside is accepted again, so that it is counted as queued.
 * SLOT_RELEASED in the slot's flags says that something is released.
 *
 * Threads: the slot's consumer.
 */
#ifndef VM_ACTOR_STASH_H
#define VM_ACTOR_STASH_H

#include "mailbox/envelope.h"
#include "thespis/become.h"
#include "vm/actor/annex.h"
#include "vm/actor/slot.h"

/* stash_released() where something is. */
struct envelope *stash_put_before(struct slot *slot, struct envelope *rest);

/* The mail to be met next, oldest first, where `rest` was: behind what has been
 * released, if anything has. */
static inline struct envelope *
stash_released(struct slot *slot, struct envelope *rest)
{
	return LIKELY(!(slot->flags & SLOT_RELEASED)) ? rest :
	    stash_put_before(slot, rest);
}

/* Makes dead letters of what is left of an actor that ends. */
void stash_end(struct annex *annex);

#endif
