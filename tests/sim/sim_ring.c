/* SPDX-License-Identifier: MIT */
/*
 * ring, simulated: an owner that pushes and takes at both ends, and two
 * thieves.
 *
 * If this fails, a task runs twice or never, or a thief does not see what was
 * written before the push: each is counted where it is got, and has a number.
 */
#include "sched/ring.h"
#include "tests/sim/seeds.h"

enum { TASKS = 24, THIEVES = 2, LOOKS = 8, LOOT_MAX = 16 };

static struct world {
	struct ring ring;
	struct item {
		struct task task;
		uint32_t number; /* written before the push; never 0 */
		seeds_count got;
	} items[TASKS];
	seeds_count got;
} world;

static void
get(struct task *task)
{
	struct item *item = CONTAINER_OF(task, struct item, task);

	SEEDS_CHECK(seeds_add(&item->got, 1) == 0);
	SEEDS_CHECK(item->number == 1 + (uint32_t)(item - world.items));
	seeds_add(&world.got, 1);
}

static void
own(void *argument)
{
	uint32_t pushed = 0;

	(void)argument;
	while (pushed < TASKS) {
		struct task *task;

		for (int i = 0; i < 3 && pushed < TASKS; i++) {
			struct item *item = &world.items[pushed++];

			item->number = pushed;
			SEEDS_CHECK(ring_try_push(&world.ring, &item->task));
		}
		sched_point(SCHED_SITE_RUN_QUEUE);
		task = pushed % 2 == 0 ? ring_take_newest(&world.ring) :
		    ring_take_oldest(&world.ring);
		if (task != NULL)
			get(task);
	}
}

static void
steal(void *argument)
{
	uint32_t at_least = argument == NULL ? 1 : 2;

	for (int look = 0; look < LOOKS; look++) {
		struct task *loot[LOOT_MAX];
		uint32_t count = ring_steal(&world.ring, loot, LOOT_MAX,
		    at_least);

		for (uint32_t i = 0; i < count; i++)
			get(loot[i]);
		sched_point(SCHED_SITE_RUN_QUEUE);
	}
}

static void
start(ths_sim *sim)
{
	ring_init(&world.ring);
	seeds_spawn(sim, "owner", own, NULL);
	for (int i = 0; i < THIEVES; i++)
		seeds_spawn(sim, "thief", steal, i == 0 ? NULL : &world);
}

static void
end(ths_sim *sim)
{
	struct task *task;

	(void)sim;
	SEEDS_CHECK(world.got + ring_length(&world.ring) == TASKS);
	while ((task = ring_take_oldest(&world.ring)) != NULL)
		get(task);
	SEEDS_CHECK(world.got == TASKS);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "A ring gives each task to one taker.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
