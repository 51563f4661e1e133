/* SPDX-License-Identifier: MIT */
/* slots: handed out, taken back, found again; one thread. */
#include "vm/actor/slots.h"

#include <string.h>

#include "tests/harness.h"

enum { MANY = 5 * SLOTS_BATCH };

struct fixture {
	struct memory memory;
	struct slots slots;
	struct slot_cache cache;
};

static void
fixture_init(struct fixture *fixture, uint32_t actors_max)
{
	memset(fixture, 0, sizeof(*fixture));
	memory_init(&fixture->memory, NULL, 0);
	cr_assert_eq(slots_init(&fixture->slots, &fixture->memory, actors_max),
	    THS_OK);
}

static void
fixture_fini(struct fixture *fixture)
{
	slots_fini(&fixture->slots);
	cr_assert_eq(atomic_load(&fixture->memory.bytes), 0);
	memory_fini(&fixture->memory);
}

static struct slot *
take_by(struct fixture *fixture, struct slot_cache *cache)
{
	struct slot *slot = NULL;

	cr_assert_eq(slots_take(&fixture->slots, cache, &slot), THS_OK);
	cr_assert_not_null(slot);
	return slot;
}

static struct slot *
take(struct fixture *fixture)
{
	return take_by(fixture, &fixture->cache);
}

/* As the end of an actor does it. */
static void
give_by(struct fixture *fixture, struct slot_cache *cache, struct slot *slot)
{
	cr_assert(inbox_try_idle(&slot->inbox));
	slots_give(&fixture->slots, cache, slot);
}

Test(slots, start_with_nobody_and_without_index_zero)
{
	struct fixture fixture;

	fixture_init(&fixture, 1000);
	cr_assert_null(slots_find(&fixture.slots, 0));
	cr_assert_null(slots_find(&fixture.slots, 1));
	cr_assert_null(slots_find(&fixture.slots, UINT32_MAX));
	cr_assert_eq(slots_used(&fixture.slots), 1);
	fixture_fini(&fixture);
}

Test(slots, are_claimed_when_taken_and_found_by_their_index)
{
	struct fixture fixture;
	struct slot *slot;

	fixture_init(&fixture, 1000);
	slot = take(&fixture);
	cr_assert_neq(slot->index, 0);
	cr_assert_eq(slots_find(&fixture.slots, slot->index), slot);
	cr_assert_eq(slot->generation, 1);
	cr_assert_not(inbox_try_claim(&slot->inbox), "it is the taker's");
	cr_assert_null(slots_find(&fixture.slots,
	    slots_used(&fixture.slots)));
	give_by(&fixture, &fixture.cache, slot);
	fixture_fini(&fixture);
}

Test(slots, are_taken_newest_first)
{
	struct fixture fixture;
	struct slot *a, *b;

	fixture_init(&fixture, 1000);
	a = take(&fixture);
	b = take(&fixture);
	cr_assert_neq(a, b);
	give_by(&fixture, &fixture.cache, a);
	give_by(&fixture, &fixture.cache, b);
	cr_assert_eq(take(&fixture), b);
	cr_assert_eq(take(&fixture), a);
	fixture_fini(&fixture);
}

Test(slots, that_are_busy_with_stale_mail_are_passed_over_and_kept)
{
	struct fixture fixture;
	struct slot *busy, *other;

	fixture_init(&fixture, 1000);
	busy = take(&fixture);
	give_by(&fixture, &fixture.cache, busy);
	cr_assert(inbox_try_claim(&busy->inbox), "as stale mail would");
	other = take(&fixture);
	cr_assert_neq(other, busy);
	cr_assert(inbox_try_idle(&busy->inbox));
	cr_assert_eq(take(&fixture), busy);
	fixture_fini(&fixture);
}

Test(slots, are_never_handed_out_twice)
{
	static struct slot *taken[MANY];
	static bool seen[MANY + 2 * SLOTS_BATCH];
	struct fixture fixture;

	memset(seen, 0, sizeof(seen));
	fixture_init(&fixture, 100000);
	for (int i = 0; i < MANY; i++) {
		taken[i] = take(&fixture);
		cr_assert_lt(taken[i]->index, MANY + 2 * SLOTS_BATCH);
		cr_assert_not(seen[taken[i]->index]);
		seen[taken[i]->index] = true;
	}
	for (int i = 0; i < MANY; i++)
		give_by(&fixture, &fixture.cache, taken[i]);
	fixture_fini(&fixture);
}

Test(slots, freed_by_one_crew_are_used_by_another_before_new_ones)
{
	static struct slot *taken[MANY];
	struct slot_cache other = { SLOT_NONE, 0 };
	struct fixture fixture;
	uint32_t used;

	fixture_init(&fixture, 1000000);
	for (int i = 0; i < MANY; i++)
		taken[i] = take(&fixture);
	for (int i = 0; i < MANY; i++)
		give_by(&fixture, &fixture.cache, taken[i]);
	cr_assert_lt(fixture.cache.length, 2 * SLOTS_BATCH);
	slots_flush(&fixture.slots, &fixture.cache);
	cr_assert_eq(fixture.cache.length, 0);
	slots_flush(&fixture.slots, &fixture.cache);
	used = slots_used(&fixture.slots);
	for (int i = 0; i < MANY; i++)
		taken[i] = take_by(&fixture, &other);
	cr_assert_eq(slots_used(&fixture.slots), used);
	fixture_fini(&fixture);
}

Test(slots, are_as_many_as_the_limit_and_then_refused)
{
	static struct slot *taken[SLOTS_BATCH + 7];
	struct fixture fixture;
	struct slot *slot = NULL;

	fixture_init(&fixture, SLOTS_BATCH + 7);
	for (int i = 0; i < SLOTS_BATCH + 7; i++)
		taken[i] = take(&fixture);
	for (int i = 0; i < 3; i++)
		cr_assert_eq(slots_take(&fixture.slots, &fixture.cache, &slot),
		    THS_LIMIT);
	cr_assert_null(slot);
	give_by(&fixture, &fixture.cache, taken[3]);
	cr_assert_eq(take(&fixture), taken[3]);
	fixture_fini(&fixture);
}

Test(slots, of_a_small_limit_are_not_hoarded_by_one_crew)
{
	struct slot_cache others[4] = { { SLOT_NONE, 0 } };
	struct fixture fixture;

	fixture_init(&fixture, 12);
	for (int round = 0; round < 4; round++) {
		struct slot *slot = take(&fixture);

		give_by(&fixture, &fixture.cache, slot);
		slot = take_by(&fixture, &others[round]);
		give_by(&fixture, &others[round], slot);
	}
	for (int i = 0; i < 8; i++)
		take(&fixture);
	fixture_fini(&fixture);
}

Test(slots, fill_many_segments_and_stay_where_they_are)
{
	uint32_t count = 3 * SLOTS_PER_SEGMENT;
	struct slot *first;
	struct fixture fixture;

	fixture_init(&fixture, count);
	first = take(&fixture);
	for (uint32_t i = 1; i < count; i++) {
		struct slot *slot = take(&fixture);

		cr_assert_eq(slots_find(&fixture.slots, slot->index), slot);
		cr_assert_eq((uintptr_t)slot % CACHE_LINE, 0);
	}
	cr_assert_eq(slots_find(&fixture.slots, first->index), first);
	cr_assert_eq(slots_used(&fixture.slots), count + 1);
	fixture_fini(&fixture);
}

Test(slots, survive_a_lack_of_memory_at_every_call)
{
	struct fixture fixture;
	struct slot *slot = NULL;

	memset(&fixture, 0, sizeof(fixture));
	memory_init(&fixture.memory, NULL, 0);
	memory_fault_at(&fixture.memory, 1);
	cr_assert_eq(slots_init(&fixture.slots, &fixture.memory, 1000),
	    THS_NO_MEMORY);
	cr_assert_eq(atomic_load(&fixture.memory.bytes), 0);
	cr_assert_eq(slots_init(&fixture.slots, &fixture.memory, 1000),
	    THS_OK);
	for (uint64_t nth = 1; nth <= 2; nth++) {
		memory_fault_at(&fixture.memory, nth);
		cr_assert_eq(slots_take(&fixture.slots, &fixture.cache, &slot),
		    THS_NO_MEMORY);
		cr_assert_null(slot);
	}
	take(&fixture);
	fixture_fini(&fixture);
}

Test(slots, go_on_when_a_further_region_could_not_be_had_at_once)
{
	struct fixture fixture;

	fixture_init(&fixture, 20 * SLOTS_PER_SEGMENT);
	take(&fixture);
	for (uint64_t nth = 2; nth > 0; nth--) {
		memory_fault_at(&fixture.memory, nth);
		for (uint32_t i = 0; i < SLOTS_PER_SEGMENT; i++)
			take(&fixture);
	}
	cr_assert_geq(atomic_load(&fixture.memory.refused), 1);
	fixture_fini(&fixture);
}
