/* SPDX-License-Identifier: MIT */
/*
 * relations - what actors have to do with each other's ends: monitors
 * (vm/actor/monitors.h) and links (vm/actor/links.h).
 *
 * A relation is two records: one stays with the actor that has made it, the
 * other goes to whom it is about and stays there.  Each hangs in its actor's
 * list, and knows the other's place.  A record is an envelope that carries no
 * mail while it hangs there; it becomes mail when there is something to tell,
 * so an end needs no memory to be told.
 *
 *   maker                                        the other
 *     record  --- MONITOR ------------------------> record
 *     freed  <--- DOWN, the same envelope --------- it has ended
 *
 *     cancelled --- UNMONITOR ---------------------> record freed
 *     freed  <----- UNMONITORED, the same envelope --'
 *
 *     has ended --- UNMONITOR, the maker's record --> record freed
 *
 * and of a link, which either side may take back:
 *
 *     cancelled  <--- UNLINK ------------------------ released
 *          '--------- UNMONITOR, the same envelope -> as above
 *
 * Mail of one sender to one target keeps its order: so an UNMONITOR that meets
 * the life it means finds the record there, and so does an UNLINK; and a
 * maker's own record stays until it has met a DOWN or an UNMONITORED, after
 * which nobody names it.  A maker that ends sends its record as UNMONITOR and
 * wants no answer; of a link, that tells the other of the end.
 *
 * Threads: the slot's consumer; of the other's record only the place is known.
 * Limits: relations_max of the VM, for what one actor has made and what it has
 * taken back without an answer so far.
 */
#ifndef VM_ACTOR_RELATIONS_H
#define VM_ACTOR_RELATIONS_H

#include <stdbool.h>

#include "mailbox/envelope.h"
#include "thespis/life.h"
#include "vm/actor/slot.h"

enum relation_state {
	RELATION_WATCHED,   /* the record of the one that is watched */
	RELATION_WATCHING,  /* the watcher's */
	RELATION_LINKED,    /* of a link, the maker's */
	RELATION_LINKED_TO, /* and the other's */
	RELATION_RELEASED,  /* the same, after it has taken the link back */
	RELATION_CANCELLED, /* a maker's, who has taken it back, and the other
			     * does not know */
	RELATION_LEFT,      /* the same, and the other was told */
	RELATION_WITNESS,   /* of a beginning; vm/actor/witness.h */
	RELATION_BEGUN,     /* the same on its way back */
};

/* The message of all envelopes of a relation.  In a list, `next` of the
 * envelope is the older one. */
struct relation {
	struct envelope *younger;
	struct envelope *other; /* the record at the other side; of an
				 * UNMONITOR: NULL if no answer is wanted */
	struct envelope *yours; /* of an UNMONITOR: the receiver's record */
	ths_address whom;       /* whom it is about */
	uint32_t state;         /* enum relation_state */
	enum ths_exit_reason reason; /* why a side has ended, when told */
};

static inline struct relation *
relation_of(struct envelope *envelope)
{
	return (struct relation *)(void *)envelope->message;
}

/*
 * Makes a relation with whom; `mine` is the state of the maker's record,
 * `yours` that of the other's.  With whom is nobody of this VM, the end is told
 * at once. THS_OK, THS_NO_MEMORY, THS_LIMIT or THS_STOPPED.
 */
enum ths_status relations_begin(struct slot *slot, ths_address whom,
    enum relation_state mine, enum relation_state yours);

/* Takes back a relation that slot has made.  Its record stays until the other
 * side has said that it knows; without memory to tell it, until one of the two
 * ends. */
void relations_cancel(struct slot *slot, struct envelope *mine);

/* An envelope from slot to do with a relation; NULL: no memory.  The second one
 * has room for more behind the relation. */
struct envelope *relations_make(const struct slot *slot, ths_address whom,
    enum relation_state state);
struct envelope *relations_make_sized(const struct slot *slot,
    ths_address whom, enum relation_state state, uint32_t size);

/* Hangs a record up with slot, and takes it off. */
void relations_add(struct slot *slot, struct envelope *record);
void relations_take_off(struct slot *slot, struct envelope *record);

/* True when there is a place for whom in this VM. */
bool relations_can_reach(const struct slot *slot, ths_address whom);

/* The record of one that has ended, or was never there, goes to the maker. */
void relations_send_down(struct slot *slot, struct envelope *record,
    enum ths_exit_reason reason);

/* Sends an envelope from slot, or in its name, to a life of another. */
void relations_send(struct slot *slot, ths_address to,
    enum envelope_kind kind, struct envelope *envelope);

/* Whoever lives in slot meets mail of these kinds.  Takes it. */
void relations_meet(struct slot *slot, struct envelope *envelope);

/* The same where the life it is for is over. */
void relations_meet_nobody(struct slot *slot, struct envelope *envelope);

/* Ends all relations of an actor that ends. */
void relations_end(struct slot *slot, enum ths_exit_reason reason);

#endif
