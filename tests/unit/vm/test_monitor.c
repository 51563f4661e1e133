/* SPDX-License-Identifier: MIT */
/* monitor: to be told of the end of any actor. */
#include "tests/unit/vm/world.h"
#include "thespis/monitor.h"

THS_MESSAGE(number, THS_FIELD(int64_t, value))
THS_MESSAGE(watch, THS_FIELD(ths_address, whom))
THS_MESSAGE(unwatch, THS_FIELD(ths_address, whom), THS_FIELD(bool, ends_it))
THS_MESSAGE(visit, THS_FIELD(ths_address, whom))
THS_SIGNAL(leave)

enum { STEPS_MAX = 64 };

static struct {
	char steps[STEPS_MAX];
	int steps_length;
	int downs;
	struct ths_down last;
	ths_address sender;
	ths_status status;
	bool was_watched;
} notes;

static void
begin(struct world *world)
{
	memset(&notes, 0, sizeof(notes));
	world_begin_inline(world);
}

static void
note(char step)
{
	if (notes.steps_length < STEPS_MAX - 1)
		notes.steps[notes.steps_length++] = step;
}

static ths_status
watcher_watch(ths_self *self, ths_nothing *nothing, const struct watch *watch)
{
	(void)nothing;
	notes.status = ths_monitor(self, watch->whom);
	return THS_OK;
}

static ths_status
watcher_unwatch(ths_self *self, ths_nothing *nothing,
    const struct unwatch *unwatch)
{
	(void)nothing;
	if (unwatch->ends_it)
		ths_send(self, unwatch->whom, ths_exit_request);
	notes.was_watched = ths_demonitor(self, unwatch->whom);
	return THS_OK;
}

static ths_status
watcher_down(ths_self *self, ths_nothing *nothing, const struct ths_down *down)
{
	(void)nothing;
	note('d');
	notes.downs++;
	notes.last = *down;
	notes.sender = ths_sender(self);
	return THS_OK;
}

static ths_status
watcher_number(ths_self *self, ths_nothing *nothing,
    const struct number *number)
{
	(void)self, (void)nothing;
	note((char)('0' + number->value));
	return THS_OK;
}

static ths_status
watcher_leave(ths_self *self, ths_nothing *nothing, const struct leave *leave)
{
	(void)nothing, (void)leave;
	ths_exit(self);
	return THS_OK;
}

/* Says something, and ends. */
static ths_status
watcher_visit(ths_self *self, ths_nothing *nothing, const struct visit *visit)
{
	(void)nothing;
	ths_send(self, visit->whom, number, .value = 1);
	ths_send(self, visit->whom, number, .value = 2);
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(watcher, ths_nothing,
    THS_ON(watch, watcher_watch),
    THS_ON(unwatch, watcher_unwatch),
    THS_ON(ths_down, watcher_down),
    THS_ON(number, watcher_number),
    THS_ON(visit, watcher_visit),
    THS_ON(leave, watcher_leave))

static void
tell_watch(struct world *world, ths_address watcher, ths_address whom)
{
	cr_assert_eq(ths_tell(world->vm, watcher, watch, .whom = whom), THS_OK);
	ths_vm_run(world->vm, 0);
	cr_assert_eq(notes.status, THS_OK);
}

Test(monitor, tells_of_the_end_after_the_last_mail)
{
	struct world world;
	ths_address one, other;

	begin(&world);
	one = world_spawn(&world, &watcher_actor);
	other = world_spawn(&world, &watcher_actor);
	tell_watch(&world, one, other);
	cr_assert_eq(notes.downs, 0);
	ths_tell(world.vm, other, visit, .whom = one);
	ths_vm_run(world.vm, 0);
	cr_assert_str_eq(notes.steps, "12d");
	cr_assert(ths_address_equal(notes.last.whom, other));
	cr_assert(ths_address_equal(notes.sender, other));
	cr_assert_eq(notes.last.reason, THS_EXIT_LEFT);
	cr_assert_str_eq(notes.last.why, ths_exit_reason_text(THS_EXIT_LEFT));
	world_end(&world);
	cr_assert_eq(notes.downs, 1);
}

Test(monitor, tells_at_once_of_one_that_is_gone)
{
	const ths_address foreign = { 77, 5, 6 };
	struct world world;
	ths_address one, other, nowhere;

	begin(&world);
	one = world_spawn(&world, &watcher_actor);
	other = world_spawn(&world, &watcher_actor);
	ths_tell(world.vm, other, leave);
	ths_vm_run(world.vm, 0);
	tell_watch(&world, one, other);
	cr_assert_eq(notes.downs, 1);
	cr_assert_eq(notes.last.reason, THS_EXIT_UNKNOWN);
	cr_assert(ths_address_equal(notes.last.whom, other));
	tell_watch(&world, one, foreign);
	cr_assert_eq(notes.downs, 2);
	cr_assert(ths_address_equal(notes.last.whom, foreign));
	nowhere = (ths_address){ one.vm, 1 << 20, 1 };
	tell_watch(&world, one, nowhere);
	tell_watch(&world, one, THS_NOBODY);
	cr_assert_eq(notes.downs, 4);
	world_end(&world);
}

Test(monitor, is_told_for_each_call_and_by_each_watcher)
{
	struct world world;
	ths_address one, two, other;

	begin(&world);
	one = world_spawn(&world, &watcher_actor);
	two = world_spawn(&world, &watcher_actor);
	other = world_spawn(&world, &watcher_actor);
	tell_watch(&world, one, other);
	tell_watch(&world, one, other);
	tell_watch(&world, two, other);
	ths_tell(world.vm, other, ths_exit_request);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.downs, 3);
	cr_assert_eq(notes.last.reason, THS_EXIT_ASKED);
	world_end(&world);
}

/* Cancelled before the end, and with the notice in the mailbox already. */
Test(monitor, that_is_taken_back_tells_nothing)
{
	struct world world;
	ths_address one, other;

	begin(&world);
	one = world_spawn(&world, &watcher_actor);
	other = world_spawn(&world, &watcher_actor);
	tell_watch(&world, one, other);
	tell_watch(&world, one, other);
	ths_tell(world.vm, one, unwatch, .whom = other);
	ths_vm_run(world.vm, 0);
	cr_assert(notes.was_watched);
	cr_assert_null(world_slot(&world, one)->relations);
	cr_assert_null(world_slot(&world, other)->relations);
	ths_tell(world.vm, one, unwatch, .whom = other);
	ths_vm_run(world.vm, 0);
	cr_assert_not(notes.was_watched);
	tell_watch(&world, one, other);
	ths_tell(world.vm, one, unwatch, .whom = other, .ends_it = true);
	ths_vm_run(world.vm, 0);
	cr_assert(notes.was_watched);
	cr_assert_eq(notes.downs, 0);
	cr_assert_null(world_slot(&world, one)->relations);
	world_end(&world);
}

Test(monitor, ends_with_the_watcher)
{
	struct world world;
	ths_address one, other;

	begin(&world);
	one = world_spawn(&world, &watcher_actor);
	other = world_spawn(&world, &watcher_actor);
	tell_watch(&world, one, other);
	ths_tell(world.vm, one, leave);
	ths_vm_run(world.vm, 0);
	cr_assert_null(world_slot(&world, other)->relations);
	ths_tell(world.vm, other, leave);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.downs, 0);
	world_end(&world);
}

Test(monitor, of_oneself_or_each_other_does_no_harm)
{
	struct world world;
	ths_address one, other;

	begin(&world);
	one = world_spawn(&world, &watcher_actor);
	other = world_spawn(&world, &watcher_actor);
	tell_watch(&world, one, one);
	tell_watch(&world, one, other);
	tell_watch(&world, other, one);
	ths_tell(world.vm, one, leave);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.downs, 1);
	cr_assert_null(world_slot(&world, other)->relations);
	tell_watch(&world, other, other);
	world_end(&world);
}

Test(monitor, has_a_limit_that_counts)
{
	struct world world;
	ths_address one, other;

	memset(&notes, 0, sizeof(notes));
	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
	    .relations_max = 2 });
	one = world_spawn(&world, &watcher_actor);
	other = world_spawn(&world, &watcher_actor);
	tell_watch(&world, one, other);
	tell_watch(&world, one, other);
	ths_tell(world.vm, one, watch, .whom = other);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.status, THS_LIMIT);
	cr_assert_eq(world_status(&world).limits_hit, 1);
	tell_watch(&world, other, one);
	ths_tell(world.vm, one, unwatch, .whom = other);
	ths_vm_run(world.vm, 0);
	tell_watch(&world, one, other);
	world_end(&world);
}

/* Nobody who does not care is bothered, and a client is never told of. */
THS_ACTOR(careless, ths_nothing,
    THS_ON(watch, watcher_watch))

Test(monitor, is_nothing_to_one_that_does_not_care)
{
	struct world world;
	ths_address one, other;
	ths_client *client;
	ths_vm_status status;

	begin(&world);
	one = world_spawn(&world, &careless_actor);
	other = world_spawn(&world, &watcher_actor);
	tell_watch(&world, one, other);
	ths_tell(world.vm, other, leave);
	ths_vm_run(world.vm, 0);
	status = world_status(&world);
	cr_assert_eq(status.absorbed, 2, "the request, and the notice");
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	tell_watch(&world, one, ths_client_address(client));
	ths_mail_free(ths_listen(world.vm, client, 0));
	ths_client_close(client);
	world_end(&world);
}

/* ----------------------------------------------------- many, on two workers */

enum { MANY = 20000 };

static _Atomic int downs;

static ths_status
guard_watch(ths_self *self, ths_nothing *nothing, const struct watch *watch)
{
	(void)nothing, (void)watch;
	for (int i = 0; i < MANY / 20; i++) {
		ths_address child;

		cr_assert_eq(ths_spawn_child(self, &child, &watcher_actor,
		    NULL), THS_OK);
		cr_assert_eq(ths_monitor(self, child), THS_OK);
		if (i % 2 == 0)
			ths_send(self, child, leave);
		if (i % 10 == 1) {
			cr_assert(ths_demonitor(self, child));
			cr_assert_eq(ths_monitor(self, child), THS_OK);
		}
		ths_send(self, child, leave);
	}
	return THS_OK;
}

static ths_status
guard_down(ths_self *self, ths_nothing *nothing, const struct ths_down *down)
{
	(void)self, (void)nothing, (void)down;
	atomic_fetch_add(&downs, 1);
	return THS_OK;
}

THS_ACTOR(guard, ths_nothing, THS_ON(watch, guard_watch),
    THS_ON(ths_down, guard_down))

Test(monitor, tells_once_of_each_of_many, .timeout = 60)
{
	struct world world;

	atomic_store(&downs, 0);
	world_begin_local(&world, 2);
	for (int i = 0; i < 20; i++)
		ths_tell(world.vm, world_spawn(&world, &guard_actor), watch);
	cr_assert(world_await(&downs, MANY));
	world_end(&world);
	cr_assert_eq(atomic_load(&downs), MANY);
}
