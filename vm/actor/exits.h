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
#include "vm/actor/slot.h"

/* Shows an exit request to whoever lives in slot, and ends the actor or lets it
 * wait for its children.  Takes the request. */
void exits_asked(struct slot *slot, struct envelope *request);

/* Shows a notice to the parent that lives in slot, and strikes the child.  Takes
 * the notice. */
void exits_child_ended(struct slot *slot, struct envelope *notice);

#endif
