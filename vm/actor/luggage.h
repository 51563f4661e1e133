/* SPDX-License-Identifier: MIT */
/*
 * luggage - what an actor brings along: envelopes of its own until it has
 * started.
 *
 * Threads: packed by whoever spawns; given back by him, or by the slot's
 * consumer.
 */
#ifndef VM_ACTOR_LUGGAGE_H
#define VM_ACTOR_LUGGAGE_H

#include "vm/actor/behaviour.h"
#include "vm/crew.h"

struct luggage {
	struct envelope *start;        /* NULL: none */
	struct envelope *requirements; /* a capability_map; NULL: none */
};

/* Packs what the options give to an actor of this behaviour; options may be
 * NULL.  THS_OK; THS_BAD_ARGUMENT: not the start message that it wants; and
 * what seal_message() returns. */
enum ths_status luggage_pack(struct crew *crew,
    const struct behaviour *behaviour, const ths_spawn_options *options,
    struct luggage *luggage);

static inline void
luggage_give(struct crew *crew, const struct luggage *luggage)
{
	if (luggage->start != NULL)
		pool_give(&crew->cache, luggage->start);
	if (UNLIKELY(luggage->requirements != NULL))
		pool_give(&crew->cache, luggage->requirements);
}

#endif
