/* SPDX-License-Identifier: MIT */
/* init: what an actor may do before it has begun, and what its start adds. */
#include "tests/unit/vm/eager.h"
#include "tests/unit/vm/world.h"

THS_MESSAGE(number, THS_FIELD(int64_t, value))
THS_SIGNAL(leave)
THS_SIGNAL(bear)

/* What actors of an inline VM noted, in the test's own thread. */
enum { STEPS_MAX = 64 };
static struct {
	char steps[STEPS_MAX]; /* a letter each */
	ths_status status;
	ths_address sender;
	ths_address child;
	ths_exit_reason reason;
	int notices;
	char why[THS_FAILURE_TEXT_SIZE];
	int64_t hue; /* -1: not asked for */
	bool has_paint;
} notes;

static void
note(char step)
{
	size_t length = strlen(notes.steps);

	if (length + 1 < STEPS_MAX)
		notes.steps[length] = step;
}

static void
begin(struct world *world)
{
	memset(&notes, 0, sizeof(notes));
	world_begin_inline(world);
}

/* ------------------------------------------------------------- refusing all */

/* The eager one and the other are there, and nothing else has happened. */
static void
check_no_effect(const struct world *world)
{
	ths_vm_status status = world_status(world);
	const ths_capabilities *held = ths_capabilities_hold(world->vm);

	cr_assert_null(ths_map_get(ths_capabilities_map(held),
	    EAGER_CAPABILITY));
	ths_capabilities_drop(held);
	cr_assert_eq(status.spawned, 2);
	cr_assert_eq(status.actors, 2);
	cr_assert_eq(status.accepted, status.handled + status.queued,
	    "nothing is dead or absorbed");
	cr_assert_eq(status.limits_hit, 0);
	cr_assert_eq(status.timers, 0);
	cr_assert_eq(status.names, 0);
	cr_assert(ths_address_is_nobody(status.undertaker));
	cr_assert_not(status.is_stopping);
}

/* T-041, C-27: asks both, who answer. */
static void
show_eager(struct world *world)
{
	struct eager_notes answers = { .length = 0 };
	ths_address other = world_spawn(world, &eager_other_actor);
	ths_address eager;
	ths_mail *mail;

	cr_assert_eq(eager_spawn(world->vm, other, &answers, &eager), THS_OK);
	for (int i = 0; i < 2; i++) {
		mail = ths_call(world->vm, i == 0 ? eager : other,
		    THS_SECONDS(10), eager_poke);
		cr_assert_not_null(ths_mail_as(mail, eager_poke));
		ths_mail_free(mail);
	}
	cr_assert(ths_address_equal(answers.me, eager), "it may look");
	for (size_t i = 0; i < answers.length; i++)
		/* T-041 */
		cr_assert_eq(answers.answers[i].status, THS_NOT_READY, "%s: %s",
		    answers.answers[i].what,
		    ths_status_name(answers.answers[i].status));
	cr_assert(eager_was_refused(&answers));
	/* The question and its answer, twice; all else has come to nothing. */
	cr_assert_eq(world_status(world).accepted, 4);
	check_no_effect(world);
	cr_assert_eq(world_logged(world, "() is refused in its init"),
	    (int)answers.length + 1, "and a draft, which has no status");
	cr_assert_eq(world_logged(world, "ths_monitor()"), 1);
	world_end(world);
}

Test(init, may_do_nothing_but_look, .description = "T-041 C-27")
{
	struct world world;

	begin(&world);
	show_eager(&world);
}

Test(init, may_do_nothing_but_look_on_a_worker, .description = "T-041 C-27")
{
	struct world world;

	world_begin_local(&world, 2);
	show_eager(&world);
}

/* What it was refused is no reason to fail; what it answers is. */
static ths_status
careless_init(ths_self *self, ths_nothing *state)
{
	(void)state;
	return ths_send(self, ths_me(self), number, .value = 1);
}

static void
any_exit(ths_self *self, ths_nothing *state)
{
	(void)self, (void)state;
	note('x');
}

THS_ACTOR(careless, ths_nothing, THS_INIT(careless_init), THS_EXIT(any_exit))

Test(init, fails_if_it_answers_with_the_refusal)
{
	struct world world;

	begin(&world);
	world_spawn(&world, &careless_actor);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_status(&world).unborn, 1);
	cr_assert_eq(world_status(&world).accepted, 0);
	cr_assert_str_eq(notes.steps, "");
	cr_assert_eq(world_logged(&world, ths_status_text(THS_NOT_READY)), 1);
	world_end(&world);
}

/* ------------------------------------------------------------- what it sees */

/* C-11: one of each kind.  All have looked when they have begun. */
static void
look_at_capabilities(ths_self *self)
{
	const ths_capabilities *held = ths_capabilities_hold(ths_self_vm(self));

	notes.has_paint = ths_variant_is_true(ths_map_get(
	    ths_capabilities_map(held), "paint"));
	ths_capabilities_drop(held);
}

static void
look_at_requirements(ths_self *self)
{
	const ths_variant *hue = ths_map_get(ths_requirements(self), "hue");

	notes.hue = hue == NULL ? -1 : hue->integer;
}

static ths_status
blind_init(ths_self *self, ths_nothing *state)
{
	(void)self, (void)state;
	note('n');
	return THS_OK;
}

static ths_status
capable_init(ths_self *self, ths_nothing *state)
{
	(void)state;
	note('c');
	look_at_capabilities(self);
	return THS_OK;
}

static ths_status
required_init(ths_self *self, ths_nothing *state)
{
	(void)state;
	note('r');
	look_at_requirements(self);
	return THS_OK;
}

static ths_status
both_init(ths_self *self, ths_nothing *state)
{
	(void)state;
	note('b');
	look_at_capabilities(self);
	look_at_requirements(self);
	return THS_OK;
}

static ths_status
extra_init(ths_self *self, ths_nothing *state, const struct number *number)
{
	(void)state;
	note('e');
	look_at_capabilities(self);
	look_at_requirements(self);
	notes.status = number->value == 7 ? THS_OK : THS_FAILED;
	return THS_OK;
}

THS_ACTOR(blind, ths_nothing, THS_INIT(blind_init))
THS_ACTOR(capable, ths_nothing, THS_INIT(capable_init))
THS_ACTOR(required, ths_nothing, THS_INIT(required_init))
THS_ACTOR(both, ths_nothing, THS_INIT(both_init))
THS_ACTOR(extra, ths_nothing, THS_INIT(number, extra_init))

/* As a child, for the requirements are its creator's. */
static ths_status
creator_bear(ths_self *self, ths_nothing *state, const struct bear *bear)
{
	static const ths_pair hue[] = { THS_PAIR_INTEGER("hue", 5) };
	static const ths_actor *const kinds[] = { &blind_actor, &capable_actor,
		&required_actor, &both_actor };
	ths_spawn_options options = { .requirements = { hue, 1 } };
	ths_address child;

	(void)state, (void)bear;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		cr_assert_eq(ths_spawn_child(self, &child, kinds[i], &options),
		    THS_OK);
	notes.child = THS_NOBODY;
	cr_assert_eq(ths_spawn_child(self, &notes.child, &extra_actor,
	    &options), THS_BAD_ARGUMENT, "its message is missing");
	cr_assert(ths_address_is_nobody(notes.child));
	options.start = (ths_any)THS_ANY(number, .value = 7);
	return ths_spawn_child(self, &notes.child, &extra_actor, &options);
}

THS_ACTOR(creator, ths_nothing, THS_ON(bear, creator_bear))

/* In whatever order they began, each saw what it looked for. */
static void
show_variants(ths_vm_config config)
{
	const ths_pair paint[] = { THS_PAIR_BOOL("paint", true) };
	ths_vm_status status;
	struct world world;

	config.capabilities = (ths_map){ paint, 1 };
	memset(&notes, 0, sizeof(notes));
	notes.status = THS_FAILED;
	world_begin_with(&world, config);
	ths_tell(world.vm, world_spawn(&world, &creator_actor), bear);
	for (int i = 0; world_status(&world).handled == 0; i++) {
		cr_assert_lt(i, WORLD_TRIES);
		ths_vm_run(world.vm, 1);
		world_sleep_ms(1);
	}
	/* Those that have not begun do so now. */
	cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(30)), THS_OK);
	status = world_status(&world);
	world_end(&world);
	cr_assert_eq(strlen(notes.steps), 5);
	for (const char *step = "ncrbe"; *step != '\0'; step++)
		cr_assert_not_null(strchr(notes.steps, *step), "%c", *step);
	cr_assert_eq(notes.status, THS_OK, "the message of the last one");
	cr_assert_eq(status.spawned, 6);
	cr_assert_eq(status.failed, 0);
	cr_assert_eq(status.unborn, 0);
	cr_assert_eq(notes.hue, 5); /* T-042 */
	cr_assert(notes.has_paint);
}

Test(init, sees_what_its_variant_asks_for, .description = "T-042 C-11")
{
	show_variants((ths_vm_config){ .mode = THS_MODE_INLINE });
}

/* One, for they note it in plain statics. */
Test(init, sees_what_its_variant_asks_for_on_a_worker,
    .description = "T-042 C-11")
{
	show_variants((ths_vm_config){ .workers = 1 });
}

/* The capabilities of the moment when it is made: later changes are no matter,
 * and one made without requirements sees none. */
Test(init, sees_the_capabilities_of_its_creation)
{
	const ths_variant yes = { .kind = THS_KIND_BOOL, .truth = true };
	struct world world;

	begin(&world);
	world_spawn(&world, &both_actor);
	ths_vm_run(world.vm, 0);
	cr_assert_not(notes.has_paint);
	cr_assert_eq(notes.hue, -1);
	cr_assert_eq(ths_capability_set(world.vm, "paint", &yes), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_not(notes.has_paint);
	world_spawn(&world, &both_actor);
	ths_vm_run(world.vm, 0);
	cr_assert(notes.has_paint);
	world_end(&world);
}

/* ---------------------------------------------------------------- the start */

struct member { int64_t value; };

static ths_status
member_init(ths_self *self, struct member *member, const struct number *number)
{
	(void)self;
	note('i');
	member->value = number->value;
	return THS_OK;
}

static ths_status
member_number(ths_self *self, struct member *member,
    const struct number *number)
{
	(void)self, (void)member;
	note((char)('0' + number->value));
	return THS_OK;
}

static void
member_exit(ths_self *self, struct member *member)
{
	(void)self;
	note((char)('a' + member->value));
}

static ths_status
member_leave(ths_self *self, struct member *member, const struct leave *leave)
{
	(void)member, (void)leave;
	note('l');
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(child, struct member,
    THS_INIT(number, member_init),
    THS_ON(number, member_number),
    THS_EXIT(member_exit))

/* Spawns a child, and names itself. */
static void
act(ths_self *self, struct member *member)
{
	const ths_spawn_options options = { .start = THS_ANY(number,
	    .value = member->value + 1) };

	notes.sender = ths_sender(self);
	cr_assert_eq(ths_name_register(self, "member"), THS_OK);
	cr_assert_eq(ths_spawn_child(self, &notes.child, &child_actor,
	    &options), THS_OK);
	cr_assert_eq(ths_send(self, notes.child, number, .value = 1), THS_OK);
}

/* Its message says how it goes on. */
enum how { LIVES, FAILS, FAILS_SILENTLY, LEAVES, LEAVES_AND_FAILS,
	LEAVES_ALONE };

static ths_status
member_start(ths_self *self, struct member *member, const struct number *number)
{
	note('s');
	act(self, member);
	look_at_requirements(self);
	cr_assert_eq(member->value, number->value, "init had the same");
	if (number->value == LEAVES || number->value == LEAVES_AND_FAILS)
		ths_exit(self);
	if (number->value == LEAVES_ALONE)
		ths_exit_alone(self);
	if (number->value == FAILS || number->value == LEAVES_AND_FAILS)
		return ths_fail(self, "no luck");
	return number->value == FAILS_SILENTLY ? THS_LIMIT : THS_OK;
}

THS_ACTOR(member, struct member,
    THS_INIT(number, member_init),
    THS_START(number, member_start),
    THS_ON(number, member_number),
    THS_ON(leave, member_leave),
    THS_EXIT(member_exit))

/* Spawns a member, and writes to it at once. */
static ths_status
mother_number(ths_self *self, ths_nothing *state, const struct number *how)
{
	static const ths_pair hue[] = { THS_PAIR_INTEGER("hue", 9) };
	const ths_spawn_options options = { .start = THS_ANY(number,
	    .value = how->value), .requirements = { hue, 1 } };
	ths_address member;

	(void)state;
	cr_assert_eq(ths_spawn_child(self, &member, &member_actor, &options),
	    THS_OK);
	return ths_send(self, member, number, .value = 2);
}

static ths_status
mother_told(ths_self *self, ths_nothing *state,
    const struct ths_actor_exited *exited)
{
	(void)self, (void)state;
	note('t');
	notes.notices++;
	notes.reason = exited->reason;
	snprintf(notes.why, sizeof(notes.why), "%s", exited->why);
	return THS_OK;
}

THS_ACTOR(mother, ths_nothing,
    THS_ON(number, mother_number),
    THS_ON(ths_actor_exited, mother_told))

static void
bear_member(struct world *world, enum how how)
{
	ths_address mother;

	begin(world);
	mother = world_spawn(world, &mother_actor);
	ths_tell(world->vm, mother, number, .value = how);
	ths_vm_run(world->vm, 0);
}

/* The child of the one that lives is 1: it begins, has its number, and ends. */
Test(start, runs_once_after_init_and_before_mail_and_may_do_all)
{
	struct world world;
	ths_address found;

	bear_member(&world, LIVES);
	cr_assert_eq(notes.steps[0], 'i');
	cr_assert_eq(notes.steps[1], 's');
	cr_assert_eq(notes.steps[2], '2');
	cr_assert_str_eq(&notes.steps[3], "i1");
	cr_assert(ths_address_is_nobody(notes.sender));
	cr_assert_eq(notes.hue, 9, "it may look, too");
	cr_assert_eq(ths_name_find(world.vm, "member", &found), THS_OK);
	cr_assert_eq(ths_tell(world.vm, found, leave), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_str_eq(&notes.steps[5], "lbat");
	cr_assert_eq(notes.reason, THS_EXIT_LEFT);
	cr_assert_eq(world_status(&world).unborn, 0);
	world_end(&world);
}

/* What is the same however a start fails: its child ends before it, its exit
 * runs, its parent is told once, its mail is dead, its name is free. */
static void
check_failed(struct world *world, enum how how, const char *why)
{
	char steps[] = "isi1ba" "t";

	steps[4] = (char)('a' + how + 1);
	steps[5] = (char)('a' + how);
	cr_assert_str_eq(notes.steps, steps);
	cr_assert_eq(notes.notices, 1);
	cr_assert_eq(notes.reason, THS_EXIT_INIT_FAILED);
	cr_assert_str_eq(notes.why, why);
	cr_assert_eq(world_status(world).unborn, 1);
	cr_assert_eq(world_status(world).retried, 0);
	cr_assert_eq(world_status(world).names, 0);
	cr_assert_eq(world_status(world).actors, 1);
	cr_assert_eq(world_dead(world, THS_DEAD_EXITED), 1);
	cr_assert_eq(world_logged(world, "start failed"), 1);
	cr_assert_eq(world_logged(world, why), 1);
	world_end(world);
}

Test(start, that_fails_ends_its_actor_in_order_and_tells_the_parent)
{
	struct world world;

	bear_member(&world, FAILS);
	check_failed(&world, FAILS, "no luck");
}

Test(start, that_fails_without_a_word_is_told_with_its_status)
{
	struct world world;

	bear_member(&world, FAILS_SILENTLY);
	check_failed(&world, FAILS_SILENTLY, ths_status_text(THS_LIMIT));
}

Test(start, that_leaves_and_fails_has_failed)
{
	struct world world;

	bear_member(&world, LEAVES_AND_FAILS);
	check_failed(&world, LEAVES_AND_FAILS, "no luck");
}

Test(start, may_leave_as_a_handler_may)
{
	struct world world;

	bear_member(&world, LEAVES);
	cr_assert_str_eq(notes.steps, "isi1edt", "the child before it");
	cr_assert_eq(notes.notices, 1);
	cr_assert_eq(notes.reason, THS_EXIT_LEFT);
	cr_assert_eq(world_status(&world).unborn, 0);
	cr_assert_eq(world_dead(&world, THS_DEAD_EXITED), 1);
	cr_assert_eq(world.lines_length, 0);
	world_end(&world);
}

Test(start, may_leave_without_its_children)
{
	struct world world;

	bear_member(&world, LEAVES_ALONE);
	cr_assert_eq(notes.notices, 1);
	cr_assert_eq(notes.reason, THS_EXIT_LEFT);
	cr_assert_null(strchr(notes.steps, 'g'), "its child lives on");
	cr_assert_eq(world_status(&world).actors, 2);
	world_end(&world);
	cr_assert_not_null(strchr(notes.steps, 'g'));
}

/* ------------------------------------------------------- init without start */

static ths_status
failing_init(ths_self *self, ths_nothing *state)
{
	(void)state;
	note('i');
	return ths_fail(self, "not today");
}

static ths_status
any_start(ths_self *self, ths_nothing *state)
{
	(void)self, (void)state;
	note('s');
	return THS_OK;
}

THS_ACTOR(failing, ths_nothing, THS_INIT(failing_init), THS_START(any_start),
    THS_EXIT(any_exit))

Test(start, does_not_run_when_the_init_has_failed)
{
	struct world world;

	begin(&world);
	world_spawn(&world, &failing_actor);
	ths_vm_run(world.vm, 0);
	cr_assert_str_eq(notes.steps, "i");
	cr_assert_eq(world_status(&world).unborn, 1);
	cr_assert_eq(world_logged(&world, "init failed: not today"), 1);
	world_end(&world);
}

static ths_status
departing_init(ths_self *self, ths_nothing *state)
{
	(void)state;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(departing, ths_nothing, THS_INIT(departing_init),
    THS_START(any_start), THS_EXIT(any_exit))

Test(start, does_not_run_when_the_init_has_left)
{
	struct world world;

	begin(&world);
	world_spawn(&world, &departing_actor);
	ths_vm_run(world.vm, 0);
	cr_assert_str_eq(notes.steps, "");
	cr_assert_eq(world_status(&world).actors, 0);
	world_end(&world);
}

THS_ACTOR(starting, ths_nothing, THS_START(any_start), THS_EXIT(any_exit))

Test(start, needs_neither_an_init_nor_a_message)
{
	struct world world;

	begin(&world);
	world_spawn(&world, &starting_actor);
	ths_vm_run(world.vm, 0);
	cr_assert_str_eq(notes.steps, "s");
	world_end(&world);
	cr_assert_str_eq(notes.steps, "sx");
}

/* Neither runs, nor the exit, of one that never got a slice. */
Test(start, does_not_run_when_the_vm_ends_first)
{
	struct world world;

	begin(&world);
	world_spawn(&world, &starting_actor);
	world_end_within(&world, 0);
	cr_assert_str_eq(notes.steps, "");
}
