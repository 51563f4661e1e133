/* SPDX-License-Identifier: MIT */
/* keep: a message outlives its handler, or goes on to another actor. */
#include "tests/unit/vm/world.h"
#include "thespis/keep.h"
#include "thespis/life.h"

THS_MESSAGE(letter, THS_FIELD(int64_t, number), THS_FIELD(ths_string, text))
THS_MESSAGE(number, THS_FIELD(int64_t, value))
THS_MESSAGE(target, THS_FIELD(ths_address, to), THS_FIELD(int32_t, burst))
THS_SIGNAL(answer_all)
THS_SIGNAL(pass_all)
THS_SIGNAL(leave)

enum {
	LETTERS = 20,
	KEPT_MAX = 3,
	ALWAYS = 100, /* fails after it was kept */
	LATER,        /* fails before it is kept, and after it */
	PASSED,       /* fails after it was passed on */
};

static struct {
	int attempts;
	int read;
	int64_t last;
	bool is_in_order;
	ths_status refused[4];
	ths_status again;
} notes;

static void
begin(struct world *world)
{
	memset(&notes, 0, sizeof(notes));
	notes.is_in_order = true;
	world_begin_inline(world);
}

/* --------------------------------------------------------------- the actors */

/* Keeps letters, and answers them all when told to. */
struct keeper {
	ths_mail *kept[LETTERS];
	int length;
	ths_address to;
};

static ths_status
keeper_letter(ths_self *self, struct keeper *keeper,
    const struct letter *letter)
{
	bool is_late = letter->number == LATER && notes.attempts == 0;

	notes.attempts++;
	if (is_late)
		return THS_FAILED;
	if (letter->number == PASSED) {
		(void)ths_forward(self, keeper->to);
		return ths_fail(self, "passed and failed");
	}
	keeper->kept[keeper->length] = ths_keep(self);
	notes.again = ths_mail_status(ths_keep(self));
	notes.refused[0] = ths_mail_status(keeper->kept[keeper->length]);
	if (notes.refused[0] == THS_OK)
		keeper->length++;
	if (letter->number >= ALWAYS)
		return ths_fail(self, "%s", letter->text);
	return THS_OK;
}

/* The first is answered first, whatever place it has. */
static ths_status
keeper_answer_all(ths_self *self, struct keeper *keeper,
    const struct answer_all *answer_all)
{
	(void)answer_all;
	for (int i = 0; i < keeper->length; i++) {
		const struct letter *letter = ths_mail_as(keeper->kept[i],
		    letter);

		notes.read += letter != NULL && letter->number == i &&
		    strcmp(letter->text, "some words") == 0;
		(void)ths_send(self, ths_mail_sender(keeper->kept[i]), number,
		    .value = letter->number);
		ths_mail_free(keeper->kept[i]);
	}
	keeper->length = 0;
	return THS_OK;
}

static ths_status
keeper_pass_all(ths_self *self, struct keeper *keeper,
    const struct pass_all *pass_all)
{
	(void)pass_all;
	for (int i = 0; i < keeper->length; i++) {
		cr_assert_eq(ths_forward_mail(self, keeper->kept[i],
		    keeper->to), THS_OK);
		notes.again = ths_forward_mail(self, NULL, keeper->to);
	}
	keeper->length = 0;
	return THS_OK;
}

static ths_status
keeper_target(ths_self *self, struct keeper *keeper,
    const struct target *target)
{
	(void)self;
	keeper->to = target->to;
	return THS_OK;
}

static ths_status
keeper_leave(ths_self *self, struct keeper *keeper, const struct leave *leave)
{
	(void)keeper, (void)leave;
	notes.refused[1] = ths_mail_status(ths_keep(self));
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(keeper, struct keeper,
    THS_ON(letter, keeper_letter),
    THS_ON(answer_all, keeper_answer_all),
    THS_ON(pass_all, keeper_pass_all),
    THS_ON(target, keeper_target),
    THS_ON(leave, keeper_leave))

/* Sends a burst of numbers to its target, and every number it gets. */
struct relay { ths_address to; int32_t burst; };

static ths_status
relay_target(ths_self *self, struct relay *relay, const struct target *target)
{
	(void)self;
	*relay = (struct relay){ target->to, target->burst };
	return THS_OK;
}

static ths_status
relay_number(ths_self *self, struct relay *relay, const struct number *number)
{
	ths_address sender = ths_sender(self);
	ths_status status;

	(void)number;
	for (int32_t i = 1; i <= relay->burst; i++)
		(void)ths_send(self, relay->to, number, .value = i);
	status = ths_forward(self, relay->to);
	cr_assert(ths_address_equal(sender, ths_sender(self)));
	(void)ths_send(self, relay->to, number, .value = relay->burst + 2);
	notes.again = ths_forward(self, relay->to);
	return status;
}

THS_ACTOR(relay, struct relay,
    THS_ON(target, relay_target),
    THS_ON(number, relay_number))

/* Notes numbers. */
static ths_status
listener_number(ths_self *self, ths_nothing *state,
    const struct number *number)
{
	(void)self, (void)state;
	notes.is_in_order &= number->value == notes.last + 1;
	notes.last = number->value;
	notes.read++;
	return THS_OK;
}

THS_ACTOR(listener, ths_nothing, THS_ON(number, listener_number))

/* Answers numbers and letters. */
static ths_status
reader_number(ths_self *self, ths_nothing *state, const struct number *number)
{
	(void)state;
	return ths_reply(self, number, .value = -number->value);
}

static ths_status
reader_letter(ths_self *self, ths_nothing *state, const struct letter *letter)
{
	(void)state;
	notes.read += strcmp(letter->text, "some words") == 0;
	return ths_reply(self, number, .value = letter->number);
}

THS_ACTOR(reader, ths_nothing,
    THS_ON(number, reader_number),
    THS_ON(letter, reader_letter))

/* Tries to keep and forward where there is nothing to keep. */
static ths_status
odd_start(ths_self *self, ths_nothing *state)
{
	(void)state;
	notes.refused[0] = ths_mail_status(ths_keep(self));
	return ths_timer_set(self, 0, 0, NULL);
}

static ths_status
odd_wakeup(ths_self *self, ths_nothing *state, const struct ths_wakeup *wakeup)
{
	(void)state, (void)wakeup;
	notes.refused[1] = ths_mail_status(ths_keep(self));
	return THS_OK;
}

static ths_status
odd_exit_request(ths_self *self, ths_nothing *state,
    const struct ths_exit_request *request)
{
	(void)state, (void)request;
	notes.refused[2] = ths_forward(self, ths_me(self));
	return THS_OK;
}

static void
odd_exit(ths_self *self, ths_nothing *state)
{
	(void)state;
	notes.refused[3] = ths_forward(self, ths_me(self));
}

THS_ACTOR(odd, ths_nothing,
    THS_START(odd_start),
    THS_ON(ths_wakeup, odd_wakeup),
    THS_ON(ths_exit_request, odd_exit_request),
    THS_EXIT(odd_exit))

/* ------------------------------------------------------------------ keeping */

static void
tell_letters(struct world *world, ths_address keeper, int length)
{
	for (int i = 0; i < length; i++)
		cr_assert_eq(ths_tell(world->vm, keeper, letter, .number = i,
		    .text = "some words"), THS_OK);
}

/* Those kept one at a time, where they lay, and those kept out of a batch. */
Test(keep, lets_a_message_outlive_its_handler)
{
	struct world world;
	ths_address keeper;

	begin(&world);
	keeper = world_spawn(&world, &keeper_actor);
	for (int i = 0; i < LETTERS; i++) {
		ths_tell(world.vm, keeper, letter, .number = i,
		    .text = "some words");
		if (i < LETTERS / 2)
			ths_vm_run(world.vm, 0);
	}
	ths_tell(world.vm, keeper, answer_all);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.read, LETTERS);
	cr_assert_eq(notes.again, THS_WRONG_PLACE, "kept twice");
	for (int i = 0; i < LETTERS; i++) {
		ths_mail *mail = ths_listen(world.vm, NULL, 0);
		const struct number *number = ths_mail_as(mail, number);

		cr_assert_not_null(number);
		cr_assert_eq(number->value, i);
		ths_mail_free(mail);
	}
	world_end(&world);
}

/* What is left is freed with the actor: world_end() looks for leaks. */
Test(keep, ends_with_its_actor)
{
	struct world world;
	ths_address keeper;

	begin(&world);
	keeper = world_spawn(&world, &keeper_actor);
	tell_letters(&world, keeper, LETTERS);
	ths_tell(world.vm, keeper, leave);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_status(&world).actors, 0);
	cr_assert_eq(notes.refused[1], THS_OK, "the last one too");
	world_end(&world);
}

Test(keep, has_a_limit_that_counts)
{
	struct world world;
	ths_address keeper;

	memset(&notes, 0, sizeof(notes));
	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.kept_max = KEPT_MAX });
	keeper = world_spawn(&world, &keeper_actor);
	tell_letters(&world, keeper, KEPT_MAX);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.refused[0], THS_OK);
	tell_letters(&world, keeper, 1);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.refused[0], THS_LIMIT);
	/* It tried twice, and was refused twice. */
	cr_assert_eq(world_status(&world).limits_hit, 2);
	world_end(&world);
}

Test(keep, is_refused_where_there_is_no_mail)
{
	struct world world;
	ths_address odd;

	begin(&world);
	odd = world_spawn(&world, &odd_actor);
	ths_vm_run(world.vm, 0);
	while (ths_vm_next_deadline(world.vm) != THS_FOREVER) {
		world_sleep_ms(1);
		ths_vm_run(world.vm, 0);
	}
	ths_tell(world.vm, odd, ths_exit_request);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_status(&world).actors, 0);
	for (int i = 0; i < 4; i++)
		cr_assert_eq(notes.refused[i], THS_WRONG_PLACE, "%d", i);
	world_end(&world);
}

/* --------------------------------------------------------------- forwarding */

/* The answer of the last one goes to the first, who waits for it. */
Test(keep, forwards_with_the_original_sender)
{
	struct world world;
	ths_address relay, reader;
	ths_mail *mail;
	const struct number *number;

	begin(&world);
	relay = world_spawn(&world, &relay_actor);
	reader = world_spawn(&world, &reader_actor);
	ths_tell(world.vm, relay, target, .to = reader);
	mail = ths_call(world.vm, relay, THS_SECONDS(5), number, .value = 1);
	number = ths_mail_as(mail, number);
	cr_assert_not_null(number);
	cr_assert_eq(number->value, -1);
	cr_assert(ths_address_equal(ths_mail_sender(mail), reader));
	ths_mail_free(mail);
	cr_assert_eq(notes.again, THS_WRONG_PLACE, "forwarded twice");
	world_end(&world);
}

/* A burst is kept back for a moment; what is forwarded after it must not pass.
 * */
Test(keep, forwards_in_the_order_of_sending)
{
	struct world world;
	ths_address relay, listener;

	begin(&world);
	relay = world_spawn(&world, &relay_actor);
	listener = world_spawn(&world, &listener_actor);
	for (int round = 0; round < 2; round++) {
		notes.last = -10;
		notes.read = 0;
		/* The relay runs first, and finds the other behind. */
		ths_tell(world.vm, relay, target, .to = listener, .burst = 50);
		for (int i = 1; i <= 10; i++)
			ths_tell(world.vm, listener, number, .value = i - 10);
		if (round == 0)
			ths_tell(world.vm, relay, number, .value = 51);
		else
			ths_mail_free(ths_ask(world.vm, relay, 0, number,
			    .value = 51));
		ths_vm_run(world.vm, 0);
		cr_assert_eq(notes.read, 62);
		cr_assert_eq(notes.last, 52);
		cr_assert(notes.is_in_order, "round %d", round);
	}
	world_end(&world);
}

/* A caller hears at once that whoever got its question in the end is gone. */
Test(keep, forwards_a_question_to_the_dead_and_the_caller_hears)
{
	struct world world;
	ths_address relay, keeper;
	ths_mail *mail;

	begin(&world);
	relay = world_spawn(&world, &relay_actor);
	keeper = world_spawn(&world, &keeper_actor);
	ths_tell(world.vm, keeper, leave);
	ths_vm_run(world.vm, 0);
	ths_tell(world.vm, relay, target, .to = keeper);
	mail = ths_call(world.vm, relay, THS_FOREVER, number, .value = 1);
	cr_assert_eq(ths_mail_status(mail), THS_GONE);
	ths_mail_free(mail);
	ths_tell(world.vm, relay, target, .to = THS_NOBODY);
	mail = ths_call(world.vm, relay, THS_FOREVER, number, .value = 1);
	cr_assert_eq(ths_mail_status(mail), THS_GONE);
	ths_mail_free(mail);
	world_end(&world);
}

Test(keep, forwards_what_was_kept)
{
	struct world world;
	ths_address keeper, reader;

	begin(&world);
	keeper = world_spawn(&world, &keeper_actor);
	reader = world_spawn(&world, &reader_actor);
	ths_tell(world.vm, keeper, target, .to = reader);
	tell_letters(&world, keeper, LETTERS);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.read, 0);
	ths_tell(world.vm, keeper, pass_all);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.read, LETTERS);
	cr_assert_eq(notes.again, THS_BAD_ARGUMENT, "no mail");
	for (int i = 0; i < LETTERS; i++) {
		ths_mail *mail = ths_listen(world.vm, NULL, 0);

		cr_assert_not_null(ths_mail_as(mail, number));
		cr_assert(ths_address_equal(ths_mail_sender(mail), reader));
		ths_mail_free(mail);
	}
	world_end(&world);
}

/* ------------------------------------------------------------------ failing */

/* Asks with a letter that fails; the poison must say what this does. */
static void
expect_poison(struct world *world, ths_address keeper, int64_t number,
    const char *details)
{
	const struct ths_poison *poison;
	ths_mail *mail = ths_ask(world->vm, keeper, THS_SECONDS(5), letter,
	    .number = number, .text = "some words");

	poison = ths_mail_as(mail, ths_poison);
	cr_assert_not_null(poison);
	cr_assert_null(poison->message.type);
	cr_assert_str_eq(poison->details, details);
	ths_mail_free(mail);
}

/* T-147, D-34: kept, then failed. */
Test(keep, then_failing_poisons_at_once, .description = "T-147 D-34")
{
	struct world world;
	ths_address keeper, reader;

	begin(&world);
	keeper = world_spawn(&world, &keeper_actor);
	reader = world_spawn(&world, &reader_actor);
	ths_tell(world.vm, keeper, target, .to = reader);
	expect_poison(&world, keeper, ALWAYS,
	    "some words (the message was kept or passed on)");
	cr_assert_eq(notes.attempts, 1);
	cr_assert_eq(world_status(&world).retried, 0);
	cr_assert_eq(world_status(&world).poisoned, 1);
	cr_assert_eq(world_logged(&world, "handler of letter failed for good"),
	    1);
	/* What was kept is as it was: T-147 */
	ths_tell(world.vm, keeper, pass_all);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.read, 1);
	ths_mail_free(ths_listen(world.vm, NULL, 0));
	world_end(&world);
}

/* T-147, D-34: passed on, then failed. */
Test(keep, then_failing_leaves_what_was_passed_on_alone,
    .description = "T-147 D-34")
{
	struct world world;
	ths_address keeper, reader;
	ths_mail *mail;

	begin(&world);
	keeper = world_spawn(&world, &keeper_actor);
	reader = world_spawn(&world, &reader_actor);
	ths_tell(world.vm, keeper, target, .to = reader);
	expect_poison(&world, keeper, PASSED,
	    "passed and failed (the message was kept or passed on)");
	cr_assert_eq(notes.attempts, 1);
	cr_assert_eq(world_status(&world).failed, 1);
	mail = ths_listen(world.vm, NULL, THS_SECONDS(5));
	cr_assert_not_null(ths_mail_as(mail, number));
	ths_mail_free(mail);
	cr_assert_eq(notes.read, 1);
	world_end(&world);
}

/* The second attempt may keep what the first has left alone. */
Test(keep, in_the_second_attempt)
{
	struct world world;
	ths_address keeper;

	begin(&world);
	keeper = world_spawn(&world, &keeper_actor);
	expect_poison(&world, keeper, LATER,
	    "some words (the message was kept or passed on)");
	cr_assert_eq(notes.attempts, 2);
	cr_assert_eq(world_status(&world).retried, 1);
	world_end(&world);
}
