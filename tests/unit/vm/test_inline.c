/* SPDX-License-Identifier: MIT */
/* inline: a VM without threads, run by whoever calls. */
#include "tests/unit/vm/world.h"
#include "thespis/client.h"

THS_MESSAGE(number, THS_FIELD(int64_t, value))
THS_MESSAGE(ring_next, THS_FIELD(ths_address, next), THS_FIELD(int64_t, name))
THS_SIGNAL(go)
THS_SIGNAL(linger)
THS_SIGNAL(for_ever)
THS_MESSAGE(nap, THS_FIELD(int64_t, delay))

static _Atomic int handled;
static _Atomic int wakes;
static _Atomic int lingering;
static _Atomic int may_leave;
static uint64_t signature;

/* ------------------------------------------------------------------- actors */

struct member { ths_address next; int64_t name; };

static ths_status
member_ring_next(ths_self *self, struct member *member,
    const struct ring_next *ring)
{
	(void)self;
	member->next = ring->next;
	member->name = ring->name;
	return THS_OK;
}

/* The order in which members handle numbers goes into the signature. */
static ths_status
member_number(ths_self *self, struct member *member,
    const struct number *number)
{
	signature = signature * 1099511628211u + (uint64_t)member->name;
	atomic_fetch_add(&handled, 1);
	if (number->value == 0)
		return THS_OK;
	ths_send(self, member->next, number, .value = number->value - 1);
	return number->value % 3 != 0 ? THS_OK :
	    ths_send(self, ths_me(self), number, .value = 0);
}

THS_ACTOR(member, struct member, THS_ON(ring_next, member_ring_next),
    THS_ON(number, member_number))

static ths_status
host_number(ths_self *self, ths_nothing *state, const struct number *number)
{
	(void)state;
	atomic_fetch_add(&handled, 1);
	return ths_reply(self, number, .value = number->value + 1);
}

static ths_status
host_linger(ths_self *self, ths_nothing *state, const struct linger *linger)
{
	(void)self, (void)state, (void)linger;
	atomic_store(&lingering, 1);
	cr_assert(world_await(&may_leave, 1));
	atomic_fetch_add(&handled, 1);
	return THS_OK;
}

static ths_status
host_for_ever(ths_self *self, ths_nothing *state, const struct for_ever *ever)
{
	(void)state, (void)ever;
	return ths_send(self, ths_me(self), for_ever);
}

static ths_status
host_nap(ths_self *self, ths_nothing *state, const struct nap *nap)
{
	(void)state;
	return ths_timer_set(self, nap->delay, 0, NULL);
}

static ths_status
host_wakeup(ths_self *self, ths_nothing *state,
    const struct ths_wakeup *wakeup)
{
	(void)self, (void)state, (void)wakeup;
	atomic_fetch_add(&handled, 1);
	return THS_OK;
}

THS_ACTOR(host, ths_nothing, THS_ON(number, host_number),
    THS_ON(linger, host_linger), THS_ON(for_ever, host_for_ever),
    THS_ON(nap, host_nap), THS_ON(ths_wakeup, host_wakeup))

static void
on_wake(void *context)
{
	(void)context;
	atomic_fetch_add(&wakes, 1);
}

static void
begin(struct world *world)
{
	atomic_store(&handled, 0);
	atomic_store(&wakes, 0);
	atomic_store(&lingering, 0);
	atomic_store(&may_leave, 0);
	world_begin_with(world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.wake = on_wake });
}

/* ------------------------------------------------------------ one thread */

static uint64_t
signature_of(uint64_t seed)
{
	enum { MEMBERS = 7 };
	ths_address members[MEMBERS];
	struct world world;

	signature = 1;
	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.seed = seed });
	for (int i = 0; i < MEMBERS; i++)
		members[i] = world_spawn(&world, &member_actor);
	for (int i = 0; i < MEMBERS; i++) {
		cr_assert_eq(ths_tell(world.vm, members[i], ring_next,
		    .next = members[(i * 3 + 1) % MEMBERS], .name = i + 1),
		    THS_OK);
		cr_assert_eq(ths_tell(world.vm, members[i], number,
		    .value = 100 + i), THS_OK);
	}
	ths_vm_run(world.vm, 0);
	world_end(&world);
	return signature;
}

Test(inline_vm, runs_in_the_same_order_from_the_same_seed)
{
	uint64_t first = signature_of(42);

	cr_assert_neq(first, 1);
	for (int i = 0; i < 5; i++)
		cr_assert_eq(signature_of(42), first);
}

Test(inline_vm, does_nothing_until_it_is_run_and_then_all_there_is)
{
	struct world world;
	ths_address host;

	begin(&world);
	cr_assert_eq(ths_vm_run(world.vm, 0), 0);
	host = world_spawn(&world, &host_actor);
	for (int i = 0; i < 100; i++)
		cr_assert_eq(ths_tell(world.vm, host, number), THS_OK);
	cr_assert_eq(atomic_load(&handled), 0);
	cr_assert_gt(ths_vm_run(world.vm, 0), 0);
	cr_assert_eq(atomic_load(&handled), 100);
	cr_assert_eq(ths_vm_run(world.vm, 0), 0);
	world_end(&world);
}

Test(inline_vm, runs_no_more_slices_than_it_is_told)
{
	struct world world;
	uint64_t slices = 0;

	begin(&world);
	for (int i = 0; i < 10; i++)
		cr_assert_eq(ths_tell(world.vm,
		    world_spawn(&world, &host_actor), number), THS_OK);
	for (int i = 1; i <= 3; i++) {
		cr_assert_eq(ths_vm_run(world.vm, 2), 2);
		cr_assert_eq(atomic_load(&handled), 2 * i);
		cr_assert_eq(ths_vm_next_deadline(world.vm), 0);
	}
	slices = ths_vm_run(world.vm, 0);
	cr_assert_eq(atomic_load(&handled), 10);
	cr_assert_geq(slices, 4);
	world_end(&world);
}

Test(inline_vm, tells_how_long_until_something_happens)
{
	struct world world;
	ths_address host;
	ths_duration left;

	begin(&world);
	cr_assert_eq(ths_vm_next_deadline(world.vm), THS_FOREVER);
	host = world_spawn(&world, &host_actor);
	cr_assert_eq(ths_vm_next_deadline(world.vm), 0);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(ths_vm_next_deadline(world.vm), THS_FOREVER);
	cr_assert_eq(ths_tell(world.vm, host, nap,
	    .delay = THS_SECONDS(3600)), THS_OK);
	ths_vm_run(world.vm, 0);
	left = ths_vm_next_deadline(world.vm);
	cr_assert_gt(left, 0);
	cr_assert_leq(left, THS_SECONDS(3601));
	world_end(&world);
}

/* As an event loop would do it. */
Test(inline_vm, fires_its_timers_when_the_host_comes_at_the_deadline)
{
	struct world world;
	ths_address host;

	begin(&world);
	host = world_spawn(&world, &host_actor);
	for (int i = 0; i < 5; i++)
		cr_assert_eq(ths_tell(world.vm, host, nap,
		    .delay = THS_MILLISECONDS(3 * i)), THS_OK);
	for (int i = 0; i < WORLD_TRIES && atomic_load(&handled) < 5; i++) {
		ths_duration left = ths_vm_next_deadline(world.vm);

		cr_assert_neq(left, THS_FOREVER);
		world_sleep_ms((long)(left / 1000000) + (left > 0));
		ths_vm_run(world.vm, 0);
	}
	cr_assert_eq(atomic_load(&handled), 5);
	cr_assert_eq(ths_vm_next_deadline(world.vm), THS_FOREVER);
	world_end(&world);
}

static int64_t
answer_of(ths_mail *mail)
{
	const struct number *number = ths_mail_as(mail, number);
	int64_t value = number == NULL ? -1 : number->value;

	ths_mail_free(mail);
	return value;
}

Test(inline_vm, is_run_by_who_waits_for_an_answer)
{
	struct world world;
	ths_address host;

	begin(&world);
	host = world_spawn(&world, &host_actor);
	cr_assert_eq(answer_of(ths_call(world.vm, host, THS_SECONDS(30),
	    number, .value = 1)), 2);
	cr_assert_eq(answer_of(ths_ask(world.vm, host, THS_SECONDS(30),
	    number, .value = 5)), 6);
	cr_assert_eq(ths_tell(world.vm, host, nap,
	    .delay = THS_MILLISECONDS(1)), THS_OK);
	for (int i = 0; i < 1000 && atomic_load(&handled) < 3; i++)
		cr_assert_eq(answer_of(ths_listen(world.vm, NULL,
		    THS_MILLISECONDS(5))), -1);
	cr_assert_eq(atomic_load(&handled), 3, "its timers fire, too");
	world_end(&world);
}

Test(inline_vm, that_is_never_quiet_does_not_hold_up_a_deadline)
{
	struct world world;
	ths_address host;
	ths_mail *mail;

	begin(&world);
	host = world_spawn(&world, &host_actor);
	mail = ths_call(world.vm, host, THS_MILLISECONDS(20), for_ever);
	cr_assert_eq(ths_mail_status(mail), THS_TIMEOUT);
	ths_mail_free(mail);
	cr_assert_eq(ths_vm_run(world.vm, 10), 10);
	world_end(&world);
}

Test(inline_vm, is_not_run_where_there_is_none)
{
	struct world world;

	world_begin_local(&world, 1);
	cr_assert_eq(ths_vm_run(world.vm, 0), 0);
	cr_assert_eq(ths_vm_next_deadline(world.vm), THS_FOREVER);
	cr_assert_eq(ths_vm_run(NULL, 0), 0);
	cr_assert_eq(ths_vm_next_deadline(NULL), THS_FOREVER);
	world_end(&world);
	begin(&world);
	world_spawn(&world, &host_actor);
	cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(30)), THS_OK);
	cr_assert_eq(ths_vm_run(world.vm, 0), 0);
	world_end(&world);
}

/* ------------------------------------------------------------ other threads */

struct thread {
	pthread_t id;
	struct world *world;
	ths_address to;
	int64_t first;
	int wrong;
	uint64_t slices;
};

static void
thread_start(struct thread *thread, void *(*main)(void *))
{
	cr_assert_eq(pthread_create(&thread->id, NULL, main, thread), 0);
}

static void
thread_join(struct thread *thread)
{
	cr_assert_eq(pthread_join(thread->id, NULL), 0);
}

static void *
tell_once(void *argument)
{
	struct thread *thread = argument;

	if (ths_tell(thread->world->vm, thread->to, number) != THS_OK)
		thread->wrong++;
	return NULL;
}

Test(inline_vm, wakes_its_host_when_work_comes_from_another_thread)
{
	struct thread thread = { 0 };
	struct world world;

	begin(&world);
	thread.world = &world;
	thread.to = world_spawn(&world, &host_actor);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(ths_vm_next_deadline(world.vm), THS_FOREVER);
	for (int i = 1; i <= 3; i++) {
		atomic_store(&wakes, 0);
		thread_start(&thread, tell_once);
		thread_join(&thread);
		cr_assert_eq(atomic_load(&wakes), 1);
		ths_vm_run(world.vm, 0);
		cr_assert_eq(atomic_load(&wakes), 1);
		cr_assert_eq(atomic_load(&handled), i);
		cr_assert_eq(ths_vm_next_deadline(world.vm), THS_FOREVER);
	}
	world_end(&world);
}

static void *
tell_while_pumped(void *argument)
{
	struct thread *thread = argument;

	if (!world_await(&lingering, 1))
		thread->wrong++;
	tell_once(thread);
	atomic_store(&may_leave, 1);
	return NULL;
}

Test(inline_vm, does_not_wake_its_host_while_somebody_is_inside)
{
	struct thread thread = { 0 };
	struct world world;

	begin(&world);
	thread.world = &world;
	thread.to = world_spawn(&world, &host_actor);
	cr_assert_eq(ths_tell(world.vm, world_spawn(&world, &host_actor),
	    linger), THS_OK);
	thread_start(&thread, tell_while_pumped);
	atomic_store(&wakes, 0);
	ths_vm_run(world.vm, 0);
	thread_join(&thread);
	cr_assert_eq(thread.wrong, 0);
	cr_assert_eq(atomic_load(&handled), 2, "in the same run");
	cr_assert_eq(atomic_load(&wakes), 0);
	world_end(&world);
}

static void *
pump_until_quiet(void *argument)
{
	struct thread *thread = argument;

	thread->slices = ths_vm_run(thread->world->vm, 0);
	return NULL;
}

Test(inline_vm, is_pumped_by_one_thread_at_a_time)
{
	struct thread thread = { 0 };
	struct world world;

	begin(&world);
	thread.world = &world;
	cr_assert_eq(ths_tell(world.vm, world_spawn(&world, &host_actor),
	    linger), THS_OK);
	thread_start(&thread, pump_until_quiet);
	cr_assert(world_await(&lingering, 1));
	world_spawn(&world, &host_actor);
	cr_assert_eq(ths_vm_run(world.vm, 0), 0);
	atomic_store(&may_leave, 1);
	thread_join(&thread);
	cr_assert_geq(thread.slices, 2);
	world_end(&world);
}

enum { CALLS = 500 };

static void *
call_often(void *argument)
{
	struct thread *thread = argument;

	for (int64_t i = 0; i < CALLS; i++) {
		int64_t value = thread->first + i;

		if (answer_of(ths_call(thread->world->vm, thread->to,
		    THS_SECONDS(60), number, .value = value)) != value + 1)
			thread->wrong++;
	}
	return NULL;
}

Test(inline_vm, serves_several_threads_that_wait_inside)
{
	struct thread threads[3];
	struct world world;

	begin(&world);
	for (int i = 0; i < 3; i++) {
		threads[i] = (struct thread){ .world = &world,
			.to = world_spawn(&world, &host_actor),
			.first = 1000000 * i };
		thread_start(&threads[i], call_often);
	}
	for (int i = 0; i < 3; i++) {
		thread_join(&threads[i]);
		cr_assert_eq(threads[i].wrong, 0);
	}
	cr_assert_eq(atomic_load(&handled), 3 * CALLS);
	world_end(&world);
}

/* ---------------------------------------------------------------- the stop */

Test(inline_vm, with_an_endless_actor_stops)
{
	struct world world;

	begin(&world);
	for (int i = 0; i < 3; i++)
		cr_assert_eq(ths_tell(world.vm,
		    world_spawn(&world, &host_actor), for_ever), THS_OK);
	ths_vm_run(world.vm, 10);
	world_end(&world);
}

static void *
let_leave_soon(void *argument)
{
	(void)argument;
	world_sleep_ms(100);
	atomic_store(&may_leave, 1);
	return NULL;
}

Test(inline_vm, is_stopped_only_when_whoever_pumps_has_left)
{
	struct thread thread = { 0 };
	struct thread opener = { 0 };
	struct world world;

	begin(&world);
	thread.world = &world;
	cr_assert_eq(ths_tell(world.vm, world_spawn(&world, &host_actor),
	    linger), THS_OK);
	thread_start(&thread, pump_until_quiet);
	cr_assert(world_await(&lingering, 1));
	thread_start(&opener, let_leave_soon);
	ths_vm_stop(world.vm, 0);
	cr_assert_eq(atomic_load(&handled), 1, "the handler has ended");
	thread_join(&thread);
	thread_join(&opener);
	world_end_within(&world, 0);
}

static uint64_t
my_cpu_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return (uint64_t)used.tv_sec * 1000000000 + (uint64_t)used.tv_nsec;
}

/* With time, the stopper waits for stillness; without, for the pumper. */
Test(inline_vm, whose_stopper_has_to_wait_lets_it_sleep)
{
	for (int i = 0; i < 2; i++) {
		struct thread thread = { 0 };
		struct thread opener = { 0 };
		struct world world;
		uint64_t before;

		begin(&world);
		thread.world = &world;
		cr_assert_eq(ths_tell(world.vm,
		    world_spawn(&world, &host_actor), linger), THS_OK);
		thread_start(&thread, pump_until_quiet);
		cr_assert(world_await(&lingering, 1));
		thread_start(&opener, let_leave_soon);
		before = my_cpu_ns();
		ths_vm_stop(world.vm, i == 0 ? THS_SECONDS(30) : 0);
		cr_assert_lt(my_cpu_ns() - before, 50000000);
		cr_assert_eq(atomic_load(&handled), 1);
		thread_join(&thread);
		thread_join(&opener);
		world_end_within(&world, 0);
	}
}

Test(inline_vm, is_stopped_although_another_thread_pumps_for_ever)
{
	struct thread thread = { 0 };
	struct world world;

	begin(&world);
	thread.world = &world;
	cr_assert_eq(ths_tell(world.vm, world_spawn(&world, &host_actor),
	    for_ever), THS_OK);
	thread_start(&thread, pump_until_quiet);
	world_sleep_ms(5);
	ths_vm_stop(world.vm, 0);
	thread_join(&thread);
	world_end_within(&world, 0);
}
