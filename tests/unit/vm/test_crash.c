/* SPDX-License-Identifier: MIT */
/*
 * crash: ends that are not in order: an actor that cannot go on, and one that
 * its parent will not wait for.
 */
#include "tests/unit/vm/world.h"

THS_MESSAGE(number, THS_FIELD(int64_t, value))
THS_MESSAGE(bear, THS_FIELD(uint8_t, how))
THS_SIGNAL(crash)
THS_SIGNAL(leave)
THS_SIGNAL(beget)
THS_MESSAGE(kill, THS_FIELD(ths_address, whom), THS_FIELD(uint64_t, after))

static struct {
	char steps[64];
	int steps_length;
	int notices;
	ths_exit_reason reason;
	char why[THS_FAILURE_TEXT_SIZE];
	ths_address born;
	ths_status status;
	_Atomic int is_busy;
	_Atomic int may_go;
} notes;

static void
note(char step)
{
	notes.steps[notes.steps_length++ % 63] = step;
}

static void
begin(struct world *world)
{
	memset(&notes, 0, sizeof(notes));
	world_begin_inline(world);
}

/* -------------------------------------------------------------- the actors */

static ths_status
child_number(ths_self *self, ths_nothing *state, const struct number *number)
{
	(void)self, (void)state;
	note((char)('0' + number->value));
	return THS_OK;
}

static ths_status
child_crash(ths_self *self, ths_nothing *state, const struct crash *crash)
{
	(void)state, (void)crash;
	return ths_crash(self, "the disk %d is gone", 7);
}

static ths_status child_beget(ths_self *self, ths_nothing *state,
    const struct beget *beget);

static void
child_exit(ths_self *self, ths_nothing *state)
{
	(void)state;
	note('x');
	(void)ths_crash(self, "nobody hears this");
}

THS_ACTOR(child, ths_nothing,
    THS_ON(number, child_number),
    THS_ON(crash, child_crash),
    THS_ON(beget, child_beget),
    THS_EXIT(child_exit))

static ths_status
child_beget(ths_self *self, ths_nothing *state, const struct beget *beget)
{
	(void)state, (void)beget;
	return ths_spawn_child(self, &notes.born, &child_actor, NULL);
}

static ths_status
stillborn_init(ths_self *self, ths_nothing *state)
{
	(void)state;
	return ths_crash(self, "no way");
}

THS_ACTOR(stillborn, ths_nothing, THS_INIT(stillborn_init),
    THS_EXIT(child_exit))

static ths_status
ailing_start(ths_self *self, ths_nothing *state)
{
	ths_address child;

	(void)state;
	cr_assert_eq(ths_spawn_child(self, &child, &child_actor, NULL),
	    THS_OK);
	return ths_crash(self, "no air");
}

THS_ACTOR(ailing, ths_nothing, THS_START(ailing_start), THS_EXIT(child_exit))

static ths_status
parent_bear(ths_self *self, ths_nothing *state, const struct bear *bear)
{
	static const ths_actor *const kinds[] = { &child_actor,
		&stillborn_actor, &ailing_actor };

	(void)state;
	return ths_spawn_child(self, &notes.born, kinds[bear->how], NULL);
}

static ths_status
parent_kill(ths_self *self, ths_nothing *state, const struct kill *kill)
{
	(void)state;
	for (uint64_t i = 0; i < kill->after; i++)
		ths_send(self, kill->whom, number, .value = (int64_t)i);
	notes.status = ths_kill(self, kill->whom);
	return THS_OK;
}

static ths_status
parent_told(ths_self *self, ths_nothing *state,
    const struct ths_actor_exited *exited)
{
	(void)self, (void)state;
	note('t');
	notes.notices++;
	notes.reason = exited->reason;
	snprintf(notes.why, sizeof(notes.why), "%s", exited->why);
	return THS_OK;
}

THS_ACTOR(parent, ths_nothing,
    THS_ON(bear, parent_bear),
    THS_ON(kill, parent_kill),
    THS_ON(ths_actor_exited, parent_told))

static ths_address
parent_with(struct world *world, uint8_t how)
{
	ths_address parent = world_spawn(world, &parent_actor);

	ths_tell(world->vm, parent, bear, .how = how);
	ths_vm_run(world->vm, 0);
	return parent;
}

/* ---------------------------------------------------------------- the tests */

Test(crash, tells_the_parent_why)
{
	struct world world;
	ths_mail *mail;

	begin(&world);
	parent_with(&world, 0);
	mail = ths_ask(world.vm, notes.born, THS_SECONDS(5), crash);
	cr_assert_not_null(ths_mail_as(mail, ths_poison));
	cr_assert_str_eq(ths_mail_why(mail), "the disk 7 is gone");
	ths_mail_free(mail);
	ths_vm_run(world.vm, 0);
	cr_assert_str_eq(notes.steps, "xt", "exit runs, once");
	cr_assert_eq(notes.reason, THS_EXIT_CRASHED);
	cr_assert_str_eq(notes.why, "the disk 7 is gone");
	cr_assert_eq(world_status(&world).retried, 0);
	cr_assert_eq(world_logged(&world, "crashes: the disk 7"), 1);
	world_end(&world);
}

/* The text outlives the waiting, and what the children say meanwhile. */
Test(crash, is_told_after_the_children_have_ended)
{
	struct world world;
	ths_address child;

	begin(&world);
	parent_with(&world, 0);
	child = notes.born;
	ths_tell(world.vm, child, beget);
	ths_tell(world.vm, child, beget);
	ths_tell(world.vm, child, crash);
	ths_vm_run(world.vm, 0);
	cr_assert_str_eq(notes.steps, "xxxt");
	cr_assert_str_eq(notes.why, "the disk 7 is gone");
	world_end(&world);
}

Test(crash, in_init_is_a_failed_init)
{
	struct world world;

	begin(&world);
	parent_with(&world, 1);
	cr_assert_eq(notes.notices, 1);
	cr_assert_eq(notes.reason, THS_EXIT_INIT_FAILED);
	cr_assert_str_eq(notes.why, "no way");
	cr_assert_str_eq(notes.steps, "t", "it has no exit");
	cr_assert_eq(world_status(&world).unborn, 1);
	world_end(&world);
}

Test(crash, in_start_is_a_crash_like_any)
{
	struct world world;

	begin(&world);
	parent_with(&world, 2);
	cr_assert_eq(notes.notices, 1);
	cr_assert_eq(notes.reason, THS_EXIT_CRASHED);
	cr_assert_str_eq(notes.why, "no air");
	cr_assert_str_eq(notes.steps, "xxt", "its child, itself, its parent");
	cr_assert_eq(world_status(&world).unborn, 0);
	world_end(&world);
}

/* T-144: neither below a parent that does nothing about it, nor at the top. */
Test(crash, is_mended_by_nobody_unasked, .description = "T-144")
{
	struct world world;
	ths_address child;

	begin(&world);
	parent_with(&world, 0);
	ths_tell(world.vm, notes.born, crash);
	child = world_spawn(&world, &child_actor);
	ths_tell(world.vm, child, crash);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.notices, 1);
	cr_assert_eq(world_status(&world).actors, 1, "the parent");
	cr_assert_eq(world_status(&world).spawned, 3);
	world_end(&world);
}

Test(crash, of_one_without_a_parent_is_in_the_log)
{
	struct world world;
	ths_address child;

	begin(&world);
	child = world_spawn(&world, &child_actor);
	ths_tell(world.vm, child, crash);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_status(&world).actors, 0);
	cr_assert_eq(world_logged(&world, "crashes: the disk 7"), 1);
	world_end(&world);
}

Test(kill, overtakes_the_mail)
{
	struct world world;
	ths_address parent;

	begin(&world);
	parent = parent_with(&world, 0);
	for (int i = 0; i < 5; i++)
		ths_tell(world.vm, notes.born, number, .value = i);
	ths_tell(world.vm, parent, kill, .whom = notes.born, .after = 3);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.status, THS_OK);
	cr_assert_eq(notes.reason, THS_EXIT_KILLED);
	cr_assert_str_eq(notes.why, ths_exit_reason_text(THS_EXIT_KILLED));
	cr_assert_eq(notes.notices, 1);
	cr_assert_eq(notes.steps[notes.steps_length - 2], 'x');
	cr_assert_eq(world_dead(&world, THS_DEAD_EXITED), 3,
	    "what came behind the first slice");
	world_end(&world);
}

Test(kill, takes_the_children_along)
{
	struct world world;
	ths_address parent, child;

	begin(&world);
	parent = parent_with(&world, 0);
	child = notes.born;
	ths_tell(world.vm, child, beget);
	ths_vm_run(world.vm, 0);
	ths_tell(world.vm, parent, kill, .whom = child);
	ths_vm_run(world.vm, 0);
	cr_assert_str_eq(notes.steps, "xxt");
	cr_assert_eq(notes.reason, THS_EXIT_KILLED);
	cr_assert_eq(world_status(&world).actors, 1);
	world_end(&world);
}

Test(kill, is_for_ones_own_children_only)
{
	struct world world;
	ths_address parent, child;

	begin(&world);
	parent = parent_with(&world, 0);
	child = notes.born;
	ths_tell(world.vm, parent, kill,
	    .whom = world_spawn(&world, &child_actor));
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.status, THS_UNKNOWN);
	ths_tell(world.vm, child, beget);
	ths_vm_run(world.vm, 0);
	ths_tell(world.vm, parent, kill, .whom = notes.born);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.status, THS_UNKNOWN, "a child's child");
	ths_tell(world.vm, parent, kill, .whom = child);
	ths_vm_run(world.vm, 0);
	ths_tell(world.vm, parent, kill, .whom = child);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.status, THS_UNKNOWN, "killed before");
	world_end(&world);
}

/* A child in the middle of a handler, on another worker, with much
 * mail behind. */
static ths_status
busy_number(ths_self *self, ths_nothing *state, const struct number *number)
{
	(void)self, (void)state, (void)number;
	atomic_fetch_add(&notes.is_busy, 1);
	cr_assert(world_await(&notes.may_go, 1));
	return THS_OK;
}

THS_ACTOR(busy, ths_nothing, THS_ON(number, busy_number))

static ths_status
boss_bear(ths_self *self, ths_nothing *state, const struct bear *bear)
{
	(void)state;
	cr_assert_eq(ths_spawn_child(self, &notes.born, &busy_actor, NULL),
	    THS_OK);
	return ths_reply(self, bear, .how = bear->how);
}

static ths_status
boss_kill(ths_self *self, ths_nothing *state, const struct kill *kill)
{
	(void)state;
	notes.status = ths_kill(self, notes.born);
	return ths_reply(self, kill, .whom = kill->whom);
}

static ths_status
boss_told(ths_self *self, ths_nothing *state,
    const struct ths_actor_exited *exited)
{
	(void)self, (void)state;
	notes.reason = exited->reason;
	return THS_OK;
}

THS_ACTOR(boss, ths_nothing, THS_ON(bear, boss_bear),
    THS_ON(kill, boss_kill), THS_ON(ths_actor_exited, boss_told))

Test(kill, waits_for_the_handler_that_runs_and_not_for_the_mail)
{
	struct world world;
	ths_address boss;
	ths_mail *mail;

	memset(&notes, 0, sizeof(notes));
	world_begin_with(&world, (ths_vm_config){ .workers = 2,
	    .slice_max = 1 });
	boss = world_spawn(&world, &boss_actor);
	mail = ths_call(world.vm, boss, THS_SECONDS(30), bear);
	cr_assert_eq(ths_mail_status(mail), THS_OK);
	ths_mail_free(mail);
	for (int i = 0; i < 100; i++)
		ths_tell(world.vm, notes.born, number, .value = i);
	cr_assert(world_await(&notes.is_busy, 1));
	mail = ths_call(world.vm, boss, THS_SECONDS(30), kill);
	cr_assert_eq(ths_mail_status(mail), THS_OK);
	cr_assert_eq(notes.status, THS_OK);
	ths_mail_free(mail);
	atomic_store(&notes.may_go, 1);
	world_end(&world);
	cr_assert_eq(notes.reason, THS_EXIT_KILLED);
	cr_assert_lt(atomic_load(&notes.is_busy), 100);
}
