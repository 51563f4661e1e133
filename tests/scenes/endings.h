/* SPDX-License-Identifier: MIT */
/*
 * endings - scenes of how a VM, or a family in it, comes to its end: everybody
 * is told once and waited for, also who cannot be told for lack of memory, and
 * who has only just been born.
 */
#ifndef TESTS_SCENES_ENDINGS_H
#define TESTS_SCENES_ENDINGS_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mailbox/slab.h"
#include "tests/scenes/stage.h"

enum {
	ENDINGS_ROOTS = 4,
	ENDINGS_WIDTH = 3,
	ENDINGS_DEPTH = 2,
	ENDINGS_FAMILY = 6, /* children of one that has no memory to ask */
};

THS_MESSAGE(grow, THS_FIELD(uint32_t, depth))
THS_MESSAGE(spend, THS_FIELD(uint32_t, spare), THS_FIELD(bool, stops))
THS_SIGNAL(dash)
THS_SIGNAL(sign)

static struct endings {
	stage_count spawned;  /* players */
	stage_count requests; /* that they saw */
	stage_count exits;    /* of theirs */
	stage_count told;     /* of ends; or that there is no memory left */
	stage_count left;     /* children when the spender ended */
	stage_count poor;     /* 1: no slab is to be had */
	stage_count misses;   /* so many slabs are not to be had */
} endings;

/* ---------------------------------------------------------------- allocator */

static void *
endings_take(void *context, size_t size, size_t alignment)
{
	void *memory = NULL;

	(void)context;
	if (alignment >= SLAB_SIZE_MIN && stage_read(&endings.poor))
		return NULL;
	if (alignment >= SLAB_SIZE_MIN && stage_read(&endings.misses) > 0) {
		stage_add(&endings.misses, (uint32_t)-1);
		return NULL;
	}
	return posix_memalign(&memory, alignment < sizeof(void *) ?
	    sizeof(void *) : alignment, size) == 0 ? memory : NULL;
}

static void
endings_give(void *context, void *memory, size_t size, size_t alignment)
{
	(void)context, (void)size, (void)alignment;
	free(memory);
}

static const ths_allocator endings_allocator = {
	endings_take, endings_give, NULL
};

/* ------------------------------------------------------------------ players */

struct player { uint32_t requests; };

static ths_status player_grow(ths_self *self, struct player *player,
    const struct grow *grow);

/* One request, that spares nobody, from its parent or from the VM; and nobody
 * is born any more. */
static ths_status
player_asked(ths_self *self, struct player *player,
    const struct ths_exit_request *request)
{
	ths_address child, sender = ths_sender(self);
	ths_status status = ths_spawn_child(self, &child,
	    &(const ths_actor){ "nobody", 0, NULL, 0 }, NULL);

	STAGE_CHECK(++player->requests == 1);
	STAGE_CHECK(!request->is_alone);
	STAGE_CHECK(status == THS_STOPPED || status == THS_WRONG_PLACE);
	STAGE_CHECK(ths_address_is_nobody(sender) ||
	    ths_address_equal(sender, ths_parent(self)));
	stage_add(&endings.requests, 1);
	return THS_OK;
}

static void
player_exit(ths_self *self, struct player *player)
{
	(void)player;
	STAGE_CHECK(ths_children(self, NULL, 0) == 0);
	stage_add(&endings.exits, 1);
}

THS_ACTOR(player, struct player,
    THS_ON(grow, player_grow),
    THS_ON(ths_exit_request, player_asked),
    THS_EXIT(player_exit))

static void
endings_have_child(ths_self *self, uint32_t depth)
{
	ths_address child;
	ths_status status = ths_spawn_child(self, &child, &player_actor, NULL);

	STAGE_CHECK(status == THS_OK || status == THS_STOPPED);
	if (status != THS_OK)
		return;
	stage_add(&endings.spawned, 1);
	if (depth > 0)
		ths_send(self, child, grow, .depth = depth);
}

static ths_status
player_grow(ths_self *self, struct player *player, const struct grow *grow)
{
	(void)player;
	for (int i = 0; i < ENDINGS_WIDTH; i++)
		endings_have_child(self, grow->depth - 1);
	return THS_OK;
}

/* Ends the VM; from then on it has no child any more, of a kind that it had
 * before or of another, with a name or without. */
static ths_status
closer_dash(ths_self *self, ths_nothing *nothing, const struct dash *dash)
{
	static const ths_actor other = { "nobody", 0, NULL, 0 };
	const ths_spawn_options named = { .name = "too late" };
	ths_address child = THS_NOBODY;

	(void)nothing, (void)dash;
	endings_have_child(self, 0);
	ths_self_stop_vm(self);
	/* T-016 */
	STAGE_CHECK(ths_spawn_child(self, &child, &player_actor, NULL)
	    == THS_STOPPED);
	STAGE_CHECK(ths_spawn_child(self, &child, &other, NULL)
	    == THS_STOPPED);
	STAGE_CHECK(ths_spawn_child(self, &child, &player_actor, &named)
	    == THS_STOPPED);
	STAGE_CHECK(ths_address_is_nobody(child));
	stage_add(&endings.told, 1);
	return THS_OK;
}

THS_ACTOR(closer, ths_nothing, THS_ON(dash, closer_dash))

/* Has a child, which is not up yet, and is gone. */
static ths_status
hasty_dash(ths_self *self, ths_nothing *nothing, const struct dash *dash)
{
	(void)nothing, (void)dash;
	endings_have_child(self, 1);
	ths_exit(self);
	return THS_OK;
}

static ths_status
hasty_told(ths_self *self, ths_nothing *nothing,
    const struct ths_actor_exited *exited)
{
	(void)self, (void)nothing, (void)exited;
	stage_add(&endings.told, 1);
	return THS_OK;
}

THS_ACTOR(hasty, ths_nothing,
    THS_ON(dash, hasty_dash),
    THS_ON(ths_actor_exited, hasty_told))

/* A child that comes up when its parent is on its way out, and has children by
 * then, is asked to exit, and they are. */
static inline void
endings_late_child(ths_vm *vm)
{
	uint32_t all = 1 + ENDINGS_WIDTH;

	STAGE_CHECK(ths_tell(vm, stage_spawn(vm, &hasty_actor), dash)
	    == THS_OK);
	stage_await(vm, &endings.told, 1);
	/* T-155 */
	STAGE_CHECK(stage_read(&endings.spawned) == all);
	STAGE_CHECK(stage_read(&endings.exits) == all);
	STAGE_CHECK(stage_read(&endings.requests) == all);
}

/* A troupe, still growing; of a VM that stops, as much as there is. */
static inline void
endings_gather(ths_vm *vm)
{
	for (int i = 0; i < ENDINGS_ROOTS; i++) {
		ths_address root;
		ths_status status = ths_spawn(vm, &root, &player_actor, NULL);

		STAGE_CHECK(status == THS_OK || status == THS_STOPPED);
		if (status != THS_OK)
			return;
		stage_add(&endings.spawned, 1);
		(void)ths_tell(vm, root, grow, .depth = ENDINGS_DEPTH);
	}
}

/* Somebody outside who starts actors until the VM takes no more. */
static inline void
endings_press_in(ths_vm *vm, uint32_t most)
{
	ths_address address;
	ths_status status = THS_OK;

	while (most-- > 0 && status == THS_OK) {
		status = ths_spawn(vm, &address, &player_actor, NULL);
		STAGE_CHECK(status == THS_OK || status == THS_STOPPED);
		if (status == THS_OK)
			stage_add(&endings.spawned, 1);
	}
}

/* After a stop that had the time: each was told once, and has ended. */
static inline void
endings_check_all(ths_vm *vm)
{
	ths_address address;

	STAGE_CHECK(stage_read(&endings.exits) ==
	    stage_read(&endings.spawned));
	/* T-016 */
	STAGE_CHECK(stage_read(&endings.requests) ==
	    stage_read(&endings.spawned));
	STAGE_CHECK(ths_spawn(vm, &address, &player_actor, NULL) ==
	    THS_STOPPED);
}

/* ----------------------------------------------------- no needless messages */

/* One with a name, a timer and the dead letters, all of which end with it. */
static ths_status
busy_sign(ths_self *self, ths_nothing *nothing, const struct sign *sign)
{
	ths_timer timer;

	(void)nothing, (void)sign;
	STAGE_CHECK(ths_name_register(self, "busy") == THS_OK);
	STAGE_CHECK(ths_timer_set(self, THS_SECONDS(3600), 0, &timer)
	    == THS_OK);
	ths_handle_dead_letters(self, true);
	stage_add(&endings.told, 1);
	return THS_OK;
}

static ths_status
busy_dash(ths_self *self, ths_nothing *nothing, const struct dash *dash)
{
	(void)nothing, (void)dash;
	ths_exit(self);
	return THS_OK;
}

static void
busy_exit(ths_self *self, ths_nothing *nothing)
{
	(void)self, (void)nothing;
	stage_add(&endings.left, 1);
}

THS_ACTOR(busy, ths_nothing,
    THS_ON(sign, busy_sign),
    THS_ON(dash, busy_dash),
    THS_EXIT(busy_exit))

static ths_status
unborn_begin(ths_self *self, ths_nothing *nothing)
{
	(void)self, (void)nothing;
	stage_add(&endings.left, 1);
	return THS_FAILED;
}

THS_ACTOR(unborn, ths_nothing, THS_INIT(unborn_begin), THS_EXIT(busy_exit))

static inline uint64_t
endings_accepted(const ths_vm *vm)
{
	ths_vm_status status;

	ths_vm_status_read(vm, &status);
	return status.accepted;
}

/* Ends that nobody has to be told of make no mail at all, and a troupe is left
 * that has nothing more to say.  Returns the messages so far. */
static inline uint64_t
endings_be_quiet(ths_vm *vm)
{
	uint32_t all = ENDINGS_ROOTS * (1 + ENDINGS_WIDTH +
	    ENDINGS_WIDTH * ENDINGS_WIDTH);
	uint64_t accepted = endings_accepted(vm);
	ths_address busy = stage_spawn(vm, &busy_actor);

	STAGE_CHECK(ths_tell(vm, busy, sign) == THS_OK);
	stage_await(vm, &endings.told, 1);
	STAGE_CHECK(ths_tell(vm, busy, dash) == THS_OK);
	stage_await(vm, &endings.left, 1);
	(void)stage_spawn(vm, &unborn_actor);
	stage_await(vm, &endings.left, 2);
	STAGE_CHECK(endings_accepted(vm) == accepted + 2);
	endings_gather(vm);
	stage_await(vm, &endings.spawned, all);
	return endings_accepted(vm);
}

/* After the stop: a request for each, and a notice for each that has
 * a parent. */
static inline void
endings_check_quiet(const ths_vm *vm, uint64_t accepted)
{
	uint32_t all = stage_read(&endings.spawned);

	/* T-159 */
	STAGE_CHECK(endings_accepted(vm) - accepted ==
	    all + (all - ENDINGS_ROOTS));
}

/* ----------------------------------------------------------- without memory */

struct spender {
	uint32_t spare;
	bool spends;    /* when it is asked to exit */
	bool is_player; /* is counted as one */
};

/* Uses up all envelopes but `spare`; the next slab is not to be had, once. */
static void
use_up(ths_self *self, uint32_t spare)
{
	struct sign *newest[ENDINGS_FAMILY + 1] = { NULL };
	size_t length = 0;
	struct sign *next;

	STAGE_CHECK(spare <= ENDINGS_FAMILY);
	/* What a first draft needs besides. */
	STAGE_CHECK(ths_new(self, sign, 0) != NULL);
	atomic_store_explicit(&endings.poor, 1, memory_order_relaxed);
	while ((next = ths_new(self, sign, 0)) != NULL)
		newest[length++ % (ENDINGS_FAMILY + 1)] = next;
	STAGE_CHECK(length > ENDINGS_FAMILY);
	for (uint32_t i = 0; i < spare; i++)
		STAGE_CHECK(ths_drop(self, newest[--length %
		    (ENDINGS_FAMILY + 1)]) == THS_OK);
	atomic_store_explicit(&endings.misses, 1, memory_order_relaxed);
	atomic_store_explicit(&endings.poor, 0, memory_order_relaxed);
}

static ths_status
spender_spend(ths_self *self, struct spender *spender,
    const struct spend *spend)
{
	if (spend->stops) {
		spender->is_player = true;
		stage_add(&endings.spawned, 1);
		use_up(self, spend->spare);
		stage_add(&endings.told, 1);
		ths_self_stop_vm(self);
		return THS_OK;
	}
	spender->spends = true;
	spender->spare = spend->spare;
	for (int i = 0; i < ENDINGS_FAMILY; i++)
		endings_have_child(self, 0);
	return THS_OK;
}

static ths_status
spender_asked(ths_self *self, struct spender *spender,
    const struct ths_exit_request *request)
{
	(void)request;
	if (spender->spends)
		use_up(self, spender->spare);
	spender->spends = false;
	stage_add(&endings.requests, spender->is_player);
	return THS_OK;
}

static ths_status
spender_told(ths_self *self, struct spender *spender,
    const struct ths_actor_exited *exited)
{
	(void)self, (void)spender;
	STAGE_CHECK(exited->reason == THS_EXIT_ASKED);
	stage_add(&endings.told, 1);
	return THS_OK;
}

static void
spender_exit(ths_self *self, struct spender *spender)
{
	STAGE_CHECK(ths_children(self, NULL, 0) == 0);
	stage_add(&endings.exits, spender->is_player);
	stage_add(&endings.left, 1);
}

THS_ACTOR(spender, struct spender,
    THS_ON(spend, spender_spend),
    THS_ON(ths_exit_request, spender_asked),
    THS_ON(ths_actor_exited, spender_told),
    THS_EXIT(spender_exit))

/* A parent has no memory to ask one of its children, number `spare` from the
 * youngest: it counts as gone, all others are asked, and it lives on.  Returns
 * how many were not asked: where others run beside, one of them may have freed
 * what was missing. */
static inline uint32_t
endings_unasked_child(ths_vm *vm, uint32_t spare)
{
	ths_address spender = stage_spawn(vm, &spender_actor);
	uint32_t asked;

	STAGE_CHECK(ths_tell(vm, spender, spend, .spare = spare) == THS_OK);
	stage_await(vm, &endings.spawned, ENDINGS_FAMILY);
	STAGE_CHECK(ths_tell(vm, spender, ths_exit_request) == THS_OK);
	stage_await(vm, &endings.left, 1);
	/* T-140 */
	asked = stage_read(&endings.requests);
	/* T-140 */
	STAGE_CHECK(asked >= ENDINGS_FAMILY - 1);
	STAGE_CHECK(stage_read(&endings.told) == asked);
	STAGE_CHECK(stage_read(&endings.exits) == asked);
	return ENDINGS_FAMILY - asked;
}

/* an actor stops the VM, and has no memory to ask one of those without a
 * parent, number `spare`; it is one of them.  The others end without it; it is
 * asked when the host comes to stop the VM, and has memory. */
static inline void
endings_unasked_root(ths_vm *vm, uint32_t spare)
{
	for (int i = 0; i < ENDINGS_ROOTS; i++) {
		(void)stage_spawn(vm, &player_actor);
		stage_add(&endings.spawned, 1);
	}
	STAGE_CHECK(ths_tell(vm, stage_spawn(vm, &spender_actor), spend,
	    .spare = spare, .stops = true) == THS_OK);
	stage_await(vm, &endings.told, 1);
}

#endif
