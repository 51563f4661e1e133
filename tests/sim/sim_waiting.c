/* SPDX-License-Identifier: MIT */
/*
 * waiting, simulated: the two of tests/scenes/waiting.h on two workers, in any
 * order that there is.
 *
 * If this fails, mail for one that is not up yet holds up mail for others, or
 * is lost or out of order when it is.  In every other world the child takes a
 * second to begin, and the quick one must not wait for that.
 */
#include "tests/sim/player.h"

static struct vm_world world;

enum {
	LONG_NS = 1000000000,
	SOON_NS = 50000000, /* two looks of the sentinel, and a little work */
};

static void
begin(void)
{
	sched_point(SCHED_SITE_CLIENT);
	if (world.sim->config.seed % 2 == 0)
		sim_sleep(world.sim, LONG_NS);
}

#define WAITING_BEGIN() begin()
#define WAITING_NAP() ((void)0)

#include "tests/scenes/waiting.h"

/* Each happens, so neither waits for the other: the quick one had read all
 * before the other had read any, or the other way round. */
enum tally { QUICK_FIRST, QUICK_LAST };

static void
play(void *argument)
{
	int64_t next[2] = { 0, 0 }; /* of the child, of the quick one */
	uint64_t since = world.sim->now_ns;
	ths_client *client;

	(void)argument;
	SEEDS_CHECK(ths_client_open(world.vm, &client) == THS_OK);
	waiting_dispatch(world.vm, client);
	for (int i = 0; i < 2 * WAITING_LETTERS; i++) {
		int64_t value = number_of(ths_listen(world.vm, client,
		    STAGE_PATIENCE));
		int who = value >= 100;

		SEEDS_CHECK(value == (who ? 100 : 0) + next[who]++);
		SEEDS_CHECK(!who || world.sim->now_ns < since + SOON_NS);
		if (next[0] == 0 && next[1] == WAITING_LETTERS)
			seeds_tally(QUICK_FIRST);
		if (next[1] == 0 && next[0] == WAITING_LETTERS)
			seeds_tally(QUICK_LAST);
	}
	ths_client_close(client);
}

static void
start(ths_sim *sim)
{
	vm_world_start(&world, sim, NULL);
	vm_world_client(&world, "teller", play, NULL);
	vm_world_stopper(&world);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world);
	SEEDS_CHECK(world.stopped == THS_OK);
	SEEDS_CHECK(vm_world_dead(&world) == 0);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Who is not up yet keeps only its own mail waiting.",
		.description = "T-049",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.tallies = { "the quick one was first",
		    "the quick one was last" },
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
