/* SPDX-License-Identifier: MIT */
/*
 * lives - who lives in which slot of a VM, as its observer has heard: by what
 * the VM does, not by what it has noted itself.
 *
 * Threads: one real thread at a time.
 */
#ifndef SIM_LIVES_H
#define SIM_LIVES_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/table.h"

/*
 *   generation  of who lives there; 0: nobody
 *   former      of who has lived there last; 0: nobody
 *   name        of its kind, or that of the former one
 *   parent_…    NONE: its parent, if it has one, does not wait for it
 *   children    alive, for whom it has to wait
 *   running     number of the worker that runs it, plus one; 0: none
 *   owes        generation whose end the parent is yet to be told of; 0: none
 *   notice      the flight that tells it
 */
struct life {
	uint32_t generation;
	uint32_t former;
	const char *name;
	uint32_t parent_slot;
	uint32_t parent_generation;
	uint32_t children;
	uint32_t running;
	uint32_t owes;
	uint32_t notice;
};

struct lives {
	struct shelf lives; /* by the slot's index */
	uint32_t used;      /* indexes below it may have lived */
};

void lives_init(struct lives *lives, struct memory *memory);
void lives_fini(struct lives *lives);

/* The life of a slot; until the next call. */
struct life *lives_at(struct lives *lives, uint32_t slot);

/* The one that waits for this one's end; NULL: nobody does. */
struct life *lives_parent(struct lives *lives, const struct life *life);

/* A slot whose actor lives, owes or runs; 0: there is none. */
uint32_t lives_any(struct lives *lives);

#endif
