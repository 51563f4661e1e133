/* SPDX-License-Identifier: MIT */
/*
 * behaviour - an actor's table as a VM uses it: handlers found by the number of
 * the message type, in one look.
 *
 * The entries stand in a table whose mask is the smallest that puts no two of
 * the actor's types into one place (numbers are dense, so there is one, soon).
 *
 * Threads: behaviours_of(): any, under a mutex; crews remember the answer.
 * behaviours_at(): any, also a signal handler.  A behaviour is constant once
 * made and lives as long as its VM.
 * Limits: BEHAVIOURS_MAX.
 */
#ifndef VM_ACTOR_BEHAVIOUR_H
#define VM_ACTOR_BEHAVIOUR_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/memory.h"
#include "thespis/actor.h"
#include "vm/message/types.h"

enum {
	BEHAVIOUR_ROWS_MAX = 32,
	BEHAVIOURS_MAX = UINT16_MAX, /* of one VM */
};

struct behaviour_entry {
	uint32_t type; /* 0: nothing here */
	ths_handler handler;
};

struct behaviour {
	const ths_actor *actor;
	const char *name;
	const struct behaviour *next; /* made before it */
	uint16_t number;        /* in the VM; from 1 */
	bool has_rules;         /* about the VM's capabilities */
	size_t size;            /* of this block, the other one included */
	const struct behaviour *exiting; /* the same while its actor waits for
				* its children: it handles what concerns exits,
				* and nothing else */
	ths_handler init;
	ths_handler start;
	ths_exit_handler exit;
	bool begins;         /* has an init or a start */
	uint32_t start_type; /* what both are given; 0: nothing */
	uint32_t state_size;
	uint32_t mask;
	struct behaviour_entry entries[];
};

/*
 *   [N] newest: store release under the mutex -> load acquire
 *       who follows the chain from there sees each behaviour made.
 */
struct behaviours {
	struct memory *memory;
	struct types *types;
	pthread_mutex_t mutex;
	_Atomic(const struct behaviour *) newest; /* [N] */
};

void behaviours_init(struct behaviours *behaviours, struct memory *memory,
    struct types *types);
void behaviours_fini(struct behaviours *behaviours);

/*
 * The behaviour of an actor's table, made at first sight.
 * THS_OK, THS_BAD_ARGUMENT (a table that makes no sense), THS_NO_MEMORY or
 * THS_LIMIT (message types, or kinds of actors).
 */
enum ths_status behaviours_of(struct behaviours *behaviours,
    const ths_actor *actor, const struct behaviour **behaviour);

/* The last one made; `next` leads to the others.  NULL: there is none. */
static inline const struct behaviour *
behaviours_newest(const struct behaviours *behaviours)
{
	/* [N] */
	return atomic_load_explicit(&behaviours->newest, memory_order_acquire);
}

/* The behaviour of a number; NULL: there is none.  Looks through all. */
const struct behaviour *behaviours_at(const struct behaviours *behaviours,
    uint16_t number);

/* The handler for a type, or NULL. */
static inline ths_handler
behaviour_handler(const struct behaviour *behaviour, uint32_t type)
{
	const struct behaviour_entry *entry =
	    &behaviour->entries[type & behaviour->mask];

	return LIKELY(entry->type == type) ? entry->handler : NULL;
}

#endif
