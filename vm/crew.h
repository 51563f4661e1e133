/* SPDX-License-Identifier: MIT */
/*
 * crew - what one worker, or one client, works with: its envelopes, its free
 * slots, its counts, and what it has looked up.
 *
 * Threads: the owner alone, one thread at a time; the counts are read by any.
 */
#ifndef VM_CREW_H
#define VM_CREW_H

#include <stdint.h>

#include "mailbox/pool.h"
#include "sched/worker.h"
#include "thespis/message.h"
#include "vm/actor/slots.h"
#include "vm/counts.h"

struct behaviour;
struct ths_vm;

enum { LOOKUPS = 64 }; /* remembered per crew; a power of two */

/* What was found for a descriptor, by its place in memory. */
struct lookup {
	const void *descriptor;
	union {
		uint32_t type;
		const struct behaviour *behaviour;
	};
};

struct crew {
	struct ths_vm *vm;
	struct worker *worker; /* NULL: a client's */
	struct pool_cache cache;
	struct slot_cache free_slots;
	struct counts counts;
	struct lookup types[LOOKUPS];
	struct lookup behaviours[LOOKUPS];
};

void crew_init(struct crew *crew, struct ths_vm *vm, struct worker *worker);

/* Gives everything cached back to the VM. */
void crew_fini(struct crew *crew);

/* The part of crew_type() that asks the VM. */
enum ths_status crew_learn_type(struct crew *crew, const ths_type *type,
    uint32_t *number);

static inline struct lookup *
crew_lookup(struct lookup *lookups, const void *descriptor)
{
	/* Descriptors are at least 32 bytes long. */
	return &lookups[((uintptr_t)descriptor >> 5) & (LOOKUPS - 1)];
}

/* The number of a message type.  THS_OK, THS_NO_MEMORY, THS_LIMIT. */
static inline enum ths_status
crew_type(struct crew *crew, const ths_type *type, uint32_t *number)
{
	const struct lookup *lookup = crew_lookup(crew->types, type);

	if (UNLIKELY(lookup->descriptor != type))
		return crew_learn_type(crew, type, number);
	*number = lookup->type;
	return THS_OK;
}

/* The behaviour of an actor's table; see behaviours_of(). */
enum ths_status crew_behaviour(struct crew *crew, const ths_actor *actor,
    const struct behaviour **behaviour);

#endif
