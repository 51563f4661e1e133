/* SPDX-License-Identifier: MIT */
/* ask: a question from outside, in local and inline VMs; see also test_client.c
 * and test_refusal.c. */
#include "tests/unit/vm/player.h"

#include "tests/scenes/ask.h"

Test(ask, returns_the_first_mail_from_anybody,
    .description = "B-01 B-02 B-03")
{
	player_play(ask_gets_the_first);
}

Test(ask, leaves_what_comes_beyond_for_the_next, .description = "B-05")
{
	player_play(ask_leaves_the_rest);
}

/* What a thread that waits in vain is told. */
struct waiter {
	ths_vm *vm;
	ths_address whom;
	_Atomic int begun;
	ths_status status;
};

static void *
ask_for_ever(void *argument)
{
	struct waiter *waiter = argument;

	atomic_store(&waiter->begun, 1);
	waiter->status = status_of(ths_ask(waiter->vm, waiter->whom,
	    THS_FOREVER, hello));
	return NULL;
}

static void
stop_while_asking(void)
{
	struct waiter waiter = { .begun = 0 };
	struct world world;
	pthread_t thread;

	world_begin_local(&world, 1);
	waiter.vm = world.vm;
	waiter.whom = start_one(world.vm, &mute_actor);
	cr_assert_eq(pthread_create(&thread, NULL, ask_for_ever, &waiter), 0);
	cr_assert(world_await(&waiter.begun, 1));
	world_sleep_ms(5);
	cr_assert_eq(ths_vm_stop(world.vm, LONG), THS_OK);
	pthread_join(thread, NULL);
	cr_assert_eq(waiter.status, THS_STOPPED);
	world_end(&world);
}

Test(ask, tells_apart_why_there_is_no_answer, .description = "T-074 B-02")
{
	struct world world;
	uint64_t since;

	player_play(ask_gets_the_first);
	player_play(ask_says_why);
	stop_while_asking();
	world_begin_local(&world, 2);
	since = vm_now(world.vm);
	cr_assert_eq(status_of(ths_ask(world.vm,
	    start_one(world.vm, &mute_actor), SHORT, hello)), THS_TIMEOUT);
	cr_assert(has_taken(world.vm, since, SHORT));
	world_end(&world);
}

Test(ask, skips_what_is_the_runtimes_own, .description = "T-075 T-076 B-09")
{
	player_play(ask_skips);
}

Test(ask, of_what_is_no_address_names_the_call, .description = "B-07")
{
	struct world world;

	player_play(ask_of_no_address);
	world_begin_inline(&world);
	cr_assert_eq(ths_tell(world.vm, THS_NOBODY, hello), THS_BAD_ARGUMENT);
	cr_assert_eq(world_logged(&world,
	    "ths_tell: nobody is no address to send to"), 1);
	cr_assert_eq(status_of(ths_ask_message(world.vm, NULL,
	    start_one(world.vm, &mute_actor), LONG, &hello_type, NULL)),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(world_status(&world).dead[THS_DEAD_NOBODY], 0);
	world_end(&world);
}

/* B-13: a handler is not interrupted, and what it answers is not
 * thrown away. */
static ths_status
slow_hello(ths_self *self, ths_nothing *nothing, const struct hello *hello)
{
	(void)nothing;
	world_sleep_ms(30);
	return ths_reply(self, reply, .value = hello->value);
}

THS_ACTOR(slow, ths_nothing, THS_ON(hello, slow_hello))

Test(ask, in_an_inline_vm_waits_for_a_handler_that_runs,
    .description = "B-13")
{
	struct world world;

	world_begin_inline(&world);
	cr_assert_eq(value_of(ths_ask(world.vm,
	    start_one(world.vm, &slow_actor), THS_MILLISECONDS(5), hello,
	    .value = 4)), 4);
	world_end(&world);
}

/* B-14 T-083: with one thread and nothing to do there is nothing to
 * wait for. */
Test(ask, in_a_quiet_inline_vm_returns_at_once, .description = "B-14")
{
	struct world world;

	world_begin_inline(&world);
	ask_in_quiet(world.vm);
	world_end(&world);
}
