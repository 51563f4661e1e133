/* SPDX-License-Identifier: MIT */
/*
 * workers going idle, simulated: three real workers and two spares, two threads
 * from outside that inject tasks with pauses, tasks that make others ready; and
 * at most four of them at once, one more than there are workers, stay until those
 * have run.
 * In every third world nobody stays, there may be fewer workers, and no sentinel,
 * which would find what others overlook.
 *
 * If this fails, a task waits while every worker sleeps (the simulation is
 * stuck: a lost wake-up) or behind one that stays while a worker or a spare is
 * left, a task runs twice, or the search or the watch is never ended; or a spare
 * stays when nobody needs it.
 */
#include "base/check.h"
#include "sched/scheduler.h"
#include "tests/sim/seeds.h"

enum { WORKERS = 3, SPARES = 2, GIVERS = 2, ROOTS = 12, CHILDREN = 3 };
enum { SENTINEL_NS = 1000, NAP_NS = 100 };
enum { TASKS = GIVERS * ROOTS * (1 + CHILDREN) };

static struct world {
	ths_sim *sim;
	struct memory memory;
	struct scheduler scheduler;
	bool has_sentinel;
	uint32_t workers_count;
	struct parker all_done;
	struct item {
		struct task task;
		struct item *children;
		int count;             /* of them, that it makes ready */
		uint32_t is_given;     /* written before it is made ready */
		seeds_count runs;
	} roots[GIVERS][ROOTS], children[GIVERS][ROOTS][CHILDREN];
	seeds_count runs;
	seeds_count staying;
	/* Numbers of threads: workers, sentinel, spares. */
	uint32_t threads[WORKERS + 1 + SPARES];
	uint32_t threads_count;
} world;

/* Now and then: until all that the item has made ready is done, as long as a
 * worker is left for it. */
static void
stay(const struct item *item)
{
	if (!world.has_sentinel || sim_random(world.sim, 4) != 0)
		return;
	if (seeds_add(&world.staying, 1) < WORKERS + SPARES - 1) {
		for (int i = 0; i < item->count; i++)
			while (seeds_read(&item->children[i].runs) == 0)
				sim_sleep(world.sim, NAP_NS);
	}
	seeds_add(&world.staying, -1u);
}

static uint32_t
run(void *context, struct worker *worker, struct task *task)
{
	static const enum ready how[CHILDREN] = {
		READY_WOKEN, READY_FRESH, READY_RESUMED,
	};
	struct item *item = CONTAINER_OF(task, struct item, task);

	SEEDS_CHECK(context == &world);
	SEEDS_CHECK(worker == worker_current());
	SEEDS_CHECK(seeds_add(&item->runs, 1) == 0);
	SEEDS_CHECK(item->is_given);
	for (int i = 0; i < item->count; i++) {
		item->children[i].is_given = 1;
		worker_submit(worker, &item->children[i].task, how[i]);
	}
	sched_point(SCHED_SITE_SLOT);
	if (item->count > 0)
		stay(item);
	if (seeds_add(&world.runs, 1) == TASKS - 1)
		parker_wake(&world.all_done);
	return 1;
}

static bool
fire(void *context, wheel_handle handle, const struct wheel_load *load)
{
	(void)context;
	(void)handle;
	(void)load;
	UNREACHABLE("no timer is set");
}

static void
drive(void *argument)
{
	worker_drive(argument);
}

static void
drive_one(struct worker *worker)
{
	world.threads[world.threads_count++] = seeds_spawn(world.sim,
	    "worker", drive, worker);
}

static enum ths_status
recruit(void *context, struct worker *spare)
{
	SEEDS_CHECK(context == &world);
	drive_one(spare);
	return THS_OK;
}

static void
give(void *argument)
{
	struct item *roots = argument;

	for (int i = 0; i < ROOTS; i++) {
		roots[i].is_given = 1;
		scheduler_inject(&world.scheduler, &roots[i].task);
		/* Time for the workers to go idle, or nearly; or to rest, or
		 * nearly. */
		sim_sleep(world.sim, sim_random(world.sim, sim_random(
		    world.sim, 4) == 0 ? 4 * SENTINEL_NS : 400));
	}
}

static void
stop(void *argument)
{
	uint32_t ticket = parker_ticket(&world.all_done);

	(void)argument;
	while (seeds_read(&world.runs) < TASKS) {
		parker_wait(&world.all_done, ticket, CLOCK_NEVER);
		ticket = parker_ticket(&world.all_done);
	}
	/* At rest: everybody but the sentinel sleeps for good. */
	while (world.scheduler.sentinel.is_kept)
		sim_sleep(world.sim, SENTINEL_NS);
	if (world.has_sentinel)
		SEEDS_CHECK(crowd_is_all_idle(&world.scheduler.crowd));
	SEEDS_CHECK(world.scheduler.spares.active == 0);
	scheduler_stop(&world.scheduler);
	if (world.has_sentinel)
		sim_join(world.sim, world.threads[WORKERS]);
	for (uint32_t i = 0; i < world.threads_count; i++)
		sim_join(world.sim, world.threads[i]);
}

/* The root makes all children ready, or each the next one. */
static void
beget(struct item *root, struct item *children, int is_chain)
{
	root->children = children;
	root->count = is_chain ? 1 : CHILDREN;
	for (int i = 0; is_chain && i + 1 < CHILDREN; i++) {
		children[i].children = &children[i + 1];
		children[i].count = 1;
	}
}

static void
start(ths_sim *sim)
{
	static const struct scheduler_ops ops = {
		.run = run, .fire = fire, .recruit = recruit,
	};

	world.sim = sim;
	world.has_sentinel = sim_random(sim, 3) != 0;
	world.workers_count = world.has_sentinel ? WORKERS :
	    1 + sim_random(sim, WORKERS);
	memory_init(&world.memory, NULL, 0);
	parker_init(&world.all_done, &sim->parker_port, &sim->clock);
	SEEDS_CHECK(scheduler_init(&world.scheduler, &world.memory,
	    &(struct scheduler_config){
		.workers = world.workers_count,
		.spares_max = SPARES,
		.spin_max = 2,
		.timers_max = 1,
		.sentinel_ns = world.has_sentinel ? SENTINEL_NS : 0,
		.clock = &sim->clock,
		.parker = &sim->parker_port,
		.choose = sim_choose,
		.choose_context = sim,
		.seed = sim->config.seed,
		.ops = &ops,
		.context = &world,
	    }) == THS_OK);
	for (uint32_t i = 0; i < world.workers_count; i++)
		drive_one(&world.scheduler.workers[i]);
	if (world.has_sentinel)
		drive_one(scheduler_sentinel(&world.scheduler));
	for (int g = 0; g < GIVERS; g++) {
		for (int i = 0; i < ROOTS; i++)
			beget(&world.roots[g][i], world.children[g][i], i % 2);
		seeds_spawn(sim, "giver", give, world.roots[g]);
	}
	seeds_spawn(sim, "stopper", stop, NULL);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	SEEDS_CHECK(world.runs == TASKS);
	SEEDS_CHECK(!scheduler_has_work(&world.scheduler));
	SEEDS_CHECK(!crowd_wants_wake(&world.scheduler.crowd));
	SEEDS_CHECK(world.scheduler.crowd.searching == 0);
	scheduler_fini(&world.scheduler);
	memory_fini(&world.memory);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "A ready task is run once, whoever sleeps.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
