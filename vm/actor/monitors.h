/* SPDX-License-Identifier: MIT */
/*
 * monitors - who wants to be told of whose end; made of relations
 * (vm/actor/relations.h).
 *
 * Threads: the slot's consumer.
 */
#ifndef VM_ACTOR_MONITORS_H
#define VM_ACTOR_MONITORS_H

#include "mailbox/envelope.h"
#include "vm/actor/slot.h"

/* Tells a watcher what a DOWN says.  Takes the envelope. */
void monitors_tell(struct slot *slot, struct envelope *down);

#endif
