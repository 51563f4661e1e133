/* SPDX-License-Identifier: MIT */
/*
 * names - which actor of a VM has which name.
 *
 * A hash table of chains.  Its records are type-stable: one that is removed
 * goes to a list and is used for another name, and all are freed with the VM.
 * So anybody may read without a lock, a thread of the host as well as a worker:
 * what was read counts unless something was removed from that chain meanwhile,
 * which its version tells.  A reader that was disturbed reads again behind the
 * gate, where all changes are made, one at a time.
 *
 * The names of one actor hang on its annex, oldest first, so that its end finds
 * them.  Buckets and records are made when they are first needed: a VM without
 * names has neither.
 *
 * Threads: find, each, length: any.  The others: the consumer of the slot.
 * Progress: find is wait-free but for a disturbed one, which waits for the gate
 * as changes do.
 * Limits: names_max names at once; the memory of so many as there have ever
 * been at once is kept.
 * Errors: statuses; nothing has changed then.
 */
#ifndef VM_ADMIN_NAMES_H
#define VM_ADMIN_NAMES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/memory.h"
#include "sched/gate.h"
#include "thespis/name.h"
#include "vm/actor/slot.h"
#include "vm/admin/name_monitors.h"

struct name;
struct name_bucket;

/*
 *   field        written by          read by
 *   memory…      init                any
 *   buckets      the first add       any, [B]
 *   length       behind the gate     any, relaxed
 *   free, made   behind the gate     behind the gate
 *   monitors     see there
 */
struct names {
	struct memory *memory;
	const struct parker_port *parker; /* the gate's */
	const struct clock *clock;
	uint32_t names_max;
	uint32_t buckets_length;         /* a power of two */
	struct gate gate;
	_Atomic(struct name_bucket *) buckets; /* [B] NULL: none yet */
	_Atomic uint32_t length;
	struct name *free;
	struct name *made; /* all records */
	struct name_monitors monitors;
};

void names_init(struct names *names, struct memory *memory, uint32_t names_max,
    uint32_t monitors_max, const struct parker_port *parker,
    const struct clock *clock);
void names_fini(struct names *names);

/* Whose name it is; *slot and *generation are untouched when it is nobody's. */
bool names_find(const struct names *names, const char *text, uint32_t *slot,
    uint32_t *generation);

/*
 * Gives a name to whoever lives, or is about to live, in slot, which has an
 * annex, and by crew tells who monitors it.
 * THS_OK, also if it was his already; THS_TAKEN; THS_BAD_ARGUMENT, THS_LIMIT,
 * THS_NO_MEMORY as ths_name_register().
 */
enum ths_status names_add(struct names *names, struct crew *crew,
    struct slot *slot, const char *text);

/* Takes a name from slot; false: it is not his. */
bool names_remove(struct names *names, struct slot *slot, const char *text);

/* Takes all names from slot, which has some and ends for this reason. */
void names_forget(struct names *names, struct slot *slot,
    enum ths_exit_reason reason);

/* The name that slot has had for longest, or "". */
const char *names_oldest(const struct slot *slot);

/* Calls visit for each name, in no order; it must not call names_*. */
void names_each(const struct names *names, void (*visit)(void *context,
    const char *text, uint32_t slot, uint32_t generation), void *context);

/* For vm/admin/name_monitors.c: goes through the gate, waiting for whoever is
 * inside, and leaves it. */
void names_enter(const struct names *names);
void names_leave(const struct names *names);

/* How many there are. */
static inline uint32_t
names_length(const struct names *names)
{
	/* Relaxed: a number of a moment. */
	return atomic_load_explicit(&names->length, memory_order_relaxed);
}

#endif
