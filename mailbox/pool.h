/* SPDX-License-Identifier: MIT */
/*
 * pool - where envelopes come from and go back to.
 *
 * Each worker and each client has a cache: per size class a private list of
 * free blocks, so that taking and giving is a few instructions.  An envelope
 * freed on another worker than it was taken on simply joins that worker's list.
 * A list that grows past two batches gives one to the VM's depot, an empty one
 * takes a batch from there: two atomic operations per batch, never per
 * envelope.  A list is an array of addresses, not a chain through the blocks:
 * so taking need not wait for a block whose line another core wrote last, and
 * the lines of the blocks to be taken next are fetched early.  When the depot
 * has none, a batch is carved from a slab: a region of the memory port.
 *
 *   cache (owner) <-- batch --> depot (any)
 *                 <-- batch --- slabs (lock) <-- region --- memory
 *
 * pool_trim() gives the pages of wholly free slabs back; it is meant to run
 * once, when the VM has gone idle and the caches have been flushed: a free
 * block in a cache holds its slab.
 *
 * Threads: a cache: its owner.  The pool itself: any.
 * Progress: wait-free in the cache, lock-free at the depot; carving and
 * flushing take a mutex, held for a few instructions or while a slab is mapped.
 * Ownership: the pool owns all blocks; a taken envelope is the taker's until it
 * is given to any cache of the same pool.
 * Errors: NULL when memory refuses; the next call tries again.
 * Source: J. Bonwick, J. Adams, "Magazines and Vmem" (2001), for cache and
 * depot.
 */
#ifndef MAILBOX_POOL_H
#define MAILBOX_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/machine.h"
#include "base/memory.h"
#include "mailbox/batch.h"
#include "mailbox/envelope.h"
#include "mailbox/poison.h"

enum {
	POOL_BATCH_MAX = 64,         /* envelopes in a batch, */
	POOL_BATCH_SIZE = 16 * 1024, /* and bytes, unless one has more */
	POOL_ITEMS = 256,            /* a batch of every class, together */
	POOL_AHEAD = 8,              /* takings for which a block is fetched */
};

struct blob;
struct pool;

/*
 * One class of one cache: a stack of at most two batches.  When it overflows or
 * is empty a whole batch moves, after which a batch's worth may come and a
 * batch's worth may go before the next one moves.
 */
struct pool_list {
	struct envelope **top;    /* after the newest */
	struct envelope **bottom; /* the oldest's place, in the cache's items */
	struct envelope **end;    /* where the stack is two batches long */
	uint32_t batch;           /* how many make a batch of this class */
};

/*
 *   field    written by   read by
 *   pool     init         owner
 *   brought  owner        owner
 *   lists    owner        owner
 *   items    owner        owner
 */
struct pool_cache {
	struct pool *pool;
	int64_t brought; /* from the pool, less what went back to it */
	struct pool_list lists[ENVELOPE_CLASSES + 1]; /* the last has no room:
			* so that giving meets what is burdened there */
	struct envelope *items[POOL_AHEAD + 2 * POOL_ITEMS]; /* the first:
			* what a fetch ahead may meet below the stacks */
};

/* Makes a pool over memory.  NULL without memory. */
struct pool *pool_new(struct memory *memory);

/* How the pool drops what a burden names, when its envelope is given back: by
 * any thread.  Before the first such envelope is taken. */
void pool_set_drop(struct pool *pool, void (*drop)(struct blob *blob));

/* Frees the pool and all its slabs, whatever is still out. */
void pool_free(struct pool *pool);

void pool_cache_init(struct pool_cache *cache, struct pool *pool);

/* Gives everything the cache holds to the depot. */
void pool_cache_flush(struct pool_cache *cache);

/* Flushes; the cache is dead afterwards. */
void pool_cache_fini(struct pool_cache *cache);

struct pool_counts {
	uint64_t slabs;
	uint64_t bytes;        /* of all slabs; the memory port has them too */
	uint64_t purged_bytes; /* of those, pages given back to the system */
	uint64_t trims;        /* so far */
};

/* All of one moment.  Any thread; may wait for the lock. */
void pool_counts_read(struct pool *pool, struct pool_counts *counts);

/*
 * Gives the pages of slabs whose envelopes are all free, and in no cache, back
 * to the system; they are carved again, for any size, before a new slab is
 * mapped.  Takes time in proportion to what is free, and has it in hand
 * meanwhile: others may use the pool, but get fresh blocks.  Any thread; at
 * once when another is at it.  Returns the bytes given back.
 */
uint64_t pool_trim(struct pool *pool);

/* pool_take() when the list is empty. */
struct envelope *pool_refill(struct pool_cache *cache, uint32_t size);

/* How many envelopes a list has. */
static inline uint32_t
pool_list_length(const struct pool_list *list)
{
	return (uint32_t)(list->top - list->bottom);
}

/* Gives the oldest batch of a list that is at least a batch long to the depot:
 * the newer ones are still warm. */
void pool_spill(struct pool_cache *cache, struct pool_list *list);

/*
 * How many envelopes were taken from this cache, less those given to it: goes
 * below zero where others' are given; the sum over all caches there ever were
 * is what is out.  Counted by batch, so that taking and giving count nothing.
 * Owner only.
 */
int64_t pool_cache_out(const struct pool_cache *cache);

/* Where a cache keeps the envelopes of a class. */
static inline struct pool_list *
pool_list(struct pool_cache *cache, unsigned size_class)
{
	return &cache->lists[size_class];
}

static inline bool
pool_list_is_empty(const struct pool_list *list)
{
	return list->top == list->bottom;
}

/*
 * As pool_take(), from a list that is not empty, of a class known to hold
 * `size` bytes.  Sets neither size nor size_class.  Owner only.
 */
static inline struct envelope *
pool_list_take(struct pool_list *list, uint32_t size)
{
	struct envelope **top = list->top - 1;
	struct envelope *envelope = *top;

	list->top = top;
	machine_fetch_for_writing(top[-POOL_AHEAD]);
	poison_taken_block(envelope, size);
	return envelope;
}

/* As pool_list_take(), of the list of a class; NULL when it is empty. */
static inline struct envelope *
pool_try_take(struct pool_cache *cache, unsigned size_class, uint32_t size)
{
	struct pool_list *list = pool_list(cache, size_class);

	return UNLIKELY(pool_list_is_empty(list)) ? NULL :
	    pool_list_take(list, size);
}

/*
 * An envelope for `size` bytes of message (<= ENVELOPE_MESSAGE_MAX), or NULL
 * without memory.  Its size and size_class are set, nothing else.  Owner only.
 */
static inline struct envelope *
pool_take(struct pool_cache *cache, uint32_t size)
{
	unsigned size_class = envelope_class(size);
	struct envelope *envelope;

	if (fault_strikes(FAULT_MEMORY, cache))
		return NULL;
	envelope = pool_try_take(cache, size_class, size);
	if (UNLIKELY(envelope == NULL))
		return pool_refill(cache, size);
	envelope->size = (uint16_t)size;
	envelope->size_class = (uint8_t)size_class;
	return envelope;
}

/*
 * As pool_take(), with a burden (mailbox/burden.h) that has room for `room`
 * blobs and names none yet; room <= BURDEN_MAX.  Owner only.
 */
struct envelope *pool_take_burdened(struct pool_cache *cache, uint32_t size,
    uint32_t room);

/* pool_give() when the list is full, or the envelope has a burden. */
void pool_give_odd(struct pool_cache *cache, struct envelope *envelope);

/* Takes an envelope back, and drops what its burden names.  Owner of the cache
 * only; any cache of the pool. */
static inline void
pool_give(struct pool_cache *cache, struct envelope *envelope)
{
	struct pool_list *list = pool_list(cache, envelope->size_class);
	struct envelope **top = list->top;

	if (UNLIKELY(top == list->end)) {
		pool_give_odd(cache, envelope);
		return;
	}
	poison_free_block(envelope, envelope->size_class);
	*top = envelope;
	list->top = top + 1;
}

#endif
