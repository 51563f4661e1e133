/* SPDX-License-Identifier: MIT */
/*
 * witness - what somebody outside waits for: that an actor has begun, or ended.
 *
 * A witness is a relation (vm/actor/relations.h) of one record only: who waits
 * has none, but a slot of his own where it comes back to, as a DOWN.  That of a
 * beginning is hung up before the actor runs, and comes back when its start has
 * run, or with its end and the words for it; sent to one that lives already, it
 * comes back when that meets it.  That of an end comes back at the end.
 *
 * Threads: witness_new(), _watch(), _unwatch(): who waits; witness_hang_up():
 * who makes the actor; the others: the slot's consumer.
 * Ownership: until it is hung up or sent a witness is the caller's, to be given
 * to the pool; and again when it has come back.
 */
#ifndef VM_ACTOR_WITNESS_H
#define VM_ACTOR_WITNESS_H

#include <stdbool.h>

#include "mailbox/envelope.h"
#include "thespis/life.h"
#include "vm/actor/slot.h"

enum witness_of {
	WITNESS_OF_BEGINNING,
	WITNESS_OF_END,
};

/* A witness that is to come back to slot; NULL: no memory. */
struct envelope *witness_new(const struct slot *slot, enum witness_of what);

/* Hangs a witness up with an actor that has not run yet.  Takes it. */
void witness_hang_up(struct slot *slot, ths_address whom,
    struct envelope *witness);

/* Sends a witness to whoever is meant.  Takes it.  False: nobody ever lived
 * there, or not in this VM; then it is still the caller's. */
bool witness_watch(struct slot *slot, ths_address whom,
    struct envelope *witness);

/* Takes back the witness of an end, if it has not come back.  Without memory it
 * stays where it is and comes back to nobody. */
void witness_unwatch(struct slot *slot, ths_address whom,
    struct envelope *witness);

/* Sends the witness of a beginning back that somebody has met; false: it is
 * something else, and still the caller's. */
bool witness_meet(struct slot *slot, struct envelope *envelope);

/* An actor has begun: the witnesses of that go back. */
void witness_begun(struct slot *slot);

/* An actor will not begin, for this reason. */
void witness_unborn(struct slot *slot, const char *why);

/* What a witness tells that has come back. */
struct witnessed {
	bool has_begun; /* and more is not known */
	enum ths_exit_reason reason; /* of the end; THS_EXIT_UNKNOWN: it was
				      * too late for that */
	const char *why; /* in words; in the envelope */
};
struct witnessed witness_read(struct envelope *witness);

#endif
