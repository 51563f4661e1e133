/* SPDX-License-Identifier: MIT */
/*
 * strays - mail that meets nobody: the life that it was for has ended, or has not
 * begun, or has no handler for it.  What came from others is a dead letter; the
 * runtime's own is absorbed, or does what it was sent for.
 *
 * Each takes its envelope, which is no pack: that is opened before.
 *
 * Threads: the slot's consumer.
 */
#ifndef VM_ACTOR_STRAYS_H
#define VM_ACTOR_STRAYS_H

#include <stdint.h>

#include "mailbox/envelope.h"
#include "thespis/vm.h"
#include "vm/actor/slot.h"

/* Ends mail for a life of slot that is not the present one. */
void strays_end_stale(struct slot *slot, struct envelope *envelope);

/* Ends mail for a slot where no actor lives; an address may name a life that has
 * not begun. */
void strays_end_homeless(struct slot *slot, struct envelope *envelope);

/* The same also where one lives who has no handler for it, or waits for its
 * children and handles no more. */
void strays_end_unhandled(struct slot *slot, struct envelope *envelope);

/* Ends all mail in a slot, packs too.  What came from others is dead for this
 * reason, and counted in the answer. */
uint32_t strays_drain(struct slot *slot, enum ths_dead_reason reason);

#endif
