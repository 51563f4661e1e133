/* SPDX-License-Identifier: MIT */
/*
 * capabilities, simulated: two threads, each with capabilities and kinds of
 * actors of its own, which set and remove them from outside and by actors, at
 * once; each change makes the VM look at all living actors again.
 *
 * If this fails, an actor is started, or lives on, that needs what is not
 * there; one ends that has all it needs; or the one that makes a change that it
 * does not survive is not told that it was made, or its parent is told twice.
 */
#include "tests/sim/vm_world.h"

enum { THREADS = 2, TURNS = 3 };
enum { ROBOT, SHY, PAINTER, KINDS };

THS_SIGNAL(poke)
THS_MESSAGE(set, THS_FIELD(ths_string, name), THS_FIELD(bool, removes))
THS_MESSAGE(spawn, THS_FIELD(uint32_t, thread), THS_FIELD(uint32_t, kind))
THS_MESSAGE(answer, THS_FIELD(int, status), THS_FIELD(ths_address, child))
THS_SIGNAL(notices)

static struct world {
	struct vm_world base;
	seeds_count is_broken[THREADS]; /* the painter's check */
	seeds_count turns;
} world;

static const ths_variant yes = { .kind = THS_KIND_BOOL, .truth = true };
static const ths_variant zero = { .kind = THS_KIND_INTEGER, .integer = 0 };
static const ths_variant ground = { .kind = THS_KIND_STRING,
	.string = "ground" };

/* What each thread calls its capabilities. */
static const struct words {
	const char *camera, *floor, *forbidden, *paint;
} words[THREADS] = {
	{ "camera", "floor", "X", "paint" },
	{ "other camera", "other floor", "other X", "other paint" },
};

/* ------------------------------------------------------------------- actors */

static ths_status
any_poke(ths_self *self, ths_nothing *nothing, const struct poke *poke)
{
	(void)nothing, (void)poke;
	return ths_reply(self, poke);
}

static ths_status
any_set(ths_self *self, ths_nothing *nothing, const struct set *set)
{
	(void)nothing;
	return ths_reply(self, answer, .status = (int)ths_self_capability_set(
	    self, set->name, set->removes ? NULL : &yes));
}

static ths_status
forbid(ths_map capabilities, int thread)
{
	return ths_map_get(capabilities, words[thread].forbidden) == NULL ?
	    THS_OK : THS_FAILED;
}

static ths_status
look(int thread)
{
	return seeds_read(&world.is_broken[thread]) ? THS_FAILED : THS_OK;
}

static ths_status
shy_check(ths_map capabilities, ths_map requirements)
{
	(void)requirements;
	return forbid(capabilities, 0);
}

static ths_status
other_shy_check(ths_map capabilities, ths_map requirements)
{
	(void)requirements;
	return forbid(capabilities, 1);
}

static ths_status
painter_check(ths_map capabilities, ths_map requirements)
{
	(void)capabilities, (void)requirements;
	return look(0);
}

static ths_status
other_painter_check(ths_map capabilities, ths_map requirements)
{
	(void)capabilities, (void)requirements;
	return look(1);
}

static const ths_pair robot_needs[] = { THS_NEED("camera"),
	THS_PAIR_STRING("floor", "ground") };
static const ths_pair other_robot_needs[] = { THS_NEED("other camera"),
	THS_PAIR_STRING("other floor", "ground") };

THS_ACTOR(robot, ths_nothing, THS_NEEDS(robot_needs), THS_ON(poke, any_poke))
THS_ACTOR(other_robot, ths_nothing, THS_NEEDS(other_robot_needs),
    THS_ON(poke, any_poke))
THS_ACTOR(shy, ths_nothing, THS_CHECK(shy_check), THS_ON(poke, any_poke),
    THS_ON(set, any_set))
THS_ACTOR(other_shy, ths_nothing, THS_CHECK(other_shy_check),
    THS_ON(poke, any_poke), THS_ON(set, any_set))
THS_ACTOR(painter, ths_nothing, THS_CHECK(painter_check),
    THS_ON(poke, any_poke))
THS_ACTOR(other_painter, ths_nothing, THS_CHECK(other_painter_check),
    THS_ON(poke, any_poke))

static const ths_actor *const kinds[THREADS][KINDS] = {
	{ &robot_actor, &shy_actor, &painter_actor },
	{ &other_robot_actor, &other_shy_actor, &other_painter_actor },
};

struct parent { int notices; };

static ths_status
parent_spawn(ths_self *self, struct parent *parent, const struct spawn *spawn)
{
	ths_address child = THS_NOBODY;
	ths_status status = ths_spawn_child(self, &child,
	    kinds[spawn->thread][spawn->kind], NULL);

	(void)parent;
	return ths_reply(self, answer, .status = (int)status, .child = child);
}

static ths_status
parent_set(ths_self *self, struct parent *parent, const struct set *set)
{
	(void)parent;
	return any_set(self, NULL, set);
}

static ths_status
parent_exited(ths_self *self, struct parent *parent,
    const struct ths_actor_exited *exited)
{
	(void)self;
	SEEDS_CHECK(exited->reason == THS_EXIT_ASKED);
	parent->notices++;
	return THS_OK;
}

static ths_status
parent_notices(ths_self *self, struct parent *parent,
    const struct notices *notices)
{
	(void)notices;
	return ths_reply(self, answer, .status = parent->notices);
}

THS_ACTOR(parent, struct parent,
    THS_ON(spawn, parent_spawn),
    THS_ON(set, parent_set),
    THS_ON(notices, parent_notices),
    THS_ON(ths_actor_exited, parent_exited))

/* ------------------------------------------------------------------ threads */

struct visitor {
	uint32_t thread;
	const struct words *words;
	ths_address parent;
	int ended; /* children so far */
};

static void
set_to(const char *name, const ths_variant *value)
{
	SEEDS_CHECK(ths_capability_set(world.base.vm, name, value) == THS_OK);
}

/* What an answer says; frees it. */
static int
status_in(ths_mail *mail, ths_address *child)
{
	const struct answer *answer = ths_mail_as(mail, answer);
	int status;

	SEEDS_CHECK(answer != NULL);
	status = answer->status;
	if (child != NULL)
		*child = answer->child;
	ths_mail_free(mail);
	return status;
}

static ths_status
try_child(const struct visitor *visitor, uint32_t kind, ths_address *child)
{
	return (ths_status)status_in(ths_call(world.base.vm, visitor->parent,
	    THS_FOREVER, spawn, .thread = visitor->thread, .kind = kind),
	    child);
}

static ths_address
child_of(const struct visitor *visitor, uint32_t kind)
{
	ths_address child;

	SEEDS_CHECK(try_child(visitor, kind, &child) == THS_OK);
	return child;
}

static bool
answers(ths_address whom)
{
	ths_mail *mail = ths_call(world.base.vm, whom, THS_FOREVER, poke);
	bool is_there = ths_mail_as(mail, poke) != NULL;

	SEEDS_CHECK(is_there || ths_mail_status(mail) == THS_GONE);
	ths_mail_free(mail);
	return is_there;
}

/* One more child has gone, and its parent was told once. */
static void
check_end(struct visitor *visitor, ths_address child)
{
	int notices = 0;

	SEEDS_CHECK(!answers(child));
	visitor->ended++;
	while (notices < visitor->ended)
		notices = status_in(ths_call(world.base.vm, visitor->parent,
		    THS_FOREVER, notices), NULL);
	SEEDS_CHECK(notices == visitor->ended);
}

/* Sets, or removes, from outside or by an actor. */
static void
change(const struct visitor *visitor, const char *name, bool removes)
{
	if (sim_random(world.base.sim, 2) == 0)
		set_to(name, removes ? NULL : &yes);
	else
		SEEDS_CHECK(status_in(ths_call(world.base.vm, visitor->parent,
		    THS_FOREVER, set, .name = name, .removes = removes), NULL)
		    == THS_OK);
}

/* G-01 G-02 G-03 G-07 G-10 */
static void
need(struct visitor *visitor)
{
	const struct words *mine = visitor->words;
	ths_address robot;

	SEEDS_CHECK(try_child(visitor, ROBOT, &robot) == THS_UNFIT);
	change(visitor, mine->camera, false);
	SEEDS_CHECK(try_child(visitor, ROBOT, &robot) == THS_UNFIT);
	set_to(mine->floor, &ground);
	robot = child_of(visitor, ROBOT);
	SEEDS_CHECK(answers(robot));
	/* Nothing changes, and nobody is affected. */
	change(visitor, mine->camera, false);
	set_to(mine->paint, NULL);
	SEEDS_CHECK(answers(robot));
	if (sim_random(world.base.sim, 2) == 0)
		set_to(mine->camera, &zero);
	else
		change(visitor, mine->camera, true);
	check_end(visitor, robot);
	SEEDS_CHECK(try_child(visitor, ROBOT, &robot) == THS_UNFIT);
	change(visitor, mine->camera, true);
	change(visitor, mine->camera, true);
	set_to(mine->floor, NULL);
}

/* G-15: it makes the change, and hears that it was made. */
static void
end_oneself(struct visitor *visitor)
{
	const struct words *mine = visitor->words;
	ths_address shy = child_of(visitor, SHY);
	ths_address other;

	SEEDS_CHECK(status_in(ths_call(world.base.vm, shy, THS_FOREVER, set,
	    .name = mine->forbidden), NULL) == THS_OK);
	check_end(visitor, shy);
	SEEDS_CHECK(try_child(visitor, SHY, &other) == THS_UNFIT);
	change(visitor, mine->forbidden, true);
	shy = child_of(visitor, SHY);
	SEEDS_CHECK(answers(shy));
	change(visitor, mine->forbidden, false);
	check_end(visitor, shy);
	change(visitor, mine->forbidden, true);
}

/* G-13 G-16: a check that fails is a no. */
static void
break_check(struct visitor *visitor)
{
	const struct words *mine = visitor->words;
	ths_address painter = child_of(visitor, PAINTER);
	ths_address shy = child_of(visitor, SHY);
	ths_address other;

	SEEDS_CHECK(answers(painter));
	seeds_add(&world.is_broken[visitor->thread], 1);
	SEEDS_CHECK(try_child(visitor, PAINTER, &other) == THS_UNFIT);
	change(visitor, mine->paint, false);
	check_end(visitor, painter);
	SEEDS_CHECK(answers(shy));
	seeds_add(&world.is_broken[visitor->thread], (uint32_t)-1);
	change(visitor, mine->paint, true);
	SEEDS_CHECK(answers(shy));
	change(visitor, mine->forbidden, false);
	check_end(visitor, shy);
	change(visitor, mine->forbidden, true);
}

static void
visit(void *argument)
{
	struct visitor visitor = {
		.thread = (uint32_t)(uintptr_t)argument,
		.words = &words[(uintptr_t)argument],
	};

	SEEDS_CHECK(ths_spawn(world.base.vm, &visitor.parent, &parent_actor,
	    NULL) == THS_OK);
	for (int i = 0; i < TURNS; i++) {
		switch (sim_random(world.base.sim, 3)) {
		case 0:
			need(&visitor);
			break;
		case 1:
			end_oneself(&visitor);
			break;
		default:
			break_check(&visitor);
			break;
		}
		seeds_add(&world.turns, 1);
	}
}

static void
start(ths_sim *sim)
{
	vm_world_start(&world.base, sim, &(ths_vm_config){ .workers = 2,
		.log_level = THS_LOG_NONE });
	for (uintptr_t i = 0; i < THREADS; i++)
		vm_world_client(&world.base, "visitor", visit, (void *)i);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	/* T-221 T-242 T-245 */
	SEEDS_CHECK(seeds_read(&world.turns) == THREADS * TURNS);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Who lives has what it needs.",
		.description = "T-221 T-242 T-245 G-01 G-02 G-03 G-07 G-10 "
		    "G-13 G-15 G-16",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
