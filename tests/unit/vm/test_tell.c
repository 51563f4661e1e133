/* SPDX-License-Identifier: MIT */
/* tell: messages from outside that nobody answers, in local and inline VMs. */
#include "tests/unit/vm/player.h"

#include "tests/scenes/ask.h"
#include "tests/scenes/tell.h"

/* Blocks its worker until released. */
static atomic_bool is_released;

static ths_status
blocker_hello(ths_self *self, ths_nothing *nothing, const struct hello *hello)
{
	(void)self, (void)nothing, (void)hello;
	while (!atomic_load(&is_released))
		world_sleep_ms(1);
	return THS_OK;
}

THS_ACTOR(blocker, ths_nothing, THS_ON(hello, blocker_hello))

/* An actor that is busy holds up no tell, but one that waits until it has met
 * the message: and that just so long as it said. */
static void
tell_a_busy_one(void)
{
	struct world world;
	ths_address blocker;
	uint64_t since;

	atomic_store(&is_released, false);
	world_begin_with(&world, (ths_vm_config){ .workers = 1 });
	cr_assert_eq(ths_spawn(world.vm, &blocker, &blocker_actor,
	    &(ths_spawn_options){ .mailbox_max = 3 }), THS_OK);
	cr_assert_eq(ths_tell(world.vm, blocker, hello), THS_OK);
	since = vm_now(world.vm);
	cr_assert_eq(ths_tell_wait(world.vm, blocker, SHORT, hello),
	    THS_TIMEOUT);
	cr_assert(has_taken(world.vm, since, SHORT));
	for (int i = 0; i < WORLD_TRIES &&
	    world_dead(&world, THS_DEAD_FULL) == 0; i++)
		cr_assert_neq(ths_tell(world.vm, blocker, hello), THS_GONE);
	cr_assert_eq(ths_tell(world.vm, blocker, hello), THS_FULL);
	cr_assert_eq(ths_tell_wait(world.vm, blocker, THS_FOREVER, hello),
	    THS_FULL);
	atomic_store(&is_released, true);
	for (int i = 0; i < WORLD_TRIES && ths_tell_wait(world.vm, blocker,
	    LONG, hello) != THS_OK; i++)
		world_sleep_ms(1);
	cr_assert_eq(ths_tell_wait(world.vm, blocker, LONG,
	    ths_exit_request), THS_OK);
	world_end(&world);
}

Test(tell, ends_as_sent_or_failed_or_timed_out, .description = "T-073 B-01 B-16")
{
	struct world world;
	ths_address mute;

	player_play(tell_needs_no_answer);
	tell_a_busy_one();
	world_begin_inline(&world);
	mute = start_one(world.vm, &mute_actor);
	cr_assert_eq(ths_vm_stop(world.vm, LONG), THS_OK);
	cr_assert_eq(ths_tell(world.vm, mute, hello), THS_STOPPED);
	cr_assert_eq(ths_tell_wait(world.vm, mute, LONG, hello), THS_STOPPED);
	world_end(&world);
}

Test(tell, to_the_dead_is_found_out, .description = "T-174 E-08")
{
	player_play(tell_the_dead);
}

/* E-08: who gets dead letters sees whom they were for, and what they said. */
static struct {
	int letters;
	ths_address to[8];
	int64_t values[8];
} seen;

static ths_status
undertaker_init(ths_self *self, ths_nothing *nothing)
{
	(void)nothing;
	ths_handle_dead_letters(self, true);
	return THS_OK;
}

static ths_status
undertaker_letter(ths_self *self, ths_nothing *nothing,
    const struct ths_dead_letter *letter)
{
	const struct hello *hello = letter->message.message;

	(void)self, (void)nothing;
	cr_assert_str_eq(letter->message.type->name, "hello");
	seen.to[seen.letters] = letter->to;
	seen.values[seen.letters++] = hello->value;
	return THS_OK;
}

THS_ACTOR(undertaker, ths_nothing, THS_START(undertaker_init),
    THS_ON(ths_dead_letter, undertaker_letter))

Test(tell, and_ask_to_the_dead_make_dead_letters, .description = "T-174 E-08")
{
	struct world world;
	ths_address gone;

	memset(&seen, 0, sizeof(seen));
	world_begin_inline(&world);
	gone = end_one(world.vm);
	world_spawn(&world, &undertaker_actor);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(status_of(ths_ask(world.vm, gone, LONG, hello,
	    .value = 1)), THS_GONE);
	cr_assert_eq(ths_tell_wait(world.vm, gone, LONG, hello, .value = 2),
	    THS_GONE);
	cr_assert_eq(ths_tell(world.vm, gone, hello, .value = 3), THS_OK,
	    "in the mailbox, as far as the sender can see");
	ths_vm_run(world.vm, 0);
	cr_assert_eq(ths_tell(world.vm, world_nowhere(&world), hello,
	    .value = 4), THS_GONE);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(seen.letters, 4);
	for (int i = 0; i < 4; i++) {
		cr_assert_eq(seen.values[i], i + 1);
		cr_assert(ths_address_equal(seen.to[i], i == 3 ?
		    world_nowhere(&world) : gone));
	}
	world_end(&world);
}

/* A client of one's own sends in its own name, whoever waits. */
Test(tell, that_waits_is_answered_at_its_own_client)
{
	struct world world;
	ths_client *client;
	ths_address talker;

	player_play(ask_of_no_address);
	world_begin_local(&world, 2);
	talker = start_one(world.vm, &talker_actor);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	cr_assert_eq(ths_client_vm(client), world.vm);
	cr_assert_null(ths_client_vm(NULL));
	cr_assert_eq(ths_client_tell_wait(client, talker, LONG, hello,
	    .value = 7), THS_OK);
	cr_assert_eq(value_of(ths_client_listen(client, 0)), 7);
	cr_assert_eq(ths_client_tell(client, talker, hello, .value = 8),
	    THS_OK);
	cr_assert_eq(value_of(ths_client_ask(client, talker, LONG, hello,
	    .value = 9)), 8);
	cr_assert_eq(value_of(ths_client_call(client, talker, LONG, hello,
	    .value = 10)), 10);
	cr_assert_eq(value_of(ths_client_listen(client, LONG)), 9);
	cr_assert_eq(status_of(ths_client_listen(NULL, LONG)),
	    THS_BAD_ARGUMENT);
	/* To a client: met when that one looks at its mail. */
	cr_assert_eq(ths_tell_wait(world.vm, ths_client_address(client),
	    THS_MILLISECONDS(5), reply, .value = 11), THS_TIMEOUT);
	cr_assert_eq(value_of(ths_client_listen(client, LONG)), 11);
	ths_client_close(client);
	world_end(&world);
}
