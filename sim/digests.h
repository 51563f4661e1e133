/* SPDX-License-Identifier: MIT */
/*
 * digests - a message's content as one number, the same in every build and on
 * every machine with the same layout of plain structs.
 *
 * It is taken of the codec's bytes, in which no address of memory stands and no
 * padding.  Of a type without either it is taken of the struct itself, which is
 * quicker; which types those are is found once for each.
 *
 * Threads: one real thread at a time.
 */
#ifndef SIM_DIGESTS_H
#define SIM_DIGESTS_H

#include <stdint.h>

#include "sim/table.h"
#include "vm/message/types.h"

struct digests {
	struct shelf ways;  /* by the type's number */
	struct shelf bytes; /* what the codec writes */
};

void digests_init(struct digests *digests, struct memory *memory);
void digests_fini(struct digests *digests);

/* The digest of a message of the type that has this number in types; of NULL it
 * is 0. */
uint64_t digests_take(struct digests *digests, const struct types *types,
    uint32_t type, const void *message);

#endif
