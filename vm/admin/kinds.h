/* SPDX-License-Identifier: MIT */
/*
 * kinds - which table of handlers a VM knows by which name; see thespis/kind.h.
 *
 * Chains that only grow, by compare-exchange at their beginning, so that
 * anybody may read them without a lock.
 *
 * Threads: add and find by any, init and fini by one.
 * Progress: add is lock-free but for the allocation, find wait-free.
 * Limits: kinds_max names.
 * Ownership: names are copied and freed with the VM; tables are the host's.
 */
#ifndef VM_ADMIN_KINDS_H
#define VM_ADMIN_KINDS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/memory.h"
#include "thespis/kind.h"

enum { KINDS_CHAINS = 64 }; /* a power of two */

struct kind;

struct kinds {
	struct memory *memory;
	uint32_t kinds_max;
	_Atomic uint32_t length;  /* relaxed: a count */
	_Atomic uint64_t limited; /* calls refused; the same */
	_Atomic(struct kind *) chains[KINDS_CHAINS]; /* [K] */
};

void kinds_init(struct kinds *kinds, struct memory *memory, uint32_t kinds_max);
void kinds_fini(struct kinds *kinds);

/* True for parts with dots between them, two at least. */
bool kinds_is_qualified(const char *name);

/* THS_OK, THS_TAKEN, THS_LIMIT or THS_NO_MEMORY as ths_kind_register(). */
enum ths_status kinds_add(struct kinds *kinds, const char *name,
    const ths_actor *actor);

/* The table of this name; NULL: there is none. */
const ths_actor *kinds_find(const struct kinds *kinds, const char *name);

#endif
