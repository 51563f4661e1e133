/* SPDX-License-Identifier: MIT */
/*
 * blob - counted bytes, shared between messages; see thespis/blob.h.
 *
 * Each is one block of the memory port: this header, then the bytes.  All of a
 * VM's stand in a list, so that what a host forgets to drop goes with the VM.
 *
 *   field             written by
 *   blobs, size       blob_new()
 *   older, younger    under the mutex of `blobs`
 *   holders           any                 [H]
 *   is_sealed         who sends it first
 *
 * Threads: any.  Progress: holding is wait-free; making and freeing take a
 * mutex for a few instructions, and memory.  Errors: statuses; limits are
 * counted.
 */
#ifndef VM_MESSAGE_BLOB_H
#define VM_MESSAGE_BLOB_H

#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "thespis/blob.h"

enum { BLOB_ALIGNMENT = 16 };

struct blobs;

struct blob {
	struct blobs *blobs;
	struct blob *older;
	struct blob *younger;
	size_t size; /* bytes */
	_Atomic size_t holders; /* [H] */
	atomic_bool is_sealed;  /* relaxed: who fills it also sends it, or has
				 * made sure of the order */
	alignas(BLOB_ALIGNMENT) unsigned char bytes[];
};

/* All blobs of a VM. */
struct blobs {
	struct memory *memory;
	size_t size_max;  /* of one */
	size_t bytes_max; /* of all; 0: no limit */
	pthread_mutex_t mutex;
	struct blob *youngest; /* under the mutex */
	/* Written under the mutex, relaxed: numbers to look at. */
	_Atomic size_t length;
	_Atomic size_t bytes;
	_Atomic uint64_t limited; /* refused by bytes_max */
};

void blobs_init(struct blobs *blobs, struct memory *memory, size_t size_max,
    size_t bytes_max);

/* Frees all that are still held; how many there were. */
size_t blobs_fini(struct blobs *blobs);

/*
 * A blob that the caller holds, with a copy of bytes; NULL: zeros.
 * THS_OK, THS_TOO_LARGE, THS_LIMIT (counted) or THS_NO_MEMORY.
 */
enum ths_status blob_new(struct blobs *blobs, const void *bytes, size_t size,
    struct blob **blob);

/* Any thread that can be sure of another holder. */
void blob_hold(struct blob *blob);
void blob_drop(struct blob *blob);

/* Its bytes do not change any more. */
static inline void
blob_seal(struct blob *blob)
{
	atomic_store_explicit(&blob->is_sealed, true, memory_order_relaxed);
}

/* What a program has of it. */
static inline ths_blob
blob_value(struct blob *blob)
{
	return (ths_blob){ blob->bytes, blob->size, (void *)blob };
}

/* The other way; NULL: it is nobody's blob. */
static inline struct blob *
blob_of(ths_blob value)
{
	return (struct blob *)(void *)value.block;
}

/* True when these bytes are some of the blob's. */
static inline bool
blob_has(const struct blob *blob, const void *part, size_t size)
{
	uintptr_t at = (uintptr_t)part - (uintptr_t)blob->bytes;

	return at <= blob->size && size <= blob->size - at;
}

#endif
