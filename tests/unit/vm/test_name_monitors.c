/* SPDX-License-Identifier: MIT */
/* name_monitors: to be told of whoever has a name. */
#include "tests/unit/vm/drained.h"
#include "tests/unit/vm/world.h"
#include "thespis/client.h"

THS_MESSAGE(watch, THS_FIELD(ths_string, name))
THS_MESSAGE(unwatch, THS_FIELD(ths_string, name))
THS_MESSAGE(take, THS_FIELD(ths_string, name))
THS_MESSAGE(drop, THS_FIELD(ths_string, name))
THS_MESSAGE(flap, THS_FIELD(ths_string, name), THS_FIELD(int, times))
THS_SIGNAL(crash)
THS_SIGNAL(leave)

enum { NOTES_MAX = 32 };

struct note {
	char name[THS_NAME_LENGTH_MAX + 1];
	ths_address holder;
	ths_exit_reason reason;
	char why[64];
};

static struct {
	ths_status status;
	bool was_watched;
	bool takes_back; /* in its handler */
	bool fails;      /* once */
	bool leaves;
	const char *takes; /* in its handler, once */
	int length;
	struct note list[NOTES_MAX];
} notes;

/* ------------------------------------------------------------------- actors */

static ths_status
watcher_watch(ths_self *self, ths_nothing *nothing, const struct watch *watch)
{
	(void)nothing;
	notes.status = ths_monitor_name(self, watch->name);
	return THS_OK;
}

static ths_status
watcher_unwatch(ths_self *self, ths_nothing *nothing,
    const struct unwatch *unwatch)
{
	(void)nothing;
	notes.was_watched = ths_demonitor_name(self, unwatch->name);
	return THS_OK;
}

static ths_status
watcher_changed(ths_self *self, ths_nothing *nothing,
    const struct ths_name_changed *changed)
{
	struct note *note = &notes.list[notes.length++];

	(void)nothing;
	cr_assert(notes.length < NOTES_MAX);
	cr_assert(ths_address_is_nobody(ths_sender(self)));
	snprintf(note->name, sizeof(note->name), "%s", changed->name);
	note->holder = changed->holder;
	note->reason = changed->reason;
	snprintf(note->why, sizeof(note->why), "%s", changed->why);
	if (notes.takes != NULL)
		cr_assert_eq(ths_name_register(self, notes.takes), THS_OK);
	notes.takes = NULL;
	if (notes.takes_back)
		notes.was_watched = ths_demonitor_name(self, changed->name);
	if (notes.leaves)
		ths_exit(self);
	if (!notes.fails)
		return THS_OK;
	notes.fails = false;
	return THS_FAILED;
}

static ths_status
watcher_leave(ths_self *self, ths_nothing *nothing, const struct leave *leave)
{
	(void)nothing, (void)leave;
	ths_exit(self);
	return THS_OK;
}

static ths_status
watcher_take(ths_self *self, ths_nothing *nothing, const struct take *take)
{
	(void)nothing;
	notes.status = ths_name_register(self, take->name);
	return THS_OK;
}

static ths_status
watcher_drop(ths_self *self, ths_nothing *nothing, const struct drop *drop)
{
	(void)nothing;
	notes.status = ths_name_unregister(self, drop->name);
	return THS_OK;
}

static ths_status
watcher_flap(ths_self *self, ths_nothing *nothing, const struct flap *flap)
{
	(void)nothing;
	for (int i = 0; i < flap->times; i++) {
		cr_assert_eq(ths_name_register(self, flap->name), THS_OK);
		cr_assert_eq(ths_name_unregister(self, flap->name), THS_OK);
	}
	return ths_name_register(self, flap->name);
}

static ths_status
watcher_crash(ths_self *self, ths_nothing *nothing, const struct crash *crash)
{
	(void)nothing, (void)crash;
	return ths_crash(self, "on purpose");
}

THS_ACTOR(watcher, ths_nothing,
    THS_ON(watch, watcher_watch),
    THS_ON(unwatch, watcher_unwatch),
    THS_ON(ths_name_changed, watcher_changed),
    THS_ON(take, watcher_take),
    THS_ON(drop, watcher_drop),
    THS_ON(flap, watcher_flap),
    THS_ON(crash, watcher_crash),
    THS_ON(leave, watcher_leave))

static ths_status
unborn_init(ths_self *self, ths_nothing *nothing)
{
	(void)nothing;
	return ths_fail(self, "no luck");
}

THS_ACTOR(unborn, ths_nothing, THS_INIT(unborn_init))

/* Watches, and has no handler for what it hears. */
THS_ACTOR(deaf, ths_nothing,
    THS_ON(watch, watcher_watch),
    THS_ON(leave, watcher_leave))

/* ------------------------------------------------------------------ helpers */

static void
begin_with(struct world *world, ths_vm_config config)
{
	memset(&notes, 0, sizeof(notes));
	config.mode = THS_MODE_INLINE;
	world_begin_with(world, config);
}

static void
begin(struct world *world)
{
	begin_with(world, (ths_vm_config){ 0 });
}

#define TELL(world, actor, ...) do { \
	cr_assert_eq(ths_tell((world)->vm, (actor), __VA_ARGS__), THS_OK); \
	ths_vm_run((world)->vm, 0); \
} while (0)

static ths_address
spawn_as(struct world *world, const char *name)
{
	const ths_spawn_options options = { .name = name };
	ths_address address;

	cr_assert_eq(ths_spawn(world->vm, &address, &watcher_actor, &options),
	    THS_OK);
	ths_vm_run(world->vm, 0);
	return address;
}

static ths_address
watcher_of(struct world *world, const char *name)
{
	ths_address watcher = world_spawn(world, &watcher_actor);

	TELL(world, watcher, watch, .name = name);
	cr_assert_eq(notes.status, THS_OK);
	return watcher;
}

/* The last note says this. */
static void
check_note(int length, const char *name, ths_address holder,
    ths_exit_reason reason, const char *why)
{
	const struct note *note = &notes.list[length - 1];

	cr_assert_eq(notes.length, length, "%d notes", notes.length);
	cr_assert_str_eq(note->name, name);
	cr_assert(ths_address_equal(note->holder, holder));
	cr_assert_eq(note->reason, reason);
	cr_assert_str_eq(note->why, why);
}

/* ------------------------------------------------------------------ changes */

Test(name_monitors, tell_when_a_free_name_gets_a_holder)
{
	struct world world;
	ths_address first, second;

	begin(&world);
	watcher_of(&world, "desk");
	cr_assert_eq(world_status(&world).name_monitors, 1);
	cr_assert_eq(notes.length, 0);
	first = spawn_as(&world, "desk");
	check_note(1, "desk", first, THS_EXIT_UNKNOWN, "nobody had it");
	TELL(&world, first, drop, .name = "desk");
	check_note(2, "desk", THS_NOBODY, THS_EXIT_UNKNOWN,
	    "its holder gave it up");
	second = world_spawn(&world, &watcher_actor);
	TELL(&world, second, take, .name = "desk");
	check_note(3, "desk", second, THS_EXIT_UNKNOWN, "nobody had it");
	spawn_as(&world, "another desk");
	cr_assert_eq(notes.length, 3);
	world_end(&world);
}

Test(name_monitors, tell_why_the_holder_has_ended)
{
	struct world world;
	ths_address holder;

	begin(&world);
	holder = spawn_as(&world, "desk");
	watcher_of(&world, "desk");
	cr_assert_eq(notes.length, 0, "who has it already is not told");
	TELL(&world, holder, leave);
	check_note(1, "desk", THS_NOBODY, THS_EXIT_LEFT,
	    ths_exit_reason_text(THS_EXIT_LEFT));
	TELL(&world, spawn_as(&world, "desk"), ths_exit_request);
	check_note(3, "desk", THS_NOBODY, THS_EXIT_ASKED,
	    ths_exit_reason_text(THS_EXIT_ASKED));
	TELL(&world, spawn_as(&world, "desk"), crash);
	check_note(5, "desk", THS_NOBODY, THS_EXIT_CRASHED,
	    ths_exit_reason_text(THS_EXIT_CRASHED));
	world_end(&world);
}

/* T-163: so who creates under a name hears of it, whose child it is not. */
Test(name_monitors, tell_that_the_holder_was_not_born)
{
	const ths_spawn_options options = { .name = "desk" };
	struct world world;
	ths_address unborn;

	begin(&world);
	watcher_of(&world, "desk");
	cr_assert_eq(ths_spawn(world.vm, &unborn, &unborn_actor, &options),
	    THS_OK);
	ths_vm_run(world.vm, 0);
	check_note(2, "desk", THS_NOBODY, THS_EXIT_INIT_FAILED,
	    ths_exit_reason_text(THS_EXIT_INIT_FAILED));
	cr_assert_eq(ths_name_find(world.vm, "desk", &unborn), THS_UNKNOWN);
	world_end(&world);
}

Test(name_monitors, tell_of_each_name_of_an_actor_that_ends)
{
	struct world world;
	ths_address holder, watcher;

	begin(&world);
	holder = spawn_as(&world, "one");
	TELL(&world, holder, take, .name = "two");
	watcher = watcher_of(&world, "one");
	TELL(&world, watcher, watch, .name = "two");
	watcher_of(&world, "one");
	cr_assert_eq(world_status(&world).name_monitors, 3);
	TELL(&world, holder, leave);
	cr_assert_eq(notes.length, 3);
	for (int i = 0; i < 3; i++) {
		cr_assert(ths_address_is_nobody(notes.list[i].holder));
		cr_assert_eq(notes.list[i].reason, THS_EXIT_LEFT);
	}
	world_end(&world);
}

Test(name_monitors, tell_many_changes_at_once_as_the_last_one)
{
	struct world world;
	ths_address holder;
	ths_vm_status before, after;

	begin(&world);
	watcher_of(&world, "desk");
	holder = world_spawn(&world, &watcher_actor);
	ths_vm_run(world.vm, 0);
	before = world_status(&world);
	TELL(&world, holder, flap, .name = "desk", .times = 1000);
	check_note(1, "desk", holder, THS_EXIT_UNKNOWN,
	    "its holder gave it up");
	after = world_status(&world);
	cr_assert_eq(after.accepted, before.accepted + 2, "flap, and one");
	world_end(&world);
}

Test(name_monitors, tell_once_more_what_changes_in_the_handler)
{
	struct world world;
	ths_address watcher, holder;

	begin(&world);
	watcher = watcher_of(&world, "desk");
	holder = spawn_as(&world, "desk");
	cr_assert_eq(notes.length, 1);
	notes.takes = "desk";
	TELL(&world, holder, drop, .name = "desk");
	cr_assert(ths_address_is_nobody(notes.list[1].holder));
	check_note(3, "desk", watcher, THS_EXIT_UNKNOWN, "nobody had it");
	world_end(&world);
}

Test(name_monitors, that_ask_twice_are_told_once)
{
	struct world world;
	ths_address watcher;

	begin(&world);
	watcher = watcher_of(&world, "desk");
	TELL(&world, watcher, watch, .name = "desk");
	cr_assert_eq(notes.status, THS_OK);
	cr_assert_eq(world_status(&world).name_monitors, 1);
	spawn_as(&world, "desk");
	cr_assert_eq(notes.length, 1);
	TELL(&world, watcher, unwatch, .name = "desk");
	cr_assert(notes.was_watched);
	TELL(&world, watcher, unwatch, .name = "desk");
	cr_assert_not(notes.was_watched);
	world_end(&world);
}

Test(name_monitors, of_ones_own_name_work)
{
	struct world world;
	ths_address watcher;

	begin(&world);
	watcher = watcher_of(&world, "me");
	TELL(&world, watcher, take, .name = "me");
	check_note(1, "me", watcher, THS_EXIT_UNKNOWN, "nobody had it");
	TELL(&world, watcher, leave);
	cr_assert_eq(notes.length, 1);
	cr_assert_eq(world_status(&world).name_monitors, 0);
	world_end(&world);
}

/* ------------------------------------------------------------ taken back */

Test(name_monitors, taken_back_tell_nothing_though_it_is_in_the_mailbox)
{
	struct world world;
	ths_address watcher, address;
	const ths_spawn_options options = { .name = "desk" };

	begin(&world);
	watcher = watcher_of(&world, "desk");
	cr_assert_eq(ths_tell(world.vm, watcher, unwatch, .name = "desk"),
	    THS_OK);
	cr_assert_eq(ths_spawn(world.vm, &address, &watcher_actor, &options),
	    THS_OK);
	cr_assert_eq(world_status(&world).queued, 2);
	ths_vm_run(world.vm, 0);
	cr_assert(notes.was_watched);
	cr_assert_eq(notes.length, 0);
	cr_assert_eq(world_status(&world).absorbed, 1);
	cr_assert_eq(world_status(&world).name_monitors, 0);
	/* And begun again. */
	TELL(&world, watcher, watch, .name = "desk");
	TELL(&world, address, leave);
	cr_assert_eq(notes.length, 1);
	world_end(&world);
}

Test(name_monitors, taken_back_in_their_own_handler_end)
{
	struct world world;
	ths_address holder;

	begin(&world);
	watcher_of(&world, "desk");
	notes.takes_back = true;
	holder = spawn_as(&world, "desk");
	cr_assert_eq(notes.length, 1);
	cr_assert(notes.was_watched);
	cr_assert_eq(world_status(&world).name_monitors, 0);
	TELL(&world, holder, leave);
	cr_assert_eq(notes.length, 1);
	world_end(&world);
}

Test(name_monitors, end_with_their_actor_also_in_their_handler)
{
	struct world world;
	ths_address watcher;

	begin(&world);
	watcher = watcher_of(&world, "desk");
	TELL(&world, watcher, watch, .name = "chair");
	cr_assert_eq(world_status(&world).name_monitors, 2);
	TELL(&world, watcher, leave);
	cr_assert_eq(world_status(&world).name_monitors, 0);
	watcher_of(&world, "desk");
	notes.leaves = true;
	spawn_as(&world, "desk");
	cr_assert_eq(notes.length, 1);
	cr_assert_eq(world_status(&world).name_monitors, 0);
	world_end(&world);
}

Test(name_monitors, whose_handler_fails_try_again)
{
	struct world world;

	begin(&world);
	watcher_of(&world, "desk");
	notes.fails = true;
	spawn_as(&world, "desk");
	cr_assert_eq(notes.length, 2);
	cr_assert_eq(world_status(&world).retried, 1);
	cr_assert_eq(world_status(&world).failed, 0);
	world_end(&world);
}

Test(name_monitors, without_a_handler_are_absorbed)
{
	struct world world;
	ths_address deaf;

	begin(&world);
	deaf = world_spawn(&world, &deaf_actor);
	TELL(&world, deaf, watch, .name = "desk");
	TELL(&world, spawn_as(&world, "desk"), leave);
	cr_assert_eq(world_status(&world).absorbed, 2);
	cr_assert_eq(world_dead(&world, THS_DEAD_UNHANDLED), 0);
	world_end(&world);
}

/* -------------------------------------------------------- limits and errors */

Test(name_monitors, of_no_name_are_refused)
{
	char longest[THS_NAME_LENGTH_MAX + 2];
	struct world world;
	ths_address watcher;

	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	begin(&world);
	watcher = world_spawn(&world, &watcher_actor);
	TELL(&world, watcher, watch, .name = NULL);
	cr_assert_eq(notes.status, THS_BAD_ARGUMENT);
	TELL(&world, watcher, watch, .name = "");
	cr_assert_eq(notes.status, THS_BAD_ARGUMENT);
	TELL(&world, watcher, watch, .name = "a\tb");
	cr_assert_eq(notes.status, THS_BAD_ARGUMENT);
	cr_assert_eq(world_status(&world).limits_hit, 0);
	TELL(&world, watcher, watch, .name = longest);
	cr_assert_eq(notes.status, THS_LIMIT);
	cr_assert_eq(world_status(&world).limits_hit, 1);
	notes.was_watched = true;
	TELL(&world, watcher, unwatch, .name = NULL);
	cr_assert_not(notes.was_watched);
	cr_assert_eq(world_status(&world).name_monitors, 0);
	world_end(&world);
}

Test(name_monitors, are_limited_and_one_taken_back_makes_room)
{
	struct world world;
	ths_address watcher;

	begin_with(&world, (ths_vm_config){ .name_monitors_max = 2 });
	watcher = watcher_of(&world, "one");
	watcher_of(&world, "one");
	TELL(&world, watcher, watch, .name = "two");
	cr_assert_eq(notes.status, THS_LIMIT);
	cr_assert_eq(world_status(&world).limits_hit, 1);
	cr_assert_eq(world_status(&world).name_monitors, 2);
	TELL(&world, watcher, watch, .name = "one");
	cr_assert_eq(notes.status, THS_OK, "no new one");
	TELL(&world, watcher, unwatch, .name = "one");
	TELL(&world, watcher, watch, .name = "two");
	cr_assert_eq(notes.status, THS_OK);
	world_end(&world);
}

Test(name_monitors, without_memory_are_refused)
{
	struct world world;
	ths_address watcher;
	int refused = 0;

	begin(&world);
	watcher = world_spawn(&world, &watcher_actor);
	ths_vm_run(world.vm, 0);
	for (uint64_t nth = 1; ; nth++) {
		cr_assert_eq(ths_tell(world.vm, watcher, watch,
		    .name = "desk"), THS_OK);
		memory_fault_at(&world.vm->memory, nth);
		ths_vm_run(world.vm, 0);
		if (notes.status == THS_OK)
			break;
		cr_assert_eq(notes.status, THS_NO_MEMORY);
		cr_assert_eq(world_status(&world).name_monitors, 0);
		refused++;
	}
	memory_fault_at(&world.vm->memory, 0);
	cr_assert_geq(refused, 1);
	spawn_as(&world, "desk");
	cr_assert_eq(notes.length, 1);
	world_end(&world);
}

Test(name_monitors, tell_the_change_though_there_is_no_memory)
{
	struct drained drained;
	struct world world;
	ths_address holder;

	begin(&world);
	holder = spawn_as(&world, "desk");
	watcher_of(&world, "desk");
	cr_assert_eq(ths_tell(world.vm, holder, leave), THS_OK);
	drained_begin(&drained, world.vm);
	ths_vm_run(world.vm, 0);
	check_note(1, "desk", THS_NOBODY, THS_EXIT_LEFT,
	    ths_exit_reason_text(THS_EXIT_LEFT));
	drained_end(&drained, world.vm);
	world_end(&world);
}

Test(name_monitors, begun_while_the_vm_stops_are_refused)
{
	struct world world;
	ths_address watcher;

	begin(&world);
	watcher = world_spawn(&world, &watcher_actor);
	cr_assert_eq(ths_tell(world.vm, watcher, watch, .name = "late"),
	    THS_OK);
	world_end(&world);
	cr_assert_eq(notes.status, THS_STOPPED);
}
