/* SPDX-License-Identifier: MIT */
/* failure: a handler that fails is tried again, and the sender is told. */
#include "tests/unit/vm/world.h"
#include "thespis/failure.h"
#include "thespis/life.h"

THS_MESSAGE(number, THS_FIELD(int64_t, value))
THS_MESSAGE(errand, THS_FIELD(ths_address, to), THS_FIELD(int64_t, value))
THS_MESSAGE(scroll, THS_FIELD(ths_bytes, text))
THS_SIGNAL(leave)
THS_SIGNAL(say)

enum { FATAL = 3, TEXT_SIZE = 64 };

static struct {
	int attempts;
	int handled;
	int poisons;
	int64_t value;
	char details[TEXT_SIZE];
	ths_address sender;
	int exits;
} notes;

static void
begin(struct world *world)
{
	memset(&notes, 0, sizeof(notes));
	world_begin_inline(world);
}

/* --------------------------------------------------------------- the actors */

/* Fails at FATAL always, at negative numbers once. */
struct picky { int64_t forgiven; };

static ths_status
picky_number(ths_self *self, struct picky *picky, const struct number *number)
{
	notes.attempts++;
	if (number->value == FATAL)
		return ths_fail(self, "%d is too much", FATAL);
	if (number->value < 0 && picky->forgiven != number->value) {
		picky->forgiven = number->value;
		(void)ths_reply(self, number, .value = 100);
		return THS_FULL;
	}
	notes.handled++;
	return ths_reply(self, number, .value = number->value);
}

static ths_status
picky_scroll(ths_self *self, struct picky *picky, const struct scroll *scroll)
{
	(void)self, (void)picky, (void)scroll;
	return THS_LIMIT;
}

static ths_status
picky_say(ths_self *self, struct picky *picky, const struct say *say)
{
	(void)picky, (void)say;
	notes.attempts++;
	(void)ths_fail(self, "forgotten");
	return THS_OK;
}

static ths_status
picky_leave(ths_self *self, struct picky *picky, const struct leave *leave)
{
	(void)picky, (void)leave;
	notes.attempts++;
	ths_exit(self);
	return ths_fail(self, "leaving in anger");
}

static ths_status
picky_woken(ths_self *self, struct picky *picky,
    const struct ths_wakeup *wakeup)
{
	(void)self, (void)picky, (void)wakeup;
	notes.attempts++;
	return THS_FAILED;
}

static void
picky_exit(ths_self *self, struct picky *picky)
{
	(void)picky;
	notes.exits++;
	(void)ths_fail(self, "a file is still open");
}

THS_ACTOR(picky, struct picky,
    THS_ON(number, picky_number),
    THS_ON(scroll, picky_scroll),
    THS_ON(say, picky_say),
    THS_ON(leave, picky_leave),
    THS_ON(ths_wakeup, picky_woken),
    THS_EXIT(picky_exit))

/* Passes numbers on, and notes the poison it gets for them; at FATAL + 1 it
 * fails at the poison, too. */
struct runner { bool is_weak; };

static ths_status
runner_errand(ths_self *self, struct runner *runner,
    const struct errand *errand)
{
	runner->is_weak = errand->value > FATAL;
	return ths_send(self, errand->to, number,
	    .value = runner->is_weak ? FATAL : errand->value);
}

static ths_status
runner_poisoned(ths_self *self, struct runner *runner,
    const struct ths_poison *poison)
{
	const struct number *number = poison->message.message;

	notes.poisons++;
	notes.sender = ths_sender(self);
	notes.value = number->value;
	snprintf(notes.details, sizeof(notes.details), "%s", poison->details);
	return runner->is_weak ? THS_FAILED : THS_OK;
}

THS_ACTOR(runner, struct runner,
    THS_ON(errand, runner_errand),
    THS_ON(ths_poison, runner_poisoned))

/* ---------------------------------------------------------------- the tests */

/* T-145: again at once, with the state the first attempt left; what that one
 * has sent stays sent. */
Test(failure, is_forgiven_once, .description = "T-145")
{
	struct world world;
	ths_address picky;
	ths_mail *mail;
	const struct number *answer;

	begin(&world);
	picky = world_spawn(&world, &picky_actor);
	mail = ths_ask(world.vm, picky, THS_SECONDS(5), number, .value = -1);
	answer = ths_mail_as(mail, number);
	cr_assert_not_null(answer);
	cr_assert_eq(answer->value, 100, "of the failed attempt");
	ths_mail_free(mail);
	mail = ths_listen(world.vm, NULL, THS_SECONDS(5));
	answer = ths_mail_as(mail, number);
	cr_assert_not_null(answer);
	cr_assert_eq(answer->value, -1);
	ths_mail_free(mail);
	cr_assert_eq(notes.attempts, 2);
	cr_assert_eq(world_status(&world).retried, 1);
	cr_assert_eq(world_status(&world).failed, 0);
	cr_assert_eq(world_status(&world).poisoned, 0);
	cr_assert_eq(world_logged(&world, "handler of number failed"), 1);
	cr_assert_eq(world_logged(&world, "for good"), 0);
	world_end(&world);
}

/* T-146, D-12, D-16: the second failure poisons; the next message
 * is handled. */
Test(failure, poisons_the_sender_at_the_second_time,
    .description = "T-146 D-12 D-16")
{
	struct world world;
	ths_address picky;
	ths_mail *mail;
	const struct ths_poison *poison;
	const struct number *original;

	begin(&world);
	picky = world_spawn(&world, &picky_actor);
	mail = ths_ask(world.vm, picky, THS_SECONDS(5), number,
	    .value = FATAL);
	poison = ths_mail_as(mail, ths_poison);
	cr_assert_not_null(poison);
	cr_assert(ths_address_equal(ths_mail_sender(mail), picky));
	cr_assert_eq(poison->message.type, &number_type);
	original = poison->message.message;
	cr_assert_eq(original->value, FATAL);
	cr_assert_str_eq(poison->details, "3 is too much");
	cr_assert_str_eq(ths_mail_why(mail), "3 is too much");
	ths_mail_free(mail);
	cr_assert_eq(notes.attempts, 2);
	cr_assert_eq(world_status(&world).poisoned, 1);
	cr_assert_eq(world_status(&world).failed, 1);
	mail = ths_ask(world.vm, picky, THS_SECONDS(5), number, .value = 4);
	cr_assert_not_null(ths_mail_as(mail, number));
	ths_mail_free(mail);
	world_end(&world);
}

/* T-118: a call's answer may be poison. */
Test(failure, ends_a_call, .description = "T-118")
{
	struct world world;
	ths_mail *mail;

	begin(&world);
	mail = ths_call(world.vm, world_spawn(&world, &picky_actor),
	    THS_SECONDS(5), number, .value = FATAL);
	cr_assert_eq(ths_mail_status(mail), THS_FAILED);
	cr_assert_not_null(ths_mail_as(mail, ths_poison));
	ths_mail_free(mail);
	world_end(&world);
}

/* D-17: the immediate sender gets one poison a bad message. */
Test(failure, poisons_whoever_passed_it_on, .description = "D-17")
{
	struct world world;
	ths_address picky, runner;

	begin(&world);
	picky = world_spawn(&world, &picky_actor);
	runner = world_spawn(&world, &runner_actor);
	ths_tell(world.vm, runner, errand, .to = picky, .value = FATAL);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.poisons, 1);
	cr_assert(ths_address_equal(notes.sender, picky));
	cr_assert_eq(notes.value, FATAL);
	cr_assert_str_eq(notes.details, "3 is too much");
	for (int i = 0; i < 2; i++)
		ths_tell(world.vm, runner, errand, .to = picky,
		    .value = FATAL);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.poisons, 3);
	world_end(&world);
}

/* D-20, T-146: no poison of poison. */
Test(failure, at_poison_poisons_nobody, .description = "D-20 T-146")
{
	struct world world;
	ths_address picky, runner;
	ths_vm_status status;

	begin(&world);
	picky = world_spawn(&world, &picky_actor);
	runner = world_spawn(&world, &runner_actor);
	ths_tell(world.vm, runner, errand, .to = picky, .value = FATAL + 1);
	ths_vm_run(world.vm, 0);
	status = world_status(&world);
	cr_assert_eq(notes.poisons, 2, "the second is another attempt");
	cr_assert_eq(status.failed, 2);
	cr_assert_eq(status.poisoned, 1);
	cr_assert_eq(world_logged(&world, "ths_poison failed for good"), 1);
	cr_assert_eq(status.actors, 2);
	world_end(&world);
}

THS_ACTOR(careless, struct runner, THS_ON(errand, runner_errand))

THS_MESSAGE(large_number, THS_BASE(number), THS_FIELD(int64_t, more))

/* The second attempt is made by the same handler, that of an ancestor too. */
Test(failure, is_forgiven_to_what_an_ancestor_handles)
{
	struct world world;
	ths_mail *mail;

	begin(&world);
	mail = ths_ask(world.vm, world_spawn(&world, &picky_actor),
	    THS_SECONDS(5), large_number, .base = { .value = FATAL });
	cr_assert_not_null(ths_mail_as(mail, ths_poison));
	ths_mail_free(mail);
	cr_assert_eq(notes.attempts, 2);
	world_end(&world);
}

/* Poison for one that does not handle it is absorbed. */
Test(failure, is_nothing_to_one_that_does_not_care)
{
	struct world world;
	ths_address picky;
	ths_vm_status status;

	begin(&world);
	picky = world_spawn(&world, &picky_actor);
	ths_tell(world.vm, world_spawn(&world, &careless_actor), errand,
	    .to = picky, .value = FATAL);
	ths_vm_run(world.vm, 0);
	status = world_status(&world);
	cr_assert_eq(status.poisoned, 1);
	cr_assert_eq(status.absorbed, 1);
	cr_assert_eq(status.dead[THS_DEAD_UNHANDLED], 0);
	world_end(&world);
}

/* D-33: a warning first, an error then. */
static int warnings;
static int errors;

static void
count_levels(void *context, ths_log_level level, const char *text)
{
	(void)context, (void)text;
	warnings += level == THS_LOG_WARNING;
	errors += level == THS_LOG_ERROR;
}

Test(failure, is_logged_as_a_warning_and_then_as_an_error,
    .description = "T-145 D-33")
{
	ths_vm_config config = { .mode = THS_MODE_INLINE,
		.log = count_levels };
	ths_address picky;
	ths_vm *vm;

	warnings = 0;
	errors = 0;
	cr_assert_eq(ths_vm_start(&vm, &config), THS_OK);
	cr_assert_eq(ths_spawn(vm, &picky, &picky_actor, NULL), THS_OK);
	ths_tell(vm, picky, number, .value = -1);
	ths_vm_run(vm, 0);
	cr_assert_eq(warnings, 1);
	cr_assert_eq(errors, 0);
	ths_tell(vm, picky, number, .value = FATAL);
	ths_vm_run(vm, 0);
	cr_assert_eq(warnings, 2);
	cr_assert_eq(errors, 1);
	cr_assert_eq(ths_vm_stop(vm, THS_SECONDS(5)), THS_OK);
	cr_assert_eq(warnings, 3, "exit is not tried again");
	cr_assert_eq(errors, 1);
	ths_vm_free(vm);
}

/* What a handler said and did not fail with is not put into others' mouths. */
Test(failure, has_its_own_words_only)
{
	struct world world;
	ths_address picky;
	ths_mail *mail;

	begin(&world);
	picky = world_spawn(&world, &picky_actor);
	ths_tell(world.vm, picky, say);
	mail = ths_ask(world.vm, picky, THS_SECONDS(5), scroll,
	    .text = { "x", 1 });
	cr_assert_str_eq(ths_mail_why(mail), ths_status_text(THS_LIMIT));
	ths_mail_free(mail);
	world_end(&world);
}

/* D-14: a message that is as large as one may be leaves no room for itself
 * in another. */
Test(failure, of_the_largest_message_is_told_without_it)
{
	static const char page[THS_FLAT_SIZE_MAX - 64];
	struct world world;
	const struct ths_poison *poison;
	ths_mail *mail;

	memset(&notes, 0, sizeof(notes));
	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.message_max = THS_FLAT_SIZE_MAX });
	mail = ths_ask(world.vm, world_spawn(&world, &picky_actor),
	    THS_SECONDS(5), scroll, .text = { page, sizeof(page) });
	poison = ths_mail_as(mail, ths_poison);
	cr_assert_not_null(poison);
	cr_assert_null(poison->message.type);
	cr_assert_str_eq(poison->details, ths_status_text(THS_LIMIT));
	ths_mail_free(mail);
	world_end(&world);
}

/* Who has called ths_exit() gets no other chance; the sender is told. */
Test(failure, of_one_that_leaves_is_not_tried_again)
{
	struct world world;
	ths_mail *mail;

	begin(&world);
	mail = ths_ask(world.vm, world_spawn(&world, &picky_actor),
	    THS_SECONDS(5), leave);
	cr_assert_str_eq(ths_mail_why(mail), "leaving in anger");
	ths_mail_free(mail);
	cr_assert_eq(notes.attempts, 1);
	cr_assert_eq(notes.exits, 1);
	cr_assert_eq(world_logged(&world, "a file is still open"), 1);
	cr_assert_eq(world_status(&world).actors, 0);
	world_end(&world);
}

/* A wake-up is from the actor itself: so is the poison. */
static ths_status
sleeper_say(ths_self *self, ths_nothing *nothing, const struct say *say)
{
	(void)nothing, (void)say;
	return ths_timer_set(self, 0, 0, NULL);
}

static ths_status
sleeper_woken(ths_self *self, ths_nothing *nothing,
    const struct ths_wakeup *wakeup)
{
	(void)nothing, (void)wakeup;
	notes.attempts++;
	return ths_fail(self, "overslept");
}

static ths_status
sleeper_poisoned(ths_self *self, ths_nothing *nothing,
    const struct ths_poison *poison)
{
	(void)nothing;
	notes.poisons++;
	cr_assert(ths_address_equal(ths_sender(self), ths_me(self)));
	cr_assert_eq(poison->message.type->size, sizeof(struct ths_wakeup));
	return THS_OK;
}

THS_ACTOR(sleeper, ths_nothing,
    THS_ON(say, sleeper_say),
    THS_ON(ths_wakeup, sleeper_woken),
    THS_ON(ths_poison, sleeper_poisoned))

Test(failure, at_a_wakeup_comes_back_to_the_actor)
{
	struct world world;

	begin(&world);
	ths_tell(world.vm, world_spawn(&world, &sleeper_actor), say);
	for (int i = 0; i < 1000 && notes.poisons == 0; i++) {
		ths_vm_run(world.vm, 0);
		world_sleep_ms(1);
	}
	cr_assert_eq(notes.attempts, 2);
	cr_assert_eq(notes.poisons, 1);
	world_end(&world);
}

/* Also where the handler is an ancestor's. */
THS_MESSAGE(plea, THS_FIELD(int64_t, value))
THS_MESSAGE(urgent_plea, THS_BASE(plea), THS_FIELD(int64_t, urgency))

static ths_status
deaf_plea(ths_self *self, ths_nothing *nothing, const struct plea *plea)
{
	(void)nothing, (void)plea;
	notes.attempts++;
	return ths_fail(self, "not heard");
}

THS_ACTOR(deaf, ths_nothing, THS_ON(plea, deaf_plea))

Test(failure, of_an_ancestors_handler_is_tried_again)
{
	struct world world;
	ths_mail *mail;

	begin(&world);
	mail = ths_ask(world.vm, world_spawn(&world, &deaf_actor),
	    THS_SECONDS(5), urgent_plea, .urgency = 9);
	cr_assert_eq(notes.attempts, 2);
	cr_assert_str_eq(ths_mail_why(mail), "not heard");
	ths_mail_free(mail);
	world_end(&world);
}

/* Nobody can make poison but the runtime. */
Test(failure, cannot_be_forged, .description = "T-115")
{
	struct world world;

	begin(&world);
	cr_assert_eq(ths_tell(world.vm, world_spawn(&world, &runner_actor),
	    ths_poison, .details = "x"), THS_BAD_ARGUMENT);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.poisons, 0);
	world_end(&world);
}
