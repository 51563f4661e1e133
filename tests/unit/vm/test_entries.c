/* SPDX-License-Identifier: MIT */
/* entries: actors started from outside and waited for, or by an actor, and what
 * cannot be started. */
#include "tests/unit/vm/player.h"

#include "tests/scenes/entries.h"

/* Its init takes as long as nobody lets it go on. */
static atomic_bool is_released;

static ths_status
slow_init(ths_self *self, ths_nothing *nothing)
{
	(void)self, (void)nothing;
	while (!atomic_load(&is_released))
		world_sleep_ms(1);
	return THS_OK;
}

THS_ACTOR(slow, ths_nothing, THS_INIT(slow_init))

static void
check_late(struct world *world, const ths_spawn_options *options)
{
	char vm[THS_ADDRESS_TEXT_SIZE];
	ths_address address = THS_NOBODY;
	char why[WHY_SIZE];
	char other[WHY_SIZE];
	uint64_t since = vm_now(world->vm);

	cr_assert_eq(ths_spawn_wait(world->vm, &address, &slow_actor, options,
	    SHORT, why, sizeof(why)), THS_TIMEOUT);
	cr_assert(has_taken(world->vm, since, SHORT));
	cr_assert(ths_address_is_nobody(address));
	/* Of the VM, of the actor, and of who asked. */
	snprintf(vm, sizeof(vm), "VM %016llx ",
	    (unsigned long long)world->vm->id);
	cr_assert_not_null(strstr(why, vm), "%s", why);
	cr_assert_not_null(strstr(why, " has not begun "), "%s", why);
	cr_assert_not_null(strstr(why, " gave it"), "%s", why);
	snprintf(vm, sizeof(vm), "%016llx:",
	    (unsigned long long)world->vm->id);
	cr_assert_not_null(strstr(strstr(why, vm) + 1, vm), "%s", why);
	/* Cut, with its end. */
	cr_assert_eq(ths_spawn_wait(world->vm, &address, &slow_actor, options,
	    0, other, 6), THS_TIMEOUT);
	cr_assert_eq(strlen(other), 5);
	cr_assert_eq(ths_spawn_wait(world->vm, &address, &slow_actor, options,
	    0, NULL, 0), THS_TIMEOUT);
}

/* B-21's part within one VM: a creation that takes too long. */
static void
create_too_slowly(void)
{
	struct world world;
	ths_address named;

	atomic_store(&is_released, false);
	world_begin_local(&world, 2);
	check_late(&world, NULL);
	check_late(&world, &(ths_spawn_options){ .name = "slow" });
	atomic_store(&is_released, true);
	/* Nobody is left behind but who can be found by his name. */
	for (int i = 0; i < WORLD_TRIES && world_status(&world).actors > 1;
	    i++)
		world_sleep_ms(1);
	cr_assert_eq(world_status(&world).actors, 1);
	cr_assert_eq(ths_name_find(world.vm, "slow", &named), THS_OK);
	world_end(&world);
}

Test(entries, say_why_within_their_limit, .description = "T-071 B-21")
{
	struct world world;
	ths_address address;
	char why[WHY_SIZE];

	player_play(entries_say_why);
	create_too_slowly();
	world_begin_inline(&world);
	cr_assert_eq(ths_spawn_wait(world.vm, NULL, &mute_actor, NULL, LONG,
	    why, sizeof(why)), THS_BAD_ARGUMENT);
	cr_assert_not_null(strstr(why, "ths_spawn_wait"));
	cr_assert_eq(ths_spawn_wait(NULL, &address, &mute_actor, NULL, LONG,
	    NULL, 0), THS_BAD_ARGUMENT);
	cr_assert_eq(ths_vm_stop(world.vm, LONG), THS_OK);
	cr_assert_eq(ths_spawn_wait(world.vm, &address, &mute_actor, NULL,
	    LONG, why, sizeof(why)), THS_STOPPED);
	cr_assert_str_eq(why, ths_status_text(THS_STOPPED));
	world_end(&world);
}

/* D-01 */
Test(entries, refuse_what_cannot_be_started,
    .description = "T-161 D-01")
{
	player_play(entries_say_why);
}

Test(entries, are_not_disturbed_by_late_answers, .description = "T-072 B-06")
{
	player_play(entries_and_late_answers);
}

Test(entries, are_the_same_whoever_asks, .description = "T-163 A-24")
{
	struct world world;
	ths_address maker, address;

	player_play(entries_agree);
	player_play(entries_keep_their_steps);
	/* The reason of what makes no sense is logged, the same by
	 * each entry. */
	world_begin_inline(&world);
	maker = start_one(world.vm, &maker_actor);
	for (int entry = 0; entry < ENTRIES; entry++) {
		cr_assert_eq(create_by(world.vm, maker, (enum entry)entry,
		    &mute_actor, &(ths_spawn_options){ .name = "" },
		    &address), THS_BAD_ARGUMENT);
		cr_assert_eq(world_logged(&world,
		    "actor mute is not started: the name is empty"),
		    entry + 1);
		cr_assert_eq(create_by(world.vm, maker, (enum entry)entry,
		    &unfit_actor, NULL, &address), THS_UNFIT);
		cr_assert_eq(world_logged(&world,
		    "actor unfit does not fit: the VM has no a moon"),
		    entry + 1);
		cr_assert_eq(create_by(world.vm, maker, (enum entry)entry,
		    &unborn_actor, NULL, &address),
		    entry == ENTRY_OUTSIDE_WAITING ? THS_UNBORN : THS_OK);
		if (entry == ENTRY_ACTOR)
			ths_mail_free(ths_listen(world.vm, NULL, LONG));
		ths_vm_run(world.vm, 0);
		cr_assert_eq(world_logged(&world, "init failed: no luck"),
		    entry + 1);
	}
	world_end(&world);
}

/* ---------------------------------------------------------- at the limits */

Test(entries, at_the_limits_say_which)
{
	struct world world;
	ths_address address;
	ths_status status;
	char why[WHY_SIZE];

	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.actors_max = 8, .names_max = 1 });
	cr_assert_eq(ths_spawn_wait(world.vm, &address, &mute_actor,
	    &(ths_spawn_options){ .name = "one" }, LONG, NULL, 0), THS_OK);
	cr_assert_eq(ths_spawn_wait(world.vm, &address, &mute_actor,
	    &(ths_spawn_options){ .name = "two" }, LONG, why, sizeof(why)),
	    THS_LIMIT);
	cr_assert_str_eq(why, "names_max is reached");
	do
		status = ths_spawn_wait(world.vm, &address, &mute_actor, NULL,
		    LONG, why, sizeof(why));
	while (status == THS_OK);
	cr_assert_eq(status, THS_LIMIT);
	cr_assert_str_eq(why, "actors_max is reached");
	world_end(&world);
}

/* Fails each allocation of a creation in turn; what is tried again works. */
Test(entries, without_memory_say_so)
{
	uint64_t calls = 1;

	for (uint64_t nth = 1; nth <= calls; nth++) {
		struct world world;
		ths_address address = THS_NOBODY;
		ths_status status;
		uint64_t first;

		world_begin_inline(&world);
		first = memory_calls(&world.vm->memory);
		memory_fault_at(&world.vm->memory, nth);
		status = ths_spawn_wait(world.vm, &address, &talker_actor,
		    NULL, LONG, NULL, 0);
		memory_fault_at(&world.vm->memory, 0);
		cr_assert(status == THS_OK || status == THS_NO_MEMORY);
		cr_assert_eq(status == THS_OK,
		    !ths_address_is_nobody(address));
		address = start_one(world.vm, &talker_actor);
		cr_assert_eq(ths_tell_wait(world.vm, address, LONG, leave),
		    THS_OK);
		cr_assert_eq(ths_wait(world.vm, address, LONG, NULL), THS_OK);
		calls = memory_calls(&world.vm->memory) - first;
		world_end(&world);
	}
	cr_assert_gt(calls, 1);
}
