/* SPDX-License-Identifier: MIT */
/*
 * life - an actor's beginning and end in its slot.
 *
 * Init and start run in the actor's first slice, on the worker that gets it
 * from whoever has spawned it (vm/actor/spawn.h).  The end comes after that of
 * the actor's children; it frees the state and raises the generation: from then
 * on every address of that life is stale.  The slot of an actor without a
 * parent is listed as free when it goes idle, that of a child when its parent
 * has met the notice of its end.  A slot whose generation would wrap is
 * retired: it goes idle and into no free list.
 *
 * Threads: the slot's consumer.
 */
#ifndef VM_ACTOR_LIFE_H
#define VM_ACTOR_LIFE_H

#include "thespis/life.h"
#include "vm/actor/behaviour.h"
#include "vm/actor/send.h"
#include "vm/actor/slot.h"

/* The part of life_begin() for who has something to run, or has brought
 * something. */
void life_begin_fully(struct slot *slot);

/* Runs init and start of a SLOT_NEW slot; ends the actor if one of them
 * fails. */
static inline void
life_begin(struct slot *slot)
{
	if (UNLIKELY(slot->behaviour->begins || slot->current != NULL ||
	    slot->taken != NULL || slot->flags != SLOT_NEW))
		life_begin_fully(slot);
	else
		slot->flags = 0;
}

_Static_assert((THS_EXIT_REASON_COUNT - 1) * SLOT_REASON <= SLOT_REASONS,
    "a reason fits");

/* Notes why the actor ends; otherwise it leaves by itself. */
static inline void
life_set_reason(struct slot *slot, enum ths_exit_reason reason)
{
	slot->flags = (slot->flags & ~(uint32_t)SLOT_REASONS) |
	    (uint32_t)reason * SLOT_REASON;
}

static inline enum ths_exit_reason
life_reason(const struct slot *slot)
{
	return (enum ths_exit_reason)((slot->flags & SLOT_REASONS) /
	    SLOT_REASON);
}

/* Begins the actor's end: now, or when its children, who are asked to exit, are
 * gone. */
void life_leave(struct slot *slot);

/*
 * The actor of an exit request's handler goes on after all, until ths_exit():
 * for a supervisor, which ends its children in their order.  Without effect for
 * one that is to exit alone, or waits for its children already.
 */
void life_stay(struct slot *slot);

/* The slot is marked as killed: begins the end of whoever lives there, without
 * the mail; that of its children, too. */
void life_kill(struct slot *slot);

/* Ends the actor, its children gone or not: its exit runs unless it has not
 * begun, and its parent is told. */
void life_end(struct slot *slot);

/* Raises the generation of a slot nobody lives in any more; marks the slot to
 * be listed as free, unless it is retired. */
void life_close(struct slot *slot);

#endif
