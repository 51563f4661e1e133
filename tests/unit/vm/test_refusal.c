/* SPDX-License-Identifier: MIT */
/*
 * refusal: who waits for an answer to what has become a dead letter is told so
 * at once.  Where a test waits for ever, it would never end otherwise.
 */
#include "tests/unit/vm/world.h"
#include "thespis/client.h"

THS_MESSAGE(question, THS_FIELD(int64_t, value))
THS_MESSAGE(answer, THS_FIELD(int64_t, value))
THS_SIGNAL(strange)
THS_SIGNAL(leave)
THS_MESSAGE(answer_late, THS_FIELD(int64_t, delay))

/* Answers; ends when told to, or later. */
struct echo { ths_address asker; };

static ths_status
echo_question(ths_self *self, struct echo *echo,
    const struct question *question)
{
	(void)echo;
	return ths_reply(self, answer, .value = question->value + 1);
}

static ths_status
echo_leave(ths_self *self, struct echo *echo, const struct leave *leave)
{
	(void)echo, (void)leave;
	ths_exit(self);
	return THS_OK;
}

static ths_status
echo_answer_late(ths_self *self, struct echo *echo,
    const struct answer_late *late)
{
	echo->asker = ths_sender(self);
	return ths_timer_set(self, late->delay, 0, NULL);
}

static ths_status
echo_wakeup(ths_self *self, struct echo *echo, const struct ths_wakeup *wakeup)
{
	(void)wakeup;
	return ths_send(self, echo->asker, answer, .value = -1);
}

THS_ACTOR(echo, struct echo, THS_ON(question, echo_question),
    THS_ON(leave, echo_leave), THS_ON(answer_late, echo_answer_late),
    THS_ON(ths_wakeup, echo_wakeup))

/* Blocks until released, then ends. */
static atomic_bool is_released;

static ths_status
blocker_leave(ths_self *self, ths_nothing *state, const struct leave *leave)
{
	(void)state, (void)leave;
	while (!atomic_load(&is_released))
		world_sleep_ms(1);
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(blocker, ths_nothing, THS_ON(leave, blocker_leave))

static ths_status
failing_init(ths_self *self, ths_nothing *state)
{
	(void)self, (void)state;
	return THS_FAILED;
}

THS_ACTOR(failing, ths_nothing, THS_INIT(failing_init))

/* ------------------------------------------------------------------ helpers */

static void
check_why(ths_mail *mail, ths_status status, ths_dead_reason reason)
{
	cr_assert_eq(ths_mail_status(mail), status, "%s",
	    ths_status_name(ths_mail_status(mail)));
	cr_assert_str_eq(ths_mail_why(mail), ths_dead_reason_text(reason));
	cr_assert_null(ths_mail_as(mail, answer));
	cr_assert(ths_address_is_nobody(ths_mail_sender(mail)));
	ths_mail_free(mail);
}

/* Both ways to wait for an answer that will not come. */
static void
check_refused(struct world *world, ths_address to, ths_status status,
    ths_dead_reason reason)
{
	uint64_t dead = world_dead(world, reason);

	check_why(ths_call(world->vm, to, THS_FOREVER, question), status,
	    reason);
	check_why(ths_ask(world->vm, to, THS_FOREVER, question), status,
	    reason);
	cr_assert_eq(world_dead(world, reason), dead + 2);
}

static int64_t
value_of(ths_mail *mail)
{
	const struct answer *answer = ths_mail_as(mail, answer);
	int64_t value;

	cr_assert_not_null(answer, "%s", ths_mail_why(mail));
	value = answer->value;
	ths_mail_free(mail);
	return value;
}

static ths_status
status_of(ths_mail *mail)
{
	ths_status status = ths_mail_status(mail);

	ths_mail_free(mail);
	return status;
}

/* The address of an actor that has ended. */
static ths_address
gone(struct world *world)
{
	ths_address address = world_spawn(world, &echo_actor);

	cr_assert_eq(ths_tell(world->vm, address, leave), THS_OK);
	for (int i = 0; i < WORLD_TRIES; i++) {
		ths_vm_run(world->vm, 0);
		if (world_status(world).exited > 0)
			return address;
		world_sleep_ms(1);
	}
	cr_assert(false, "it does not end");
	return address;
}

static void
check_all_kinds(struct world *world)
{
	ths_address echo = world_spawn(world, &echo_actor);
	ths_address stranger = { 12345, 1, 1 };
	ths_address late = gone(world);

	check_refused(world, world_nowhere(world), THS_GONE, THS_DEAD_NOBODY);
	check_refused(world, stranger, THS_GONE, THS_DEAD_FOREIGN);
	check_refused(world, late, THS_GONE, THS_DEAD_STALE);
	check_why(ths_call(world->vm, echo, THS_FOREVER, strange),
	    THS_REFUSED, THS_DEAD_UNHANDLED);
	check_why(ths_ask(world->vm, echo, THS_FOREVER, strange),
	    THS_REFUSED, THS_DEAD_UNHANDLED);
	cr_assert_eq(value_of(ths_call(world->vm, echo, THS_FOREVER, question,
	    .value = 1)), 2, "the actor lives on");
}

/* -------------------------------------------------------------------- tests */

Test(refusal, ends_the_waiting_at_once_with_the_reason, .timeout = 20)
{
	struct world world;

	world_begin_local(&world, 2);
	check_all_kinds(&world);
	world_end(&world);
}

Test(refusal, ends_the_waiting_in_an_inline_vm_as_well, .timeout = 20)
{
	struct world world;

	world_begin_inline(&world);
	check_all_kinds(&world);
	world_end(&world);
}

Test(refusal, comes_from_an_actor_that_ends_with_the_question_waiting,
    .timeout = 20)
{
	struct world world;
	ths_address echo, failing;

	world_begin_inline(&world);
	echo = world_spawn(&world, &echo_actor);
	cr_assert_eq(ths_tell(world.vm, echo, leave), THS_OK);
	check_why(ths_call(world.vm, echo, THS_FOREVER, question), THS_GONE,
	    THS_DEAD_EXITED);
	failing = world_spawn(&world, &failing_actor);
	check_why(ths_ask(world.vm, failing, THS_FOREVER, question), THS_GONE,
	    THS_DEAD_EXITED);
	world_end(&world);
}

Test(refusal, comes_from_a_full_mailbox, .timeout = 20)
{
	ths_spawn_options options = { .mailbox_max = 2 };
	struct world world;
	ths_address echo;

	world_begin_inline(&world);
	cr_assert_eq(ths_spawn(world.vm, &echo, &echo_actor, &options),
	    THS_OK);
	cr_assert_eq(ths_tell(world.vm, echo, question), THS_OK);
	cr_assert_eq(ths_tell(world.vm, echo, question), THS_OK);
	check_why(ths_call(world.vm, echo, THS_FOREVER, question), THS_FULL,
	    THS_DEAD_FULL);
	world_end(&world);
}

Test(refusal, comes_when_there_is_no_memory_for_the_question, .timeout = 20)
{
	struct world world;
	ths_address echo;

	world_begin_inline(&world);
	echo = world_spawn(&world, &echo_actor);
	cr_assert_eq(value_of(ths_call(world.vm, echo, THS_FOREVER, question)),
	    1);
	memory_fault_at(&world.vm->memory, 1);
	/* A type never met needs memory. */
	cr_assert_eq(status_of(ths_call(world.vm, echo, THS_FOREVER,
	    strange)), THS_NO_MEMORY);
	memory_fault_at(&world.vm->memory, 0);
	cr_assert_eq(world_dead(&world, THS_DEAD_NO_MEMORY), 1);
	world_end(&world);
}

/* Refusals of what was only told, or asked before, are nobody's mail. */
Test(refusal, ends_no_other_waiting, .timeout = 20)
{
	struct world world;
	ths_address blocker, echo;

	atomic_store(&is_released, false);
	world_begin_local(&world, 1);
	blocker = world_spawn(&world, &blocker_actor);
	cr_assert_eq(ths_tell(world.vm, world_nowhere(&world), question),
	    THS_GONE);
	cr_assert_eq(status_of(ths_listen(world.vm, NULL, 0)), THS_TIMEOUT);
	cr_assert_eq(ths_tell(world.vm, blocker, leave), THS_OK);
	cr_assert_eq(status_of(ths_ask(world.vm, blocker, THS_MILLISECONDS(5),
	    question)), THS_TIMEOUT);
	cr_assert_eq(status_of(ths_call(world.vm, blocker, 0, question)),
	    THS_TIMEOUT);
	atomic_store(&is_released, true);
	/* The refusals of both come before this one's answer. */
	echo = world_spawn(&world, &echo_actor);
	cr_assert_eq(value_of(ths_ask(world.vm, echo, THS_FOREVER, question,
	    .value = 8)), 9);
	cr_assert_eq(world_dead(&world, THS_DEAD_EXITED), 2);
	cr_assert_eq(status_of(ths_listen(world.vm, NULL, 0)), THS_TIMEOUT);
	world_end(&world);
}

Test(refusal, comes_behind_the_mail_that_was_there_first, .timeout = 20)
{
	struct world world;
	ths_address echo;

	world_begin_inline(&world);
	echo = world_spawn(&world, &echo_actor);
	cr_assert_eq(ths_tell(world.vm, echo, question, .value = 1), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(value_of(ths_ask(world.vm, world_nowhere(&world),
	    THS_FOREVER, question)), 2, "from anybody");
	cr_assert_eq(status_of(ths_listen(world.vm, NULL, 0)), THS_TIMEOUT);
	world_end(&world);
}

/* ------------------------------------------------ what else a client may do */

Test(refusal, of_what_is_beyond_a_clients_limit_is_a_dead_letter,
    .description = "T-077 B-20")
{
	struct world world;
	ths_address echo;
	int64_t got = 0;

	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.mailbox_max = 100 });
	echo = world_spawn(&world, &echo_actor);
	for (int64_t i = 0; i < 250; i++) {
		cr_assert_eq(ths_tell(world.vm, echo, question, .value = i),
		    THS_OK);
		ths_vm_run(world.vm, 0);
	}
	cr_assert_eq(world_dead(&world, THS_DEAD_FULL), 150);
	for (;;) {
		ths_mail *mail = ths_listen(world.vm, NULL, 0);

		if (ths_mail_status(mail) != THS_OK)
			break;
		cr_assert_eq(value_of(mail), ++got, "in order");
	}
	cr_assert_eq(got, 100);
	world_end(&world);
}

/* Leaves a question behind that is answered later. */
static void
ask_and_go(struct world *world, ths_client *client)
{
	ths_address echo = world_spawn(world, &echo_actor);

	cr_assert_eq(status_of(ths_ask_message(world->vm, client, echo, 0,
	    THS_PAYLOAD(answer_late, .delay = THS_MILLISECONDS(200)))),
	    THS_TIMEOUT);
	/* Behind the one before. */
	cr_assert_eq(value_of(ths_call(world->vm, echo, THS_SECONDS(30),
	    question)), 1);
}

static void *
ask_by_default_client(void *world)
{
	ask_and_go(world, NULL);
	return NULL;
}

Test(refusal, or_not_a_client_that_has_ended_leaves_nothing_behind,
    .description = "T-078 B-18")
{
	struct world world;
	ths_client *client;
	pthread_t thread;
	uint64_t memory;

	world_begin_local(&world, 2);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	ask_and_go(&world, client);
	cr_assert_eq(world_status(&world).clients, 2, "and the default one");
	ths_client_close(client);
	cr_assert_eq(pthread_create(&thread, NULL, ask_by_default_client,
	    &world), 0);
	pthread_join(thread, NULL);
	cr_assert_eq(world_status(&world).clients, 1);
	for (int i = 0; i < WORLD_TRIES &&
	    world_dead(&world, THS_DEAD_STALE) < 2; i++)
		world_sleep_ms(1);
	cr_assert_eq(world_dead(&world, THS_DEAD_STALE), 2, "one from each");
	memory = world_status(&world).memory;
	for (int i = 0; i < 10000; i++) {
		cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
		ths_client_close(client);
	}
	cr_assert_eq(world_status(&world).clients, 1);
	cr_assert_leq(world_status(&world).memory, memory);
	world_end(&world);
}
