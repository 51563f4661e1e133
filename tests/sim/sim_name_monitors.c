/* SPDX-License-Identifier: MIT */
/*
 * monitors of names, simulated: actors on three workers that take two names,
 * give them up, end, and begin and end to monitor them, while two clients stir;
 * and one that watches throughout.
 *
 * If this fails, a change is told to one that took its monitor back, twice in
 * one mailbox, or its last one is never told; or the envelope of a monitor is
 * freed twice, or used by two: each actor knows what it monitors, and the one
 * that stays must know in the end that both names are free.
 */
#include "tests/sim/vm_world.h"

#include <string.h>

enum { ACTORS = 5, NAMES = 2, CLIENTS = 2, TURNS = 16, NAP_NS = 600 };

static const char *const names[NAMES] = { "inner desk", "outer desk" };

THS_MESSAGE(turn, THS_FIELD(uint32_t, name), THS_FIELD(uint32_t, what))
THS_SIGNAL(begin)

static struct world {
	struct vm_world base;
	ths_address actors[ACTORS];
	ths_address witness;
	seeds_count believed[NAMES]; /* 1: the witness takes it for held */
	seeds_count held[NAMES]; /* by so many: 1 at most */
} world;

struct peer {
	bool has[NAMES];
	bool monitors[NAMES];
};

static uint32_t
number_of(const char *name)
{
	for (uint32_t i = 0; i < NAMES; i++) {
		if (strcmp(names[i], name) == 0)
			return i;
	}
	seeds_fail(__FILE__, __LINE__, "it is a name of ours");
}

static void
change_hands(ths_self *self, struct peer *peer, uint32_t name)
{
	if (peer->has[name]) {
		seeds_add(&world.held[name], (uint32_t)-1);
		peer->has[name] = false;
		SEEDS_CHECK(ths_name_unregister(self, names[name]) == THS_OK);
	} else if (ths_name_register(self, names[name]) == THS_OK) {
		SEEDS_CHECK(seeds_add(&world.held[name], 1) == 0);
		peer->has[name] = true;
	}
}

static ths_status
peer_turn(ths_self *self, struct peer *peer, const struct turn *turn)
{
	switch (turn->what) {
	case 0:
	case 1:
	case 2:
		change_hands(self, peer, turn->name);
		break;
	case 3:
		if (ths_monitor_name(self, names[turn->name]) == THS_OK)
			peer->monitors[turn->name] = true;
		break;
	case 4:
		SEEDS_CHECK(ths_demonitor_name(self, names[turn->name]) ==
		    peer->monitors[turn->name]);
		peer->monitors[turn->name] = false;
		break;
	default:
		ths_exit(self);
		break;
	}
	return THS_OK;
}

static ths_status
peer_changed(ths_self *self, struct peer *peer,
    const struct ths_name_changed *changed)
{
	uint32_t name = number_of(changed->name);

	SEEDS_CHECK(peer->monitors[name]);
	/* Now and then taken back, or left, in its own handler. */
	if (sim_random(world.base.sim, 3) == 0) {
		SEEDS_CHECK(ths_demonitor_name(self, changed->name));
		peer->monitors[name] = false;
	} else if (sim_random(world.base.sim, 4) == 0) {
		ths_exit(self);
	}
	return THS_OK;
}

static void
peer_exit(ths_self *self, struct peer *peer)
{
	(void)self;
	for (int i = 0; i < NAMES; i++) {
		if (peer->has[i])
			seeds_add(&world.held[i], (uint32_t)-1);
	}
}

THS_ACTOR(peer, struct peer,
    THS_ON(turn, peer_turn),
    THS_ON(ths_name_changed, peer_changed),
    THS_EXIT(peer_exit))

/* -------------------------------------------------------------- the witness */

static ths_status
witness_begin(ths_self *self, ths_nothing *nothing, const struct begin *begin)
{
	(void)nothing, (void)begin;
	for (int i = 0; i < NAMES; i++)
		SEEDS_CHECK(ths_monitor_name(self, names[i]) == THS_OK);
	return ths_reply(self, begin);
}

static ths_status
witness_changed(ths_self *self, ths_nothing *nothing,
    const struct ths_name_changed *changed)
{
	uint32_t name = number_of(changed->name);

	(void)self, (void)nothing;
	SEEDS_CHECK(changed->why != NULL);
	SEEDS_CHECK(changed->reason == THS_EXIT_LEFT ||
	    changed->reason == THS_EXIT_UNKNOWN ||
	    changed->reason == THS_EXIT_ASKED ||
	    changed->reason == THS_EXIT_STOPPED);
	atomic_store_explicit(&world.believed[name],
	    !ths_address_is_nobody(changed->holder), memory_order_relaxed);
	return THS_OK;
}

THS_ACTOR(witness, ths_nothing,
    THS_ON(begin, witness_begin),
    THS_ON(ths_name_changed, witness_changed))

/* ------------------------------------------------------------------ clients */

static void
stir(void *argument)
{
	ths_sim *sim = world.base.sim;

	(void)argument;
	for (int i = 0; i < TURNS; i++) {
		/* One draw a statement: their order is part of the seed. */
		ths_address to = world.actors[sim_random(sim, ACTORS)];
		uint32_t name = sim_random(sim, NAMES);
		uint32_t what = sim_random(sim, i < TURNS / 2 ? 5 : 6);

		ths_tell(world.base.vm, to, turn, .name = name, .what = what);
		if (i % 3 == 0)
			sim_sleep(sim, sim_random(sim, NAP_NS));
	}
}

/* Ends all peers; then the witness must know of it. */
static void
wind_up(void *argument)
{
	ths_sim *sim = world.base.sim;

	(void)argument;
	for (uint32_t i = 0; i < CLIENTS; i++)
		sim_join(sim, world.base.clients[i]);
	for (int i = 0; i < ACTORS; i++)
		ths_tell(world.base.vm, world.actors[i], ths_exit_request);
	for (int i = 0; i < ACTORS; i++) {
		ths_actor_status status;

		while (ths_actor_status_read(world.base.vm, world.actors[i],
		    &status) == THS_OK)
			sim_sleep(sim, 10000);
	}
	/* The witness may be slow, and have all of it before it. */
	sim_sleep(sim, THS_SECONDS(1));
	for (int i = 0; i < NAMES; i++) {
		SEEDS_CHECK(seeds_read(&world.held[i]) == 0);
		SEEDS_CHECK(seeds_read(&world.believed[i]) == 0);
	}
}

static void
ask_witness(void)
{
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.witness, &witness_actor,
	    NULL) == THS_OK);
	SEEDS_CHECK(ths_tell(world.base.vm, world.witness, begin) == THS_OK);
}

static void
start(ths_sim *sim)
{
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .workers = 3, .slice_max = 2 });
	ask_witness();
	for (int i = 0; i < ACTORS; i++)
		SEEDS_CHECK(ths_spawn(world.base.vm, &world.actors[i],
		    &peer_actor, NULL) == THS_OK);
	for (int i = 0; i < CLIENTS; i++)
		vm_world_client(&world.base, "stirrer", stir, NULL);
	vm_world_client(&world.base, "winder", wind_up, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(world.base.status.names == 0);
	SEEDS_CHECK(world.base.status.name_monitors == 0);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "A name that changes hands is told to who monitors it.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
