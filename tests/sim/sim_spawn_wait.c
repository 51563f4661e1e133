/* SPDX-License-Identifier: MIT */
/*
 * spawn_wait, simulated: programs outside start actors and wait for them, in a
 * local or an inline VM: good ones, some that cannot be started, and one whose
 * init takes longer than anybody waits; while others ask for the same name.
 *
 * If this fails, a creation is answered by another's mail, says that an actor
 * lives which never did, leaves one behind that nobody knows, or waits longer
 * than it said.
 */
#include <stdio.h>

#include "tests/sim/player.h"

#include "tests/scenes/entries.h"

enum { NAMED = 3 };

static struct world {
	struct vm_world base;
	bool is_local;
	seeds_count same; /* creations under one name that met a good actor */
} world;

static ths_status
slow_init(ths_self *self, ths_nothing *nothing)
{
	(void)self, (void)nothing;
	sim_sleep(world.base.sim, (uint64_t)(2 * SHORT));
	return THS_OK;
}

THS_ACTOR(slow, ths_nothing, THS_INIT(slow_init))

/* T-071: within its limit, whatever mail there is, and in words. */
static void
be_late(ths_vm *vm)
{
	ths_address address = THS_NOBODY;
	char why[WHY_SIZE] = "";
	char vm_text[64];
	uint64_t since = vm_now(vm);

	SEEDS_CHECK(ths_spawn_wait(vm, &address, &slow_actor, NULL, SHORT, why,
	    sizeof(why)) == THS_TIMEOUT);
	SEEDS_CHECK(has_taken(vm, since, SHORT));
	SEEDS_CHECK(ths_address_is_nobody(address));
	snprintf(vm_text, sizeof(vm_text), "VM %016llx has not begun ",
	    (unsigned long long)vm->id);
	SEEDS_CHECK(strncmp(why, vm_text, strlen(vm_text)) == 0);
}

static void
create(void *argument)
{
	ths_vm *vm = world.base.vm;

	(void)argument;
	entries_and_late_answers(vm); /* T-072 */
	entries_say_why(vm);  /* T-161 */
	/* An inline VM's handler would sleep in this very thread. */
	if (world.is_local)
		be_late(vm);
}

/* T-202's part from outside: all get the same one, or all the same failure. */
static void
create_named(void *argument)
{
	ths_vm *vm = world.base.vm;
	ths_address address, found;

	(void)argument;
	SEEDS_CHECK(ths_spawn_wait(vm, &address, &mute_actor,
	    &(ths_spawn_options){ .name = "one" }, LONG, NULL, 0) == THS_OK);
	SEEDS_CHECK(ths_name_find(vm, "one", &found) == THS_OK);
	SEEDS_CHECK(ths_address_equal(address, found));
	seeds_add(&world.same, 1);
	SEEDS_CHECK(ths_spawn_wait(vm, &address, &unborn_actor,
	    &(ths_spawn_options){ .name = "never" }, LONG, NULL, 0) ==
	    THS_UNBORN);
}

static void
start(ths_sim *sim)
{
	world.is_local = sim_random(sim, 2) == 0;
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .log_level = THS_LOG_NONE,
	    .mode = world.is_local ? THS_MODE_LOCAL : THS_MODE_INLINE });
	vm_world_client(&world.base, "creator", create, NULL);
	for (int i = 0; i < NAMED; i++)
		vm_world_client(&world.base, "namer", create_named, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(world.same == NAMED);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "A creation from outside gives an actor or a reason.",
		.description = "T-071 T-072 T-161 B-06 B-21 D-01",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
