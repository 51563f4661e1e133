/* SPDX-License-Identifier: MIT */
/*
 * naps, simulated: some handlers sleep for a second and one worker is left,
 * which serves all others; tests/scenes/waiting.h.
 *
 * If this fails, mail lies in the next slot or the outbox of a worker whose
 * handler blocks, and nobody comes for it; or one comes twice.
 */
#include "tests/sim/player.h"

static struct vm_world world;
static seeds_count napping;

enum {
	NAP_NS = 1000000000,
	/* C-28: two looks of the sentinel, and a little work. */
	SOON_NS = 50000000,
};

static void
sleep_long(void)
{
	seeds_add(&napping, 1);
	sim_sleep(world.sim, NAP_NS);
	seeds_add(&napping, -1u);
}

#define WAITING_BEGIN() ((void)0)
#define WAITING_NAP() sleep_long()
#define WAITING_ECHOES 12

#include "tests/scenes/waiting.h"

/* Two workers, or three, or four. */
static uint32_t
workers_of(const ths_sim *sim)
{
	return 2 + (uint32_t)(sim->config.seed % 3);
}

static void
play(void *argument)
{
	const uint32_t nappers = workers_of(world.sim) - 1;
	struct waiting_room room;
	ths_client *client;
	uint64_t since;

	(void)argument;
	SEEDS_CHECK(ths_client_open(world.vm, &client) == THS_OK);
	waiting_nap(world.vm, client, &room, (int)nappers);
	since = world.sim->now_ns;
	waiting_for_letters(world.vm, client, (int)nappers);
	SEEDS_CHECK(world.sim->now_ns < since + SOON_NS);
	for (int i = 0; i < WAITING_ECHOES; i++) {
		since = world.sim->now_ns;
		SEEDS_CHECK(number_of(ths_call(world.vm, room.echoes[i],
		    STAGE_PATIENCE, number, .value = i)) == i);
		SEEDS_CHECK(world.sim->now_ns < since + SOON_NS);
	}
	SEEDS_CHECK(seeds_read(&napping) == nappers);
	ths_client_close(client);
}

static void
start(ths_sim *sim)
{
	napping = 0;
	vm_world_start(&world, sim, &(ths_vm_config){
	    .workers = workers_of(sim) });
	vm_world_client(&world, "asker", play, NULL);
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
		.what = "Who naps in a handler keeps its own mail waiting.",
		.description = "T-056",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
