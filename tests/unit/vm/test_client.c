/* SPDX-License-Identifier: MIT */
/* client: host threads that talk to actors of a local VM. */
#include "tests/unit/vm/world.h"
#include "thespis/client.h"

THS_MESSAGE(question, THS_FIELD(int64_t, value))
THS_MESSAGE(answer, THS_FIELD(int64_t, value))
THS_MESSAGE(pass_on, THS_FIELD(ths_address, to), THS_FIELD(int64_t, value))
THS_MESSAGE(answer_for, THS_FIELD(ths_address, whom), THS_FIELD(int64_t, value))
THS_MESSAGE(story, THS_FIELD(ths_string, text))
THS_SIGNAL(who_asks)
THS_MESSAGE(you_ask, THS_FIELD(ths_address, you))
THS_SIGNAL(hold)
THS_SIGNAL(let_go)
THS_SIGNAL(twice)
THS_MESSAGE(full_answer, THS_BASE(answer), THS_FIELD(ths_string, reason))
THS_SIGNAL(why)

static _Atomic int heard;

/* ------------------------------------------------------------------- actors */

static ths_status
echo_question(ths_self *self, ths_nothing *state,
    const struct question *question)
{
	(void)state;
	atomic_fetch_add(&heard, 1);
	return ths_reply(self, answer, .value = question->value + 1);
}

static ths_status
echo_pass_on(ths_self *self, ths_nothing *state, const struct pass_on *pass)
{
	(void)state;
	return ths_send(self, pass->to, answer_for, .whom = ths_sender(self),
	    .value = pass->value);
}

static ths_status
echo_answer_for(ths_self *self, ths_nothing *state,
    const struct answer_for *request)
{
	(void)state;
	return ths_send(self, request->whom, answer,
	    .value = request->value * 10);
}

static ths_status
echo_who_asks(ths_self *self, ths_nothing *state, const struct who_asks *who)
{
	(void)state, (void)who;
	return ths_reply(self, you_ask, .you = ths_sender(self));
}

static ths_status
echo_story(ths_self *self, ths_nothing *state, const struct story *story)
{
	(void)state;
	return ths_reply(self, story, .text = story->text);
}

static ths_status
echo_twice(ths_self *self, ths_nothing *state, const struct twice *twice)
{
	(void)state, (void)twice;
	ths_reply(self, answer, .value = 1);
	return ths_reply(self, answer, .value = 2);
}

static ths_status
echo_why(ths_self *self, ths_nothing *state, const struct why *why)
{
	(void)state, (void)why;
	return ths_reply(self, full_answer, .base = { 42 }, .reason = "it is");
}

THS_ACTOR(echo, ths_nothing, THS_ON(question, echo_question),
    THS_ON(why, echo_why),
    THS_ON(pass_on, echo_pass_on), THS_ON(answer_for, echo_answer_for),
    THS_ON(who_asks, echo_who_asks), THS_ON(story, echo_story),
    THS_ON(twice, echo_twice))

/* Answers `hold` only when told to let go. */
struct holder { ths_address held; };

static ths_status
holder_hold(ths_self *self, struct holder *holder, const struct hold *hold)
{
	(void)hold;
	holder->held = ths_sender(self);
	atomic_fetch_add(&heard, 1);
	return THS_OK;
}

static ths_status
holder_let_go(ths_self *self, struct holder *holder, const struct let_go *go)
{
	(void)go;
	return ths_send(self, holder->held, answer, .value = 99);
}

THS_ACTOR(holder, struct holder, THS_ON(hold, holder_hold),
    THS_ON(let_go, holder_let_go))

static void
begin(struct world *world)
{
	atomic_store(&heard, 0);
	world_begin_local(world, 2);
}

/* The value of an answer; frees it. */
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
	ths_status status;

	cr_assert_not_null(mail);
	status = ths_mail_status(mail);
	ths_mail_free(mail);
	return status;
}

/* ------------------------------------------------------- tell, ask and call */

Test(client, tells_without_waiting)
{
	struct world world;
	ths_address echo;

	begin(&world);
	echo = world_spawn(&world, &echo_actor);
	for (int i = 0; i < 10; i++)
		cr_assert_eq(ths_tell(world.vm, echo, question, .value = i),
		    THS_OK);
	cr_assert(world_await(&heard, 10));
	world_end(&world);
}

Test(client, is_answered_by_whom_it_calls)
{
	struct world world;
	ths_address echo;

	begin(&world);
	echo = world_spawn(&world, &echo_actor);
	for (int64_t i = 0; i < 100; i++)
		cr_assert_eq(value_of(ths_call(world.vm, echo,
		    THS_SECONDS(30), question, .value = i)), i + 1);
	world_end(&world);
}

Test(client, is_answered_by_a_third_party_as_well)
{
	struct world world;
	ths_address echo, third;

	begin(&world);
	echo = world_spawn(&world, &echo_actor);
	third = world_spawn(&world, &echo_actor);
	cr_assert_eq(value_of(ths_call(world.vm, echo, THS_SECONDS(30),
	    pass_on, .to = third, .value = 7)), 70);
	world_end(&world);
}

Test(client, asks_and_gets_the_first_mail_from_anybody)
{
	struct world world;
	ths_address echo, holder;

	begin(&world);
	echo = world_spawn(&world, &echo_actor);
	holder = world_spawn(&world, &holder_actor);
	cr_assert_eq(ths_tell(world.vm, echo, question, .value = 1), THS_OK);
	cr_assert(world_await(&heard, 1));
	cr_assert_eq(value_of(ths_ask(world.vm, holder, THS_SECONDS(30),
	    hold)), 2, "the echo's, which came first");
	cr_assert_eq(status_of(ths_ask(world.vm, holder, 0, hold)),
	    THS_TIMEOUT);
	cr_assert_eq(ths_tell(world.vm, holder, let_go), THS_OK);
	cr_assert_eq(value_of(ths_listen(world.vm, NULL, THS_SECONDS(30))),
	    99);
	world_end(&world);
}

Test(client, that_calls_does_not_mix_up_other_mail)
{
	struct world world;
	ths_address echo;

	begin(&world);
	echo = world_spawn(&world, &echo_actor);
	cr_assert_eq(ths_tell(world.vm, echo, question, .value = 100), THS_OK);
	cr_assert_eq(value_of(ths_call(world.vm, echo, THS_SECONDS(30),
	    question, .value = 200)), 201);
	cr_assert_eq(value_of(ths_listen(world.vm, NULL, THS_SECONDS(30))),
	    101);
	world_end(&world);
}

Test(client, gets_a_dead_letter_when_the_answer_is_late)
{
	struct world world;
	ths_address holder;

	begin(&world);
	holder = world_spawn(&world, &holder_actor);
	cr_assert_eq(status_of(ths_call(world.vm, holder, THS_MILLISECONDS(1),
	    hold)), THS_TIMEOUT);
	cr_assert_eq(ths_tell(world.vm, holder, let_go), THS_OK);
	world_end(&world);
}

static ths_vm_status
status_when_stopped(struct world *world)
{
	cr_assert_eq(ths_vm_stop(world->vm, THS_SECONDS(30)), THS_OK);
	return world_status(world);
}

Test(client, has_late_answers_counted_as_late)
{
	struct world world;
	ths_address holder, echo;

	begin(&world);
	holder = world_spawn(&world, &holder_actor);
	echo = world_spawn(&world, &echo_actor);
	cr_assert_eq(status_of(ths_call(world.vm, holder, THS_MILLISECONDS(1),
	    hold)), THS_TIMEOUT);
	cr_assert_eq(ths_tell(world.vm, holder, let_go), THS_OK);
	cr_assert_eq(value_of(ths_call(world.vm, echo, THS_SECONDS(30),
	    twice)), 1);
	cr_assert_eq(status_when_stopped(&world).dead[THS_DEAD_LATE], 2);
	world_end(&world);
}

Test(client, waits_as_long_as_it_said)
{
	struct world world;
	ths_address holder;

	begin(&world);
	holder = world_spawn(&world, &holder_actor);
	for (int i = 0; i < 3; i++) {
		uint64_t before = vm_now(world.vm);
		ths_duration span = THS_MILLISECONDS(5);
		ths_mail *mail = i == 0 ? ths_listen(world.vm, NULL, span) :
		    i == 1 ? ths_ask(world.vm, holder, span, hold) :
		    ths_call(world.vm, holder, span, hold);

		cr_assert_eq(ths_mail_status(mail), THS_TIMEOUT);
		cr_assert_str_eq(ths_mail_why(mail),
		    ths_status_text(THS_TIMEOUT));
		cr_assert_null(ths_mail_as(mail, answer));
		cr_assert(ths_address_is_nobody(ths_mail_sender(mail)));
		cr_assert_geq(vm_now(world.vm) - before, (uint64_t)span);
		ths_mail_free(mail);
	}
	cr_assert_eq(status_of(ths_listen(world.vm, NULL, -1)), THS_TIMEOUT);
	world_end(&world);
}

Test(client, can_read_mail_of_the_right_type_only)
{
	struct world world;
	ths_address echo;
	ths_mail *mail;

	begin(&world);
	echo = world_spawn(&world, &echo_actor);
	mail = ths_call(world.vm, echo, THS_SECONDS(30), story,
	    .text = "once upon a time");
	cr_assert_eq(ths_mail_status(mail), THS_OK);
	cr_assert_str_eq(ths_mail_why(mail), "story");
	cr_assert_null(ths_mail_as(mail, answer));
	cr_assert_null(ths_mail_message(mail, NULL));
	cr_assert_str_eq(ths_mail_as(mail, story)->text, "once upon a time");
	cr_assert(ths_address_equal(ths_mail_sender(mail), echo));
	ths_mail_free(mail);
	ths_mail_free(NULL);
	cr_assert_eq(ths_mail_status(NULL), THS_BAD_ARGUMENT);
	world_end(&world);
}

Test(client, can_read_mail_as_its_type_or_an_ancestor)
{
	struct world world;
	ths_address echo;
	ths_mail *mail;

	begin(&world);
	echo = world_spawn(&world, &echo_actor);
	mail = ths_call(world.vm, echo, THS_SECONDS(30), why);
	cr_assert_str_eq(ths_mail_why(mail), "full_answer");
	cr_assert_str_eq(ths_mail_as(mail, full_answer)->reason, "it is");
	cr_assert_eq(ths_mail_as(mail, answer)->value, 42);
	cr_assert_null(ths_mail_as(mail, question));
	ths_mail_free(mail);
	world_end(&world);
}

Test(client, is_told_when_its_message_is_not_well_formed)
{
	struct world world;
	ths_address echo;

	begin(&world);
	echo = world_spawn(&world, &echo_actor);
	cr_assert_eq(ths_tell_message(world.vm, NULL, echo, NULL, NULL),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(status_of(ths_ask_message(world.vm, NULL, echo,
	    THS_SECONDS(30), &question_type, NULL)), THS_BAD_ARGUMENT);
	cr_assert_eq(status_of(ths_call_message(world.vm, NULL, echo,
	    THS_SECONDS(30), &question_type, NULL)), THS_BAD_ARGUMENT);
	cr_assert_eq(world_status(&world).accepted, 0);
	world_end(&world);
}

/* -------------------------------------------------------- default, private */

static ths_address
my_default_address(ths_vm *vm, ths_address echo)
{
	ths_mail *mail = ths_ask(vm, echo, THS_SECONDS(30), who_asks);
	ths_address address = ths_mail_as(mail, you_ask)->you;

	ths_mail_free(mail);
	return address;
}

struct thread {
	pthread_t id;
	struct world *world;
	ths_client *client;
	ths_address to;
	ths_address mine[2];
	int64_t first;
	int wrong;
	ths_status status;
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
tell_my_address(void *argument)
{
	struct thread *thread = argument;

	for (int i = 0; i < 2; i++)
		thread->mine[i] = my_default_address(thread->world->vm,
		    thread->to);
	return NULL;
}

Test(client, by_default_is_one_for_each_thread, .description = "T-070")
{
	struct thread thread = { 0 };
	struct world world;
	ths_address mine;

	begin(&world);
	thread.world = &world;
	thread.to = world_spawn(&world, &echo_actor);
	mine = my_default_address(world.vm, thread.to);
	thread_start(&thread, tell_my_address);
	thread_join(&thread);
	cr_assert(ths_address_equal(thread.mine[0], thread.mine[1]));
	cr_assert_not(ths_address_equal(thread.mine[0], mine));
	/* T-070 */
	cr_assert(ths_address_equal(mine,
	    my_default_address(world.vm, thread.to)));
	world_end(&world);
}

Test(client, by_default_ends_with_its_thread)
{
	struct world world;
	ths_address echo;

	atomic_store(&heard, 0);
	world_begin_with(&world, (ths_vm_config){ .workers = 1,
		.actors_max = 16 });
	echo = world_spawn(&world, &echo_actor);
	for (int i = 0; i < 60; i++) {
		struct thread thread = { .world = &world, .to = echo };

		thread_start(&thread, tell_my_address);
		thread_join(&thread);
		cr_assert_not(ths_address_is_nobody(thread.mine[1]));
	}
	world_end(&world);
}

Test(client, of_its_own_has_an_address_and_a_mailbox_of_its_own)
{
	struct world world;
	ths_client *client = NULL;
	ths_address echo, address;

	begin(&world);
	echo = world_spawn(&world, &echo_actor);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	address = ths_client_address(client);
	cr_assert_eq(address.vm, echo.vm);
	cr_assert_not(ths_address_equal(address,
	    my_default_address(world.vm, echo)));
	cr_assert_eq(ths_tell_message(world.vm, client, echo,
	    THS_PAYLOAD(question, .value = 5)), THS_OK);
	cr_assert_eq(status_of(ths_listen(world.vm, NULL,
	    THS_MILLISECONDS(5))), THS_TIMEOUT, "not the default's");
	cr_assert_eq(value_of(ths_listen(world.vm, client, THS_SECONDS(30))),
	    6);
	ths_client_close(client);
	ths_client_close(NULL);
	cr_assert(ths_address_is_nobody(ths_client_address(NULL)));
	world_end(&world);
}

Test(client, of_another_vm_is_a_bad_argument)
{
	struct world a, b;
	ths_client *client = NULL;

	begin(&a);
	begin(&b);
	cr_assert_eq(ths_client_open(a.vm, &client), THS_OK);
	cr_assert_eq(ths_tell_message(b.vm, client, THS_NOBODY,
	    THS_PAYLOAD(hold)), THS_BAD_ARGUMENT);
	cr_assert_eq(status_of(ths_listen(b.vm, client, 0)),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_client_open(NULL, &client), THS_BAD_ARGUMENT);
	cr_assert_eq(ths_client_open(a.vm, NULL), THS_BAD_ARGUMENT);
	cr_assert_eq(ths_tell(NULL, THS_NOBODY, hold), THS_BAD_ARGUMENT);
	ths_client_close(client);
	world_end(&a);
	world_end(&b);
}

Test(client, that_closes_with_mail_leaves_dead_letters)
{
	struct world world;
	ths_client *client = NULL;
	ths_address echo, gone;

	begin(&world);
	echo = world_spawn(&world, &echo_actor);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	gone = ths_client_address(client);
	for (int i = 0; i < 3; i++)
		cr_assert_eq(ths_tell(world.vm, echo, answer_for,
		    .whom = gone), THS_OK);
	/* The echo answers in order: when this is back, so are those. */
	value_of(ths_call(world.vm, echo, THS_SECONDS(30), question));
	ths_client_close(client);
	cr_assert_eq(world_dead(&world, THS_DEAD_EXITED), 3);
	cr_assert_eq(ths_tell(world.vm, gone, hold), THS_OK);
	cr_assert_eq(status_when_stopped(&world).dead[THS_DEAD_STALE], 1);
	world_end(&world);
}

Test(client, may_be_closed_before_its_mail_is_freed)
{
	struct world world;
	ths_client *client = NULL;
	ths_client *next = NULL;
	ths_address echo;
	ths_mail *mail;

	begin(&world);
	echo = world_spawn(&world, &echo_actor);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	mail = ths_call_message(world.vm, client, echo, THS_SECONDS(30),
	    THS_PAYLOAD(story, .text = "still here"));
	ths_client_close(client);
	cr_assert_eq(ths_client_open(world.vm, &next), THS_OK);
	cr_assert_str_eq(ths_mail_as(mail, story)->text, "still here");
	cr_assert(ths_address_equal(ths_mail_sender(mail), echo));
	cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(30)), THS_OK);
	cr_assert_str_eq(ths_mail_as(mail, story)->text, "still here");
	ths_mail_free(mail);
	ths_client_close(next);
	world_end(&world);
}

Test(client, counts_against_the_limit_of_actors)
{
	ths_client *clients[5] = { NULL };
	struct world world;

	world_begin_with(&world, (ths_vm_config){ .workers = 1,
		.actors_max = 4 });
	for (int i = 0; i < 4; i++)
		cr_assert_eq(ths_client_open(world.vm, &clients[i]), THS_OK);
	cr_assert_eq(ths_client_open(world.vm, &clients[4]), THS_LIMIT);
	cr_assert_null(clients[4]);
	cr_assert_eq(ths_tell(world.vm, THS_NOBODY, hold), THS_LIMIT);
	cr_assert_geq(world_status(&world).limits_hit, 2);
	ths_client_close(clients[0]);
	cr_assert_eq(ths_client_open(world.vm, &clients[0]), THS_OK);
	for (int i = 0; i < 4; i++)
		ths_client_close(clients[i]);
	world_end(&world);
}

/* ---------------------------------------------------------- several threads */

enum { CALLS = 300 };

static void *
call_often(void *argument)
{
	struct thread *thread = argument;

	for (int64_t i = 0; i < CALLS; i++) {
		int64_t value = thread->first + i;
		ths_mail *mail = ths_call_message(thread->world->vm,
		    thread->client, thread->to, THS_SECONDS(60),
		    THS_PAYLOAD(question, .value = value));
		const struct answer *answer = ths_mail_as(mail, answer);

		if (answer == NULL || answer->value != value + 1)
			thread->wrong++;
		ths_mail_free(mail);
	}
	return NULL;
}

static void
call_from_threads(bool is_shared)
{
	struct thread threads[4];
	ths_client *client = NULL;
	struct world world;

	begin(&world);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	for (int i = 0; i < 4; i++) {
		threads[i] = (struct thread){ .world = &world,
			.client = is_shared ? client : NULL,
			.to = world_spawn(&world, &echo_actor),
			.first = 1000000 * i };
		thread_start(&threads[i], call_often);
	}
	for (int i = 0; i < 4; i++) {
		thread_join(&threads[i]);
		/* T-082 */
		cr_assert_eq(threads[i].wrong, 0);
	}
	ths_client_close(client);
	world_end(&world);
}

Test(client, used_by_several_threads_gives_each_its_own_answer,
    .description = "T-082")
{
	call_from_threads(true);
}

Test(client, of_each_thread_gets_its_own_answers)
{
	call_from_threads(false);
}

/* ------------------------------------------------------- the wrong places */

static ths_client *outside;
static ths_status inside[16];
static _Atomic int tried;

static ths_status
intruder_hold(ths_self *self, ths_nothing *state, const struct hold *hold)
{
	ths_vm *vm = ths_self_vm(self);
	ths_address me = ths_me(self);
	ths_client *client = NULL;
	ths_address child = { 1, 2, 3 };

	(void)state, (void)hold;
	inside[0] = ths_tell(vm, me, let_go);
	inside[1] = status_of(ths_ask(vm, me, THS_SECONDS(1), let_go));
	inside[2] = status_of(ths_call(vm, me, THS_SECONDS(1), let_go));
	inside[3] = status_of(ths_listen(vm, NULL, THS_SECONDS(1)));
	inside[4] = ths_client_open(vm, &client);
	inside[5] = ths_vm_stop(vm, THS_SECONDS(1));
	inside[6] = ths_spawn(vm, &child, &echo_actor, NULL);
	inside[7] = ths_tell_message(vm, outside, me, THS_PAYLOAD(let_go));
	inside[8] = child.generation == 3 && client == NULL ?
	    THS_WRONG_PLACE : THS_OK;
	inside[9] = ths_vm_run(vm, 0) == 0 ? THS_WRONG_PLACE : THS_OK;
	ths_vm_free(vm); /* logged, and nothing else */
	atomic_fetch_add(&tried, 1);
	return THS_OK;
}

THS_ACTOR(intruder, ths_nothing, THS_ON(hold, intruder_hold))

static void
try_inside(ths_mode mode)
{
	struct world world;

	memset(inside, 0, sizeof(inside));
	atomic_store(&tried, 0);
	world_begin_with(&world, (ths_vm_config){ .mode = mode });
	cr_assert_eq(ths_client_open(world.vm, &outside), THS_OK);
	cr_assert_eq(ths_tell(world.vm, world_spawn(&world, &intruder_actor),
	    hold), THS_OK);
	if (mode == THS_MODE_INLINE)
		ths_vm_run(world.vm, 0);
	cr_assert(world_await(&tried, 1));
	for (int i = 0; i < 10; i++)
		cr_assert_eq(inside[i], THS_WRONG_PLACE, "call %d: %s", i,
		    ths_status_name(inside[i]));
	cr_assert_eq(world_logged(&world, "ths_vm_free"), 1);
	ths_client_close(outside);
	world_end(&world);
}

Test(client, is_not_for_handlers)
{
	try_inside(THS_MODE_LOCAL);
}

Test(client, is_not_for_the_handlers_of_an_inline_vm)
{
	try_inside(THS_MODE_INLINE);
}

/* ---------------------------------------------------------------- the stop */

Test(client, of_a_stopped_vm_is_told_so)
{
	struct world world;
	ths_client *client = NULL;
	ths_client *none = NULL;
	ths_address echo, child;

	begin(&world);
	echo = world_spawn(&world, &echo_actor);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(30)), THS_OK);
	cr_assert_eq(ths_tell(world.vm, echo, question), THS_STOPPED);
	cr_assert_eq(ths_tell_message(world.vm, client, echo,
	    THS_PAYLOAD(question)), THS_STOPPED);
	cr_assert_eq(status_of(ths_ask(world.vm, echo, THS_SECONDS(30),
	    question)), THS_STOPPED);
	cr_assert_eq(status_of(ths_call(world.vm, echo, THS_SECONDS(30),
	    question)), THS_STOPPED);
	cr_assert_eq(status_of(ths_listen(world.vm, client,
	    THS_SECONDS(30))), THS_STOPPED);
	cr_assert_eq(ths_client_open(world.vm, &none), THS_STOPPED);
	cr_assert_null(none);
	cr_assert_eq(ths_spawn(world.vm, &child, &echo_actor, NULL),
	    THS_STOPPED);
	ths_client_close(client);
	world_end(&world);
}

static _Atomic int blocked;

static void *
listen_for_ever(void *argument)
{
	struct thread *thread = argument;

	atomic_fetch_add(&blocked, 1);
	thread->status = status_of(ths_listen(thread->world->vm,
	    thread->client, THS_FOREVER));
	return NULL;
}

static void *
call_for_ever(void *argument)
{
	struct thread *thread = argument;

	atomic_fetch_add(&blocked, 1);
	thread->status = status_of(ths_call_message(thread->world->vm,
	    thread->client, thread->to, THS_FOREVER, THS_PAYLOAD(hold)));
	return NULL;
}

Test(client, that_waits_is_woken_by_the_stop)
{
	struct thread threads[4];
	ths_client *client = NULL;
	struct world world;

	atomic_store(&blocked, 0);
	begin(&world);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	for (int i = 0; i < 4; i++) {
		threads[i] = (struct thread){ .world = &world,
			.client = i < 2 ? client : NULL,
			.to = world_spawn(&world, &holder_actor) };
		thread_start(&threads[i], i % 2 == 0 ? listen_for_ever :
		    call_for_ever);
	}
	cr_assert(world_await(&blocked, 4));
	world_sleep_ms(20);
	cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(30)), THS_OK);
	for (int i = 0; i < 4; i++) {
		thread_join(&threads[i]);
		cr_assert_eq(threads[i].status, THS_STOPPED);
	}
	ths_client_close(client);
	world_end(&world);
}
