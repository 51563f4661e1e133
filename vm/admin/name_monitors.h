/* SPDX-License-Identifier: MIT */
/*
 * name_monitors - who wants to be told of whoever has a name.
 *
 * A monitor is one envelope, made when it begins: the ths_name_changed in which
 * its actor is told, again and again, and so a change needs no memory to be
 * told.  While the envelope is at home, a change sends it off; while it is
 * under way, or being handled, changes are only noted, and it goes once more
 * when it has been handled.  So one at most is in a mailbox for each monitor,
 * however fast a name changes hands, and the last change is always told.
 *
 *          a change                 met; handled, and no change meanwhile
 *   HOME ------------> OUT -----------------------------------------> HOME
 *     |                 | ^                                   |
 *     | taken back      | '------ a change meanwhile ---------'
 *     v                 | taken back
 *   freed               '------------> OVER ------> freed when it is met
 *
 * A monitor hangs in the list of its actor, and in the chain of its name.  Chains
 * and states change behind the gate of the names, where names change hands; the
 * envelopes that have to go are sent behind its back, when it is open again,
 * since a send may call the host.
 *
 * Threads: note: who is behind the gate.  tell: the crew's owner.  The others: the
 * consumer of the slot.  length: any.
 * Limits: name_monitors_max at once.
 */
#ifndef VM_ADMIN_NAME_MONITORS_H
#define VM_ADMIN_NAME_MONITORS_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/memory.h"
#include "mailbox/envelope.h"
#include "thespis/life.h"
#include "vm/actor/slot.h"
#include "vm/admin/name_key.h"
#include "vm/crew.h"

struct annex;

/*
 *   field      written by          read by
 *   memory…    init                any
 *   chains     behind the gate     behind the gate
 *   length     behind the gate     any, relaxed
 */
struct name_monitors {
	struct memory *memory;
	uint32_t monitors_max;
	uint32_t chains_length;   /* a power of two */
	struct envelope **chains; /* NULL: there has been no monitor yet */
	_Atomic uint32_t length;
};

/* What has become of a name. */
struct name_change {
	uint32_t slot; /* of who has it now, or SLOT_NONE */
	uint32_t generation;
	enum ths_exit_reason reason; /* for which it was lost */
	const char *why;             /* a constant; NULL: it was taken */
};

void name_monitors_init(struct name_monitors *monitors, struct memory *memory,
    uint32_t monitors_max, uint32_t chains_length);
void name_monitors_fini(struct name_monitors *monitors);

/* Notes a change; links the envelopes that have to be sent to *told. */
void name_monitors_note(struct name_monitors *monitors, uint32_t hash,
    const char *text, const struct name_change *change,
    struct envelope **told);

/* Sends what name_monitors_note() has linked; NULL is fine.  Not behind the
 * gate. */
void name_monitors_tell(struct crew *crew, struct envelope *told);

/* Whoever lives in slot meets an envelope of a monitor.  Takes it. */
void name_monitors_meet(struct slot *slot, struct envelope *envelope);

/* Ends all monitors of an actor that ends, and has an annex. */
void name_monitors_end(struct crew *crew, struct annex *annex);

/* How many there are. */
static inline uint32_t
name_monitors_length(const struct name_monitors *monitors)
{
	/* Relaxed: a number of a moment. */
	return atomic_load_explicit(&monitors->length, memory_order_relaxed);
}

#endif
