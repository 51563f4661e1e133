/* SPDX-License-Identifier: MIT */
/*
 * families - scenes of parents and children: who ends with whom, in which
 * order, and who is told.
 */
#ifndef TESTS_SCENES_FAMILIES_H
#define TESTS_SCENES_FAMILIES_H

#include <stdbool.h>
#include <string.h>

#include "tests/scenes/stage.h"

enum { GENERATIONS = 4, MAYFLIES = 60, ANSWERS = 5 };

THS_MESSAGE(found, THS_FIELD(uint32_t, generation))
THS_MESSAGE(find, THS_FIELD(uint32_t, generation),
    THS_FIELD(ths_address, asker))
THS_MESSAGE(here, THS_FIELD(ths_address, whom), THS_FIELD(uint32_t, notices),
    THS_FIELD(uint32_t, in_notice), THS_FIELD(uint32_t, children))
THS_MESSAGE(number, THS_FIELD(uint32_t, value))
THS_MESSAGE(befriend, THS_FIELD(ths_address, whom))
THS_SIGNAL(leave)
THS_SIGNAL(leave_alone)
THS_SIGNAL(breed)

static struct families {
	stage_count exits;    /* of kin */
	stage_count requests; /* that a host of guests has seen */
	stage_count told;
	stage_count done;
	stage_count dead;     /* an actor that has begun its end */
} families;

/* ---------------------------------------------------------------------- kin */

/* One of each generation, who replaces a child that ends. */
struct kin {
	uint32_t generation;
	uint32_t notices;
	uint32_t in_notice; /* children listed when the last one came */
	ths_address child;
};

static ths_status kin_found(ths_self *self, struct kin *kin,
    const struct found *found);

/* The question goes down to the generation it is for. */
static ths_status
kin_find(ths_self *self, struct kin *kin, const struct find *find)
{
	ths_address asker = ths_address_is_nobody(find->asker) ?
	    ths_sender(self) : find->asker;

	if (find->generation != kin->generation)
		return ths_send(self, kin->child, find,
		    .generation = find->generation, .asker = asker);
	return ths_send(self, asker, here, .whom = ths_me(self),
	    .notices = kin->notices, .in_notice = kin->in_notice,
	    .children = (uint32_t)ths_children(self, NULL, 0));
}

static void have_child(ths_self *self, struct kin *kin);

static ths_status
kin_told(ths_self *self, struct kin *kin,
    const struct ths_actor_exited *exited)
{
	STAGE_CHECK(ths_address_equal(exited->child, ths_sender(self)));
	STAGE_CHECK(ths_address_equal(exited->child, kin->child));
	kin->notices++;
	kin->in_notice = (uint32_t)ths_children(self, NULL, 0);
	if (exited->reason == THS_EXIT_LEFT || kin->notices == 1)
		have_child(self, kin);
	return THS_OK;
}

static ths_status
kin_leave(ths_self *self, struct kin *kin, const struct leave *leave)
{
	(void)kin, (void)leave;
	ths_exit(self);
	return THS_OK;
}

static ths_status
kin_leave_alone(ths_self *self, struct kin *kin,
    const struct leave_alone *leave)
{
	(void)kin, (void)leave;
	ths_exit_alone(self);
	return THS_OK;
}

static void
kin_exit(ths_self *self, struct kin *kin)
{
	(void)kin;
	STAGE_CHECK(ths_children(self, NULL, 0) == 0);
	stage_add(&families.exits, 1);
}

THS_ACTOR(kin, struct kin,
    THS_ON(found, kin_found),
    THS_ON(find, kin_find),
    THS_ON(ths_actor_exited, kin_told),
    THS_ON(leave, kin_leave),
    THS_ON(leave_alone, kin_leave_alone),
    THS_EXIT(kin_exit))

static void
have_child(ths_self *self, struct kin *kin)
{
	ths_status status;

	if (kin->generation == GENERATIONS)
		return;
	status = ths_spawn_child(self, &kin->child, &kin_actor, NULL);
	STAGE_CHECK(status == THS_OK || status == THS_WRONG_PLACE ||
	    status == THS_STOPPED);
	if (status == THS_OK)
		ths_send(self, kin->child, found,
		    .generation = kin->generation + 1);
}

static ths_status
kin_found(ths_self *self, struct kin *kin, const struct found *found)
{
	kin->generation = found->generation;
	have_child(self, kin);
	return THS_OK;
}

/* Asks for the one of a generation; whom is nobody when there is no answer. */
static inline struct here
families_find(ths_vm *vm, ths_address top, uint32_t generation)
{
	ths_mail *mail = ths_ask(vm, top, THS_FOREVER, find,
	    .generation = generation);
	const struct here *here = ths_mail_as(mail, here);
	struct here copy = { .whom = THS_NOBODY };

	if (here != NULL)
		copy = *here;
	ths_mail_free(mail);
	return copy;
}

/* Ends whoever is left of a scene. */
static inline void
families_clear(ths_vm *vm, ths_address top)
{
	ths_vm_status status = { .actors = 1 };

	(void)ths_tell(vm, top, ths_exit_request);
	for (int i = 0; i < STAGE_TRIES && status.actors > 0; i++) {
		ths_mail_free(ths_listen(vm, NULL, THS_MILLISECONDS(1)));
		ths_vm_status_read(vm, &status);
	}
	STAGE_CHECK(status.actors == 0);
}

static inline ths_address
families_found(ths_vm *vm)
{
	ths_address top = stage_spawn(vm, &kin_actor);

	STAGE_CHECK(ths_tell(vm, top, found, .generation = 1) == THS_OK);
	return top;
}

/* Waits until one of a generation has had so many notices. */
static inline struct here
families_await(ths_vm *vm, ths_address top, uint32_t generation,
    uint32_t notices)
{
	struct here here = { .notices = 0 };

	for (int i = 0; i < STAGE_TRIES && here.notices < notices; i++)
		here = families_find(vm, top, generation);
	STAGE_CHECK(here.notices == notices);
	return here;
}

/* D-05: asked at the top, all are gone, the youngest first (each looks, in its
 * exit, that its children are gone), and nobody answers any more. */
static inline void
families_end_from_the_youngest(ths_vm *vm)
{
	ths_address top = families_found(vm);
	uint32_t exits = stage_read(&families.exits);
	ths_address members[GENERATIONS];

	for (uint32_t i = 0; i < GENERATIONS; i++)
		members[i] = families_find(vm, top, i + 1).whom;
	STAGE_CHECK(ths_tell(vm, top, ths_exit_request) == THS_OK);
	stage_await(vm, &families.exits, exits + GENERATIONS);
	for (uint32_t i = 0; i < GENERATIONS; i++) {
		ths_mail *mail = ths_call(vm, members[i], THS_FOREVER, find);

		/* T-137 */
		STAGE_CHECK(ths_mail_status(mail) == THS_GONE);
		ths_mail_free(mail);
	}
}

/* D-06, D-10, D-32: one that is asked, or ends by itself, takes those below it
 * along; only its parent is told, once, and has another; in the notice the
 * child is listed, and later it is not. */
static inline void
families_replace_who_ends(ths_vm *vm)
{
	ths_address top = families_found(vm);
	ths_address second = families_find(vm, top, 2).whom;
	ths_address third = families_find(vm, top, 3).whom;
	ths_address fourth = families_find(vm, top, 4).whom;
	struct here here;

	STAGE_CHECK(ths_tell(vm, fourth, ths_exit_request) == THS_OK);
	here = families_await(vm, top, 3, 1);
	STAGE_CHECK(ths_address_equal(here.whom, third));
	/* T-142 */
	STAGE_CHECK(here.in_notice == 1 && here.children == 1);
	STAGE_CHECK(!ths_address_equal(families_find(vm, top, 4).whom,
	    fourth));
	STAGE_CHECK(ths_tell(vm, third, leave) == THS_OK);
	here = families_await(vm, top, 2, 1);
	STAGE_CHECK(ths_address_equal(here.whom, second));
	here = families_find(vm, top, 3);
	STAGE_CHECK(!ths_address_equal(here.whom, third));
	STAGE_CHECK(here.notices == 0 && here.children == 1);
	/* T-135 */
	STAGE_CHECK(families_find(vm, top, 1).notices == 0);
	families_clear(vm, top);
}

/* D-22: one that ends alone leaves a child that answers. */
static inline void
families_outlive_who_ends_alone(ths_vm *vm)
{
	ths_address top = families_found(vm);
	ths_address second = families_find(vm, top, 2).whom;
	uint32_t exits = stage_read(&families.exits);

	(void)families_find(vm, top, 4);
	STAGE_CHECK(ths_tell(vm, top, leave_alone) == THS_OK);
	stage_await(vm, &families.exits, exits + 1);
	/* T-138 */
	STAGE_CHECK(ths_address_equal(families_find(vm, second, 2).whom,
	    second));
	STAGE_CHECK(!ths_address_is_nobody(families_find(vm, second, 4).whom));
	families_clear(vm, second);
}

/* --------------------------------------------------------------- D-03, D-04 */

static ths_status
stillborn_begin(ths_self *self, ths_nothing *nothing)
{
	(void)nothing;
	return ths_fail(self, "not today");
}

THS_ACTOR(stillborn, ths_nothing, THS_INIT(stillborn_begin))

/* Has a child that is not born, then a good one. */
static ths_status
hopeful_breed(ths_self *self, struct kin *kin, const struct breed *breed)
{
	(void)breed;
	kin->generation = 1;
	return ths_spawn_child(self, &kin->child, &stillborn_actor, NULL);
}

static ths_status
hopeful_told(ths_self *self, struct kin *kin,
    const struct ths_actor_exited *exited)
{
	if (exited->reason == THS_EXIT_ASKED)
		return THS_OK; /* the good one, with its parent */
	STAGE_CHECK(exited->reason == THS_EXIT_INIT_FAILED);
	STAGE_CHECK(strcmp(exited->why, "not today") == 0);
	kin->notices++;
	kin->generation = GENERATIONS - 1;
	have_child(self, kin);
	kin->generation = 1;
	return THS_OK;
}

THS_ACTOR(hopeful, struct kin,
    THS_ON(breed, hopeful_breed),
    THS_ON(find, kin_find),
    THS_ON(ths_actor_exited, hopeful_told))

static inline void
families_survive_a_child_not_born(ths_vm *vm)
{
	ths_address hopeful = stage_spawn(vm, &hopeful_actor);
	uint32_t exits = stage_read(&families.exits);
	struct here here;

	STAGE_CHECK(ths_tell(vm, hopeful, breed) == THS_OK);
	(void)families_await(vm, hopeful, 1, 1);
	here = families_find(vm, hopeful, GENERATIONS);
	/* T-153 */
	STAGE_CHECK(!ths_address_is_nobody(here.whom));
	families_clear(vm, hopeful);
	STAGE_CHECK(stage_read(&families.exits) == exits + 1);
}

/* --------------------------------------------------------------- D-29, D-30 */

/* Asks its parent's guest to exit. */
static ths_status
guest_befriend(ths_self *self, ths_nothing *nothing,
    const struct befriend *befriend)
{
	(void)nothing;
	return ths_send(self, befriend->whom, ths_exit_request);
}

THS_ACTOR(guest, ths_nothing, THS_ON(befriend, guest_befriend))

/* Has a child that three others must ask before it may go. */
static ths_status
host_breed(ths_self *self, struct kin *kin, const struct breed *breed)
{
	(void)breed;
	return ths_spawn_child(self, &kin->child, &guest_actor, NULL);
}

static ths_status
host_asked(ths_self *self, struct kin *kin,
    const struct ths_exit_request *request)
{
	(void)kin, (void)request;
	return stage_add(&families.requests, 1) == 0 ?
	    ths_fail(self, "not yet") : THS_OK;
}

static ths_status
host_number(ths_self *self, struct kin *kin, const struct number *number)
{
	(void)self, (void)kin, (void)number;
	STAGE_CHECK(stage_read(&families.requests) == 0);
	return THS_OK;
}

static void
host_exit(ths_self *self, struct kin *kin)
{
	(void)self, (void)kin;
	stage_add(&families.dead, 1);
}

THS_ACTOR(host, struct kin,
    THS_ON(breed, host_breed),
    THS_ON(number, host_number),
    THS_ON(ths_exit_request, host_asked),
    THS_EXIT(host_exit))

static ths_status
house_breed(ths_self *self, struct kin *kin, const struct breed *breed)
{
	(void)breed;
	STAGE_CHECK(ths_spawn_child(self, &kin->child, &host_actor, NULL)
	    == THS_OK);
	ths_send(self, kin->child, breed);
	for (uint32_t i = 0; i < 3; i++) {
		ths_address guest;

		STAGE_CHECK(ths_spawn_child(self, &guest, &guest_actor, NULL)
		    == THS_OK);
		ths_send(self, guest, befriend, .whom = kin->child);
	}
	return THS_OK;
}

static ths_status
house_told(ths_self *self, struct kin *kin,
    const struct ths_actor_exited *exited)
{
	(void)self;
	if (ths_address_equal(exited->child, kin->child))
		stage_add(&families.told, 1);
	return THS_OK;
}

THS_ACTOR(house, struct kin,
    THS_ON(breed, house_breed),
    THS_ON(ths_actor_exited, house_told))

/* D-29, T-139: of three requests each that comes in time is seen once, none
 * again after a failure, and the actor is gone once. */
static inline void
families_obey_the_first_request(ths_vm *vm)
{
	ths_address house = stage_spawn(vm, &house_actor);
	uint32_t requests;

	STAGE_CHECK(ths_tell(vm, house, breed) == THS_OK);
	stage_await(vm, &families.told, 1);
	requests = stage_read(&families.requests);
	/* T-136 */
	STAGE_CHECK(requests >= 1 && requests <= 3);
	STAGE_CHECK(stage_read(&families.dead) == 1);
	families_clear(vm, house);
}

/* Answers each number; in its exit it says one more. */
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
	(void)ths_send(self, ths_parent(self), number, .value = ANSWERS + 1);
}

THS_ACTOR(answerer, ths_nothing, THS_ON(number, answerer_number),
    THS_EXIT(answerer_exit))

static ths_status
questioner_breed(ths_self *self, struct kin *kin, const struct breed *breed)
{
	(void)breed;
	STAGE_CHECK(ths_spawn_child(self, &kin->child, &answerer_actor, NULL)
	    == THS_OK);
	for (uint32_t i = 1; i <= ANSWERS; i++)
		ths_send(self, kin->child, number, .value = i);
	ths_send(self, kin->child, ths_exit_request);
	return ths_send(self, kin->child, number, .value = ANSWERS + 2);
}

static ths_status
questioner_number(ths_self *self, struct kin *kin,
    const struct number *number)
{
	(void)self;
	STAGE_CHECK(number->value == ++kin->in_notice);
	return THS_OK;
}

static ths_status
questioner_told(ths_self *self, struct kin *kin,
    const struct ths_actor_exited *exited)
{
	(void)self, (void)exited;
	STAGE_CHECK(kin->in_notice == ANSWERS + 1);
	stage_add(&families.done, 1);
	return THS_OK;
}

THS_ACTOR(questioner, struct kin,
    THS_ON(breed, questioner_breed),
    THS_ON(number, questioner_number),
    THS_ON(ths_actor_exited, questioner_told))

/* D-30, D-27: what was sent before the request is handled, what came behind is
 * a dead letter; the notice comes after the last words. */
static inline void
families_keep_the_order_of_an_end(ths_vm *vm)
{
	ths_address questioner = stage_spawn(vm, &questioner_actor);
	ths_vm_status status;
	uint64_t dead = 0;

	STAGE_CHECK(ths_tell(vm, questioner, breed) == THS_OK);
	stage_await(vm, &families.done, 1);
	families_clear(vm, questioner);
	for (int i = 0; i < STAGE_TRIES && dead == 0; i++) {
		ths_mail_free(ths_listen(vm, NULL, THS_MILLISECONDS(1)));
		ths_vm_status_read(vm, &status);
		/* The latter, if its place had come to rest by then. */
		dead = status.dead[THS_DEAD_EXITED] +
		    status.dead[THS_DEAD_STALE];
	}
	/* T-117 */
	STAGE_CHECK(dead == 1);
}

/* --------------------------------------------------------------------- D-35 */

static ths_status
mayfly_leave(ths_self *self, ths_nothing *nothing, const struct leave *leave)
{
	(void)nothing, (void)leave;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(mayfly, ths_nothing, THS_ON(leave, mayfly_leave))

static ths_status
mother_breed(ths_self *self, struct kin *kin, const struct breed *breed)
{
	(void)kin, (void)breed;
	for (int i = 0; i < MAYFLIES; i++) {
		ths_address child;

		STAGE_CHECK(ths_spawn_child(self, &child, &mayfly_actor, NULL)
		    == THS_OK);
		ths_send(self, child, leave);
	}
	return THS_OK;
}

static ths_status
mother_told(ths_self *self, struct kin *kin,
    const struct ths_actor_exited *exited)
{
	(void)exited;
	if (++kin->notices == MAYFLIES) {
		STAGE_CHECK(ths_children(self, NULL, 0) == 1);
		stage_add(&families.done, 1);
	}
	STAGE_CHECK(kin->notices <= MAYFLIES);
	return THS_OK;
}

THS_ACTOR(mother, struct kin,
    THS_ON(breed, mother_breed),
    THS_ON(ths_actor_exited, mother_told))

static inline void
families_are_told_of_each_of_many(ths_vm *vm)
{
	uint32_t done = stage_read(&families.done);
	ths_address mother = stage_spawn(vm, &mother_actor);

	STAGE_CHECK(ths_tell(vm, mother, breed) == THS_OK);
	stage_await(vm, &families.done, done + 1);
	/* T-156 */
	STAGE_CHECK(stage_read(&families.done) == done + 1);
	families_clear(vm, mother);
}

#endif
