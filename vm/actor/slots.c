/* SPDX-License-Identifier: MIT */
/* slots - all slots of a VM; see slots.h. */
#include "vm/actor/slots.h"

#include "base/check.h"
#include "base/sched_point.h"

_Static_assert(offsetof(struct slot, generation) == CACHE_LINE,
    "the consumer's line begins with the generation");
_Static_assert(sizeof(struct slot) == 3 * CACHE_LINE, "three lines a slot");
_Static_assert(offsetof(struct slot, inline_state) % ENVELOPE_SIZE_MIN == 0 &&
    sizeof(struct slot) - offsetof(struct slot, inline_state) >=
    ENVELOPE_SIZE_MIN, "the notice has a block of its own");
_Static_assert(offsetof(struct slot, handled) -
    offsetof(struct slot, inline_state) == offsetof(struct envelope,
    deadline_ms), "the count lies where a notice has nothing");

/* A batch is at most one part in so many of all slots. */
enum { SLOTS_BATCH_SHARE = 256 };

static size_t
directory_size(const struct slots *slots)
{
	return slots->segments_max * sizeof(slots->segments[0]);
}

/* How many slots move at once: no crew may keep a notable part of them idle. */
static uint32_t
batch_of(uint32_t actors_max)
{
	uint32_t batch = actors_max / SLOTS_BATCH_SHARE;

	if (batch > SLOTS_BATCH)
		return SLOTS_BATCH;
	return batch > 0 ? batch : 1;
}

/* Large regions lie so that huge pages can serve them. */
static size_t
region_alignment(size_t size)
{
	return size < 2 * MiB ? PAGE_SIZE_MIN : 2 * MiB;
}

enum ths_status
slots_init(struct slots *slots, struct memory *memory, uint32_t actors_max)
{
	slots->memory = memory;
	slots->slots_max = actors_max;
	slots->batch = batch_of(actors_max);
	slots->segments_max = actors_max / SLOTS_PER_SEGMENT + 1;
	slots->segments = memory_take(memory, directory_size(slots),
	    CACHE_LINE);
	if (slots->segments == NULL)
		return THS_NO_MEMORY;
	pthread_mutex_init(&slots->mutex, NULL);
	slots->mapped = 0;
	slots->regions = NULL;
	atomic_init(&slots->used, 1);
	atomic_init(&slots->depot, SLOT_NONE);
	return THS_OK;
}

void
slots_fini(struct slots *slots)
{
	while (slots->regions != NULL) {
		struct slots_region *region = slots->regions;

		slots->regions = region->next;
		memory_unmap(slots->memory, region->memory, region->size,
		    region_alignment(region->size));
		memory_give(slots->memory, region, sizeof(*region),
		    alignof(struct slots_region));
	}
	memory_give(slots->memory, slots->segments, directory_size(slots),
	    CACHE_LINE);
	pthread_mutex_destroy(&slots->mutex);
}

/* --------------------------------------------------------- never used slots */

static void
init_slot(struct slot *slot, uint32_t index)
{
	slot->index = index;
	slot->generation = 1;
	inbox_init(&slot->inbox, false);
}

/* Maps some segments more; under the mutex. */
static bool
map_region(struct slots *slots)
{
	uint32_t wanted = slots->mapped == 0 ? 1 : SLOTS_REGION_SEGMENTS;
	uint32_t left = slots->segments_max - slots->mapped;
	uint32_t count = wanted < left ? wanted : left;
	size_t size = count * SLOTS_PER_SEGMENT * sizeof(struct slot);
	struct slots_region *region = memory_take(slots->memory,
	    sizeof(*region), alignof(struct slots_region));

	if (region == NULL)
		return false;
	region->size = size;
	region->memory = memory_map(slots->memory, size,
	    region_alignment(size));
	if (region->memory == NULL) {
		memory_give(slots->memory, region, sizeof(*region),
		    alignof(struct slots_region));
		return false;
	}
	region->next = slots->regions;
	slots->regions = region;
	slots->mapped += count;
	return true;
}

/* Where segment number `segment` lies; under the mutex. */
static struct slot *
segment_memory(const struct slots *slots, uint32_t segment)
{
	const struct slots_region *region = slots->regions;
	uint32_t end = slots->mapped;

	for (;; region = region->next) {
		uint32_t count = (uint32_t)(region->size /
		    sizeof(struct slot) / SLOTS_PER_SEGMENT);

		if (segment >= end - count)
			return (struct slot *)region->memory +
			    (size_t)(segment - (end - count)) *
			    SLOTS_PER_SEGMENT;
		end -= count;
	}
}

/* The memory of slot `index`, its segment mapped; under the mutex. */
static struct slot *
unused_slot(struct slots *slots, uint32_t index)
{
	uint32_t segment = index / SLOTS_PER_SEGMENT;
	/* Relaxed: written under the mutex. */
	struct slot *first = atomic_load_explicit(&slots->segments[segment],
	    memory_order_relaxed);

	if (first == NULL) {
		if (segment >= slots->mapped && !map_region(slots))
			return NULL;
		first = segment_memory(slots, segment);
		atomic_store_explicit(&slots->segments[segment], first,
		    memory_order_relaxed);
	}
	return &first[index % SLOTS_PER_SEGMENT];
}

/* Fills an empty cache with never-used slots. */
static enum ths_status
take_unused(struct slots *slots, struct slot_cache *cache)
{
	enum ths_status status = THS_OK;
	uint32_t index;

	pthread_mutex_lock(&slots->mutex);
	/* Relaxed: written under the mutex. */
	index = atomic_load_explicit(&slots->used, memory_order_relaxed);
	while (status == THS_OK &&
	    cache->length < slots_batch(slots, cache)) {
		struct slot *slot = NULL;

		if (index > slots->slots_max)
			status = THS_LIMIT;
		else if ((slot = unused_slot(slots, index)) == NULL)
			status = THS_NO_MEMORY;
		if (slot == NULL)
			break;
		init_slot(slot, index++);
		slot->next_free = cache->newest;
		cache->newest = slot->index;
		cache->length++;
	}
	/* [U] */
	atomic_store_explicit(&slots->used, index, memory_order_release);
	pthread_mutex_unlock(&slots->mutex);
	return cache->length > 0 ? THS_OK : status;
}

/* ------------------------------------------------------------------- depot */

/* Gives a chain of free slots, linked by next_free, to the depot. */
static void
depot_push(struct slots *slots, struct slot *first)
{
	/* Relaxed: a guess; the compare-exchange decides. */
	uint64_t depot = atomic_load_explicit(&slots->depot,
	    memory_order_relaxed);
	uint64_t next;

	do {
		/* Relaxed: published by the compare-exchange. */
		atomic_store_explicit(&first->next_batch, (uint32_t)depot,
		    memory_order_relaxed);
		next = ((depot >> 32) + 1) << 32 | first->index;
		sched_point(SCHED_SITE_SLOT);
		/* [D]; fails when another pushed or popped. */
	} while (!atomic_compare_exchange_weak_explicit(&slots->depot, &depot,
	    next, memory_order_acq_rel, memory_order_relaxed));
}

static bool
depot_pop(struct slots *slots, struct slot_cache *cache)
{
	uint64_t depot = atomic_load_explicit(&slots->depot,
	    memory_order_acquire);
	struct slot *slot;
	uint64_t next;

	do {
		if ((uint32_t)depot == SLOT_NONE)
			return false;
		slot = slots_at(slots, (uint32_t)depot);
		/* Relaxed: thrown away if the tag has changed. */
		next = ((depot >> 32) + 1) << 32 |
		    atomic_load_explicit(&slot->next_batch,
		    memory_order_relaxed);
		sched_point(SCHED_SITE_SLOT);
		/* [D]; fails when another pushed or popped. */
	} while (!atomic_compare_exchange_weak_explicit(&slots->depot, &depot,
	    next, memory_order_acq_rel, memory_order_acquire));
	cache->newest = slot->index;
	for (cache->length = 1; slot->next_free != SLOT_NONE; cache->length++)
		slot = slots_at(slots, slot->next_free);
	return true;
}

/* Cuts the first `count` slots off a cache and gives them away. */
static void
spill(struct slots *slots, struct slot_cache *cache, uint32_t count)
{
	struct slot *first = slots_at(slots, cache->newest);
	struct slot *last = first;

	for (uint32_t i = 1; i < count; i++)
		last = slots_at(slots, last->next_free);
	cache->newest = last->next_free;
	cache->length -= count;
	last->next_free = SLOT_NONE;
	depot_push(slots, first);
}

/* -------------------------------------------------------------------- cache */

static enum ths_status
refill(struct slots *slots, struct slot_cache *cache)
{
	if (!depot_pop(slots, cache))
		return take_unused(slots, cache);
	if (cache->keeps_one && cache->length > 1)
		spill(slots, cache, cache->length - 1);
	return THS_OK;
}

enum ths_status
slots_search(struct slots *slots, struct slot_cache *cache,
    struct slot **taken)
{
	struct slot_cache busy = { SLOT_NONE, 0 };
	enum ths_status status = THS_OK;
	struct slot *slot = NULL;

	/* Ends: each round takes a slot off the list, and a fresh one
	 * is free. */
	for (;;) {
		if (UNLIKELY(cache->newest == SLOT_NONE)) {
			cache->length = 0;
			status = refill(slots, cache);
			if (status != THS_OK)
				break;
		}
		slot = slots_at(slots, cache->newest);
		cache->newest = slot->next_free;
		cache->length--;
		if (LIKELY(inbox_try_claim(&slot->inbox)))
			break;
		/* Stale mail is being run to dead letters there. */
		slot->next_free = busy.newest;
		busy.newest = slot->index;
		busy.length++;
	}
	while (UNLIKELY(busy.newest != SLOT_NONE)) {
		struct slot *back = slots_at(slots, busy.newest);

		busy.newest = back->next_free;
		slots_give(slots, cache, back);
	}
	if (status == THS_OK)
		*taken = slot;
	return status;
}

void
slots_spill(struct slots *slots, struct slot_cache *cache)
{
	spill(slots, cache, slots_batch(slots, cache));
}

void
slots_flush(struct slots *slots, struct slot_cache *cache)
{
	if (cache->length > 0)
		spill(slots, cache, cache->length);
}
