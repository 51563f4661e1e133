/* SPDX-License-Identifier: MIT */
/*
 * monitors, simulated: actors that begin and end to watch each other at random,
 * and end, while two clients stir.
 *
 * If this fails, an end is told to one that took its monitor back, or twice, or
 * never; or what a monitor is made of is freed twice, or used by both sides.
 */
#include "tests/sim/vm_world.h"

enum { ACTORS = 5, CLIENTS = 2, TURNS = 14, NAP_NS = 600 };

THS_MESSAGE(turn, THS_FIELD(uint32_t, whom), THS_FIELD(uint32_t, what))

static struct world {
	struct vm_world base;
	ths_address actors[ACTORS];
	seeds_count expected[ACTORS][ACTORS]; /* downs, of whom by whom */
	seeds_count is_over[ACTORS];
	seeds_count downs;
} world;

static uint32_t
number_of(ths_address address)
{
	for (uint32_t i = 0; i < ACTORS; i++) {
		if (ths_address_equal(world.actors[i], address))
			return i;
	}
	seeds_fail(__FILE__, __LINE__, "it is an actor of ours");
}

static ths_status
on_turn(ths_self *self, ths_nothing *nothing, const struct turn *turn)
{
	uint32_t me = number_of(ths_me(self));
	ths_address whom = world.actors[turn->whom];
	seeds_count *expected = &world.expected[me][turn->whom];

	(void)nothing;
	switch (turn->what) {
	case 0:
	case 1:
	case 2:
		if (ths_monitor(self, whom) == THS_OK)
			seeds_add(expected, 1);
		break;
	case 3:
		SEEDS_CHECK(ths_demonitor(self, whom) ==
		    (seeds_read(expected) > 0));
		*expected = 0;
		break;
	default:
		ths_exit(self);
		break;
	}
	return THS_OK;
}

static ths_status
on_down(ths_self *self, ths_nothing *nothing, const struct ths_down *down)
{
	uint32_t me = number_of(ths_me(self));
	uint32_t whom = number_of(down->whom);

	(void)nothing;
	SEEDS_CHECK(seeds_read(&world.is_over[whom]) == 1);
	SEEDS_CHECK(ths_address_equal(ths_sender(self), down->whom));
	SEEDS_CHECK(seeds_add(&world.expected[me][whom], (uint32_t)-1) > 0);
	seeds_add(&world.downs, 1);
	return THS_OK;
}

static void
on_end(ths_self *self, ths_nothing *nothing)
{
	uint32_t me = number_of(ths_me(self));

	(void)nothing;
	seeds_add(&world.is_over[me], 1);
	for (uint32_t i = 0; i < ACTORS; i++)
		world.expected[me][i] = 0;
}

THS_ACTOR(peer, ths_nothing,
    THS_ON(turn, on_turn),
    THS_ON(ths_down, on_down),
    THS_EXIT(on_end))

static void
stir(void *argument)
{
	ths_sim *sim = world.base.sim;

	(void)argument;
	for (int i = 0; i < TURNS; i++) {
		uint32_t who = sim_random(sim, ACTORS);
		uint32_t whom = sim_random(sim, ACTORS);
		uint32_t what = sim_random(sim, 5);

		ths_tell(world.base.vm, world.actors[who], turn,
		    .whom = whom, .what = what);
		if (i % 3 == 0)
			sim_sleep(sim, sim_random(sim, NAP_NS));
	}
}

static void
start(ths_sim *sim)
{
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .workers = 3, .slice_max = 2 });
	for (int i = 0; i < ACTORS; i++)
		SEEDS_CHECK(ths_spawn(world.base.vm, &world.actors[i],
		    &peer_actor, NULL) == THS_OK);
	for (int i = 0; i < CLIENTS; i++)
		vm_world_client(&world.base, "stirrer", stir, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	for (int i = 0; i < ACTORS; i++)
		SEEDS_CHECK(world.is_over[i] == 1);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "An end is told once to whoever still watches.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
