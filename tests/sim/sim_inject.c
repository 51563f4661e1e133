/* SPDX-License-Identifier: MIT */
/*
 * inject queue, simulated: two threads push single tasks and chains, two
 * workers take batches until the pushers are done and the queue says it is
 * empty.
 *
 * If this fails, a task from outside is lost, overlooked by who asks whether
 * there is any, run twice, or overtakes an older one of the same thread: each is
 * counted, and each taker compares numbers.
 */
#include "sched/inject.h"
#include "tests/sim/seeds.h"

enum { PUSHERS = 2, TAKERS = 2, TASKS = 12, BATCH_MAX = 3 };

static struct world {
	struct inject inject;
	struct item {
		struct task task;
		uint32_t pusher;
		uint32_t number; /* from 1 */
		seeds_count got;
	} items[PUSHERS][TASKS];
	seeds_count pushed;
	seeds_count pushers_done;
	seeds_count got;
} world;

/* Who finds the queue empty finds all that was pushed before handed out. */
static void
look(void)
{
	uint32_t pushed = seeds_read(&world.pushed);

	sched_point(SCHED_SITE_INJECT);
	if (inject_is_empty(&world.inject))
		SEEDS_CHECK(inject_taken(&world.inject) >= pushed);
}

static void
push(void *argument)
{
	struct item *items = argument;

	for (uint32_t i = 0; i < TASKS; i++)
		items[i].number = i + 1;
	for (uint32_t i = 0; i < TASKS;) {
		uint32_t count = i % 4 == 0 ? 2 : 1;

		if (count == 2) {
			items[i + 1].task.next = &items[i].task;
			inject_push_chain(&world.inject, &items[i + 1].task,
			    &items[i].task);
		} else {
			inject_push(&world.inject, &items[i].task);
		}
		seeds_add(&world.pushed, count);
		i += count;
		look();
	}
	seeds_add(&world.pushers_done, 1);
}

static void
take(void *argument)
{
	uint32_t last[PUSHERS] = { 0 };

	(void)argument;
	while (seeds_read(&world.pushers_done) < PUSHERS ||
	    !inject_is_empty(&world.inject)) {
		struct task *tasks[BATCH_MAX];
		uint32_t count = inject_take(&world.inject, tasks, BATCH_MAX);

		for (uint32_t i = 0; i < count; i++) {
			struct item *item = CONTAINER_OF(tasks[i], struct item,
			    task);

			SEEDS_CHECK(seeds_add(&item->got, 1) == 0);
			SEEDS_CHECK(item->number > last[item->pusher]);
			last[item->pusher] = item->number;
			seeds_add(&world.got, 1);
		}
		sched_point(SCHED_SITE_SPIN);
	}
}

static void
start(ths_sim *sim)
{
	inject_init(&world.inject);
	for (uint32_t p = 0; p < PUSHERS; p++) {
		for (uint32_t i = 0; i < TASKS; i++)
			world.items[p][i].pusher = p;
		seeds_spawn(sim, "pusher", push, world.items[p]);
	}
	for (uint32_t t = 0; t < TAKERS; t++)
		seeds_spawn(sim, "taker", take, NULL);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	SEEDS_CHECK(world.got == PUSHERS * TASKS);
	SEEDS_CHECK(inject_is_empty(&world.inject));
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "The inject queue gives each task once, oldest first.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
