/* SPDX-License-Identifier: MIT */
/* endings: a VM, or a family in it, ends; the scenes of tests/scenes/endings.h,
 * played with real workers and inline.  tests/sim/sim_endings.c plays them,
 * too. */
#include "tests/unit/vm/player.h"

#include "tests/scenes/endings.h"

static void
begin(struct world *world, ths_mode mode)
{
	memset(&endings, 0, sizeof(endings));
	world_begin_with(world, (ths_vm_config){ .mode = mode, .workers =
	    mode == THS_MODE_LOCAL ? 2 : 0, .allocator = &endings_allocator });
}

static void *
press_in(void *vm)
{
	endings_press_in(vm, UINT32_MAX);
	return NULL;
}

Test(endings, tell_everybody_once_and_wait_for_each,
    .description = "T-016 A-01 A-02", .timeout = 60)
{
	struct world world;
	pthread_t thread;

	begin(&world, THS_MODE_LOCAL);
	endings_gather(world.vm);
	cr_assert_eq(pthread_create(&thread, NULL, press_in, world.vm), 0);
	world_sleep_ms(5);
	cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(30)), THS_OK);
	pthread_join(thread, NULL);
	/* T-016 */
	endings_check_all(world.vm);
	cr_assert_eq(ths_vm_stop(world.vm, 0), THS_OK, "nothing to stop");
	world_end(&world);
}

Test(endings, inline_are_the_same, .description = "T-016 A-01 A-02")
{
	struct world world;

	begin(&world, THS_MODE_INLINE);
	endings_gather(world.vm);
	ths_vm_run(world.vm, 7);
	endings_press_in(world.vm, 10);
	cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(30)), THS_OK);
	/* T-016 */
	endings_check_all(world.vm);
	world_end(&world);
}

Test(endings, refuse_children_to_who_began_them, .description = "T-016 A-07",
    .timeout = 60)
{
	for (int i = 0; i < 2; i++) {
		struct world world;

		begin(&world, i == 0 ? THS_MODE_LOCAL : THS_MODE_INLINE);
		cr_assert_eq(ths_tell(world.vm, stage_spawn(world.vm,
		    &closer_actor), dash), THS_OK);
		stage_await(world.vm, &endings.spawned, 1);
		cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(30)), THS_OK);
		/* T-016 */
		cr_assert_eq(stage_read(&endings.told), 1);
		cr_assert_eq(stage_read(&endings.spawned), 1);
		endings_check_all(world.vm);
		world_end(&world);
	}
}

Test(endings, reach_a_child_that_comes_up_too_late, .description = "T-155",
    .timeout = 60)
{
	for (int i = 0; i < 2; i++) {
		struct world world;

		begin(&world, i == 0 ? THS_MODE_LOCAL : THS_MODE_INLINE);
		/* T-155 */
		endings_late_child(world.vm);
		world_end(&world);
	}
}

Test(endings, send_nothing_that_nobody_needs, .description = "T-159",
    .timeout = 60)
{
	for (int i = 0; i < 2; i++) {
		struct world world;
		uint64_t accepted;

		begin(&world, i == 0 ? THS_MODE_LOCAL : THS_MODE_INLINE);
		accepted = endings_be_quiet(world.vm);
		cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(30)), THS_OK);
		/* T-159 */
		endings_check_quiet(world.vm, accepted);
		world_end(&world);
	}
}

/* Told by the VM, when it has ended before they are up. */
Test(endings, reach_actors_that_come_up_while_the_vm_stops,
    .description = "T-155", .timeout = 60)
{
	struct world world;

	begin(&world, THS_MODE_INLINE);
	endings_press_in(world.vm, 100);
	cr_assert_eq(world_status(&world).handled, 0, "nobody is up");
	cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(30)), THS_OK);
	endings_check_all(world.vm);
	/* T-155 */
	cr_assert_eq(stage_read(&endings.requests), 100);
	world_end(&world);
}

/* An actor has run its exit a moment before it counts as gone. */
static uint64_t
await_actors(const struct world *world, uint64_t wanted)
{
	for (int i = 0; i < WORLD_TRIES &&
	    world_status(world).actors != wanted; i++)
		world_sleep_ms(1);
	return world_status(world).actors;
}

Test(endings, count_a_child_that_cannot_be_asked_as_gone,
    .description = "T-140 T-164", .timeout = 60)
{
	for (uint32_t i = 0; i < 2 * ENDINGS_FAMILY; i++) {
		struct world world;
		uint32_t unasked;

		begin(&world, i % 2 == 0 ? THS_MODE_LOCAL : THS_MODE_INLINE);
		unasked = endings_unasked_child(world.vm, i / 2);
		/* T-140, T-164 */
		cr_assert(unasked == 1 || i % 2 == 0);
		cr_assert_eq(world_logged(&world, "no memory to ask"),
		    (int)unasked);
		cr_assert_eq(await_actors(&world, unasked), unasked);
		world_end(&world);
		cr_assert_eq(stage_read(&endings.requests), ENDINGS_FAMILY);
	}
}

Test(endings, do_not_wait_for_one_that_cannot_be_asked,
    .description = "T-164 A-19", .timeout = 60)
{
	for (uint32_t i = 0; i <= 2 * ENDINGS_ROOTS; i++) {
		struct world world;

		begin(&world, i % 2 == 0 ? THS_MODE_LOCAL : THS_MODE_INLINE);
		endings_unasked_root(world.vm, i / 2);
		cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(30)), THS_OK);
		cr_assert(stage_read(&endings.misses) == 0 || i % 2 == 0,
		    "one was not");
		/* T-164 */
		endings_check_all(world.vm);
		world_end(&world);
	}
}
