/* SPDX-License-Identifier: MIT */
/*
 * life: how actors end, what their parents are told, and in which order.
 *
 * Most tests run inline: what happened is a text, one letter a step.
 */
#include "tests/unit/vm/world.h"
#include "thespis/life.h"

THS_MESSAGE(number, THS_FIELD(int64_t, value))
THS_MESSAGE(grow, THS_FIELD(int32_t, depth), THS_FIELD(int32_t, width))
THS_MESSAGE(born, THS_FIELD(ths_address, whom))
THS_SIGNAL(leave)
THS_SIGNAL(leave_alone)
THS_SIGNAL(look)
THS_SIGNAL(say)

enum { STEPS_MAX = 256, CHILDREN_MAX = 16 };

/* What the actors of an inline VM noted, in the test's own thread. */
static struct {
	char steps[STEPS_MAX];
	int steps_length;
	int notices;
	int requests;
	struct ths_actor_exited last;
	char why[128];
	ths_address sender;
	ths_address children[CHILDREN_MAX];
	size_t seen; /* children, at the last look */
	size_t seen_in_notice;
	ths_status status;
	ths_address spawned;
	ths_address recorder;
} notes;

static void
note(char step)
{
	if (notes.steps_length < STEPS_MAX - 1)
		notes.steps[notes.steps_length++] = step;
}

static void
begin(struct world *world)
{
	memset(&notes, 0, sizeof(notes));
	world_begin_inline(world);
}

/* -------------------------------------------------------------- the members */

/* A tree of them; what is a leaf is told by its depth. */
struct member { int32_t depth; };

static ths_status member_grow(ths_self *self, struct member *member,
    const struct grow *grow);

static ths_status
member_number(ths_self *self, struct member *member,
    const struct number *number)
{
	(void)self, (void)member;
	note((char)('0' + number->value));
	return THS_OK;
}

static ths_status
member_leave(ths_self *self, struct member *member, const struct leave *leave)
{
	(void)member, (void)leave;
	ths_exit(self);
	return THS_OK;
}

static ths_status
member_leave_alone(ths_self *self, struct member *member,
    const struct leave_alone *leave)
{
	(void)member, (void)leave;
	ths_exit_alone(self);
	return THS_OK;
}

static ths_status
member_look(ths_self *self, struct member *member, const struct look *look)
{
	(void)member, (void)look;
	notes.seen = ths_children(self, notes.children, CHILDREN_MAX);
	return THS_OK;
}

static ths_status
member_told(ths_self *self, struct member *member,
    const struct ths_actor_exited *exited)
{
	(void)member;
	note('n');
	notes.notices++;
	notes.last = *exited;
	snprintf(notes.why, sizeof(notes.why), "%s", exited->why);
	notes.sender = ths_sender(self);
	notes.seen_in_notice = ths_children(self, notes.children,
	    CHILDREN_MAX);
	return THS_OK;
}

static void
member_exit(ths_self *self, struct member *member)
{
	note((char)('a' + member->depth));
	notes.status = ths_spawn_child(self, &notes.spawned,
	    &(const ths_actor){ "nobody", 0, NULL, 0 }, NULL);
}

THS_ACTOR(member, struct member,
    THS_ON(number, member_number),
    THS_ON(grow, member_grow),
    THS_ON(leave, member_leave),
    THS_ON(leave_alone, member_leave_alone),
    THS_ON(look, member_look),
    THS_ON(ths_actor_exited, member_told),
    THS_EXIT(member_exit))

/* Grows `width` children, which do the same, down to depth 0. */
static ths_status
member_grow(ths_self *self, struct member *member, const struct grow *grow)
{
	member->depth = grow->depth;
	for (int32_t i = 0; grow->depth > 0 && i < grow->width; i++) {
		cr_assert_eq(ths_spawn_child(self, &notes.spawned,
		    &member_actor, NULL), THS_OK);
		ths_send(self, notes.spawned, grow, .depth = grow->depth - 1,
		    .width = grow->width);
	}
	return THS_OK;
}

/* A tree of this depth; returns its root, the first-born line in notes. */
static ths_address
plant(struct world *world, int32_t depth, int32_t width)
{
	ths_address root = world_spawn(world, &member_actor);

	cr_assert_eq(ths_tell(world->vm, root, grow, .depth = depth,
	    .width = width), THS_OK);
	ths_vm_run(world->vm, 0);
	return root;
}

/* ---------------------------------------------------------------- the tests */

/* D-10, T-141, T-117: the notice says who and why, and comes from the child. */
Test(life, a_parent_is_told_of_its_childs_end, .description = "T-141")
{
	struct world world;
	ths_address root, child;

	begin(&world);
	root = plant(&world, 1, 1);
	child = notes.spawned;
	cr_assert_eq(ths_tell(world.vm, child, leave), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.notices, 1);
	cr_assert(ths_address_equal(notes.last.child, child));
	cr_assert(ths_address_equal(notes.sender, child));
	cr_assert_eq(notes.last.reason, THS_EXIT_LEFT);
	cr_assert_str_eq(notes.why, ths_exit_reason_text(THS_EXIT_LEFT));
	cr_assert_eq(world_status(&world).actors, 1);
	cr_assert_eq(ths_tell(world.vm, root, look), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.seen, 0);
	world_end(&world);
	cr_assert_eq(notes.notices, 1);
}

/* T-142, D-32: listed while its notice is handled, and not after. */
Test(life, a_child_is_struck_after_its_notice, .description = "T-142 D-32")
{
	struct world world;
	ths_address root;

	begin(&world);
	root = plant(&world, 1, 3);
	ths_tell(world.vm, root, look);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.seen, 3);
	cr_assert(ths_address_equal(notes.children[0], notes.spawned));
	ths_tell(world.vm, notes.children[1], ths_exit_request);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.notices, 1);
	cr_assert_eq(notes.seen_in_notice, 3);
	cr_assert_eq(notes.last.reason, THS_EXIT_ASKED);
	ths_tell(world.vm, root, look);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.seen, 2);
	cr_assert_not(ths_address_equal(notes.children[0], notes.last.child));
	cr_assert_not(ths_address_equal(notes.children[1], notes.last.child));
	world_end(&world);
}

/* T-137, D-05: four generations, gone from the leaves up. */
Test(life, a_tree_ends_from_the_leaves_up, .description = "T-137 D-05")
{
	struct world world;
	ths_address root;

	begin(&world);
	root = plant(&world, 3, 1);
	cr_assert_eq(world_status(&world).actors, 4);
	cr_assert_eq(ths_tell(world.vm, root, ths_exit_request), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_status(&world).actors, 0);
	cr_assert_str_eq(notes.steps, "anbncnd");
	cr_assert_eq(ths_tell(world.vm, root, look), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_dead(&world, THS_DEAD_STALE), 1);
	world_end(&world);
}

/* D-06: only the parent of the one that ends is told. */
Test(life, only_the_parent_is_told, .description = "T-135 D-06")
{
	struct world world;

	begin(&world);
	plant(&world, 3, 1);
	ths_tell(world.vm, notes.spawned, ths_exit_request);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.notices, 1);
	cr_assert(ths_address_equal(notes.last.child, notes.spawned));
	cr_assert_eq(world_status(&world).actors, 3);
	world_end(&world);
}

/* T-138, D-22: whoever exits alone leaves its children, who hear of nothing. */
Test(life, children_live_on_when_the_parent_exits_alone,
    .description = "T-138")
{
	struct world world;
	ths_address root, child;

	begin(&world);
	root = plant(&world, 1, 2);
	child = notes.spawned;
	ths_tell(world.vm, root, leave_alone);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_status(&world).actors, 2);
	ths_tell(world.vm, child, number, .value = 5);
	ths_tell(world.vm, child, leave);
	ths_vm_run(world.vm, 0);
	cr_assert_str_eq(notes.steps, "b5a");
	cr_assert_eq(notes.notices, 0, "nobody is there to be told");
	cr_assert_eq(world_status(&world).actors, 1);
	world_end(&world);
}

/* T-116: the same by a request that says so. */
Test(life, a_request_may_spare_the_children, .description = "T-116")
{
	struct world world;
	ths_address root, child;

	begin(&world);
	root = plant(&world, 1, 1);
	child = notes.spawned;
	ths_tell(world.vm, root, ths_exit_request, .is_alone = true);
	ths_vm_run(world.vm, 0);
	ths_tell(world.vm, child, number, .value = 7);
	ths_vm_run(world.vm, 0);
	cr_assert_str_eq(notes.steps, "b7");
	world_end(&world);
}

/* T-143: a request to oneself is met after the mail that is there already. */
static ths_status
asker_say(ths_self *self, ths_nothing *nothing, const struct say *say)
{
	(void)nothing, (void)say;
	ths_send(self, ths_me(self), number, .value = 1);
	ths_send(self, ths_me(self), ths_exit_request);
	ths_send(self, ths_me(self), number, .value = 2);
	return THS_OK;
}

static ths_status
asker_number(ths_self *self, ths_nothing *nothing, const struct number *number)
{
	(void)self, (void)nothing;
	note((char)('0' + number->value));
	return THS_OK;
}

THS_ACTOR(asker, ths_nothing, THS_ON(say, asker_say),
    THS_ON(number, asker_number))

Test(life, a_request_to_oneself_is_met_in_order, .description = "T-143")
{
	struct world world;

	begin(&world);
	ths_tell(world.vm, world_spawn(&world, &asker_actor), say);
	ths_vm_run(world.vm, 0);
	cr_assert_str_eq(notes.steps, "1");
	cr_assert_eq(world_dead(&world, THS_DEAD_EXITED), 1);
	cr_assert_eq(world_status(&world).actors, 0);
	world_end(&world);
}

/* ------------------------------------------- requests that an actor handles */

/* Has a child that is slow to end: it waits for a `leave`, since its own child
 * is one that no request reaches in time. */
struct watcher { int fails; };

static ths_status
watcher_asked(ths_self *self, struct watcher *watcher,
    const struct ths_exit_request *request)
{
	(void)self, (void)request;
	note('r');
	notes.requests++;
	return watcher->fails++ == 0 ? THS_FAILED : THS_OK;
}

static ths_status
watcher_say(ths_self *self, struct watcher *watcher, const struct say *say)
{
	(void)watcher, (void)say;
	notes.status = ths_spawn_child(self, &notes.spawned, &member_actor,
	    NULL);
	return THS_OK;
}

static ths_status
watcher_number(ths_self *self, struct watcher *watcher,
    const struct number *number)
{
	(void)self, (void)watcher;
	note((char)('0' + number->value));
	return THS_OK;
}

static void
watcher_exit(ths_self *self, struct watcher *watcher)
{
	(void)self, (void)watcher;
	note('x');
}

THS_ACTOR(watcher, struct watcher,
    THS_ON(ths_exit_request, watcher_asked),
    THS_ON(say, watcher_say),
    THS_ON(number, watcher_number),
    THS_EXIT(watcher_exit))

/* T-136: seen once, not again after a failure, and obeyed. */
Test(life, a_request_is_seen_once_and_obeyed, .description = "T-136 T-149")
{
	struct world world;
	ths_address watcher;

	begin(&world);
	watcher = world_spawn(&world, &watcher_actor);
	ths_tell(world.vm, watcher, number, .value = 1);
	ths_tell(world.vm, watcher, ths_exit_request);
	ths_tell(world.vm, watcher, number, .value = 2);
	ths_vm_run(world.vm, 0);
	cr_assert_str_eq(notes.steps, "1rx");
	cr_assert_eq(world_status(&world).failed, 1);
	cr_assert_eq(world_status(&world).actors, 0);
	cr_assert_eq(world_dead(&world, THS_DEAD_EXITED), 1);
	world_end(&world);
}

/* T-139, D-29: while it waits for its child only requests get through. */
Test(life, who_waits_for_its_children_sees_requests_only,
    .description = "T-139 D-29")
{
	struct world world;
	ths_address watcher;

	begin(&world);
	watcher = world_spawn(&world, &watcher_actor);
	ths_tell(world.vm, watcher, say);
	ths_tell(world.vm, watcher, ths_exit_request);
	ths_tell(world.vm, watcher, ths_exit_request);
	ths_tell(world.vm, watcher, number, .value = 1);
	ths_tell(world.vm, watcher, say);
	ths_tell(world.vm, watcher, ths_exit_request);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.requests, 3);
	cr_assert_str_eq(notes.steps, "rrrax");
	cr_assert_eq(world_dead(&world, THS_DEAD_EXITED), 2);
	cr_assert_eq(world_status(&world).actors, 0);
	world_end(&world);
}

/* T-160, D-28, B-09: a client is nobody to be asked. */
Test(life, a_client_ignores_exit_requests, .description = "T-160 D-28")
{
	struct world world;
	ths_client *client;
	ths_mail *mail;

	begin(&world);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	ths_tell(world.vm, ths_client_address(client), ths_exit_request);
	mail = ths_listen(world.vm, client, 0);
	cr_assert_eq(ths_mail_status(mail), THS_TIMEOUT);
	cr_assert_eq(world_status(&world).absorbed, 1);
	ths_tell(world.vm, ths_client_address(client), leave);
	mail = ths_listen(world.vm, client, 0);
	cr_assert_eq(ths_mail_status(mail), THS_OK);
	ths_mail_free(mail);
	ths_client_close(client);
	world_end(&world);
}

/* T-126, C-33: what only the runtime says, nobody else can. */
Test(life, nobody_can_forge_the_runtimes_messages,
    .description = "T-126 T-115 C-33")
{
	struct world world;
	ths_address root;

	begin(&world);
	root = plant(&world, 1, 1);
	cr_assert_eq(ths_tell(world.vm, root, ths_actor_exited,
	    .child = notes.spawned), THS_BAD_ARGUMENT);
	cr_assert_eq(ths_tell(world.vm, root, ths_wakeup), THS_BAD_ARGUMENT);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.notices, 0);
	cr_assert_eq(ths_tell(world.vm, root, number, .value = 3), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_str_eq(notes.steps, "3");
	world_end(&world);
}

/* --------------------------------------------------------- births that fail */

static ths_status
broken_begin(ths_self *self, ths_nothing *nothing)
{
	(void)self, (void)nothing;
	note('i');
	return THS_LIMIT;
}

static void
broken_exit(ths_self *self, ths_nothing *nothing)
{
	(void)self, (void)nothing;
	note('!');
}

THS_ACTOR(broken, ths_nothing, THS_INIT(broken_begin), THS_EXIT(broken_exit))

static ths_status
hopeful_say(ths_self *self, struct member *member, const struct say *say)
{
	(void)member, (void)say;
	notes.status = ths_spawn_child(self, &notes.spawned, &broken_actor,
	    NULL);
	ths_send(self, notes.spawned, number, .value = 1);
	return THS_OK;
}

THS_ACTOR(hopeful, struct member,
    THS_ON(say, hopeful_say),
    THS_ON(number, member_number),
    THS_ON(leave, member_leave),
    THS_ON(ths_actor_exited, member_told))

/* T-043, T-153: the parent hears of it, with the reason, and lives on. */
Test(life, a_failed_init_is_told_to_the_parent,
    .description = "T-043 T-153 D-03")
{
	struct world world;
	ths_address hopeful;

	begin(&world);
	hopeful = world_spawn(&world, &hopeful_actor);
	ths_tell(world.vm, hopeful, say);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.status, THS_OK);
	cr_assert_str_eq(notes.steps, "in");
	cr_assert(ths_address_equal(notes.last.child, notes.spawned));
	cr_assert_eq(notes.last.reason, THS_EXIT_INIT_FAILED);
	cr_assert_str_eq(notes.why, ths_status_text(THS_LIMIT));
	cr_assert_eq(world_dead(&world, THS_DEAD_EXITED), 1);
	cr_assert_eq(world_status(&world).unborn, 1);
	ths_tell(world.vm, hopeful, number, .value = 4);
	ths_vm_run(world.vm, 0);
	cr_assert_str_eq(notes.steps, "in4");
	world_end(&world);
}

/* T-152: a child whose parent ends before it is up ends, too, and no slot or
 * envelope is lost. */
static ths_status
hasty_say(ths_self *self, ths_nothing *nothing, const struct say *say)
{
	(void)nothing, (void)say;
	notes.status = ths_spawn_child(self, &notes.spawned, &member_actor,
	    NULL);
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(hasty, ths_nothing, THS_ON(say, hasty_say))

Test(life, a_child_not_up_yet_goes_with_its_parent, .description = "T-152")
{
	struct world world;

	begin(&world);
	ths_tell(world.vm, world_spawn(&world, &hasty_actor), say);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_status(&world).spawned, 2);
	cr_assert_eq(world_status(&world).actors, 0);
	cr_assert_str_eq(notes.steps, "a", "it began, and ended in order");
	world_end(&world);
}

/* T-109: no child of one that is ending. */
Test(life, who_is_ending_starts_no_children, .description = "T-109")
{
	struct world world;
	ths_address root;

	begin(&world);
	root = plant(&world, 0, 0);
	notes.status = THS_OK;
	notes.spawned = THS_NOBODY;
	ths_tell(world.vm, root, leave);
	ths_vm_run(world.vm, 0);
	cr_assert_str_eq(notes.steps, "a");
	cr_assert_eq(notes.status, THS_WRONG_PLACE);
	cr_assert(ths_address_is_nobody(notes.spawned));
	cr_assert_eq(world_status(&world).spawned, 1);
	cr_assert_eq(world_status(&world).actors, 0);
	world_end(&world);
}

/* C-30: what it writes to the child that it has not is one dead letter. */
static void
clinging_exit(ths_self *self, ths_nothing *nothing)
{
	(void)nothing;
	notes.spawned = THS_NOBODY;
	notes.status = ths_spawn_child(self, &notes.spawned, &member_actor,
	    NULL);
	(void)ths_send(self, notes.spawned, number);
}

THS_ACTOR(clinging, ths_nothing, THS_EXIT(clinging_exit))

static void
show_clinging(struct world *world)
{
	ths_address clinging = world_spawn(world, &clinging_actor);
	ths_vm_status status;

	cr_assert_eq(ths_tell(world->vm, clinging, ths_exit_request), THS_OK);
	for (int i = 0; world_status(world).exited == 0; i++) {
		cr_assert_lt(i, WORLD_TRIES);
		ths_vm_run(world->vm, 0);
		world_sleep_ms(1);
	}
	status = world_status(world);
	cr_assert_eq(status.actors, 0);
	cr_assert_eq(status.spawned, 1);
	cr_assert_eq(status.dead[THS_DEAD_NOBODY], 1);
	cr_assert_eq(status.accepted, 2, "the request, and the letter");
	world_end(world);
	cr_assert_eq(notes.status, THS_WRONG_PLACE); /* T-109 */
	cr_assert(ths_address_is_nobody(notes.spawned));
}

Test(life, who_is_ending_writes_to_nobody, .description = "T-109 C-30")
{
	struct world world;

	begin(&world);
	show_clinging(&world);
}

Test(life, who_is_ending_on_a_worker_writes_to_nobody,
    .description = "T-109 C-30")
{
	struct world world;

	memset(&notes, 0, sizeof(notes));
	world_begin_local(&world, 2);
	show_clinging(&world);
}

/* A start that spawns and then fails takes its children with it. */
static ths_status
rash_start(ths_self *self, ths_nothing *nothing)
{
	(void)nothing;
	notes.status = ths_spawn_child(self, &notes.spawned, &member_actor,
	    NULL);
	return THS_FAILED;
}

THS_ACTOR(rash, ths_nothing, THS_START(rash_start), THS_EXIT(broken_exit))

Test(life, a_failed_start_takes_its_children_with_it)
{
	struct world world;

	begin(&world);
	world_spawn(&world, &rash_actor);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_status(&world).spawned, 2);
	cr_assert_eq(world_status(&world).actors, 0);
	cr_assert_str_eq(notes.steps, "a!", "it was there, and has its exit");
	world_end(&world);
}

/* ---------------------------------------------------------------- the order */

/* D-30: answers each number to its parent, and says goodbye in its exit. */
static ths_status
answerer_number(ths_self *self, ths_nothing *nothing,
    const struct number *number)
{
	(void)nothing;
	return ths_send(self, ths_parent(self), number,
	    .value = number->value);
}

static void
answerer_exit(ths_self *self, ths_nothing *nothing)
{
	(void)nothing;
	(void)ths_send(self, ths_parent(self), number, .value = 9);
}

THS_ACTOR(answerer, ths_nothing, THS_ON(number, answerer_number),
    THS_EXIT(answerer_exit))

static ths_status
questioner_say(ths_self *self, struct member *member, const struct say *say)
{
	ths_address child;

	(void)member, (void)say;
	cr_assert_eq(ths_spawn_child(self, &child, &answerer_actor, NULL),
	    THS_OK);
	for (int64_t i = 1; i <= 5; i++)
		ths_send(self, child, number, .value = i);
	ths_send(self, child, ths_exit_request);
	ths_send(self, child, number, .value = 6);
	return THS_OK;
}

THS_ACTOR(questioner, struct member,
    THS_ON(say, questioner_say),
    THS_ON(number, member_number),
    THS_ON(ths_actor_exited, member_told))

/* T-117, D-30: the notice comes after all that the child had sent. */
Test(life, the_notice_comes_after_the_childs_mail,
    .description = "T-117 T-136 D-30")
{
	struct world world;

	begin(&world);
	ths_tell(world.vm, world_spawn(&world, &questioner_actor), say);
	ths_vm_run(world.vm, 0);
	cr_assert_str_eq(notes.steps, "123459n");
	cr_assert_eq(world_dead(&world, THS_DEAD_EXITED), 1);
	world_end(&world);
}

/* ------------------------------------------------------------- many of them */

enum { MANY = 100000 };

static _Atomic int told;

struct mother {
	int32_t left;
};

static ths_status
mother_told(ths_self *self, struct mother *mother,
    const struct ths_actor_exited *exited)
{
	(void)mother, (void)exited;
	if (atomic_fetch_add(&told, 1) + 1 == MANY)
		cr_assert_eq(ths_children(self, NULL, 0), 1, "the last");
	return THS_OK;
}

static ths_status
mayfly_leave(ths_self *self, ths_nothing *nothing, const struct leave *leave)
{
	(void)nothing, (void)leave;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(mayfly, ths_nothing, THS_ON(leave, mayfly_leave))

static ths_status
mother_say(ths_self *self, struct mother *mother, const struct say *say)
{
	(void)say;
	if (mother->left == 0)
		mother->left = MANY;
	for (int i = 0; i < 1000; i++, mother->left--) {
		ths_address child;

		cr_assert_eq(ths_spawn_child(self, &child, &mayfly_actor,
		    NULL), THS_OK);
		ths_send(self, child, leave);
	}
	return mother->left == 0 ? THS_OK :
	    ths_send(self, ths_me(self), say);
}

THS_ACTOR(mother, struct mother, THS_ON(say, mother_say),
    THS_ON(ths_actor_exited, mother_told))

/* T-156, D-35: as many notices as children, and none is left on the list. */
Test(life, a_hundred_thousand_notices_come_once_each,
    .description = "T-156 T-157 D-35", .timeout = 60)
{
	struct world world;
	ths_vm_status status;

	atomic_store(&told, 0);
	world_begin_local(&world, 2);
	ths_tell(world.vm, world_spawn(&world, &mother_actor), say);
	cr_assert(world_await(&told, MANY));
	status = world_status(&world);
	cr_assert_eq(status.spawned, MANY + 1);
	cr_assert_eq(status.exited, MANY);
	cr_assert_eq(status.unborn, 0);
	world_end(&world);
	cr_assert_eq(atomic_load(&told), MANY);
}

/* The slots of children that have ended are used again. */
Test(life, slots_of_children_are_used_again)
{
	struct world world;
	ths_address root;

	memset(&notes, 0, sizeof(notes));
	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
	    .actors_max = 8 });
	root = world_spawn(&world, &member_actor);
	for (int i = 0; i < 100; i++) {
		ths_tell(world.vm, root, grow, .depth = 1, .width = 1);
		ths_vm_run(world.vm, 0);
		ths_tell(world.vm, notes.spawned, leave);
		ths_vm_run(world.vm, 0);
	}
	cr_assert_eq(notes.notices, 100);
	cr_assert_eq(world_status(&world).actors, 1);
	world_end(&world);
}

/* T-164: a stop asks the parents, who ask their children; each sees one. */
Test(life, a_stop_reaches_everybody_once, .description = "T-164 A-19")
{
	struct world world;

	begin(&world);
	for (int i = 0; i < 4; i++)
		world_spawn(&world, &watcher_actor);
	plant(&world, 2, 2);
	world_end(&world);
	cr_assert_eq(notes.requests, 4);
	/* One root of depth 2, two of depth 1, four leaves; the root last. */
	cr_assert_not_null(strchr(notes.steps, 'c'));
	cr_assert_eq(strchr(notes.steps, 'c')[1], '\0');
}
