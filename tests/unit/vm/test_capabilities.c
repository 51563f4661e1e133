/* SPDX-License-Identifier: MIT */
/* capabilities: what a VM offers, what actors need of it, and what becomes of
 * those that need what is gone. */
#include "tests/unit/vm/world.h"

THS_SIGNAL(poke)
THS_MESSAGE(set, THS_FIELD(ths_string, name))
THS_MESSAGE(spawn, THS_FIELD(uint32_t, what))
THS_MESSAGE(answer, THS_FIELD(uint32_t, status))

static int exits;          /* of actors that no longer fit */
static int notices;        /* of them */
static ths_exit_reason reason;
static int64_t hue;        /* as the last painter's init was asked for */
static bool saw_paint;     /* and what it saw */
static bool is_check_broken;

static void
reset(void)
{
	exits = 0;
	notices = 0;
	hue = -1;
	saw_paint = false;
	is_check_broken = false;
}

static const ths_variant yes = { .kind = THS_KIND_BOOL, .truth = true };
static const ths_variant no = { .kind = THS_KIND_BOOL, .truth = false };

static void
set_to(struct world *world, const char *name, const ths_variant *value)
{
	cr_assert_eq(ths_capability_set(world->vm, name, value), THS_OK);
	ths_vm_run(world->vm, 0);
}

/* ------------------------------------------------------------------- actors */

static ths_status
any_poke(ths_self *self, ths_nothing *state, const struct poke *poke)
{
	(void)state, (void)poke;
	return ths_reply(self, answer, .status = 7);
}

static void
any_exit(ths_self *self, ths_nothing *state)
{
	(void)self, (void)state;
	exits++;
}

static const ths_pair robot_needs[] = {
	THS_NEED("camera"), THS_PAIR_STRING("floor", "ground"),
};
static const ths_pair robot_needs_too[] = { THS_PAIR_INTEGER("arms", 2) };

THS_ACTOR(robot, ths_nothing, THS_NEEDS(robot_needs), THS_ON(poke, any_poke),
    THS_NEEDS(robot_needs_too), THS_EXIT(any_exit))

static ths_status
painter_check(ths_map capabilities, ths_map requirements)
{
	const ths_variant *wanted = ths_map_get(requirements, "hue");
	const ths_variant *there = ths_map_get(capabilities, "hue");

	if (is_check_broken)
		return THS_FAILED;
	return wanted == NULL || ths_variant_equal(wanted, there) ? THS_OK :
	    THS_UNKNOWN;
}

static ths_status
painter_init(ths_self *self, ths_nothing *state)
{
	const ths_capabilities *held = ths_capabilities_hold(
	    ths_self_vm(self));
	const ths_variant *wanted = ths_map_get(ths_requirements(self), "hue");

	(void)state;
	saw_paint = ths_variant_is_true(ths_map_get(
	    ths_capabilities_map(held), "paint"));
	ths_capabilities_drop(held);
	hue = wanted != NULL ? wanted->integer : -2;
	return THS_OK;
}

static ths_status
painter_poke(ths_self *self, ths_nothing *state, const struct poke *poke)
{
	(void)state, (void)poke;
	return ths_reply(self, answer,
	    .status = (uint32_t)ths_requirements(self).length);
}

THS_ACTOR(painter, ths_nothing, THS_CHECK(painter_check),
    THS_INIT(painter_init), THS_ON(poke, painter_poke), THS_EXIT(any_exit))

/* Forbids "X". */
static ths_status
shy_check(ths_map capabilities, ths_map requirements)
{
	(void)requirements;
	return ths_map_get(capabilities, "X") == NULL ? THS_OK : THS_FAILED;
}

static ths_status
shy_set(ths_self *self, ths_nothing *state, const struct set *set)
{
	(void)state;
	return ths_reply(self, answer, .status = (uint32_t)
	    ths_self_capability_set(self, set->name, &yes));
}

THS_ACTOR(shy, ths_nothing, THS_CHECK(shy_check), THS_ON(set, shy_set),
    THS_ON(poke, any_poke), THS_EXIT(any_exit))

static const ths_actor *const kinds[] = { &robot_actor, &painter_actor,
	&shy_actor };

static ths_status
parent_spawn(ths_self *self, ths_address *child, const struct spawn *spawn)
{
	return ths_reply(self, answer, .status = (uint32_t)ths_spawn_child(
	    self, child, kinds[spawn->what], NULL));
}

static ths_status
parent_exited(ths_self *self, ths_address *child,
    const struct ths_actor_exited *exited)
{
	(void)self;
	cr_assert(ths_address_equal(exited->child, *child));
	reason = exited->reason;
	notices++;
	return THS_OK;
}

THS_ACTOR(parent, ths_address, THS_ON(spawn, parent_spawn),
    THS_ON(ths_actor_exited, parent_exited))

static uint32_t
asked(ths_mail *mail)
{
	const struct answer *answer = ths_mail_as(mail, answer);
	uint32_t status;

	cr_assert_not_null(answer, "%s", ths_mail_why(mail));
	status = answer->status;
	ths_mail_free(mail);
	return status;
}

#define ASK(world, to, ...) \
	asked(ths_call((world)->vm, (to), THS_SECONDS(10), __VA_ARGS__))

/* ------------------------------------------------------------------- values */

Test(capabilities, need_a_value_that_is_true, .description = "G-02")
{
	const ths_variant values[] = {
		yes, { .kind = THS_KIND_INTEGER, .integer = -1 },
		{ .kind = THS_KIND_UNSIGNED, .natural = 1 },
		{ .kind = THS_KIND_FLOAT, .number = 0.1 },
		{ .kind = THS_KIND_STRING, .string = "0" },
		{ .kind = THS_KIND_BYTES, .bytes = { "", 1 } },
	};
	const ths_variant empty[] = {
		no, { .kind = THS_KIND_INTEGER }, { .kind = THS_KIND_UNSIGNED },
		{ .kind = THS_KIND_FLOAT }, { .kind = THS_KIND_STRING },
		{ .kind = THS_KIND_STRING, .string = "" },
		{ .kind = THS_KIND_BYTES }, { .kind = THS_KIND_ANY },
	};
	const size_t length = sizeof(values) / sizeof(values[0]);

	for (size_t i = 0; i < length; i++) {
		cr_assert(ths_variant_is_true(&values[i]), "%zu", i);
		for (size_t j = 0; j < length; j++)
			cr_assert_eq(ths_variant_equal(&values[i], &values[j]),
			    i == j);
	}
	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
		cr_assert_not(ths_variant_is_true(&empty[i]), "%zu", i);
	cr_assert_not(ths_variant_is_true(NULL));
	cr_assert(ths_variant_equal(NULL, NULL));
	cr_assert_not(ths_variant_equal(&yes, NULL));
	cr_assert(ths_variant_equal(&empty[1], &empty[2]), "whole numbers");
	cr_assert_not(ths_variant_equal(&values[1],
	    &(ths_variant){ .kind = THS_KIND_UNSIGNED,
	    .natural = UINT64_MAX }));
}

/* ---------------------------------------------------------------------- set */

static void
check_common(const struct world *world, const char *name, int64_t version)
{
	const ths_capabilities *held = ths_capabilities_hold(world->vm);
	ths_map map = ths_capabilities_map(held);
	static const char *const texts[] = { "Thespian Generation",
		"Thespian Version", "VM Version", "Arch",
		"Thespian ActorSystem Name" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const ths_variant *value = ths_map_get(map, texts[i]);

		cr_assert_not_null(value, "%s", texts[i]);
		cr_assert_eq(value->kind, THS_KIND_STRING);
		cr_assert(ths_variant_is_true(value));
	}
	cr_assert_str_eq(ths_map_get(map, "Thespian ActorSystem Name")->string,
	    name);
	cr_assert_eq(ths_map_get(map, "Thespian ActorSystem Version")->integer,
	    version);
	cr_assert_eq(ths_map_get(map, "Thespian Watch Supported")->kind,
	    THS_KIND_BOOL);
	cr_assert_eq(ths_map_get(map, "VM ABI")->kind, THS_KIND_INTEGER);
	cr_assert_str_eq(ths_map_get(map, "mine")->string, "own");
	ths_capabilities_drop(held);
}

Test(capabilities, of_every_vm_are_there_and_not_to_be_overridden,
    .description = "T-015 T-220 A-11")
{
	const ths_pair pairs[] = { THS_PAIR_STRING("mine", "own"),
		THS_PAIR_BOOL("Thespian ActorSystem Name", false),
		THS_PAIR_INTEGER("Arch", 7) };
	struct world world;
	ths_vm_config config = { .capabilities = { pairs, 3 } };

	world_begin_with(&world, config);
	check_common(&world, "multiprocQueueBase", 1);
	world_end(&world);
	config.mode = THS_MODE_INLINE;
	world_begin_with(&world, config);
	check_common(&world, "simpleSystemBase", 2);
	/* T-015 */
	cr_assert_eq(ths_capability_set(world.vm, "Arch", NULL),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_capability_set(world.vm, "VM Version", &yes),
	    THS_BAD_ARGUMENT);
	/* T-220 */
	check_common(&world, "simpleSystemBase", 2);
	world_end(&world);
}

Test(capabilities, are_set_changed_and_removed_by_the_outside,
    .description = "T-247 G-01 G-10")
{
	struct world world;
	const ths_capabilities *before, *after;
	char text[] = "some text";
	const ths_variant copied = { .kind = THS_KIND_STRING, .string = text };

	world_begin_inline(&world);
	before = ths_capabilities_hold(world.vm);
	cr_assert_eq(ths_capability_set(world.vm, "gone", NULL), THS_OK);
	set_to(&world, "paint", &yes);
	set_to(&world, "text", &copied);
	text[0] = '?';
	after = ths_capabilities_hold(world.vm);
	cr_assert_null(ths_map_get(ths_capabilities_map(before), "paint"));
	cr_assert_str_eq(ths_map_get(ths_capabilities_map(after),
	    "text")->string, "some text");
	ths_capabilities_drop(before);
	cr_assert_eq(ths_capability_set(world.vm, "paint", &yes), THS_OK);
	before = ths_capabilities_hold(world.vm);
	cr_assert_eq(before, after, "nothing has changed");
	set_to(&world, "paint", NULL);
	set_to(&world, "paint", NULL);
	ths_capabilities_drop(before);
	before = ths_capabilities_hold(world.vm);
	cr_assert_not_null(ths_map_get(ths_capabilities_map(after), "paint"));
	/* T-247 */
	cr_assert_null(ths_map_get(ths_capabilities_map(before), "paint"));
	ths_capabilities_drop(before);
	ths_capabilities_drop(after);
	ths_capabilities_drop(NULL);
	cr_assert_null(ths_capabilities_hold(NULL));
	cr_assert_eq(ths_capabilities_map(NULL).length, 0);
	world_end(&world);
}

Test(capabilities, that_make_no_sense_are_refused)
{
	static char large[THS_FLAT_SIZE_MAX + 1];
	const ths_variant huge = { .kind = THS_KIND_STRING, .string = large };
	const ths_variant odd = { .kind = THS_KIND_MAP };
	const ths_pair nameless = { NULL, { .kind = THS_KIND_BOOL } };
	const ths_pair enormous = { "large", huge };
	ths_vm_config config = { .capabilities = { &nameless, 1 } };
	struct world world;
	char name[16];

	memset(large, 'x', THS_FLAT_SIZE_MAX);
	cr_assert_eq(world_try(&world, config, NULL), THS_BAD_ARGUMENT);
	cr_assert_eq(world_logged(&world, "capabilities"), 1);
	config.capabilities = (ths_map){ &enormous, 1 };
	cr_assert_eq(world_try(&world, config, NULL), THS_TOO_LARGE);
	config.capabilities = (ths_map){ NULL, 1 };
	cr_assert_eq(world_try(&world, config, NULL), THS_BAD_ARGUMENT);
	world_begin_inline(&world);
	cr_assert_eq(ths_capability_set(world.vm, NULL, &yes),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_capability_set(world.vm, "", &yes), THS_BAD_ARGUMENT);
	cr_assert_eq(ths_capability_set(world.vm, "odd", &odd),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_capability_set(world.vm, "huge", &huge),
	    THS_TOO_LARGE);
	cr_assert_eq(ths_capability_set(NULL, "odd", &yes), THS_BAD_ARGUMENT);
	for (int i = 0; i < THS_MAP_MAX - 8; i++) {
		snprintf(name, sizeof(name), "%d", i);
		cr_assert_eq(ths_capability_set(world.vm, name, &no), THS_OK);
	}
	cr_assert_eq(ths_capability_set(world.vm, "more", &yes), THS_LIMIT);
	cr_assert_eq(world_status(&world).limits_hit, 1);
	cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(30)), THS_OK);
	cr_assert_eq(ths_capability_set(world.vm, "late", &yes), THS_STOPPED);
	world_end(&world);
}

/* -------------------------------------------------------------------- spawn */

Test(capabilities, that_an_actor_needs_must_all_be_there,
    .description = "T-222 G-02 G-03")
{
	const ths_variant two = { .kind = THS_KIND_UNSIGNED, .natural = 2 };
	const ths_variant ground = { .kind = THS_KIND_STRING,
		.string = "ground" };
	struct world world;
	ths_address robot = THS_NOBODY;
	char why[80];

	world_begin_inline(&world);
	cr_assert_eq(ths_spawn(world.vm, &robot, &robot_actor, NULL),
	    THS_UNFIT);
	cr_assert(ths_address_is_nobody(robot));
	cr_assert_eq(world_logged(&world,
	    "actor robot does not fit: the VM has no camera"), 1);
	set_to(&world, "camera", &no);
	set_to(&world, "arms", &two);
	set_to(&world, "floor", &yes);
	cr_assert_eq(ths_actor_fits(world.vm, &robot_actor,
	    (ths_map){ NULL, 0 }, why, sizeof(why)), THS_UNFIT);
	cr_assert_str_eq(why, "the VM has another camera");
	set_to(&world, "camera", &yes);
	cr_assert_eq(ths_actor_fits(world.vm, &robot_actor,
	    (ths_map){ NULL, 0 }, why, 6), THS_UNFIT);
	cr_assert_str_eq(why, "the V");
	set_to(&world, "floor", &ground);
	cr_assert_eq(ths_actor_fits(world.vm, &robot_actor,
	    (ths_map){ NULL, 0 }, NULL, 0), THS_OK);
	robot = world_spawn(&world, &robot_actor);
	cr_assert_eq(ASK(&world, robot, poke), 7);
	set_to(&world, "arms", NULL);
	/* T-222 */
	cr_assert_eq(ths_spawn(world.vm, &robot, &robot_actor, NULL),
	    THS_UNFIT);
	cr_assert_eq(ths_actor_fits(world.vm, NULL, (ths_map){ NULL, 0 }, NULL,
	    0), THS_BAD_ARGUMENT);
	cr_assert_eq(ths_actor_fits(NULL, &robot_actor, (ths_map){ NULL, 0 },
	    NULL, 0), THS_BAD_ARGUMENT);
	world_end(&world);
}

Test(capabilities, and_requirements_reach_the_check_and_the_init,
    .description = "T-223 T-246")
{
	const ths_variant blue = { .kind = THS_KIND_INTEGER, .integer = 5 };
	const ths_pair asked_for[] = { THS_PAIR_INTEGER("hue", 5) };
	const ths_pair bad[] = { { NULL, { .kind = THS_KIND_BOOL } } };
	ths_spawn_options options = { .requirements = { asked_for, 1 } };
	struct world world;
	ths_address painter;

	reset();
	world_begin_inline(&world);
	set_to(&world, "paint", &yes);
	cr_assert_eq(ths_spawn(world.vm, &painter, &painter_actor, &options),
	    THS_UNFIT);
	cr_assert_eq(world_logged(&world, "its own check says"), 1);
	set_to(&world, "hue", &blue);
	cr_assert_eq(ths_spawn(world.vm, &painter, &painter_actor, &options),
	    THS_OK);
	cr_assert_eq(ASK(&world, painter, poke), 0, "only for init");
	cr_assert_eq(hue, 5); /* T-223 */
	cr_assert(saw_paint);
	painter = world_spawn(&world, &painter_actor);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(hue, -2);
	options.requirements.pairs = bad;
	cr_assert_eq(ths_spawn(world.vm, &painter, &painter_actor, &options),
	    THS_BAD_ARGUMENT);
	options.requirements.pairs = NULL;
	cr_assert_eq(ths_spawn(world.vm, &painter, &painter_actor, &options),
	    THS_BAD_ARGUMENT);
	is_check_broken = true;
	set_to(&world, "paint", &no);
	cr_assert_eq(exits, 2); /* T-246 */
	world_end(&world);
}

Test(capabilities, and_requirements_of_who_never_began_are_freed)
{
	const ths_pair asked_for[] = { THS_PAIR_INTEGER("hue", 5) };
	const ths_spawn_options options = { .requirements = { asked_for, 1 } };
	const ths_variant blue = { .kind = THS_KIND_INTEGER, .integer = 5 };
	struct world world;
	ths_address painter;

	reset();
	world_begin_inline(&world);
	set_to(&world, "hue", &blue);
	for (int i = 0; i < 3; i++)
		cr_assert_eq(ths_spawn(world.vm, &painter, &painter_actor,
		    &options), THS_OK);
	(void)world_end_within(&world, 0);
}

Test(capabilities, that_fail_to_be_checked_are_a_no,
    .description = "T-221 G-13 G-16")
{
	struct world world;
	ths_address painter, robot, shy;

	reset();
	world_begin_inline(&world);
	painter = world_spawn(&world, &painter_actor);
	shy = world_spawn(&world, &shy_actor);
	cr_assert_eq(ASK(&world, painter, poke), 0);
	is_check_broken = true;
	cr_assert_eq(ths_spawn(world.vm, &robot, &painter_actor, NULL),
	    THS_UNFIT);
	cr_assert_eq(ASK(&world, painter, poke), 0);
	set_to(&world, "anything", &yes);
	cr_assert_eq(exits, 1);
	cr_assert_eq(world_status(&world).exited, 1);
	/* T-221 */
	cr_assert_eq(ASK(&world, shy, poke), 7);
	world_end(&world);
}

/* ------------------------------------------------------------------ changes */

Test(capabilities, end_those_that_no_longer_fit, .description = "T-242 T-244")
{
	struct world world;
	ths_address parent, shy;
	uint64_t accepted;

	reset();
	world_begin_inline(&world);
	parent = world_spawn(&world, &parent_actor);
	cr_assert_eq(ASK(&world, parent, spawn, .what = 2), THS_OK);
	shy = world_spawn(&world, &shy_actor);
	ths_vm_run(world.vm, 0);
	accepted = world_status(&world).accepted;
	set_to(&world, "X", NULL);
	set_to(&world, "Y", &yes);
	cr_assert_eq(world_status(&world).accepted, accepted,
	    "nobody is disturbed");
	set_to(&world, "X", &no);
	cr_assert_eq(exits, 2);
	cr_assert_eq(notices, 1);
	cr_assert_eq(reason, THS_EXIT_ASKED);
	/* T-242 */
	cr_assert_eq(world_status(&world).actors, 1);
	cr_assert_eq(ASK(&world, parent, spawn, .what = 2), THS_UNFIT);
	cr_assert_eq(ths_spawn(world.vm, &shy, &shy_actor, NULL), THS_UNFIT);
	set_to(&world, "X", NULL);
	/* T-244 */
	cr_assert_eq(ASK(&world, parent, spawn, .what = 2), THS_OK);
	world_end(&world);
}

Test(capabilities, may_end_who_changed_them, .description = "T-245 G-07 G-15")
{
	struct world world;
	ths_address parent, child;

	reset();
	world_begin_inline(&world);
	parent = world_spawn(&world, &parent_actor);
	cr_assert_eq(ASK(&world, parent, spawn, .what = 2), THS_OK);
	cr_assert_eq(ths_actor_children(world.vm, parent, &child, 1), 1);
	cr_assert_eq(ASK(&world, child, set, .name = "Arch"),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ASK(&world, child, set, .name = "X"), THS_OK,
	    "the call has returned");
	ths_vm_run(world.vm, 0);
	cr_assert_eq(exits, 1);
	/* T-245 */
	cr_assert_eq(notices, 1);
	world_end(&world);
}

Test(capabilities, of_one_vm_are_none_of_anothers_business,
    .description = "T-243 G-11")
{
	struct world world, other;
	ths_address shy;

	reset();
	world_begin_inline(&world);
	world_begin_inline(&other);
	shy = world_spawn(&world, &shy_actor);
	set_to(&other, "X", &yes);
	cr_assert_eq(ASK(&world, shy, poke), 7);
	/* T-243 */
	cr_assert_eq(exits, 0);
	world_end(&other);
	world_end(&world);
}

Test(capabilities, are_not_changed_when_there_is_no_memory)
{
	struct world world;
	ths_address shy;
	ths_status status = THS_OK;
	char name[16];

	reset();
	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.memory_max = 4 << 20 });
	shy = world_spawn(&world, &shy_actor);
	cr_assert_eq(ASK(&world, shy, poke), 7);
	/* No other thread is here. */
	world.vm->memory.bytes_max = 1;
	for (int i = 0; i < 100 && status == THS_OK; i++) {
		snprintf(name, sizeof(name), "%d", i);
		status = ths_capability_set(world.vm, name, &yes);
	}
	world.vm->memory.bytes_max = 4 << 20;
	cr_assert_eq(status, THS_NO_MEMORY);
	cr_assert_eq(ASK(&world, shy, poke), 7);
	world_end(&world);
}
