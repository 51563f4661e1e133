/* SPDX-License-Identifier: MIT */
/*
 * crew - what one worker, or one client, works with: its envelopes, its free
 * slots, its counts, and what it has looked up.
 *
 * Threads: the owner alone, one thread at a time; the counts are read by any, and
 * the last member is the sentinel's.
 */
#ifndef VM_CREW_H
#define VM_CREW_H

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#include "mailbox/pool.h"
#include "sched/worker.h"
#include "thespis/actor.h"
#include "vm/actor/failure.h"
#include "vm/actor/outbox.h"
#include "vm/actor/slots.h"
#include "vm/admin/long_handler.h"
#include "vm/counts.h"

struct behaviour;
struct ths_vm;

enum { LOOKUPS = 64 }; /* remembered per crew; a power of two */

/* What was found for a message type, by its descriptor's place in memory. */
struct type_lookup {
	const ths_type *type;
	uint64_t header; /* of an envelope with such a message, if plain */
	struct pool_list *list; /* where to take one from; of a type that is not
			* plain, a list that is always empty: so one look tells
			* whether there is an envelope to be had at once */
	uint32_t number;
	uint16_t size;
	bool is_plain; /* no strings, no bytes: all messages have one size;
			* and anybody may send them to a mailbox */
};

/* The same for an actor's table. */
struct behaviour_lookup {
	const ths_actor *actor;
	const struct behaviour *behaviour;
};

struct crew {
	struct ths_vm *vm;
	struct worker *worker; /* NULL: a client's */
	struct outbox outbox; /* a worker's */
	struct pool_cache cache;
	struct pool_list none; /* always empty; see struct type_lookup */
	struct slot_cache free_slots;
	struct envelope *witness; /* a client's: to be hung up with the actor
				   * that is made next; vm/actor/witness.h */
	struct counts counts;
	const struct envelope *lender; /* whose blobs the message being sent may
				* share, though its sender does not handle it */
	struct failure_words failure; /* a worker's */
	alignas(16) unsigned char stub[ENVELOPE_HEADER_SIZE]; /* a worker's;
			* vm/actor/keep.h */
	struct type_lookup types[LOOKUPS];
	struct behaviour_lookup behaviours[LOOKUPS];
	/* The sentinel's. */
	alignas(CACHE_LINE) struct long_handler long_handler;
};

void crew_init(struct crew *crew, struct ths_vm *vm, struct worker *worker);

/* Gives everything cached back to the VM. */
void crew_fini(struct crew *crew);

/* The part of crew_type() that asks the VM. */
enum ths_status crew_learn_type(struct crew *crew, const ths_type *type,
    uint32_t *number);

/* Descriptors are at least 32 bytes long. */
static inline size_t
crew_lookup_index(const void *descriptor)
{
	return ((uintptr_t)descriptor >> 5) & (LOOKUPS - 1);
}

/* Where a type is remembered if it is; `type` there tells.  NULL is never. */
static inline struct type_lookup *
crew_type_lookup(struct crew *crew, const ths_type *type)
{
	return &crew->types[crew_lookup_index(type)];
}

/* The number of a message type.  THS_OK, THS_NO_MEMORY, THS_LIMIT. */
static inline enum ths_status
crew_type(struct crew *crew, const ths_type *type, uint32_t *number)
{
	const struct type_lookup *lookup = crew_type_lookup(crew, type);

	if (UNLIKELY(lookup->type != type))
		return crew_learn_type(crew, type, number);
	*number = lookup->number;
	return THS_OK;
}

/* The part of crew_behaviour() that asks the VM. */
enum ths_status crew_learn_behaviour(struct crew *crew, const ths_actor *actor,
    const struct behaviour **behaviour);

/* The behaviour of an actor's table, if this crew has asked for it; or NULL. */
static inline const struct behaviour *
crew_known_behaviour(const struct crew *crew, const ths_actor *actor)
{
	const struct behaviour_lookup *lookup =
	    &crew->behaviours[crew_lookup_index(actor)];

	return LIKELY(lookup->actor == actor) ? lookup->behaviour : NULL;
}

/* The behaviour of an actor's table; see behaviours_of(). */
static inline enum ths_status
crew_behaviour(struct crew *crew, const ths_actor *actor,
    const struct behaviour **behaviour)
{
	const struct behaviour *known = crew_known_behaviour(crew, actor);

	if (UNLIKELY(known == NULL))
		return crew_learn_behaviour(crew, actor, behaviour);
	*behaviour = known;
	return THS_OK;
}

#endif
