/* SPDX-License-Identifier: MIT */
/* link: actors that end together. */
#include <stdlib.h>

#include "tests/unit/vm/world.h"
#include "thespis/link.h"
#include "thespis/monitor.h"

THS_MESSAGE(tie, THS_FIELD(ths_address, whom), THS_FIELD(int32_t, times))
THS_MESSAGE(untie, THS_FIELD(ths_address, whom), THS_FIELD(bool, ends_it))
THS_MESSAGE(raise, THS_FIELD(bool, is_trapping))
THS_MESSAGE(say, THS_FIELD(ths_address, whom))
THS_SIGNAL(leave)
THS_SIGNAL(crash)

static struct {
	int ended;         /* ths_link_ended handled */
	int exits;         /* exits run */
	int told;          /* ths_actor_exited handled */
	char steps[16];
	struct ths_link_ended last;
	struct ths_actor_exited child;
	char why[128];
	ths_address sender;
	ths_address spawned;
	ths_address raised;
	ths_status status;
	bool was_linked;
} notes;

static void
begin(struct world *world)
{
	memset(&notes, 0, sizeof(notes));
	world_begin_inline(world);
}

static ths_status
mate_tie(ths_self *self, ths_nothing *nothing, const struct tie *tie)
{
	(void)nothing;
	for (int32_t i = 0; i < tie->times; i++)
		notes.status = ths_link(self, tie->whom);
	return THS_OK;
}

static ths_status
mate_untie(ths_self *self, ths_nothing *nothing, const struct untie *untie)
{
	(void)nothing;
	if (untie->ends_it)
		ths_send(self, untie->whom, crash);
	notes.was_linked = ths_unlink(self, untie->whom);
	return THS_OK;
}

static ths_status
mate_leave(ths_self *self, ths_nothing *nothing, const struct leave *leave)
{
	(void)nothing, (void)leave;
	ths_exit(self);
	return THS_OK;
}

static ths_status
mate_crash(ths_self *self, ths_nothing *nothing, const struct crash *crash)
{
	(void)nothing, (void)crash;
	(void)ths_crash(self, "the string broke");
	return THS_OK;
}

static void
mate_exit(ths_self *self, ths_nothing *nothing)
{
	(void)self, (void)nothing;
	notes.exits++;
}

THS_ACTOR(mate, ths_nothing,
    THS_ON(tie, mate_tie),
    THS_ON(untie, mate_untie),
    THS_ON(leave, mate_leave),
    THS_ON(crash, mate_crash),
    THS_EXIT(mate_exit))

/* One that is told instead. */
static ths_status
tough_ended(ths_self *self, ths_nothing *nothing,
    const struct ths_link_ended *ended)
{
	(void)nothing;
	strcat(notes.steps, "e");
	notes.ended++;
	notes.last = *ended;
	notes.sender = ths_sender(self);
	return THS_OK;
}

static ths_status
tough_leave(ths_self *self, ths_nothing *nothing, const struct leave *leave)
{
	(void)self, (void)nothing, (void)leave;
	strcat(notes.steps, "l");
	return THS_OK;
}

THS_ACTOR(tough, ths_nothing,
    THS_ON(tie, mate_tie),
    THS_ON(untie, mate_untie),
    THS_ON(leave, tough_leave),
    THS_ON(crash, mate_crash),
    THS_ON(ths_link_ended, tough_ended))

/* A parent, who starts a child and links it to somebody. */
static ths_status
parent_raise(ths_self *self, ths_nothing *nothing, const struct raise *raise)
{
	(void)nothing;
	return ths_spawn_child(self, &notes.spawned, raise->is_trapping ?
	    &tough_actor : &mate_actor, NULL);
}

static ths_status
parent_told(ths_self *self, ths_nothing *nothing,
    const struct ths_actor_exited *exited)
{
	(void)self, (void)nothing;
	notes.told++;
	notes.child = *exited;
	snprintf(notes.why, sizeof(notes.why), "%s", exited->why);
	return THS_OK;
}

THS_ACTOR(parent, ths_nothing,
    THS_ON(raise, parent_raise),
    THS_ON(tie, mate_tie),
    THS_ON(crash, mate_crash),
    THS_ON(ths_actor_exited, parent_told))

static void
tie_to(struct world *world, ths_address one, ths_address other)
{
	cr_assert_eq(ths_tell(world->vm, one, tie, .whom = other, .times = 1),
	    THS_OK);
	ths_vm_run(world->vm, 0);
	cr_assert_eq(notes.status, THS_OK);
}

static bool
is_alive(const struct world *world, ths_address address)
{
	const struct slot *slot = world_slot(world, address);

	return slot->behaviour != NULL &&
	    slot->generation == address.generation;
}

/* In both directions: the maker's end, and the other's. */
Test(link, ends_the_other_with_its_reason_and_words)
{
	for (int way = 0; way < 2; way++) {
		struct world world;
		ths_address parent, other;
		char why[128];

		begin(&world);
		parent = world_spawn(&world, &parent_actor);
		ths_tell(world.vm, parent, raise);
		other = world_spawn(&world, &mate_actor);
		ths_vm_run(world.vm, 0);
		tie_to(&world, way == 0 ? other : notes.spawned,
		    way == 0 ? notes.spawned : other);
		ths_tell(world.vm, other, crash);
		ths_vm_run(world.vm, 0);
		cr_assert_eq(notes.exits, 2, "both exits run");
		cr_assert_eq(notes.told, 1);
		cr_assert(ths_address_equal(notes.child.child,
		    notes.spawned));
		cr_assert_eq(notes.child.reason, THS_EXIT_LINKED);
		snprintf(why, sizeof(why), "it was linked to %u.%u: %s",
		    other.slot, other.generation,
		    ths_exit_reason_text(THS_EXIT_CRASHED));
		cr_assert_str_eq(notes.why, why);
		cr_assert_eq(world_status(&world).actors, 1, "the parent");
		world_end(&world);
	}
}

/* A chain of ten, made in different directions. */
Test(link, takes_a_whole_chain_along)
{
	struct world world;
	ths_address chain[10];

	begin(&world);
	for (int i = 0; i < 10; i++) {
		chain[i] = world_spawn(&world, &mate_actor);
		if (i > 0)
			tie_to(&world, chain[i - i % 2], chain[i - 1 + i % 2]);
		if (i > 0 && i % 2 == 0)
			tie_to(&world, chain[i], chain[i - 1]);
	}
	ths_tell(world.vm, chain[4], crash);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_status(&world).actors, 0);
	cr_assert_eq(notes.exits, 10);
	world_end(&world);
}

/* Left by itself, asked, and with its VM. */
Test(link, of_one_that_ends_in_order_ends_nobody)
{
	struct world world;
	ths_address one, two, three;

	begin(&world);
	one = world_spawn(&world, &mate_actor);
	two = world_spawn(&world, &mate_actor);
	three = world_spawn(&world, &mate_actor);
	tie_to(&world, one, two);
	tie_to(&world, three, one);
	ths_tell(world.vm, two, leave);
	ths_tell(world.vm, three, ths_exit_request);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.exits, 2);
	cr_assert(is_alive(&world, one));
	cr_assert_null(world_slot(&world, one)->relations);
	world_end(&world);
}

/* One that was killed, and one whose init failed. */
static ths_status
feeble_begin(ths_self *self, ths_nothing *nothing)
{
	(void)nothing;
	return ths_fail(self, "too weak");
}

THS_ACTOR(feeble, ths_nothing, THS_INIT(feeble_begin))

static ths_status
keeper_raise(ths_self *self, ths_nothing *nothing, const struct raise *raise)
{
	(void)nothing;
	if (raise->is_trapping) {
		cr_assert_eq(ths_spawn_child(self, &notes.spawned,
		    &mate_actor, NULL), THS_OK);
		return THS_OK;
	}
	return ths_kill(self, notes.spawned);
}

static ths_status
keeper_leave(ths_self *self, ths_nothing *nothing, const struct leave *leave)
{
	ths_address child;

	(void)nothing, (void)leave;
	cr_assert_eq(ths_spawn_child(self, &child, &feeble_actor, NULL),
	    THS_OK);
	return ths_link(self, child);
}

THS_ACTOR(keeper, ths_nothing, THS_ON(raise, keeper_raise),
    THS_ON(leave, keeper_leave), THS_EXIT(mate_exit))

Test(link, to_one_that_is_killed_or_not_born_ends)
{
	struct world world;
	ths_address keeper, one;

	begin(&world);
	keeper = world_spawn(&world, &keeper_actor);
	one = world_spawn(&world, &mate_actor);
	ths_tell(world.vm, keeper, raise, .is_trapping = true);
	ths_vm_run(world.vm, 0);
	tie_to(&world, one, notes.spawned);
	ths_tell(world.vm, keeper, raise, .is_trapping = false);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.exits, 2);
	cr_assert_not(is_alive(&world, one));
	ths_tell(world.vm, keeper, leave);
	ths_vm_run(world.vm, 0);
	cr_assert_not(is_alive(&world, keeper), "its child was not born");
	cr_assert_eq(notes.exits, 3);
	world_end(&world);
}

Test(link, tells_one_that_wants_to_be_told)
{
	struct world world;
	ths_address one, two, three;

	begin(&world);
	one = world_spawn(&world, &tough_actor);
	two = world_spawn(&world, &mate_actor);
	three = world_spawn(&world, &mate_actor);
	tie_to(&world, one, two);
	tie_to(&world, three, one);
	ths_tell(world.vm, two, crash);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.ended, 1);
	cr_assert(ths_address_equal(notes.last.whom, two));
	cr_assert(ths_address_equal(notes.sender, two));
	cr_assert_eq(notes.last.reason, THS_EXIT_CRASHED);
	cr_assert_str_eq(notes.last.why,
	    ths_exit_reason_text(THS_EXIT_CRASHED));
	ths_tell(world.vm, three, leave);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.ended, 2, "also of one in order");
	cr_assert(ths_address_equal(notes.last.whom, three));
	cr_assert(ths_address_equal(notes.sender, three));
	cr_assert_eq(notes.last.reason, THS_EXIT_LEFT);
	cr_assert(is_alive(&world, one));
	cr_assert_null(world_slot(&world, one)->relations);
	world_end(&world);
}

Test(link, to_nobody_ends_at_once)
{
	struct world world;
	ths_address one, two, gone;
	ths_address nobodies[3] = { THS_NOBODY, { 77, 5, 6 } };

	begin(&world);
	gone = world_spawn(&world, &mate_actor);
	ths_tell(world.vm, gone, leave);
	ths_vm_run(world.vm, 0);
	one = world_spawn(&world, &mate_actor);
	tie_to(&world, one, gone);
	cr_assert_not(is_alive(&world, one));
	two = world_spawn(&world, &tough_actor);
	tie_to(&world, two, one);
	cr_assert_eq(notes.ended, 1);
	cr_assert_eq(notes.last.reason, THS_EXIT_UNKNOWN);
	nobodies[2] = (ths_address){ one.vm, 1 << 20, 1 };
	for (int i = 0; i < 3; i++) {
		tie_to(&world, two, nobodies[i]);
		cr_assert_eq(notes.ended, 2 + i);
		cr_assert(ths_address_equal(notes.last.whom, nobodies[i]));
	}
	world_end(&world);
}

/* By the maker and by the other; also with the end under way already. */
Test(link, that_is_taken_back_ends_nobody)
{
	for (int way = 0; way < 4; way++) {
		struct world world;
		ths_address one, two;
		ths_vm_status status;

		begin(&world);
		one = world_spawn(&world, &mate_actor);
		two = world_spawn(&world, &mate_actor);
		tie_to(&world, one, two);
		ths_tell(world.vm, way % 2 == 0 ? one : two, untie,
		    .whom = way % 2 == 0 ? two : one, .ends_it = way >= 2);
		ths_vm_run(world.vm, 0);
		cr_assert(notes.was_linked);
		cr_assert_eq(notes.exits, way >= 2);
		cr_assert_null(world_slot(&world, one)->relations);
		cr_assert_null(world_slot(&world, two)->relations);
		status = world_status(&world);
		cr_assert_eq(status.accepted, world_ended(&status));
		notes.was_linked = false;
		ths_tell(world.vm, way % 2 == 0 ? one : two, untie,
		    .whom = way % 2 == 0 ? two : one);
		ths_vm_run(world.vm, 0);
		cr_assert_not(notes.was_linked);
		world_end(&world);
	}
}

/* Both take it back at once. */
Test(link, may_be_taken_back_by_both)
{
	struct world world;
	ths_address one, two;

	begin(&world);
	one = world_spawn(&world, &mate_actor);
	two = world_spawn(&world, &mate_actor);
	tie_to(&world, one, two);
	tie_to(&world, two, one);
	ths_tell(world.vm, one, untie, .whom = two);
	ths_tell(world.vm, two, untie, .whom = one);
	ths_vm_run(world.vm, 0);
	cr_assert_null(world_slot(&world, one)->relations);
	cr_assert_null(world_slot(&world, two)->relations);
	ths_tell(world.vm, one, crash);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.exits, 1);
	world_end(&world);
}

Test(link, is_made_by_each_call_and_taken_back_by_one)
{
	struct world world;
	ths_address one, two;

	begin(&world);
	one = world_spawn(&world, &tough_actor);
	two = world_spawn(&world, &mate_actor);
	ths_tell(world.vm, one, tie, .whom = two, .times = 3);
	ths_tell(world.vm, two, crash);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.ended, 3);
	two = world_spawn(&world, &mate_actor);
	ths_tell(world.vm, one, tie, .whom = two, .times = 3);
	ths_tell(world.vm, one, untie, .whom = two);
	ths_tell(world.vm, two, crash);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.ended, 3);
	world_end(&world);
}

/* The end comes behind the mail that was sent before it, as a monitor's. */
static ths_status
teller_say(ths_self *self, ths_nothing *nothing, const struct say *say)
{
	(void)nothing;
	ths_send(self, say->whom, leave);
	ths_send(self, say->whom, leave);
	return ths_crash(self, "all is said");
}

THS_ACTOR(teller, ths_nothing, THS_ON(say, teller_say))

Test(link, is_told_after_the_last_mail)
{
	struct world world;
	ths_address one, two;

	begin(&world);
	one = world_spawn(&world, &tough_actor);
	two = world_spawn(&world, &teller_actor);
	tie_to(&world, one, two);
	ths_tell(world.vm, two, say, .whom = one);
	ths_vm_run(world.vm, 0);
	cr_assert_str_eq(notes.steps, "lle");
	world_end(&world);
}

/* Of two that are linked, one takes children along; and one that waits for
 * its children is not ended twice. */
Test(link, ends_the_children_before_their_parent)
{
	struct world world;
	ths_address parent, other;

	begin(&world);
	parent = world_spawn(&world, &parent_actor);
	other = world_spawn(&world, &mate_actor);
	ths_tell(world.vm, parent, raise);
	ths_vm_run(world.vm, 0);
	tie_to(&world, parent, other);
	tie_to(&world, notes.spawned, other);
	ths_tell(world.vm, other, crash);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_status(&world).actors, 0);
	cr_assert_eq(notes.told, 1);
	cr_assert_eq(notes.exits, 2);
	world_end(&world);
}

Test(link, to_oneself_or_over_the_limit_is_refused)
{
	struct world world;
	ths_address one, two;

	memset(&notes, 0, sizeof(notes));
	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
	    .relations_max = 3 });
	one = world_spawn(&world, &mate_actor);
	two = world_spawn(&world, &mate_actor);
	ths_tell(world.vm, one, tie, .whom = one, .times = 1);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.status, THS_BAD_ARGUMENT);
	ths_tell(world.vm, one, tie, .whom = two, .times = 3);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.status, THS_OK);
	ths_tell(world.vm, one, tie, .whom = two, .times = 1);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.status, THS_LIMIT);
	cr_assert_eq(world_status(&world).limits_hit, 1);
	ths_tell(world.vm, two, tie, .whom = one, .times = 1);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.status, THS_OK, "those of others are theirs");
	ths_tell(world.vm, one, untie, .whom = two);
	ths_vm_run(world.vm, 0);
	tie_to(&world, one, two);
	world_end(&world);
}

Test(link, to_a_client_ends_nobody)
{
	struct world world;
	ths_client *client;
	ths_address one;

	begin(&world);
	one = world_spawn(&world, &mate_actor);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	tie_to(&world, one, ths_client_address(client));
	ths_mail_free(ths_listen(world.vm, client, 0));
	ths_client_close(client);
	ths_vm_run(world.vm, 0);
	cr_assert(is_alive(&world, one));
	world_end(&world);
}

Test(link, that_ends_cannot_be_forged)
{
	struct world world;
	ths_address one;

	begin(&world);
	one = world_spawn(&world, &tough_actor);
	cr_assert_eq(ths_tell(world.vm, one, ths_link_ended, .whom = one),
	    THS_BAD_ARGUMENT);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.ended, 0);
	world_end(&world);
}

/* One that waits for its children keeps the reason that it has. */
static ths_status
waiter_raise(ths_self *self, ths_nothing *nothing, const struct raise *raise)
{
	ths_address child;

	(void)nothing, (void)raise;
	cr_assert_eq(ths_spawn_child(self, &child, &parent_actor, NULL),
	    THS_OK);
	notes.raised = child;
	ths_send(self, child, raise, .is_trapping = false);
	return THS_OK;
}

THS_ACTOR(waiter, ths_nothing, THS_ON(raise, waiter_raise),
    THS_ON(ths_actor_exited, parent_told))

static ths_status
twin_tie(ths_self *self, ths_nothing *nothing, const struct tie *tie)
{
	(void)nothing;
	cr_assert_eq(ths_link(self, tie->whom), THS_OK);
	ths_send(self, tie->whom, ths_exit_request);
	return ths_crash(self, "right behind the request");
}

THS_ACTOR(twin, ths_nothing, THS_ON(tie, twin_tie))

Test(link, does_not_change_an_end_that_has_begun)
{
	struct world world;
	ths_address waiter, parent;

	begin(&world);
	waiter = world_spawn(&world, &waiter_actor);
	ths_tell(world.vm, waiter, raise);
	ths_vm_run(world.vm, 0);
	parent = notes.raised;
	ths_tell(world.vm, world_spawn(&world, &twin_actor), tie,
	    .whom = parent);
	ths_vm_run(world.vm, 0);
	cr_assert(ths_address_equal(notes.child.child, parent));
	cr_assert_eq(notes.child.reason, THS_EXIT_ASKED);
	cr_assert_eq(notes.exits, 1, "its child's");
	cr_assert(is_alive(&world, waiter));
	world_end(&world);
}

/* ----------------------------------------------------------- without memory */

static bool is_poor;

static void *
take(void *context, size_t size, size_t alignment)
{
	void *memory = NULL;

	(void)context;
	return !is_poor && posix_memalign(&memory, alignment < sizeof(void *) ?
	    sizeof(void *) : alignment, size) == 0 ? memory : NULL;
}

static void
give(void *context, void *memory, size_t size, size_t alignment)
{
	(void)context, (void)size, (void)alignment;
	free(memory);
}

/* Uses up what there is. */
static ths_status
spender_tie(ths_self *self, ths_nothing *nothing, const struct tie *tie)
{
	(void)nothing;
	do {
		notes.status = ths_link(self, tie->whom);
		is_poor = true;
	} while (notes.status == THS_OK);
	return THS_OK;
}

THS_ACTOR(spender, ths_nothing, THS_ON(tie, spender_tie),
    THS_ON(untie, mate_untie), THS_ON(crash, mate_crash),
    THS_EXIT(mate_exit))

/* Nobody can be told that the link is taken back; it is, all the same. */
Test(link, is_taken_back_without_memory)
{
	static const ths_allocator allocator = { take, give, NULL };

	for (int way = 0; way < 4; way++) {
		struct world world;
		ths_address two[2];

		memset(&notes, 0, sizeof(notes));
		world_begin_with(&world, (ths_vm_config){
		    .mode = THS_MODE_INLINE, .allocator = &allocator,
		    .log_level = THS_LOG_NONE });
		for (int i = 0; i < 2; i++)
			two[i] = world_spawn(&world, &spender_actor);
		ths_tell(world.vm, two[0], tie, .whom = two[1]);
		ths_vm_run(world.vm, 0);
		cr_assert_eq(notes.status, THS_NO_MEMORY);
		cr_assert_not_null(world_slot(&world, two[0])->relations);
		cr_assert_not_null(world_slot(&world, two[1])->relations);
		is_poor = false;
		ths_tell(world.vm, two[way % 2], untie,
		    .whom = two[1 - way % 2]);
		is_poor = true;
		ths_vm_run(world.vm, 0);
		cr_assert(notes.was_linked);
		is_poor = false;
		ths_tell(world.vm, two[way / 2], crash);
		ths_vm_run(world.vm, 0);
		cr_assert(is_alive(&world, two[1 - way / 2]));
		cr_assert_eq(notes.exits, 1);
		cr_assert_null(world_slot(&world,
		    two[1 - way / 2])->relations);
		world_end(&world);
	}
}

/* ----------------------------------------------------------- on two workers */

enum { RINGS = 200, RING = 20 };

static _Atomic int exits;

static void
bead_exit(ths_self *self, ths_nothing *nothing)
{
	(void)self, (void)nothing;
	atomic_fetch_add(&exits, 1);
}

static ths_status
bead_tie(ths_self *self, ths_nothing *nothing, const struct tie *tie)
{
	(void)nothing;
	return ths_link(self, tie->whom);
}

THS_ACTOR(bead, ths_nothing, THS_ON(tie, bead_tie), THS_ON(crash, mate_crash),
    THS_EXIT(bead_exit))

Test(link, ends_each_of_many_rings_whole, .timeout = 60)
{
	struct world world;
	ths_address beads[RING];

	atomic_store(&exits, 0);
	world_begin_with(&world, (ths_vm_config){ .workers = 2,
	    .log_level = THS_LOG_NONE });
	for (int ring = 0; ring < RINGS; ring++) {
		for (int i = 0; i < RING; i++)
			beads[i] = world_spawn(&world, &bead_actor);
		for (int i = 0; i < RING; i++)
			ths_tell(world.vm, beads[i], tie,
			    .whom = beads[(i + 1) % RING]);
		ths_tell(world.vm, beads[ring % RING], crash);
	}
	cr_assert(world_await(&exits, RINGS * RING));
	world_end(&world);
	cr_assert_eq(atomic_load(&exits), RINGS * RING);
}
