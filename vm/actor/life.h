/* SPDX-License-Identifier: MIT */
/*
 * life - an actor's beginning and end in its slot.
 *
 * Spawning claims a free slot and makes its task ready; init runs on the worker
 * that gets it, in the actor's first slice.  The end frees the state and raises
 * the generation: from then on every address of that life is stale.  A slot
 * whose generation would wrap is retired: it goes idle and into no free list.
 *
 * Threads: spawn by the crew's owner; begin and end by the slot's consumer.
 */
#ifndef VM_ACTOR_LIFE_H
#define VM_ACTOR_LIFE_H

#include "vm/actor/send.h"
#include "vm/actor/slot.h"

/* See ths_spawn(); parent's slot is SLOT_NONE for one from outside. */
enum ths_status life_spawn(const struct sender *parent, ths_address *address,
    const ths_actor *actor, const ths_spawn_options *options);

/* Runs init of a SLOT_NEW slot; ends the actor if that fails. */
void life_begin(struct slot *slot);

/* Ends the actor: its exit runs unless it has not begun. */
void life_end(struct slot *slot);

/* Raises the generation of a slot nobody lives in any more; marks the slot to be
 * listed as free, unless it is retired. */
void life_close(struct slot *slot);

#endif
