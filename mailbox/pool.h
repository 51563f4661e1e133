/* SPDX-License-Identifier: MIT */
/*
 * pool - where envelopes come from and go back to.
 *
 * Each worker and each client has a cache: per size class a private list of free
 * blocks, so that taking and giving is a few instructions.  An envelope freed on
 * another worker than it was taken on simply joins that worker's list.  A list
 * that grows past two batches gives one batch to the VM's depot, an empty one
 * takes a batch from there: one atomic operation per batch, never per envelope.
 * The depot carves new batches from slabs: regions of the memory port.
 *
 *   cache (owner) <-- batch --> depot (ck_stack of batches) <-- slabs (memory)
 *
 * pool_trim() gives the pages of wholly free slabs back; it is meant to run
 * once, when the VM has gone idle.
 *
 * Threads: a cache: its owner.  The pool itself: any.  Wait-free in the cache;
 * lock-free at the depot; a new slab takes a mutex (once per SLAB_SIZE bytes).
 * Errors: NULL when memory refuses.
 * Source: J. Bonwick, "Magazines and vmem" (2001), for cache and depot.
 */
#ifndef MAILBOX_POOL_H
#define MAILBOX_POOL_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/machine.h"
#include "base/memory.h"
#include "mailbox/envelope.h"
#include "mailbox/poison.h"

enum {
	POOL_BATCH_MAX = 64,         /* envelopes in a batch; and no more than */
	POOL_BATCH_SIZE = 16 * 1024, /* so many bytes, unless one is larger */
};

struct pool;

/* One class of one cache: two lists of at most a batch each. */
struct pool_list {
	struct envelope *free;  /* taken from and given to */
	struct envelope *spare; /* a full batch, or NULL */
	uint32_t length;        /* of free */
	uint32_t batch;         /* how many make a batch of this class */
};

struct pool_cache {
	struct pool *pool;
	struct pool_list lists[ENVELOPE_CLASSES];
	/* Since the start; may go below zero, the sum over all caches is what
	 * is out.  Written by the owner, read relaxed by any. */
	_Atomic int64_t taken;
};

/* Makes a pool over memory.  NULL without memory. */
struct pool *pool_new(struct memory *memory);

/* Frees the pool and all its slabs, whatever is still out. */
void pool_free(struct pool *pool);

void pool_cache_init(struct pool_cache *cache, struct pool *pool);

/* Gives everything the cache holds to the depot. */
void pool_cache_flush(struct pool_cache *cache);

/* Flushes; the cache is dead afterwards. */
void pool_cache_fini(struct pool_cache *cache);

/* The parts of pool_take() and pool_give() that need the depot. */
struct envelope *pool_refill(struct pool_cache *cache, unsigned size_class);
void pool_spill(struct pool_cache *cache, unsigned size_class);

/* Bytes of slabs held now; purged pages included in `purged`.  Any thread. */
struct pool_counts {
	uint64_t slabs;
	uint64_t bytes;
	uint64_t purged_bytes; /* of those, pages given back */
	uint64_t trims;
};
void pool_counts_read(struct pool *pool, struct pool_counts *counts);

/*
 * Gives the pages of slabs whose envelopes are all in the depot back to the
 * system; they are used again before a new slab is.  Any thread; others may use
 * the pool meanwhile.  Returns the bytes given back.
 */
uint64_t pool_trim(struct pool *pool);

/*
 * An envelope for `size` bytes of message (<= ENVELOPE_MESSAGE_MAX), or NULL
 * without memory.  Its size and size_class are set, nothing else.  Owner only.
 */
static inline struct envelope *
pool_take(struct pool_cache *cache, uint32_t size)
{
	unsigned size_class = envelope_class(size);
	struct pool_list *list = &cache->lists[size_class];
	struct envelope *envelope = list->free;

	if (UNLIKELY(envelope == NULL)) {
		envelope = pool_refill(cache, size_class);
		if (envelope == NULL)
			return NULL;
	}
	list->free = envelope->next;
	list->length--;
	poison_taken_block(envelope, size);
	envelope->size = (uint16_t)size;
	envelope->size_class = (uint8_t)size_class;
	atomic_store_explicit(&cache->taken, atomic_load_explicit(
	    &cache->taken, memory_order_relaxed) + 1, memory_order_relaxed);
	return envelope;
}

/* Takes an envelope back.  Owner of the cache only; any cache of the pool. */
static inline void
pool_give(struct pool_cache *cache, struct envelope *envelope)
{
	unsigned size_class = envelope->size_class;
	struct pool_list *list = &cache->lists[size_class];

	poison_free_block(envelope, size_class);
	envelope->next = list->free;
	list->free = envelope;
	list->length++;
	atomic_store_explicit(&cache->taken, atomic_load_explicit(
	    &cache->taken, memory_order_relaxed) - 1, memory_order_relaxed);
	if (UNLIKELY(list->length >= list->batch))
		pool_spill(cache, size_class);
}

#endif
