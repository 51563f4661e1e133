/* SPDX-License-Identifier: MIT */
/*
 * pool - where envelopes come from and go back to; see pool.h.
 *
 * A batch is batch_length() free envelopes.  Whole batches move
 * between caches and depot without a lock.  A cache that is flushed may hold a
 * broken one: its envelopes join the class's rest, under the lock, and leave it
 * as soon as they make a batch.  So the depot holds full batches only.
 *
 * The lock guards the rests and the slabs; it is taken when the depot has
 * nothing and when a cache is flushed.  No sched_point stands where it is held,
 * nor any call of depot_put() or depot_take(), which have some.
 *
 *   [R] is_trimming: exchange, acquire -> store, release
 *       one trim sees the slabs' counters as the last one left them.
 */
#include "mailbox/pool.h"

#include <assert.h>
#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "base/check.h"
#include "base/machine.h"
#include "base/sched_point.h"
#include "mailbox/batch.h"
#include "mailbox/burden.h"
#include "mailbox/depot.h"
#include "mailbox/poison.h"
#include "mailbox/slab.h"

/* The envelopes of broken batches of one class, fewer than a batch. */
struct rest {
	struct envelope **free; /* in the pool's items */
	uint32_t length;
};

/*
 *   line   field           written by                read by
 *   0…     depot           any                       any
 *   then   memory, drop    init                      any
 *          rests…trims     who holds the lock        who holds the lock
 *          is_trimming     any                       any
 */
struct pool {
	struct depot depot;
	alignas(CACHE_LINE) struct memory *memory;
	void (*drop)(struct blob *blob);
	pthread_mutex_t lock;
	struct rest rests[ENVELOPE_CLASSES];
	struct envelope *items[POOL_ITEMS]; /* of the rests */
	struct slabs slabs;
	uint64_t trims;
	atomic_bool is_trimming; /* [R] */
};

/* What a trim of one class has in hand. */
struct trim {
	struct pool *pool;
	unsigned size_class;
	struct slab *last;      /* found last */
	struct envelope *loose; /* free, in no cache, rest or depot */
};

static_assert(SLAB_SIZE_MIN % ((size_t)ENVELOPE_SIZE_MIN <<
    (ENVELOPE_CLASSES - 1)) == 0, "a slab is a whole number of batches");
static_assert(POOL_BATCH_MAX * ENVELOPE_SIZE_MIN == SLAB_BATCH_SIZE_MIN,
    "a ticket for every batch a slab can hold");

/* How many envelopes make a batch of this class. */
static uint32_t
batch_length(unsigned size_class)
{
	uint32_t length = POOL_BATCH_SIZE / envelope_block_size(size_class);

	if (length > POOL_BATCH_MAX)
		return POOL_BATCH_MAX;
	return length == 0 ? 1 : length;
}

static size_t
batch_size(unsigned size_class)
{
	return (size_t)batch_length(size_class) *
	    envelope_block_size(size_class);
}

/* Lists the blocks of a fresh batch, so that the first is taken first. */
static void
list_fresh(unsigned char *bytes, unsigned size_class, struct envelope **items)
{
	size_t block_size = envelope_block_size(size_class);

	for (uint32_t i = batch_length(size_class); i-- > 0;) {
		*items = (void *)(bytes + i * block_size);
		poison_free_block(*items++, size_class);
	}
}

/* A batch, or less, from where the lock is needed: how many are written to
 * items; 0 without memory. */
static uint32_t
supply(struct pool *pool, unsigned size_class, struct envelope **items)
{
	struct rest *rest = &pool->rests[size_class];
	uint32_t length;
	void *bytes = NULL;

	pthread_mutex_lock(&pool->lock);
	length = rest->length;
	memcpy(items, rest->free, length * sizeof(*items));
	rest->length = 0;
	if (length == 0)
		bytes = slabs_carve(&pool->slabs, size_class,
		    batch_size(size_class));
	pthread_mutex_unlock(&pool->lock);

	if (bytes == NULL)
		return length;
	list_fresh(bytes, size_class, items);
	return batch_length(size_class);
}

/* Takes the envelopes of a broken batch, which may make the rest a whole
 * one. */
static void
rest_add(struct pool *pool, unsigned size_class, struct envelope *const *items,
    uint32_t length)
{
	struct rest *rest = &pool->rests[size_class];
	uint32_t whole = batch_length(size_class);
	struct batch_leaf *batch = NULL;

	CHECK(length < whole);
	pthread_mutex_lock(&pool->lock);
	for (uint32_t i = 0; i < length; i++) {
		rest->free[rest->length++] = items[i];
		if (rest->length == whole) {
			batch = batch_pack(rest->free, whole);
			rest->length = 0;
		}
	}
	pthread_mutex_unlock(&pool->lock);
	if (batch != NULL)
		depot_put(&pool->depot, size_class, batch);
}

struct pool *
pool_new(struct memory *memory)
{
	struct pool *pool = memory_take(memory, sizeof(*pool), CACHE_LINE);

	if (pool == NULL)
		return NULL;
	if (pthread_mutex_init(&pool->lock, NULL) != 0) {
		memory_give(memory, pool, sizeof(*pool), CACHE_LINE);
		return NULL;
	}
	for (unsigned i = 0, first = 0; i < ENVELOPE_CLASSES; i++) {
		pool->rests[i].free = &pool->items[first];
		first += batch_length(i);
	}
	pool->memory = memory;
	depot_init(&pool->depot);
	slabs_init(&pool->slabs, memory, &pool->depot);
	atomic_init(&pool->is_trimming, false);
	return pool;
}

void
pool_set_drop(struct pool *pool, void (*drop)(struct blob *blob))
{
	pool->drop = drop;
}

void
pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	slabs_fini(&pool->slabs);
	pthread_mutex_destroy(&pool->lock);
	memory_give(pool->memory, pool, sizeof(*pool), CACHE_LINE);
}

void
pool_cache_init(struct pool_cache *cache, struct pool *pool)
{
	struct envelope **bottom = cache->items + POOL_AHEAD;

	cache->pool = pool;
	for (unsigned i = 0; i < ENVELOPE_CLASSES; i++) {
		struct pool_list *list = &cache->lists[i];

		list->batch = batch_length(i);
		list->bottom = bottom;
		list->top = bottom;
		list->end = bottom += 2 * list->batch;
	}
	CHECK(bottom <= cache->items + POOL_AHEAD + 2 * POOL_ITEMS);
	cache->lists[ENVELOPE_BURDENED] = (struct pool_list){
		bottom, bottom, bottom, 0 };
	for (uint32_t i = 0; i < POOL_AHEAD; i++)
		cache->items[i] = (void *)cache->items;
	cache->brought = 0;
}

int64_t
pool_cache_out(const struct pool_cache *cache)
{
	int64_t out = cache->brought;

	for (unsigned i = 0; i < ENVELOPE_CLASSES; i++)
		out -= pool_list_length(&cache->lists[i]);
	return out;
}

void
pool_spill(struct pool_cache *cache, struct pool_list *list)
{
	uint32_t left = pool_list_length(list) - list->batch;

	depot_put(&cache->pool->depot, (unsigned)(list - cache->lists),
	    batch_pack(list->bottom, list->batch));
	cache->brought -= list->batch;
	memmove(list->bottom, list->bottom + list->batch,
	    left * sizeof(*list->bottom));
	list->top = list->bottom + left;
}

void
pool_cache_flush(struct pool_cache *cache)
{
	/* What is left in no list is what is out. */
	int64_t out = pool_cache_out(cache);

	for (unsigned i = 0; i < ENVELOPE_CLASSES; i++) {
		struct pool_list *list = &cache->lists[i];

		while (pool_list_length(list) >= list->batch)
			pool_spill(cache, list);
		if (list->top > list->bottom)
			rest_add(cache->pool, i, list->bottom,
			    pool_list_length(list));
		list->top = list->bottom;
	}
	cache->brought = out;
}

void
pool_cache_fini(struct pool_cache *cache)
{
	pool_cache_flush(cache);
	cache->pool = NULL;
}

struct envelope *
pool_refill(struct pool_cache *cache, uint32_t size)
{
	unsigned size_class = envelope_class(size);
	struct pool_list *list = &cache->lists[size_class];
	struct batch_leaf *batch = depot_take(&cache->pool->depot, size_class);
	uint32_t length = list->batch;

	if (batch != NULL)
		batch_unpack(batch, list->bottom, length);
	else
		length = supply(cache->pool, size_class, list->bottom);
	list->top = list->bottom + length;
	cache->brought += length;
	return length > 0 ? pool_take(cache, size) : NULL;
}

struct envelope *
pool_take_burdened(struct pool_cache *cache, uint32_t size, uint32_t room)
{
	uint32_t before = burden_offset(size);
	struct envelope *envelope = pool_take(cache, before +
	    (uint32_t)burden_size(room));
	struct burden *burden;

	CHECK(size <= ENVELOPE_MESSAGE_MAX && room <= BURDEN_MAX);
	if (envelope == NULL)
		return NULL;
	burden = (void *)(envelope->message + before);
	*burden = (struct burden){ .room = (uint16_t)room,
		.size_class = envelope->size_class };
	envelope->size = (uint16_t)size;
	envelope->size_class = ENVELOPE_BURDENED;
	return envelope;
}

void
pool_give_odd(struct pool_cache *cache, struct envelope *envelope)
{
	struct burden *burden = burden_of(envelope);

	if (burden == NULL) {
		pool_spill(cache, pool_list(cache, envelope->size_class));
	} else {
		for (uint32_t i = 0; i < burden->length; i++)
			cache->pool->drop(burden->blobs[i]);
		burden_end(envelope, burden);
	}
	pool_give(cache, envelope);
}

void
pool_counts_read(struct pool *pool, struct pool_counts *counts)
{
	pthread_mutex_lock(&pool->lock);
	counts->slabs = pool->slabs.count;
	counts->bytes = pool->slabs.bytes;
	counts->purged_bytes = pool->slabs.blank_bytes;
	counts->trims = pool->trims;
	pthread_mutex_unlock(&pool->lock);
}

/* The slab of an envelope; neighbours mostly share one. */
static struct slab *
trim_find(struct trim *trim, const struct envelope *envelope)
{
	if (trim->last == NULL || !slab_holds(trim->last, envelope)) {
		pthread_mutex_lock(&trim->pool->lock);
		trim->last = slabs_find(&trim->pool->slabs, envelope);
		pthread_mutex_unlock(&trim->pool->lock);
	}
	return trim->last;
}

/* Adds free envelopes to the loose ones. */
static void
trim_loosen(struct trim *trim, struct envelope *const *items, uint32_t length)
{
	for (uint32_t i = 0; i < length; i++) {
		trim_find(trim, items[i])->returned +=
		    envelope_block_size(trim->size_class);
		items[i]->next = trim->loose;
		trim->loose = items[i];
	}
}

/* Takes everything that is free and in no cache, but no more batches than there
 * are at the start: others may put some while this takes them. */
static void
trim_gather(struct trim *trim)
{
	struct pool *pool = trim->pool;
	struct rest *rest = &pool->rests[trim->size_class];
	struct envelope *items[POOL_BATCH_MAX];
	uint32_t whole = batch_length(trim->size_class);
	uint32_t length;
	uint64_t batches;

	pthread_mutex_lock(&pool->lock);
	length = rest->length;
	memcpy(items, rest->free, length * sizeof(*items));
	rest->length = 0;
	batches = pool->slabs.bytes / batch_size(trim->size_class);
	pthread_mutex_unlock(&pool->lock);

	trim_loosen(trim, items, length);
	for (; batches > 0; batches--) {
		struct batch_leaf *batch = depot_take(&pool->depot,
		    trim->size_class);

		if (batch == NULL)
			break;
		batch_unpack(batch, items, whole);
		trim_loosen(trim, items, whole);
	}
}

/* Puts back what does not lie in retired slabs. */
static void
trim_put_back(struct trim *trim)
{
	struct envelope *items[POOL_BATCH_MAX];
	uint32_t whole = batch_length(trim->size_class);
	uint32_t length = 0;

	while (trim->loose != NULL) {
		struct envelope *envelope = trim->loose;

		trim->loose = envelope->next;
		if (trim_find(trim, envelope)->is_retired)
			continue;
		items[length++] = envelope;
		if (length == whole) {
			depot_put(&trim->pool->depot, trim->size_class,
			    batch_pack(items, whole));
			length = 0;
		}
	}
	if (length > 0)
		rest_add(trim->pool, trim->size_class, items, length);
}

/* Purges retired slabs and makes them blank.  Returns the bytes. */
static uint64_t
trim_purge(struct pool *pool, struct slab *retired)
{
	uint64_t bytes = 0;

	while (retired != NULL) {
		struct slab *slab = retired;

		retired = slab->next;
		poison_none(slab->pages, slab->size);
		memory_purge(pool->memory, slab->pages, slab->size);
		bytes += slab->size;
		pthread_mutex_lock(&pool->lock);
		slabs_add_blank(&pool->slabs, slab);
		pthread_mutex_unlock(&pool->lock);
	}
	return bytes;
}

static uint64_t
trim_class(struct pool *pool, unsigned size_class)
{
	struct trim trim = { .pool = pool, .size_class = size_class };
	struct slab *retired;

	trim_gather(&trim);
	if (trim.loose == NULL)
		return 0;
	pthread_mutex_lock(&pool->lock);
	retired = slabs_retire(&pool->slabs, size_class);
	pthread_mutex_unlock(&pool->lock);
	trim_put_back(&trim);
	return trim_purge(pool, retired);
}

uint64_t
pool_trim(struct pool *pool)
{
	uint64_t bytes = 0;

	sched_point(SCHED_SITE_POOL);
	/* [R]; true: another thread is at it. */
	if (atomic_exchange_explicit(&pool->is_trimming, true,
	    memory_order_acquire))
		return 0;
	for (unsigned i = 0; i < ENVELOPE_CLASSES; i++)
		bytes += trim_class(pool, i);
	pthread_mutex_lock(&pool->lock);
	pool->trims++;
	pthread_mutex_unlock(&pool->lock);
	/* [R] */
	atomic_store_explicit(&pool->is_trimming, false,
	    memory_order_release);
	return bytes;
}
