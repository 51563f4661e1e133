/* SPDX-License-Identifier: MIT */
/*
 * pool, one thread: what those who take and give envelopes are promised.
 * Interleavings are the business of tests/stress/mailbox/stress_pool.c.
 */
#include "mailbox/pool.h"

#include <stdlib.h>
#include <string.h>

#include "mailbox/burden.h"
#include "tests/harness.h"

struct fixture {
	struct memory memory;
	struct pool *pool;
	struct pool_cache cache;
};

static void
fixture_init(struct fixture *fixture)
{
	memory_init(&fixture->memory, NULL, 0);
	fixture->pool = pool_new(&fixture->memory);
	cr_assert_not_null(fixture->pool);
	pool_cache_init(&fixture->cache, fixture->pool);
}

static void
fixture_fini(struct fixture *fixture)
{
	pool_cache_fini(&fixture->cache);
	pool_free(fixture->pool);
	memory_fini(&fixture->memory);
}

static int64_t
taken(const struct pool_cache *cache)
{
	return pool_cache_out(cache);
}

/* Bytes the port has lent out. */
static size_t
held(const struct fixture *fixture)
{
	return atomic_load_explicit(&fixture->memory.bytes,
	    memory_order_relaxed);
}

/* The largest message of a class. */
static uint32_t
size_of_class(unsigned size_class)
{
	uint32_t size = envelope_block_size(size_class) - ENVELOPE_HEADER_SIZE;

	return size < ENVELOPE_MESSAGE_MAX ? size : ENVELOPE_MESSAGE_MAX;
}

/* Takes count envelopes of size bytes, all written, chained by next. */
static struct envelope *
take_many(struct pool_cache *cache, uint32_t size, uint32_t count)
{
	struct envelope *chain = NULL;

	while (count-- > 0) {
		struct envelope *envelope = pool_take(cache, size);

		cr_assert_not_null(envelope);
		memset(envelope->message, 0xa5, size);
		envelope->next = chain;
		chain = envelope;
	}
	return chain;
}

static void
give_many(struct pool_cache *cache, struct envelope *chain)
{
	while (chain != NULL) {
		struct envelope *next = chain->next;

		pool_give(cache, chain);
		chain = next;
	}
}

Test(pool, costs_little_until_it_is_used)
{
	struct fixture fixture;

	fixture_init(&fixture);
	cr_assert_leq(held(&fixture), 4 * KiB);
	give_many(&fixture.cache, take_many(&fixture.cache, 16, 1));
	cr_assert_leq(held(&fixture), 72 * KiB, "one small message costs %zu",
	    held(&fixture));
	fixture_fini(&fixture);
}

Test(pool, gives_every_size_an_aligned_block_that_holds_it)
{
	struct fixture fixture;

	fixture_init(&fixture);
	for (uint32_t size = 0; size <= ENVELOPE_MESSAGE_MAX; size++) {
		struct envelope *envelope = pool_take(&fixture.cache, size);

		cr_assert_not_null(envelope);
		cr_assert_eq((uintptr_t)envelope % ENVELOPE_SIZE_MIN, 0);
		cr_assert_eq(envelope->size, size);
		cr_assert_eq(envelope->size_class, envelope_class(size));
		memset(envelope->message, 0x5a, size);
		pool_give(&fixture.cache, envelope);
	}
	cr_assert_eq(taken(&fixture.cache), 0);
	fixture_fini(&fixture);
}

Test(pool, hands_no_envelope_out_twice)
{
	enum { COUNT = 5000 };
	struct fixture fixture;
	struct envelope **out = calloc(COUNT, sizeof(struct envelope *));

	cr_assert_not_null(out);
	fixture_init(&fixture);
	for (uint32_t round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < COUNT; i++) {
			out[i] = pool_take(&fixture.cache, 8 + i % 200);
			cr_assert_not_null(out[i]);
			memcpy(out[i]->message, &i, sizeof(i));
		}
		cr_assert_eq(taken(&fixture.cache), COUNT);
		for (uint32_t i = 0; i < COUNT; i++) {
			cr_assert_eq(memcmp(out[i]->message, &i, sizeof(i)), 0);
			pool_give(&fixture.cache, out[i]);
		}
	}
	cr_assert_eq(taken(&fixture.cache), 0);
	free(out);
	fixture_fini(&fixture);
}

Test(pool, hands_out_the_envelope_given_last)
{
	struct fixture fixture;

	fixture_init(&fixture);
	for (unsigned i = 0; i < ENVELOPE_CLASSES; i++) {
		uint32_t size = size_of_class(i);
		struct envelope *envelope = pool_take(&fixture.cache, size);

		pool_give(&fixture.cache, envelope);
		cr_assert_eq(pool_take(&fixture.cache, size), envelope);
		pool_give(&fixture.cache, envelope);
	}
	fixture_fini(&fixture);
}

/* Else the shortest conversation would move a batch with every message. */
Test(pool, moves_no_batch_while_one_envelope_comes_and_goes)
{
	struct fixture fixture;
	struct envelope *chain;

	fixture_init(&fixture);
	for (uint32_t out = 0; out < 3 * POOL_BATCH_MAX; out++) {
		uint32_t moved = 0;

		chain = take_many(&fixture.cache, 16, out);
		for (int i = 0; i < 10; i++) {
			int64_t brought = fixture.cache.brought;

			give_many(&fixture.cache,
			    take_many(&fixture.cache, 16, 1));
			moved += fixture.cache.brought != brought;
		}
		cr_assert_leq(moved, 1, "%u times with %u out", moved, out);
		give_many(&fixture.cache, chain);
	}
	fixture_fini(&fixture);
}

Test(pool, grows_no_more_when_as_many_are_taken_again)
{
	struct fixture fixture;
	size_t once;

	fixture_init(&fixture);
	give_many(&fixture.cache, take_many(&fixture.cache, 100, 10000));
	once = held(&fixture);
	for (int round = 0; round < 10; round++)
		give_many(&fixture.cache,
		    take_many(&fixture.cache, 100, 10000));
	cr_assert_eq(held(&fixture), once);
	fixture_fini(&fixture);
}

Test(pool, brings_envelopes_from_the_giver_back_to_the_taker)
{
	struct fixture fixture;
	struct pool_cache giver;
	size_t once = 0;

	fixture_init(&fixture);
	pool_cache_init(&giver, fixture.pool);
	for (int round = 0; round < 200; round++) {
		give_many(&giver, take_many(&fixture.cache, 16, 1000));
		if (round == 3)
			once = held(&fixture);
	}
	cr_assert_eq(held(&fixture), once);
	cr_assert_eq(taken(&fixture.cache), 200000);
	cr_assert_eq(taken(&giver), -200000);
	pool_cache_fini(&giver);
	fixture_fini(&fixture);
}

/* Clients come and go: what each leaves behind is less than a batch. */
Test(pool, loses_nothing_to_caches_that_end)
{
	struct fixture fixture;
	size_t once = 0;

	fixture_init(&fixture);
	for (uint32_t round = 0; round < 2000; round++) {
		struct pool_cache client;

		pool_cache_init(&client, fixture.pool);
		give_many(&client, take_many(&client, 16, 1 + round % 100));
		give_many(&client, take_many(&client, 5000, 1 + round % 7));
		pool_cache_fini(&client);
		if (round == 200)
			once = held(&fixture);
	}
	cr_assert_eq(held(&fixture), once);
	fixture_fini(&fixture);
}

Test(pool, keeps_at_most_two_batches_of_a_class_in_a_cache)
{
	struct fixture fixture;

	fixture_init(&fixture);
	for (unsigned i = 0; i < ENVELOPE_CLASSES; i++) {
		struct pool_list *list = &fixture.cache.lists[i];

		give_many(&fixture.cache,
		    take_many(&fixture.cache, size_of_class(i), 300));
		cr_assert_leq(list->batch, POOL_BATCH_MAX);
		cr_assert_leq(pool_list_length(list), 2 * list->batch);
		cr_assert_gt(pool_list_length(list), list->batch);
	}
	fixture_fini(&fixture);
}

Test(pool, frees_everything_whatever_is_still_out)
{
	struct fixture fixture;

	fixture_init(&fixture);
	take_many(&fixture.cache, 16, 1000);
	take_many(&fixture.cache, ENVELOPE_MESSAGE_MAX, 10);
	pool_free(fixture.pool);
	cr_assert_eq(held(&fixture), 0);
	memory_fini(&fixture.memory);
	pool_free(NULL);
}

Test(pool, trim_gives_back_what_nobody_holds)
{
	struct fixture fixture;
	struct pool_counts counts;
	uint64_t bytes;

	fixture_init(&fixture);
	give_many(&fixture.cache, take_many(&fixture.cache, 200, 50000));
	pool_cache_flush(&fixture.cache);
	pool_counts_read(fixture.pool, &counts);
	cr_assert_geq(counts.bytes, 50000 * 256u);
	cr_assert_eq(counts.purged_bytes, 0);
	bytes = pool_trim(fixture.pool);
	cr_assert_eq(bytes, counts.bytes);
	pool_counts_read(fixture.pool, &counts);
	cr_assert_eq(counts.purged_bytes, counts.bytes);
	cr_assert_eq(counts.trims, 1);
	cr_assert_eq(pool_trim(fixture.pool), 0, "a second time there is none");
	fixture_fini(&fixture);
}

Test(pool, trim_leaves_alone_what_is_out)
{
	struct fixture fixture;
	struct envelope *some;
	struct envelope *envelope;
	size_t before;

	fixture_init(&fixture);
	some = take_many(&fixture.cache, 16, 20000);
	before = held(&fixture);
	/* Every other one goes back, so that no slab is wholly free. */
	for (envelope = some; envelope != NULL && envelope->next != NULL;
	    envelope = envelope->next) {
		struct envelope *other = envelope->next;

		envelope->next = other->next;
		pool_give(&fixture.cache, other);
	}
	pool_cache_flush(&fixture.cache);
	cr_assert_eq(pool_trim(fixture.pool), 0);
	for (envelope = some; envelope != NULL; envelope = envelope->next)
		for (int i = 0; i < 16; i++)
			cr_assert_eq(envelope->message[i], 0xa5);
	/* And the free half is still there to be taken. */
	give_many(&fixture.cache, take_many(&fixture.cache, 16, 9900));
	give_many(&fixture.cache, some);
	cr_assert_eq(held(&fixture), before);
	cr_assert_eq(taken(&fixture.cache), 0);
	fixture_fini(&fixture);
}

Test(pool, trim_spares_the_slabs_of_what_a_cache_holds)
{
	struct fixture fixture;

	fixture_init(&fixture);
	give_many(&fixture.cache, take_many(&fixture.cache, 16, 100));
	cr_assert_eq(pool_trim(fixture.pool), 0);
	give_many(&fixture.cache, take_many(&fixture.cache, 16, 100));
	cr_assert_eq(taken(&fixture.cache), 0);
	fixture_fini(&fixture);
}

Test(pool, uses_trimmed_slabs_before_new_ones_for_any_size)
{
	struct fixture fixture;
	size_t before;

	fixture_init(&fixture);
	give_many(&fixture.cache, take_many(&fixture.cache, 16, 50000));
	pool_cache_flush(&fixture.cache);
	pool_trim(fixture.pool);
	before = held(&fixture);
	for (unsigned i = 0; i < ENVELOPE_CLASSES; i++) {
		uint32_t count = 2 * MiB / envelope_block_size(i);

		give_many(&fixture.cache,
		    take_many(&fixture.cache, size_of_class(i), count));
		pool_cache_flush(&fixture.cache);
		cr_assert_gt(pool_trim(fixture.pool), 0);
	}
	cr_assert_eq(held(&fixture), before);
	fixture_fini(&fixture);
}

/* Takes a few thousand of many sizes, goes on when refused, gives them back. */
static void
work(struct pool_cache *cache)
{
	struct envelope *all = NULL;

	for (uint32_t i = 0; i < 6000; i++) {
		struct envelope *envelope = pool_take(cache, i % 400);

		if (envelope == NULL)
			continue;
		memset(envelope->message, 1, i % 400);
		envelope->next = all;
		all = envelope;
	}
	give_many(cache, all);
}

Test(pool, survives_the_refusal_of_any_call_for_memory, .timeout = 60)
{
	uint64_t nth;
	bool was_reached = true;

	for (nth = 1; was_reached; nth++) {
		struct fixture fixture;

		memory_init(&fixture.memory, NULL, 0);
		memory_fault_at(&fixture.memory, nth);
		fixture.pool = pool_new(&fixture.memory);
		cr_assert_eq(fixture.pool == NULL, nth == 1);
		if (fixture.pool != NULL) {
			pool_cache_init(&fixture.cache, fixture.pool);
			work(&fixture.cache);
			cr_assert_eq(taken(&fixture.cache), 0);
			work(&fixture.cache);
			pool_trim(fixture.pool);
			pool_cache_fini(&fixture.cache);
			pool_free(fixture.pool);
			was_reached = memory_calls(&fixture.memory) >= nth;
		}
		cr_assert_eq(held(&fixture), 0);
		memory_fini(&fixture.memory);
	}
	cr_assert_gt(nth, 10);
}

Test(pool, answers_null_when_the_first_slab_is_refused_and_then_goes_on)
{
	/* The table, the slab's control block, its pages. */
	for (uint64_t nth = 1; nth <= 3; nth++) {
		struct fixture fixture;
		struct envelope *envelope;

		fixture_init(&fixture);
		memory_fault_at(&fixture.memory, nth);
		cr_assert_null(pool_take(&fixture.cache, 16));
		cr_assert_eq(taken(&fixture.cache), 0);
		envelope = pool_take(&fixture.cache, 16);
		cr_assert_not_null(envelope);
		pool_give(&fixture.cache, envelope);
		fixture_fini(&fixture);
	}
}

Test(pool, fills_the_limit_of_memory_and_never_passes_it)
{
	struct fixture fixture;
	struct envelope *all = NULL;
	struct envelope *envelope;
	uint32_t count = 0;

	memory_init(&fixture.memory, NULL, 1 * MiB);
	fixture.pool = pool_new(&fixture.memory);
	cr_assert_not_null(fixture.pool);
	pool_cache_init(&fixture.cache, fixture.pool);
	while ((envelope = pool_take(&fixture.cache, 200)) != NULL) {
		envelope->next = all;
		all = envelope;
		count++;
	}
	/* Small slabs fill what a large one no longer fits into. */
	cr_assert_geq(count, 900 * KiB / 256, "only %u", count);
	cr_assert_leq(held(&fixture), 1 * MiB);
	give_many(&fixture.cache, all);
	envelope = pool_take(&fixture.cache, 200);
	cr_assert_not_null(envelope);
	pool_give(&fixture.cache, envelope);
	fixture_fini(&fixture);
}

/* What stands for a blob here: how often it was dropped. */
struct blob { int drops; };

static void
drop(struct blob *blob)
{
	blob->drops++;
}

Test(pool, drops_what_an_envelope_carries_when_it_comes_back)
{
	static struct blob blobs[BURDEN_MAX];
	struct fixture fixture;

	fixture_init(&fixture);
	pool_set_drop(fixture.pool, drop);
	for (uint32_t size = 0; size <= ENVELOPE_MESSAGE_MAX;
	    size = size * 2 + 1) {
		struct envelope *envelope = pool_take_burdened(&fixture.cache,
		    size, BURDEN_MAX);
		struct burden *burden = burden_of(envelope);

		memset(envelope->message, 0xa5, size);
		cr_assert_eq(envelope->size, size);
		cr_assert_eq(burden->length, 0);
		for (int i = 0; i < BURDEN_MAX; i++)
			cr_assert(burden_add(burden, &blobs[i]));
		cr_assert_not(burden_add(burden, &blobs[0]));
		memset(blobs, 0, sizeof(blobs));
		pool_give(&fixture.cache, envelope);
		for (int i = 0; i < BURDEN_MAX; i++)
			cr_assert_eq(blobs[i].drops, 1);
		cr_assert_eq(taken(&fixture.cache), 0);
	}
	fixture_fini(&fixture);
}

/* Also when the list of its class has no room. */
Test(pool, takes_burdened_envelopes_back_in_any_number)
{
	enum { MANY = 5 * POOL_BATCH_MAX };
	static struct envelope *envelopes[MANY];
	struct blob blob = { 0 };
	struct fixture fixture;

	fixture_init(&fixture);
	pool_set_drop(fixture.pool, drop);
	for (int i = 0; i < MANY; i++) {
		envelopes[i] = pool_take_burdened(&fixture.cache, 0, 1);
		if (i % 2 == 0)
			burden_add(burden_of(envelopes[i]), &blob);
	}
	for (int i = 0; i < MANY; i++)
		pool_give(&fixture.cache, envelopes[i]);
	cr_assert_eq(blob.drops, MANY / 2);
	cr_assert_eq(taken(&fixture.cache), 0);
	cr_assert_null(burden_of(envelopes[0]));
	fixture_fini(&fixture);
}
