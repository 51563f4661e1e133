/* SPDX-License-Identifier: MIT */
/*
 * names, simulated: clients and actors of two workers that create actors under
 * a few names, look names up and write to whom they find, while actors take
 * further names, give them up and end.
 *
 * If this fails, a name has two actors at once, leads to one that never had it,
 * or stays with one that is gone; or who asked for an actor by name gets none:
 * each actor knows which names it has had, and counts itself in and out of
 * them.
 */
#include "tests/sim/vm_world.h"

#include <string.h>

#include "base/sched_point.h"

enum {
	CLIENTS = 3,
	TURNS = 24, /* of each client */
	NAMES = 3,  /* that actors are made under */
	DESKS = 2,  /* that actors take and give up */
	HOPS = 3,
};

static const char *const names[NAMES] = { "anna of the hills", "bert", "clio" };
static const char *const desks[DESKS] = { "inner desk", "outer desk" };

THS_MESSAGE(born, THS_FIELD(uint32_t, name))
THS_MESSAGE(visit, THS_FIELD(uint32_t, name), THS_FIELD(uint32_t, hops))
THS_MESSAGE(visit_desk, THS_FIELD(uint32_t, desk))

static struct world {
	struct vm_world base;
	seeds_count named[NAMES]; /* who live under it: 1 at most */
	seeds_count seated[DESKS];
	seeds_count sent;
	seeds_count met;
} world;

struct keeper {
	uint32_t name;
	bool has_sat[DESKS]; /* ever */
	bool sits[DESKS];
};

static uint32_t
draw(uint32_t n)
{
	return sim_random(world.base.sim, n);
}

static ths_status
keeper_born(ths_self *self, struct keeper *keeper, const struct born *born)
{
	SEEDS_CHECK(seeds_add(&world.named[born->name], 1) == 0);
	keeper->name = born->name;
	SEEDS_CHECK(strcmp(ths_my_name(self), names[born->name]) == 0);
	return THS_OK;
}

/* Takes a desk that is free, or leaves its own. */
static void
change_desk(ths_self *self, struct keeper *keeper, uint32_t desk)
{
	if (keeper->sits[desk]) {
		seeds_add(&world.seated[desk], (uint32_t)-1);
		keeper->sits[desk] = false;
		SEEDS_CHECK(ths_name_unregister(self, desks[desk]) == THS_OK);
		return;
	}
	/* Before it can be found there. */
	keeper->has_sat[desk] = true;
	if (ths_name_register(self, desks[desk]) != THS_OK)
		return;
	keeper->sits[desk] = true;
	SEEDS_CHECK(seeds_add(&world.seated[desk], 1) == 0);
}

static ths_status
keeper_visit(ths_self *self, struct keeper *keeper, const struct visit *visit)
{
	uint32_t name = draw(NAMES);
	ths_address next;

	SEEDS_CHECK(visit->name == keeper->name);
	seeds_add(&world.met, 1);
	change_desk(self, keeper, draw(DESKS));
	if (visit->hops > 0 && ths_name_find(ths_self_vm(self), names[name],
	    &next) == THS_OK) {
		seeds_add(&world.sent, 1);
		(void)ths_send(self, next, visit, .name = name,
		    .hops = visit->hops - 1);
	}
	if (draw(2) == 0)
		ths_exit(self);
	return THS_OK;
}

static ths_status
keeper_visit_desk(ths_self *self, struct keeper *keeper,
    const struct visit_desk *visit)
{
	(void)self;
	SEEDS_CHECK(keeper->has_sat[visit->desk]);
	seeds_add(&world.met, 1);
	return THS_OK;
}

static void
keeper_exit(ths_self *self, struct keeper *keeper)
{
	(void)self;
	/* The names are still its own; who finds them free is too early. */
	sched_point(SCHED_SITE_NAME);
	for (int i = 0; i < DESKS; i++) {
		if (keeper->sits[i])
			seeds_add(&world.seated[i], (uint32_t)-1);
	}
	seeds_add(&world.named[keeper->name], (uint32_t)-1);
}

THS_ACTOR(keeper, struct keeper, THS_START(born, keeper_born),
    THS_ON(visit, keeper_visit), THS_ON(visit_desk, keeper_visit_desk),
    THS_EXIT(keeper_exit))

static void
go_to_name(uint32_t name)
{
	ths_spawn_options options = { .name = names[name],
		.start = THS_ANY(born, .name = name) };
	ths_address address;

	if (draw(2) == 0)
		SEEDS_CHECK(ths_spawn(world.base.vm, &address, &keeper_actor,
		    &options) == THS_OK);
	else if (ths_name_find(world.base.vm, names[name], &address) != THS_OK)
		return;
	seeds_add(&world.sent, 1);
	SEEDS_CHECK(ths_tell(world.base.vm, address, visit, .name = name,
	    .hops = HOPS) == THS_OK);
}

static void
go_to_desk(uint32_t desk)
{
	ths_address address;

	if (ths_name_find(world.base.vm, desks[desk], &address) != THS_OK)
		return;
	seeds_add(&world.sent, 1);
	SEEDS_CHECK(ths_tell(world.base.vm, address, visit_desk, .desk = desk)
	    == THS_OK);
}

static void
go_about(void *argument)
{
	(void)argument;
	for (int i = 0; i < TURNS; i++) {
		if (draw(3) == 0)
			go_to_desk(draw(DESKS));
		else
			go_to_name(draw(NAMES));
	}
}

static void
start(ths_sim *sim)
{
	vm_world_start(&world.base, sim, &(ths_vm_config){ .workers = 2,
		.names_max = NAMES + DESKS });
	for (int i = 0; i < CLIENTS; i++)
		vm_world_client(&world.base, "visitor", go_about, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(world.base.status.names == 0);
	for (int i = 0; i < NAMES; i++)
		SEEDS_CHECK(seeds_read(&world.named[i]) == 0);
	for (int i = 0; i < DESKS; i++)
		SEEDS_CHECK(seeds_read(&world.seated[i]) == 0);
	SEEDS_CHECK(world.sent == world.met + vm_world_dead(&world.base));
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "A name leads to the one actor that has it.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
