/* SPDX-License-Identifier: MIT */
/*
 * stop - what a stop promises when others are still about: a thread that pumps,
 * threads that come in by the door, a memory limit that leaves nothing.
 */
#include <unistd.h>

#include "tests/unit/vm/world.h"

THS_SIGNAL(linger)
THS_SIGNAL(stray)

static _Atomic int is_inside;
static _Atomic int ended_inside;
static _Atomic int has_left;

static ths_status
lingerer_linger(ths_self *self, ths_nothing *nothing,
    const struct linger *linger)
{
	(void)self;
	(void)nothing;
	(void)linger;
	atomic_store(&is_inside, 1);
	world_sleep_ms(500);
	atomic_store(&is_inside, 0);
	return THS_OK;
}

static void
lingerer_exit(ths_self *self, ths_nothing *nothing)
{
	(void)self;
	(void)nothing;
	if (atomic_load(&is_inside))
		atomic_store(&ended_inside, 1);
}

THS_ACTOR(lingerer, ths_nothing, THS_ON(linger, lingerer_linger),
    THS_EXIT(lingerer_exit))

static void *
run_inline(void *vm)
{
	ths_vm_run(vm, 0);
	atomic_store(&has_left, 1);
	return NULL;
}

Test(stop, waits_for_a_handler_that_another_thread_pumps, .timeout = 10)
{
	struct world world;
	pthread_t pumper;
	ths_address address;

	atomic_store(&is_inside, 0);
	atomic_store(&ended_inside, 0);
	atomic_store(&has_left, 0);
	world_begin_inline(&world);
	address = world_spawn(&world, &lingerer_actor);
	cr_assert_eq(ths_tell(world.vm, address, linger), THS_OK);
	cr_assert_eq(pthread_create(&pumper, NULL, run_inline, world.vm), 0);
	cr_assert(world_await(&is_inside, 1));
	ths_vm_stop(world.vm, 0);
	cr_assert_eq(atomic_load(&is_inside), 0);
	cr_assert_eq(atomic_load(&ended_inside), 0);
	pthread_join(pumper, NULL);
	ths_vm_free(world.vm);
}

Test(stop, lets_a_thread_out_of_the_pump, .timeout = 10)
{
	struct world world;
	pthread_t pumper;
	ths_address address;

	atomic_store(&is_inside, 0);
	atomic_store(&ended_inside, 0);
	atomic_store(&has_left, 0);
	world_begin_inline(&world);
	address = world_spawn(&world, &lingerer_actor);
	cr_assert_eq(ths_tell(world.vm, address, linger), THS_OK);
	cr_assert_eq(pthread_create(&pumper, NULL, run_inline, world.vm), 0);
	cr_assert(world_await(&is_inside, 1));
	ths_vm_stop(world.vm, 0);
	world_sleep_ms(1500);
	cr_assert_eq(atomic_load(&has_left), 1);
}

struct call {
	ths_vm *vm;
	ths_address to;
};

static void *
call_forever(void *context)
{
	const struct call *call = context;

	ths_mail_free(ths_call(call->vm, call->to, THS_FOREVER, linger));
	return NULL;
}

Test(stop, ends_while_a_caller_pumps, .timeout = 10)
{
	struct world world;
	struct call call;
	pthread_t caller;

	atomic_store(&is_inside, 0);
	atomic_store(&ended_inside, 0);
	atomic_store(&has_left, 0);
	world_begin_inline(&world);
	call.vm = world.vm;
	call.to = world_spawn(&world, &lingerer_actor);
	cr_assert_eq(pthread_create(&caller, NULL, call_forever, &call), 0);
	cr_assert(world_await(&is_inside, 1));
	alarm(5); /* it hangs, and the caller with it */
	ths_vm_stop(world.vm, 0);
	pthread_join(caller, NULL);
	alarm(0);
	ths_vm_free(world.vm);
}

Test(stop, ends_without_memory_to_ask, .timeout = 20)
{
	ths_vm_config config = { .workers = 1 };
	struct world world;

	world_begin_with(&world, config);
	world_spawn(&world, &lingerer_actor);
	world_sleep_ms(50);
	config.memory_max = world_status(&world).memory + 1000;
	world_end(&world);

	/* Enough to start and to spawn, no envelope to be had. */
	world_begin_with(&world, config);
	world_spawn(&world, &lingerer_actor);
	alarm(5); /* the exit request is asked for again and again */
	ths_vm_stop(world.vm, THS_FOREVER);
	alarm(0);
	world_check(&world);
	ths_vm_free(world.vm);
}

static void *
spawn_until_refused(void *vm)
{
	ths_address address;

	while (ths_spawn(vm, &address, &lingerer_actor, NULL) == THS_OK)
		ths_tell(vm, address, stray);
	return NULL;
}

Test(stop, without_a_deadline_is_never_out_of_time, .timeout = 60)
{
	int out_of_time = 0;

	for (int round = 0; round < 100; round++) {
		pthread_t spawners[2];
		struct world world;

		world_begin_local(&world, 2);
		for (int i = 0; i < 2; i++)
			cr_assert_eq(pthread_create(&spawners[i], NULL,
			    spawn_until_refused, world.vm), 0);
		world_sleep_ms(2);
		if (ths_vm_stop(world.vm, THS_FOREVER) == THS_TIMEOUT)
			out_of_time++;
		for (int i = 0; i < 2; i++)
			pthread_join(spawners[i], NULL);
		ths_vm_free(world.vm);
	}
	cr_assert_eq(out_of_time, 0, "%d of 100", out_of_time);
}
