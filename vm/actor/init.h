/* SPDX-License-Identifier: MIT */
/*
 * init - what an actor's init may not do.
 *
 * An init looks and sets its state; every operation that acts, on others or on
 * the actor, is refused while it runs, with THS_NOT_READY where it has a status
 * to answer, and changes nothing but the log, which gets a warning.  SLOT_NEW
 * tells that it has not ended.
 *
 * An operation asks init_refuses() before all else, or where it finds that
 * something is odd, if an init cannot get past that.  ths_send() is of the
 * second kind: the outbox is barred meanwhile (vm/actor/outbox.h), which stands
 * in its way where an open one would.
 *
 * Threads: the slot's consumer.
 */
#ifndef VM_ACTOR_INIT_H
#define VM_ACTOR_INIT_H

#include <stdbool.h>

#include "base/machine.h"
#include "vm/actor/slot.h"

/* Logs that `what` is refused. */
void init_complain(const struct slot *slot, const char *what);

/* True when the actor's init runs; then `what`, a function's name, is
 * not done. */
static inline bool
init_refuses(const struct slot *slot, const char *what)
{
	if (LIKELY(!(slot->flags & SLOT_NEW)))
		return false;
	init_complain(slot, what);
	return true;
}

/* The answer to what cannot be done now: THS_NOT_READY in an init,
 * else `why`. */
static inline enum ths_status
init_refusal(const struct slot *slot, const char *what, enum ths_status why)
{
	return init_refuses(slot, what) ? THS_NOT_READY : why;
}

#endif
