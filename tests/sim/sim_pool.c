/* SPDX-License-Identifier: MIT */
/*
 * pool, simulated: three threads with caches of their own take envelopes, hand
 * them round, and give back what they are handed; one of them trims.
 *
 * If this fails, two owners hold one envelope, which then carries the wrong
 * message, or envelopes leak: all that are out are noted, and the counts of all
 * caches must meet at zero.
 */
#include "mailbox/pool.h"
#include "tests/sim/seeds.h"

enum {
	CACHES = 3,
	ROUNDS = 40,
	TABLE = 8,
	OUT_MAX = TABLE + CACHES, /* each holder has one in its hands */
};

/* Bytes of message whose batches are 1, 2 and 4 envelopes: much traffic. */
static const uint32_t sizes[] = { 16000, 8000, 4000 };

static struct world {
	struct memory memory;
	struct pool *pool;
	ths_sim *sim;
	_Atomic(struct envelope *) table[TABLE]; /* handed round, or NULL */
	struct pool_cache caches[CACHES];
	/* Whoever holds it; or NULL.  Relaxed: so the test's own notes order
	 * nothing that the pool is to order. */
	_Atomic(struct envelope *) out[OUT_MAX];
} world;

static struct envelope *
out_at(int place)
{
	return atomic_load_explicit(&world.out[place], memory_order_relaxed);
}

/* Puts `now` in the place of `before`, which is among those out. */
static void
note(const struct envelope *before, struct envelope *now)
{
	int place = 0;

	while (place < OUT_MAX && out_at(place) != before)
		place++;
	SEEDS_CHECK(place < OUT_MAX);
	atomic_store_explicit(&world.out[place], now, memory_order_relaxed);
}

static struct envelope *
take(struct pool_cache *cache)
{
	uint32_t size = sizes[sim_random(world.sim, 3)];
	struct envelope *envelope = pool_take(cache, size);

	SEEDS_CHECK(envelope != NULL);
	SEEDS_CHECK(envelope->size == size);
	for (int i = 0; i < OUT_MAX; i++)
		SEEDS_CHECK(out_at(i) != envelope);
	note(NULL, envelope);
	envelope->message[0] = 1;
	envelope->message[size - 1] = 2;
	return envelope;
}

static void
give(struct pool_cache *cache, struct envelope *envelope)
{
	note(envelope, NULL);
	SEEDS_CHECK(envelope->message[0] == 1);
	SEEDS_CHECK(envelope->message[envelope->size - 1] == 2);
	pool_give(cache, envelope);
}

static void
hand_round(void *argument)
{
	struct pool_cache *cache = argument;

	for (int round = 0; round < ROUNDS; round++) {
		_Atomic(struct envelope *) *place =
		    &world.table[sim_random(world.sim, TABLE)];
		struct envelope *mine = take(cache);
		struct envelope *other;

		sched_point(SCHED_SITE_POOL);
		other = atomic_exchange_explicit(place, mine,
		    memory_order_acq_rel);
		if (other != NULL)
			give(cache, other);
		if (cache == &world.caches[0] && round % 16 == 15)
			pool_trim(world.pool);
		if (round % 8 == 7)
			pool_cache_flush(cache);
	}
	pool_cache_flush(cache);
}

static void
start(ths_sim *sim)
{
	memory_init(&world.memory, NULL, 0);
	world.sim = sim;
	world.pool = pool_new(&world.memory);
	SEEDS_CHECK(world.pool != NULL);
	for (int i = 0; i < CACHES; i++) {
		pool_cache_init(&world.caches[i], world.pool);
		seeds_spawn(sim, "holder", hand_round, &world.caches[i]);
	}
}

static void
end(ths_sim *sim)
{
	int64_t out = 0;

	(void)sim;
	for (int i = 0; i < TABLE; i++) {
		if (world.table[i] != NULL)
			give(&world.caches[0], world.table[i]);
	}
	for (int i = 0; i < CACHES; i++) {
		out += pool_cache_out(&world.caches[i]);
		pool_cache_fini(&world.caches[i]);
	}
	SEEDS_CHECK(out == 0);
	pool_free(world.pool);
	memory_fini(&world.memory);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "An envelope has one holder, wherever it was taken.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
