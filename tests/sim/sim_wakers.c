/* SPDX-License-Identifier: MIT */
/*
 * wakers, simulated: one or two real workers that have next to nothing to do
 * and go idle after each task, and four threads from outside that inject single
 * tasks, all at about the same time.
 *
 * If this fails, a task waits while every worker sleeps: somebody who was about
 * to wake one found that there was none, while another relied on him.
 */
#include "base/check.h"
#include "sched/scheduler.h"
#include "tests/sim/seeds.h"

enum {
	WORKERS_MAX = 2,
	GIVERS = 4,
	ROUNDS = 50, /* --set rounds=1000 finds what is rare */
	ROUNDS_MIN = 1,
	PAUSE_NS = 40,
};

static struct world {
	ths_sim *sim;
	struct memory memory;
	struct scheduler scheduler;
	uint32_t workers_count;
	uint32_t rounds;
	struct giver {
		struct task task;
		struct parker parker;
		seeds_count runs;
	} givers[GIVERS];
	/* [R] run: add, acq_rel -> wait_for: load, acquire: who gives a task
	 * again sees that all workers have let go of it. */
	_Atomic uint32_t runs;
	seeds_count gone; /* givers */
} world;

static uint32_t
run(void *context, struct worker *worker, struct task *task)
{
	struct giver *giver = CONTAINER_OF(task, struct giver, task);
	/* Relaxed: no round ends before this task has run. */
	uint32_t round = atomic_load_explicit(&world.runs,
	    memory_order_relaxed) / GIVERS;

	(void)context;
	(void)worker;
	SEEDS_CHECK(seeds_add(&giver->runs, 1) == round);
	/* [R] */
	if (atomic_fetch_add_explicit(&world.runs, 1, memory_order_acq_rel) %
	    GIVERS == GIVERS - 1) {
		for (int i = 0; i < GIVERS; i++)
			parker_wake(&world.givers[i].parker);
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

/* Waits until all tasks of a round have run, for ever if need be: a worker that
 * sleeps beside a task leaves the world stuck. */
static void
wait_for(struct giver *giver, uint32_t round)
{
	for (;;) {
		uint32_t ticket = parker_ticket(&giver->parker);

		sched_point(SCHED_SITE_CLIENT);
		/* [R] */
		if (atomic_load_explicit(&world.runs, memory_order_acquire) /
		    GIVERS > round)
			return;
		parker_wait(&giver->parker, ticket, CLOCK_NEVER);
	}
}

static void
give(void *argument)
{
	struct giver *giver = argument;

	for (uint32_t round = 0; round < world.rounds; round++) {
		if (sim_random(world.sim, 2) == 0)
			sim_sleep(world.sim, sim_random(world.sim, PAUSE_NS));
		scheduler_inject(&world.scheduler, &giver->task);
		wait_for(giver, round);
	}
	if (seeds_add(&world.gone, 1) == GIVERS - 1)
		scheduler_stop(&world.scheduler);
}

static void
start(ths_sim *sim)
{
	static const struct scheduler_ops ops = { .run = run, .fire = fire };

	world.sim = sim;
	world.rounds = (uint32_t)ths_sim_parameter(sim, "rounds", ROUNDS,
	    ROUNDS_MIN);
	world.workers_count = 1 + sim_random(sim, WORKERS_MAX);
	memory_init(&world.memory, NULL, 0);
	SEEDS_CHECK(scheduler_init(&world.scheduler, &world.memory,
	    &(struct scheduler_config){
		.workers = world.workers_count,
		.spin_max = 1,
		.timers_max = 1,
		.clock = &sim->clock,
		.parker = &sim->parker_port,
		.choose = sim_choose,
		.choose_context = sim,
		.seed = sim->config.seed,
		.ops = &ops,
	    }) == THS_OK);
	for (uint32_t i = 0; i < world.workers_count; i++)
		seeds_spawn(sim, "worker", drive,
		    &world.scheduler.workers[i]);
	for (int i = 0; i < GIVERS; i++) {
		parker_init(&world.givers[i].parker, &sim->parker_port,
		    &sim->clock);
		seeds_spawn(sim, "giver", give, &world.givers[i]);
	}
}

static void
end(ths_sim *sim)
{
	(void)sim;
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
		.what = "What was injected is run, though all go to sleep.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
