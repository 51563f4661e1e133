/* SPDX-License-Identifier: MIT */
/*
 * behaviour - an actor's table as a VM uses it: handlers found by the number of
 * the message type, in one look.
 *
 * The entries stand in a table whose mask is the smallest that puts no two of the
 * actor's types into one place (numbers are dense, so there is one, soon).
 *
 * Threads: behaviours_of(): any, under a mutex; crews remember the answer.  A
 * behaviour is constant once made and lives as long as its VM.
 */
#ifndef VM_ACTOR_BEHAVIOUR_H
#define VM_ACTOR_BEHAVIOUR_H

#include <pthread.h>
#include <stdint.h>

#include "base/memory.h"
#include "thespis/actor.h"
#include "vm/message/types.h"

enum { BEHAVIOUR_ROWS_MAX = 32 };

struct behaviour_entry {
	uint32_t type; /* 0: nothing here */
	ths_handler handler;
};

struct behaviour {
	const ths_actor *actor;
	const char *name;
	struct behaviour *next; /* of the VM's */
	size_t size;            /* of this block, the other one included */
	const struct behaviour *exiting; /* the same while its actor waits for
				* its children: it handles what concerns exits,
				* and nothing else */
	ths_handler start;
	ths_exit_handler exit;
	uint32_t start_type; /* 0: starts without a message */
	uint32_t state_size;
	uint32_t mask;
	struct behaviour_entry entries[];
};

struct behaviours {
	struct memory *memory;
	struct types *types;
	pthread_mutex_t mutex;
	struct behaviour *newest; /* under the mutex */
};

void behaviours_init(struct behaviours *behaviours, struct memory *memory,
    struct types *types);
void behaviours_fini(struct behaviours *behaviours);

/*
 * The behaviour of an actor's table, made at first sight.
 * THS_OK, THS_BAD_ARGUMENT (a table that makes no sense), THS_NO_MEMORY or
 * THS_LIMIT (message types).
 */
enum ths_status behaviours_of(struct behaviours *behaviours,
    const ths_actor *actor, const struct behaviour **behaviour);

/* The handler for a type, or NULL. */
static inline ths_handler
behaviour_handler(const struct behaviour *behaviour, uint32_t type)
{
	const struct behaviour_entry *entry =
	    &behaviour->entries[type & behaviour->mask];

	return LIKELY(entry->type == type) ? entry->handler : NULL;
}

#endif
