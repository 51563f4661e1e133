/* SPDX-License-Identifier: MIT */
/*
 * types - the message types a VM has met, each with a dense number.
 *
 * A descriptor is a constant of some link unit; several units may each have
 * their own for one type.  At first sight the table takes it in and gives it a
 * number: descriptors of the same name and layout get the same one.  Numbers
 * start at 1 and go into envelopes.
 *
 * Threads: any.  Reading by number is one acquire load; taking in is under a
 * mutex, and each crew remembers what it looked up (vm/crew.h).
 * Limits: TYPES_MAX.  Ownership: the table keeps its copies of names until it
 * ends; descriptors outlive the VM.
 */
#ifndef VM_MESSAGE_TYPES_H
#define VM_MESSAGE_TYPES_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/memory.h"
#include "thespis/message.h"

enum { TYPES_MAX = 65535 };

enum {
	TYPES_PER_CHUNK = 256,
	TYPES_CHUNKS = 256,
};

struct type_entry {
	char *name;      /* a copy */
	const ths_type *type; /* the first descriptor seen: for what carries a
			       * message on, as a ths_any */
	uint64_t digest; /* of name and layout */
	uint32_t size;
	uint32_t parent; /* number of the type that this one extends, or 0 */
};

/*
 *   [C] chunks: store release under the mutex -> load acquire
 *       who has a number of an entry sees the entry.
 */
struct types {
	struct memory *memory;
	pthread_mutex_t mutex;
	uint32_t length; /* under the mutex; entry 0 is never used */
	_Atomic(struct type_entry *) chunks[TYPES_CHUNKS]; /* [C] */
};

void types_init(struct types *types, struct memory *memory);
void types_fini(struct types *types);

/* The number of a type, taken in if it is new.  THS_OK, THS_BAD_ARGUMENT (a
 * descriptor that is not sound), THS_NO_MEMORY or THS_LIMIT. */
enum ths_status types_number(struct types *types, const ths_type *type,
    uint32_t *number);

/* The entry of a number that types_number() gave. */
const struct type_entry *types_entry(const struct types *types,
    uint32_t number);

#endif
