/* SPDX-License-Identifier: MIT */
/*
 * handling - what seldom follows a handler: a failure, or the actor's end.
 *
 * Threads: the slot's consumer.
 */
#ifndef VM_ACTOR_HANDLING_H
#define VM_ACTOR_HANDLING_H

#include <stdbool.h>

#include "base/fault.h"
#include "mailbox/envelope.h"
#include "thespis/failure.h"
#include "vm/actor/life.h"
#include "vm/actor/slot.h"

/* True in simulated worlds only: what is about to be called fails instead. */
static inline bool
handling_fails(struct slot *slot)
{
	return fault_strikes(FAULT_HANDLER, slot);
}

/* What it answers then. */
static inline ths_status
handling_failure(struct slot *slot)
{
	return ths_fail(slot_self(slot), "simulated fault");
}

/* Calls a handler. */
static inline ths_status
handling_call(struct slot *slot, ths_handler handler, const void *message)
{
	return handling_fails(slot) ? handling_failure(slot) :
	    handler(slot_self(slot), slot->state, message);
}

/* The handler of the nearest ancestor of this type, or NULL; also when nobody
 * lives in slot. */
ths_handler handling_inherited(const struct slot *slot, uint32_t type);

/*
 * A handler has returned and was counted: follows a failure up, and ends the
 * actor if it wants that.  message is what the handler was given.  False: the handler has taken the envelope, which is not to be
 * touched any more.
 */
bool handling_after(struct slot *slot, struct envelope *envelope,
    const void *message, enum ths_status status);

/*
 * Gives what is no plain mail to its handler, if there is one, counts it, and
 * does what handling_after() does.  False: there is none, and nothing is done.
 */
bool handling_show(struct slot *slot, struct envelope *envelope,
    const void *message);

/* Gives a SLOT_BECOMES actor the behaviour it has asked for. */
void handling_become(struct slot *slot);

/* Begins the actor's end if it wants it. */
static inline void
handling_leave(struct slot *slot)
{
	slot->current = NULL;
	if (slot->flags & SLOT_LEAVING)
		life_leave(slot);
}

#endif
