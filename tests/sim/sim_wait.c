/* SPDX-License-Identifier: MIT */
/*
 * waiting for a turn, simulated: one worker with tasks that spawn others
 * without end, and beside them some that are resumed again and again, and some
 * that a thread injects.
 *
 * If this fails, a task that is ready waits for ever, or longer than is
 * promised, beside a tree of tasks that grows and grows: each notes how many
 * the worker has picked when it becomes ready, and compares when it runs.
 */
#include "base/check.h"
#include "base/sched_point.h"
#include "sched/scheduler.h"
#include "tests/sim/seeds.h"

enum {
	SPAWNERS = 24,
	RESUMED = 2,
	INJECTED = 2,
	WAITING = 1 + RESUMED + INJECTED, /* before one, at most: the first
					   * spawner is injected, too */
	/* sched/worker.h, for rings that are never full: each of the two queues
	 * that an injected one goes through has a turn in three. */
	WAIT_MAX = 3 * PICK_OLDEST_EVERY * 2 * (WAITING + 1),
	PICKS = 2 * WAIT_MAX, /* then it is over */
	PAUSE_NS = 400,
};

enum kind { SPAWNER, PROBE_RESUMED, PROBE_INJECTED };

static struct world {
	ths_sim *sim;
	struct memory memory;
	struct scheduler scheduler;
	uint32_t worker;
	struct item {
		struct task task;
		enum kind kind;
		struct item *next_free;
		uint64_t ready_at; /* picks */
		seeds_count is_waiting;
	} spawners[SPAWNERS], resumed[RESUMED], injected[INJECTED];
	struct item *free; /* spawners; the worker alone */
	seeds_count checked;
} world;

/* What must happen now and then. */
enum tally { LONG_WAIT };

/* Relaxed: a number of a moment. */
static uint64_t
picks(void)
{
	return atomic_load_explicit(&world.scheduler.workers[0].picks,
	    memory_order_relaxed);
}

static bool
is_over(void)
{
	return picks() > PICKS;
}

static void
become_ready(struct item *item)
{
	item->ready_at = picks();
	atomic_store_explicit(&item->is_waiting, 1, memory_order_relaxed);
}

static void
check_wait(struct item *item)
{
	uint64_t waited = picks() - item->ready_at;

	SEEDS_CHECK(waited <= WAIT_MAX);
	if (waited > PICK_OLDEST_EVERY)
		seeds_tally(LONG_WAIT);
	seeds_add(&world.checked, 1);
	atomic_store_explicit(&item->is_waiting, 0, memory_order_relaxed);
}

static void
spawn(struct worker *worker)
{
	struct item *item = world.free;

	if (item == NULL || is_over())
		return;
	world.free = item->next_free;
	worker_submit(worker, &item->task, READY_FRESH);
}

static uint32_t
run(void *context, struct worker *worker, struct task *task)
{
	struct item *item = CONTAINER_OF(task, struct item, task);

	(void)context;
	switch (item->kind) {
	case SPAWNER:
		item->next_free = world.free;
		world.free = item;
		spawn(worker);
		spawn(worker);
		break;
	case PROBE_RESUMED:
		check_wait(item);
		if (is_over())
			break;
		become_ready(item);
		worker_submit(worker, task, READY_RESUMED);
		break;
	case PROBE_INJECTED:
		check_wait(item);
		break;
	}
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

/* In one step: the giver's own delay is not a wait. */
static void
inject(struct item *item)
{
	sched_points_off();
	become_ready(item);
	scheduler_inject(&world.scheduler, &item->task);
	sched_points_on();
}

/* Injects what does not wait, until it is over, and then stops. */
static void
give(void *argument)
{
	(void)argument;
	while (!is_over()) {
		struct item *item = &world.injected[sim_random(world.sim,
		    INJECTED)];

		if (seeds_read(&item->is_waiting) == 0)
			inject(item);
		sim_sleep(world.sim, 1 + sim_random(world.sim, PAUSE_NS));
	}
	while (scheduler_has_work(&world.scheduler) ||
	    !crowd_is_all_idle(&world.scheduler.crowd))
		sim_sleep(world.sim, PAUSE_NS);
	scheduler_stop(&world.scheduler);
	sim_join(world.sim, world.worker);
}

static void
start_tasks(void)
{
	for (int i = 1; i < SPAWNERS; i++) {
		world.spawners[i].next_free = world.free;
		world.free = &world.spawners[i];
	}
	scheduler_inject(&world.scheduler, &world.spawners[0].task);
	for (int i = 0; i < INJECTED; i++)
		world.injected[i].kind = PROBE_INJECTED;
	for (int i = 0; i < RESUMED; i++) {
		world.resumed[i].kind = PROBE_RESUMED;
		inject(&world.resumed[i]);
	}
}

static void
start(ths_sim *sim)
{
	static const struct scheduler_ops ops = { .run = run, .fire = fire };

	world.sim = sim;
	memory_init(&world.memory, NULL, 0);
	SEEDS_CHECK(scheduler_init(&world.scheduler, &world.memory,
	    &(struct scheduler_config){
		.workers = 1,
		.spin_max = 2,
		.timers_max = 1,
		.clock = &sim->clock,
		.parker = &sim->parker_port,
		.choose = sim_choose,
		.choose_context = sim,
		.seed = sim->config.seed,
		.ops = &ops,
		.context = &world,
	    }) == THS_OK);
	start_tasks();
	world.worker = seeds_spawn(sim, "worker", drive,
	    &world.scheduler.workers[0]);
	seeds_spawn(sim, "giver", give, NULL);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	SEEDS_CHECK(seeds_read(&world.checked) > 0);
	for (int i = 0; i < RESUMED; i++)
		SEEDS_CHECK(seeds_read(&world.resumed[i].is_waiting) == 0);
	for (int i = 0; i < INJECTED; i++)
		SEEDS_CHECK(seeds_read(&world.injected[i].is_waiting) == 0);
	scheduler_fini(&world.scheduler);
	memory_fini(&world.memory);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Who is ready runs in time, whatever others spawn.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.tallies = { "a task waited for an oldest's turn" },
	};

	return seeds_main(argc, argv, &program);
}
