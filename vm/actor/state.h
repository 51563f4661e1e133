/* SPDX-License-Identifier: MIT */
/*
 * state - the memory of an actor's state: in its slot where it fits, else in an
 * envelope's block, or in one of its own when even that is too small.
 *
 * Threads: take by whoever has claimed the slot, give by its consumer.
 */
#ifndef VM_ACTOR_STATE_H
#define VM_ACTOR_STATE_H

#include <string.h>

#include "vm/actor/slot.h"
#include "vm/crew.h"

/* The parts of state_take() and state_give() for what does not fit into the
 * slot. */
void *state_take_block(struct crew *crew, uint32_t size);
void state_give_block(struct crew *crew, void *state, uint32_t size);

/* Sets the state of a new actor, all zero; false: no memory. */
static inline bool
state_take(struct crew *crew, struct slot *slot, uint32_t size)
{
	if (LIKELY(size <= SLOT_STATE_INLINE)) {
		memset(slot->inline_state, 0, SLOT_STATE_INLINE);
		slot->state = slot->inline_state;
		return true;
	}
	slot->state = state_take_block(crew, size);
	return slot->state != NULL;
}

static inline void
state_give(struct crew *crew, struct slot *slot, uint32_t size)
{
	if (UNLIKELY(size > SLOT_STATE_INLINE))
		state_give_block(crew, slot->state, size);
}

#endif
