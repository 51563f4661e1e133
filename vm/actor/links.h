/* SPDX-License-Identifier: MIT */
/*
 * links - actors that end together; made of relations (vm/actor/relations.h).
 *
 * Threads: the slot's consumer.
 */
#ifndef VM_ACTOR_LINKS_H
#define VM_ACTOR_LINKS_H

#include "mailbox/envelope.h"
#include "thespis/address.h"
#include "vm/actor/slot.h"

/* One whom this actor is linked to has ended, for the reason that the
 * envelope's relation says: tells the actor, or ends it.  Takes the
 * envelope. */
void links_tell(struct slot *slot, struct envelope *envelope,
    ths_address whom);

#endif
