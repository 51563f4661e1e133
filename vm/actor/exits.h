/* SPDX-License-Identifier: MIT */
/*
 * exits - an actor meets an exit request, or the notice of a child's end.
 *
 *             asked, or left           the last child's notice met
 *   living ------------------> EXITING -------------------------> ended
 *      '-----------------------------------------------------------^
 *                      no children, or alone
 *
 * Threads: the slot's consumer.
 */
#ifndef VM_ACTOR_EXITS_H
#define VM_ACTOR_EXITS_H

#include "mailbox/envelope.h"
#include "vm/actor/behaviour.h"
#include "vm/actor/children.h"
#include "vm/actor/dead.h"
#include "vm/actor/slot.h"
#include "vm/message/system.h"

/* Shows an exit request to whoever lives in slot, and ends the actor or lets it
 * wait for its children.  Takes the request. */
void exits_asked(struct slot *slot, struct envelope *request);

/* The part of exits_child_ended() for a parent that wants to know. */
void exits_child_told(struct slot *slot, struct envelope *notice);

/* Shows a notice to the parent that lives in slot, and strikes the child.
 * Takes the notice. */
static inline void
exits_child_ended(struct slot *slot, struct crew *crew,
    struct envelope *notice)
{
	if (UNLIKELY((slot->flags & SLOT_EXITING) != 0 ||
	    behaviour_handler(slot->behaviour, SYSTEM_ACTOR_EXITED) != NULL)) {
		exits_child_told(slot, notice);
		return;
	}
	dead_count_absorbed(crew, notice);
	children_strike(slot, slot_of_notice(notice));
	children_free_notice(crew, notice);
}

#endif
