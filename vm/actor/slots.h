/* SPDX-License-Identifier: MIT */
/*
 * slots - all slots of a VM: found by index in two loads, handed out and taken
 * back through a cache per crew.
 *
 * A free slot is idle; slots_take() claims one (inbox idle -> open), so that
 * stale mail on its way to it cannot meet the new actor: a slot that is busy
 * with such mail is passed over.
 *
 *   crew's list (newest first) <-- batch --> depot <-- never used
 *
 * Threads: slots_find(): any.  take, give: the crew's owner.
 * Progress: find is wait-free; take and give are lock-free but for a mutex once
 * per batch of never-used slots.
 * Limits: slots_max.  A crew keeps less than two batches to itself, and a batch
 * is small where the limit is: of a limit of 16384 or more it is SLOTS_BATCH.
 * Errors: THS_LIMIT, THS_NO_MEMORY.
 */
#ifndef VM_ACTOR_SLOTS_H
#define VM_ACTOR_SLOTS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/memory.h"
#include "vm/actor/slot.h"

enum {
	SLOTS_PER_SEGMENT = 4096,
	SLOTS_BATCH = 64, /* moved at once between crews, at most */
	SLOTS_REGION_SEGMENTS = 8, /* mapped at once, after the first */
};

/* A crew's own free slots; plain memory of the crew. */
struct slot_cache {
	uint32_t newest; /* index of the first, SLOT_NONE when empty */
	uint32_t length;
	bool keeps_one;  /* a client's: one free slot, not a batch */
};

struct slots_region {
	struct slots_region *next;
	void *memory;
	size_t size;
};

/*
 *   [U] used: store release under the mutex -> load acquire
 *       who finds an index below it sees the segment and the slot made.
 *   [D] depot: {tag:32, index:32}; the tag grows with every change, so a batch
 *       popped and pushed again is never mistaken.
 */
struct slots {
	struct memory *memory;
	uint32_t slots_max; /* highest index that may be used */
	uint32_t batch;     /* slots in one */
	uint32_t segments_max;
	_Atomic(struct slot *) *segments; /* before [U] */
	pthread_mutex_t mutex;
	uint32_t mapped;             /* segments; under the mutex */
	struct slots_region *regions; /* under the mutex */
	_Atomic uint32_t used; /* [U] indexes below it were handed out */
	alignas(CACHE_LINE) _Atomic uint64_t depot; /* [D] */
};

/* Makes room for actors_max slots.  THS_OK or THS_NO_MEMORY. */
enum ths_status slots_init(struct slots *slots, struct memory *memory,
    uint32_t actors_max);
void slots_fini(struct slots *slots);

/* The slot of an index that has been handed out. */
static inline struct slot *
slots_at(const struct slots *slots, uint32_t index)
{
	/* Relaxed: written before `used` went past it, [U]. */
	struct slot *first = atomic_load_explicit(
	    &slots->segments[index / SLOTS_PER_SEGMENT], memory_order_relaxed);

	return &first[index % SLOTS_PER_SEGMENT];
}

/* True when the slot of an index has been handed out. */
static inline bool
slots_has(const struct slots *slots, uint32_t index)
{
	/* [U] */
	uint32_t used = atomic_load_explicit(&slots->used,
	    memory_order_acquire);

	/* Index 0 is nobody's: it wraps to the largest number. */
	return LIKELY(index - 1 < used - 1);
}

/* The slot of an index; NULL when it has never been handed out. */
static inline struct slot *
slots_find(const struct slots *slots, uint32_t index)
{
	return slots_has(slots, index) ? slots_at(slots, index) : NULL;
}

/* The part of slots_take() that looks further than the first of the list. */
enum ths_status slots_search(struct slots *slots, struct slot_cache *cache,
    struct slot **slot);

/* A free slot, claimed: the caller is its consumer.  THS_OK, THS_LIMIT,
 * THS_NO_MEMORY. */
static inline enum ths_status
slots_take(struct slots *slots, struct slot_cache *cache, struct slot **slot)
{
	struct slot *first;

	if (UNLIKELY(cache->newest == SLOT_NONE))
		return slots_search(slots, cache, slot);
	first = slots_at(slots, cache->newest);
	/* Not so when stale mail is being run to dead letters there. */
	if (UNLIKELY(!inbox_try_claim(&first->inbox)))
		return slots_search(slots, cache, slot);
	cache->newest = first->next_free;
	cache->length--;
	*slot = first;
	return THS_OK;
}

/* How many slots a cache takes and gives at once. */
static inline uint32_t
slots_batch(const struct slots *slots, const struct slot_cache *cache)
{
	return cache->keeps_one ? 1 : slots->batch;
}

/* The part of slots_give() that gives a batch to the depot. */
void slots_spill(struct slots *slots, struct slot_cache *cache);

/* Takes back a slot whose inbox has gone idle after its actor's end. */
static inline void
slots_give(struct slots *slots, struct slot_cache *cache, struct slot *slot)
{
	slot->next_free = cache->newest;
	cache->newest = slot->index;
	if (UNLIKELY(++cache->length >= 2 * slots_batch(slots, cache)))
		slots_spill(slots, cache);
}

/* Gives all of a crew's free slots to the depot. */
void slots_flush(struct slots *slots, struct slot_cache *cache);

/* Indexes from 1 up to, not including, this one have been used. */
static inline uint32_t
slots_used(const struct slots *slots)
{
	/* [U] */
	return atomic_load_explicit(&slots->used, memory_order_acquire);
}

#endif
