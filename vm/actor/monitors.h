/* SPDX-License-Identifier: MIT */
/*
 * monitors - who wants to be told of whose end.
 *
 * A monitor is two envelopes: one stays with the watcher, the other goes to the
 * watched actor and stays there.  Each hangs in its actor's list of relations,
 * and knows the other's place.  The second one is also the ths_down in the end, so
 * an end needs no memory to be told.
 *
 *   watcher                                      watched
 *     record  --- MONITOR ------------------------> record
 *     freed  <--- DOWN, the same envelope --------- it has ended
 *
 *     cancelled --- UNMONITOR ---------------------> record freed
 *     freed  <----- UNMONITORED, the same envelope --'
 *
 * Mail of one sender to one target keeps its order: so an UNMONITOR that meets
 * the life it means finds the record there, and a watcher's own record stays
 * until it has met a DOWN or an UNMONITORED, after which nobody names it.  A
 * watcher that ends sends its record as UNMONITOR and wants no answer.
 *
 * A witness is a record without another: somebody outside waits for it at a slot
 * of his own.  It goes to an actor and comes back as a DOWN.  That of a beginning
 * is hung up before the actor runs, and comes back when init has, or with its end
 * and the words for it; sent to one that lives already, it comes back from the
 * first look.  That of an end comes back at the end.
 *
 * Threads: the slot's consumer; monitors_witness(), _watch(), _unwatch(): of who
 * waits.
 */
#ifndef VM_ACTOR_MONITORS_H
#define VM_ACTOR_MONITORS_H

#include <stdbool.h>

#include "mailbox/envelope.h"
#include "thespis/life.h"
#include "vm/actor/slot.h"
#include "vm/crew.h"

/* Whoever lives in slot meets mail of these kinds.  Takes it. */
void monitors_meet(struct slot *slot, struct envelope *envelope);

/* The same where the life it is for is over. */
void monitors_meet_nobody(struct slot *slot, struct envelope *envelope);

/* Ends all relations of an actor that ends. */
void monitors_end(struct slot *slot, enum ths_exit_reason reason);

enum witness_of {
	WITNESS_OF_BEGINNING,
	WITNESS_OF_END,
};

/* A witness that is to come back to slot; NULL: no memory.  Until it is hung up
 * or sent it is the caller's, to be given to the pool. */
struct envelope *monitors_witness(const struct slot *slot, enum witness_of what);

/* Hangs a witness up with an actor that has not run yet.  Takes it. */
void monitors_hang_up(struct slot *slot, ths_address whom,
    struct envelope *witness);

/* Sends a witness to whoever is meant.  Takes it.  False: nobody ever lived
 * there, or not in this VM; then it is still the caller's. */
bool monitors_watch(struct slot *slot, ths_address whom,
    struct envelope *witness);

/* Takes back the witness of an end, if it has not come back.  Without memory
 * it stays where it is and comes back to nobody. */
void monitors_unwatch(struct slot *slot, ths_address whom,
    const struct envelope *witness);

/* Sends the witness of a beginning back that has come to somebody who is no actor,
 * but lives; false: it is something else, and still the caller's. */
bool monitors_meet_witness(struct slot *slot, struct envelope *envelope);

/* An actor's init has run: the witnesses of that go back. */
void monitors_begun(struct slot *slot);

/* An actor's init has failed for this reason. */
void monitors_unborn(struct slot *slot, const char *why);

/* What a witness tells that has come back. */
struct witnessed {
	bool has_begun; /* and more is not known */
	enum ths_exit_reason reason; /* of the end; THS_EXIT_UNKNOWN: it was
				      * too late for that */
	const char *why; /* in words; in the envelope */
};
struct witnessed monitors_read(const struct envelope *witness);

#endif
