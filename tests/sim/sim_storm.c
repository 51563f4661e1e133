/* SPDX-License-Identifier: MIT */
/*
 * a storm of births, simulated: actors that start children, which start
 * children and end; two clients begin it, a third stops the VM in the middle.
 *
 * If this fails, an actor survives the stop or never begins, its exit runs
 * twice or not at all, or a message is in nobody's account: births, exits and
 * messages are counted here and compared with the VM's status.
 */
#include "tests/sim/vm_world.h"

enum { CLIENTS = 2, DEPTH = 4, CHILDREN = 2, NAP_NS = 2000 };

THS_MESSAGE(grow, THS_FIELD(int32_t, depth))
THS_MESSAGE(seedling, THS_FIELD(int32_t, depth))

static struct world {
	struct vm_world base;
	seeds_count begun;
	seeds_count ended;
	seeds_count refused;
} world;

struct tree {
	int32_t depth;
	bool has_begun;
};

static ths_status on_start(ths_self *self, struct tree *tree,
    const struct seedling *seedling);
static ths_status on_grow(ths_self *self, struct tree *tree,
    const struct grow *grow);
static void on_end(ths_self *self, struct tree *tree);

THS_ACTOR(tree, struct tree,
    THS_START(seedling, on_start),
    THS_ON(grow, on_grow),
    THS_EXIT(on_end))

static ths_status
on_start(ths_self *self, struct tree *tree, const struct seedling *seedling)
{
	(void)self;
	SEEDS_CHECK(!tree->has_begun);
	tree->has_begun = true;
	tree->depth = seedling->depth;
	seeds_add(&world.begun, 1);
	return THS_OK;
}

static ths_status
on_grow(ths_self *self, struct tree *tree, const struct grow *grow)
{
	ths_spawn_options options = {
		.start = THS_ANY(seedling, .depth = grow->depth + 1),
	};

	SEEDS_CHECK(tree->has_begun && tree->depth == grow->depth);
	for (int i = 0; grow->depth < DEPTH && i < CHILDREN; i++) {
		ths_address child;
		ths_status status = ths_spawn_child(self, &child, &tree_actor,
		    &options);

		if (status == THS_STOPPED) {
			seeds_add(&world.refused, 1);
			return THS_OK;
		}
		SEEDS_CHECK(status == THS_OK);
		SEEDS_CHECK(ths_send(self, child, grow,
		    .depth = grow->depth + 1) == THS_OK);
	}
	if (grow->depth % 2 == 0)
		ths_exit(self);
	return THS_OK;
}

static void
on_end(ths_self *self, struct tree *tree)
{
	(void)self;
	SEEDS_CHECK(tree->has_begun);
	tree->has_begun = false;
	seeds_add(&world.ended, 1);
}

static void
begin(void *argument)
{
	ths_spawn_options options = { .start = THS_ANY(seedling) };
	ths_address root;
	ths_status status;

	(void)argument;
	status = ths_spawn(world.base.vm, &root, &tree_actor, &options);
	if (status != THS_OK) {
		SEEDS_CHECK(status == THS_STOPPED);
		return;
	}
	status = ths_tell(world.base.vm, root, grow, .depth = 0);
	SEEDS_CHECK(status == THS_OK || status == THS_STOPPED);
}

static void
nap(void *argument)
{
	(void)argument;
	sim_sleep(world.base.sim, sim_random(world.base.sim, NAP_NS));
}

static void
start(ths_sim *sim)
{
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .workers = 3, .slice_max = 2 });
	vm_world_client(&world.base, "napper", nap, NULL);
	vm_world_stopper(&world.base); /* does not wait for the others */
	for (int i = 0; i < CLIENTS; i++)
		seeds_spawn(sim, "beginner", begin, NULL);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.ended == world.begun);
	/* A beginner that stood in the door until the workers had ended leaves
	 * a root that never begins, and the stop says so. */
	if (world.base.stopped == THS_OK)
		SEEDS_CHECK(world.begun == world.base.status.spawned);
	else
		SEEDS_CHECK(world.base.stopped == THS_TIMEOUT &&
		    world.begun + CLIENTS >= world.base.status.spawned);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Whoever is born when the VM stops ends properly.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
