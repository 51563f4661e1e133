/* SPDX-License-Identifier: MIT */
/*
 * annex - what few actors have, and a slot therefore has no room for: names,
 * monitors of names, mail that was kept or put aside, calls, a count of
 * monitors and links, the tables of one that has become another.
 *
 * It is made when it is first needed, and lasts to the end of its actor.
 *
 * Threads: the slot's consumer.  Mail that was kept is read by any thread that
 * its actor lets read it; of the annex that needs `vm`, which is constant.
 * Errors: NULL without memory.
 */
#ifndef VM_ACTOR_ANNEX_H
#define VM_ACTOR_ANNEX_H

#include <stdint.h>

#include "mailbox/envelope.h"
#include "vm/actor/slot.h"
#include "vm/crew.h"

struct annex {
	struct ths_vm *vm;
	struct slot *slot;
	struct name *names;     /* its own, oldest first; vm/admin/names.h */
	struct envelope *name_monitors; /* newest; vm/admin/name_monitors.h */
	struct envelope **kept; /* vm/actor/keep.h */
	uint32_t kept_length;
	uint32_t kept_room;
	struct envelope *stash;    /* newest of a ring; vm/actor/stash.h */
	struct envelope *released; /* the same */
	const struct behaviour *born; /* the first; NULL: the present one */
	const struct behaviour *next; /* SLOT_BECOMES: the one to come */
	uint32_t stash_length;
	uint32_t calls_length;
	uint32_t relations_length; /* of its making; vm/actor/relations.h */
	struct call *calls; /* newest; vm/actor/calls.h */
};

/* The annex of whoever lives, or is about to live, in slot. */
struct annex *annex_need(struct crew *crew, struct slot *slot);

/* Ends all that is in the annex, names excepted, and frees it.  NULL before and
 * after is fine. */
void annex_end(struct crew *crew, struct slot *slot);

#endif
