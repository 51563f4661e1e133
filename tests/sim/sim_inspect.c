/* SPDX-License-Identifier: MIT */
/*
 * inspection and capabilities, simulated: two threads start actors of two kinds
 * that soon end, so that slots are used again and again; one looks at all of
 * them; one takes a capability away that a third kind needs, and gives it back.
 *
 * If this fails, a status is of two actors at once (each kind has its own
 * parent: nobody, or the breeder), or an actor that needs what is gone lives on
 * because it was started just then.
 */
#include "tests/sim/vm_world.h"

#include <string.h>

enum { STARTERS = 2, STARTS = 12, LOOKS = 60, CHANGES = 2, MOTHS = 4,
	ACTORS_MAX = 256,
	PAUSE_NS = 400 };

THS_SIGNAL(breed)
THS_SIGNAL(leave)

static struct world {
	struct vm_world base;
	ths_address breeder;
	seeds_count statuses; /* that were read whole */
	seeds_count is_over;  /* the light is off for good */
} world;

static const ths_variant yes = { .kind = THS_KIND_BOOL, .truth = true };

static ths_status
on_leave(ths_self *self, ths_nothing *nothing, const struct leave *leave)
{
	(void)nothing, (void)leave;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(orphan, ths_nothing, THS_ON(leave, on_leave))
THS_ACTOR(child, ths_nothing, THS_ON(leave, on_leave))

static const ths_pair moth_needs[] = { THS_NEED("light") };

THS_ACTOR(moth, ths_nothing, THS_NEEDS(moth_needs))

static ths_status
on_breed(ths_self *self, ths_nothing *nothing, const struct breed *breed)
{
	ths_address child;

	(void)nothing, (void)breed;
	SEEDS_CHECK(ths_spawn_child(self, &child, &child_actor, NULL) ==
	    THS_OK);
	return ths_send(self, child, leave);
}

THS_ACTOR(breeder, ths_nothing, THS_ON(breed, on_breed))

/* Lets others go on. */
static void
rest(void)
{
	sim_sleep(world.base.sim, sim_random(world.base.sim, PAUSE_NS));
}

static void
start_actors(void *argument)
{
	ths_vm *vm = world.base.vm;
	ths_address orphan, moth;

	(void)argument;
	for (int i = 0; i < STARTS; i++) {
		ths_status status;

		rest();
		SEEDS_CHECK(ths_tell(vm, world.breeder, breed) == THS_OK);
		SEEDS_CHECK(ths_spawn(vm, &orphan, &orphan_actor, NULL) ==
		    THS_OK);
		SEEDS_CHECK(ths_tell(vm, orphan, leave) == THS_OK);
		for (int j = 0; j < MOTHS; j++) {
			status = ths_spawn(vm, &moth, &moth_actor, NULL);
			SEEDS_CHECK(status == THS_OK || status == THS_UNFIT);
		}
	}
}

static void
check(const ths_actor_status *status)
{
	bool is_child = strcmp(status->kind, "child") == 0;

	seeds_add(&world.statuses, 1);
	SEEDS_CHECK(ths_address_equal(status->parent,
	    is_child ? world.breeder : THS_NOBODY));
	SEEDS_CHECK(strcmp(status->kind, "breeder") == 0 ?
	    ths_address_equal(status->address, world.breeder) :
	    status->handled <= 1);
}

static void
look_at_all(void *argument)
{
	ths_address actors[ACTORS_MAX];
	ths_actor_status status;

	(void)argument;
	for (int i = 0; i < LOOKS; i++) {
		size_t count = ths_vm_actors(world.base.vm, actors, ACTORS_MAX);

		rest();
		SEEDS_CHECK(count <= ACTORS_MAX);
		for (size_t j = 0; j < count; j++) {
			if (ths_actor_status_read(world.base.vm, actors[j],
			    &status) == THS_OK)
				check(&status);
		}
	}
}

static void
switch_light(void *argument)
{
	(void)argument;
	/* Later changes would find whom an earlier one has missed. */
	for (int i = 0; i < CHANGES; i++) {
		for (uint32_t rests = sim_random(world.base.sim, STARTS);
		    rests > 0; rests--)
			rest();
		SEEDS_CHECK(ths_capability_set(world.base.vm, "light",
		    i % 2 == 0 ? &yes : NULL) == THS_OK);
	}
	seeds_add(&world.is_over, 1);
}

/* When all others are done, and have had time, no moth may be left. */
static void
look_for_moths(void *argument)
{
	ths_address actors[ACTORS_MAX];
	ths_actor_status status;
	size_t count;

	(void)argument;
	for (uint32_t i = 0; i + 1 < world.base.clients_count; i++)
		sim_join(world.base.sim, world.base.clients[i]);
	SEEDS_CHECK(seeds_read(&world.is_over) == 1);
	/* Nobody answers: time passes until all is still. */
	ths_mail_free(ths_listen(world.base.vm, NULL, THS_SECONDS(1)));
	count = ths_vm_actors(world.base.vm, actors, ACTORS_MAX);
	for (size_t i = 0; i < count; i++)
		SEEDS_CHECK(ths_actor_status_read(world.base.vm, actors[i],
		    &status) != THS_OK || strcmp(status.kind, "moth") != 0);
}

static void
start(ths_sim *sim)
{
	vm_world_start(&world.base, sim, &(ths_vm_config){ .workers = 2,
		.log_level = THS_LOG_ERROR });
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.breeder, &breeder_actor,
	    NULL) == THS_OK);
	for (int i = 0; i < STARTERS; i++)
		vm_world_client(&world.base, "starter", start_actors, NULL);
	vm_world_client(&world.base, "onlooker", look_at_all, NULL);
	vm_world_client(&world.base, "switch", switch_light, NULL);
	vm_world_client(&world.base, "warden", look_for_moths, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(seeds_read(&world.statuses) > 0);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "A status is of one actor, and nobody unfit stays.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
