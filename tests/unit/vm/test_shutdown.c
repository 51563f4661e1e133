/* SPDX-License-Identifier: MIT */
/*
 * shutdown: a VM with a hundred thousand actors ends in order, whatever some of
 * them do in their exit; world_end() checks that all messages add up.
 */
#include "tests/unit/vm/world.h"
#include "thespis/failure.h"
#include "thespis/life.h"

enum { FAMILIES = 100, CHILDREN = 1000, MANY = FAMILIES * CHILDREN };

THS_MESSAGE(found, THS_FIELD(int32_t, number))
THS_MESSAGE(work, THS_FIELD(int32_t, number))
THS_SIGNAL(stop_it)

static _Atomic int begun;
static _Atomic int ended;
static _Atomic int told;
static _Atomic int answer;

struct hand { int32_t number; };

/* Works until it is asked to stop, by mail to itself. */
static ths_status
hand_work(ths_self *self, struct hand *hand, const struct work *work)
{
	hand->number = work->number;
	atomic_fetch_add(&begun, 1);
	return work->number % 10 == 0 ?
	    ths_send(self, ths_parent(self), work, .number = -1) : THS_OK;
}

static ths_status
hand_asked(ths_self *self, struct hand *hand,
    const struct ths_exit_request *request)
{
	(void)request;
	return hand->number % 50 == 7 ? ths_fail(self, "not now") : THS_OK;
}

/* Some fail, some send to whom they should not. */
static void
hand_exit(ths_self *self, struct hand *hand)
{
	atomic_fetch_add(&ended, 1);
	if (hand->number % 100 == 3)
		(void)ths_fail(self, "cannot let go");
	if (hand->number % 100 == 4)
		(void)ths_send(self, ths_me(self), work, .number = 1);
	if (hand->number % 100 == 5)
		(void)ths_send(self, ths_parent(self), work, .number = -2);
}

THS_ACTOR(hand, struct hand,
    THS_ON(work, hand_work),
    THS_ON(ths_exit_request, hand_asked),
    THS_EXIT(hand_exit))

static ths_status
head_found(ths_self *self, ths_nothing *nothing, const struct found *found)
{
	(void)nothing;
	for (int32_t i = 0; i < CHILDREN; i++) {
		ths_address child;
		ths_status status = ths_spawn_child(self, &child, &hand_actor,
		    NULL);

		if (status == THS_STOPPED)
			return THS_OK;
		cr_assert_eq(status, THS_OK);
		ths_send(self, child, work,
		    .number = found->number * CHILDREN + i);
	}
	return THS_OK;
}

static ths_status
head_work(ths_self *self, ths_nothing *nothing, const struct work *work)
{
	(void)self, (void)nothing;
	return work->number == -2 ? THS_FAILED : THS_OK;
}

static ths_status
head_told(ths_self *self, ths_nothing *nothing,
    const struct ths_actor_exited *exited)
{
	(void)self, (void)nothing, (void)exited;
	atomic_fetch_add(&told, 1);
	return THS_OK;
}

THS_ACTOR(head, ths_nothing,
    THS_ON(found, head_found),
    THS_ON(work, head_work),
    THS_ON(ths_actor_exited, head_told))

static void
found_all(struct world *world)
{
	atomic_store(&begun, 0);
	atomic_store(&ended, 0);
	atomic_store(&told, 0);
	for (int32_t i = 0; i < FAMILIES; i++)
		cr_assert_eq(ths_tell(world->vm, world_spawn(world,
		    &head_actor), found, .number = i), THS_OK);
}

Test(shutdown, of_a_hundred_thousand_tells_every_parent, .timeout = 60,
    .description = "T-164")
{
	struct world world;

	world_begin_local(&world, 2);
	found_all(&world);
	cr_assert(world_await(&begun, MANY));
	world_end(&world);
	cr_assert_eq(atomic_load(&ended), MANY);
	cr_assert_eq(atomic_load(&told), MANY);
}

Test(shutdown, in_the_middle_of_the_work_leaves_nobody, .timeout = 60)
{
	struct world world;

	world_begin_local(&world, 2);
	found_all(&world);
	cr_assert(world_await(&begun, MANY / 10));
	world_end(&world);
	cr_assert_eq(atomic_load(&ended), atomic_load(&told));
	cr_assert_geq(atomic_load(&ended), atomic_load(&begun));
}

Test(shutdown, without_time_still_adds_up, .timeout = 60)
{
	struct world world;

	world_begin_local(&world, 2);
	found_all(&world);
	cr_assert(world_await(&begun, MANY / 10));
	(void)world_end_within(&world, 0);
}

Test(shutdown, inline_is_the_same, .timeout = 60)
{
	struct world world;

	world_begin_inline(&world);
	found_all(&world);
	ths_vm_run(world.vm, 1000);
	world_end(&world);
	cr_assert_eq(atomic_load(&ended), atomic_load(&told));
}

/* A handler cannot stop its VM; the VM is not harmed by the attempt. */
static ths_status
rebel_stop(ths_self *self, ths_nothing *nothing, const struct stop_it *stop)
{
	(void)nothing, (void)stop;
	atomic_store(&answer, (int)ths_vm_stop(ths_self_vm(self), 0));
	return THS_OK;
}

static void
rebel_exit(ths_self *self, ths_nothing *nothing)
{
	(void)nothing;
	atomic_store(&answer, (int)ths_vm_stop(ths_self_vm(self),
	    THS_FOREVER));
}

THS_ACTOR(rebel, ths_nothing, THS_ON(stop_it, rebel_stop),
    THS_EXIT(rebel_exit))

Test(shutdown, from_inside_is_refused)
{
	struct world world;

	world_begin_inline(&world);
	atomic_store(&answer, -1);
	ths_tell(world.vm, world_spawn(&world, &rebel_actor), stop_it);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(atomic_load(&answer), THS_WRONG_PLACE);
	atomic_store(&answer, -1);
	world_end(&world);
	cr_assert_eq(atomic_load(&answer), THS_WRONG_PLACE);
}

/* T-017, A-02: the second stop waits for the first, and answers the same. */
static void *
stop(void *vm)
{
	return (void *)(uintptr_t)ths_vm_stop(vm, THS_FOREVER);
}

Test(shutdown, by_two_at_once_is_one, .timeout = 60)
{
	struct world world;
	pthread_t threads[2];

	world_begin_local(&world, 2);
	found_all(&world);
	cr_assert(world_await(&begun, MANY / 10));
	for (int i = 0; i < 2; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, stop,
		    world.vm), 0);
	for (int i = 0; i < 2; i++) {
		void *said;

		pthread_join(threads[i], &said);
		cr_assert_eq((uintptr_t)said, THS_OK);
	}
	world_end(&world);
	cr_assert_eq(atomic_load(&ended), atomic_load(&told));
}
