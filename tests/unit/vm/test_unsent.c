/* SPDX-License-Identifier: MIT */
/* unsent: what an actor hears of a message of its own that cannot be sent. */
#include "tests/unit/vm/world.h"

enum { POISONS_MAX = 8 };

THS_SIGNAL(go)
THS_MESSAGE(letter, THS_FIELD(ths_string, text), THS_FIELD(ths_bytes, pages))
THS_MESSAGE(deep, THS_FIELD(ths_any, inner))

/* What the sender is to send, and what it has seen; all in one thread. */
static struct {
	const ths_type *type;
	const void *message;
	ths_address to;
	bool is_trying;
	bool again_at_poison;
	ths_status status;
	int poisons_length;
	struct {
		ths_address sender;
		const ths_type *type;
		char details[THS_FAILURE_TEXT_SIZE];
	} poisons[POISONS_MAX];
	int letters;
} notes;

static ths_status
send_it(ths_self *self)
{
	return notes.is_trying ? ths_try_send_message(self, notes.to,
	    notes.type, notes.message) : ths_send_message(self, notes.to,
	    notes.type, notes.message);
}

static ths_status
sender_go(ths_self *self, ths_nothing *state, const struct go *go)
{
	(void)state, (void)go;
	notes.status = send_it(self);
	return THS_OK;
}

static ths_status
sender_poison(ths_self *self, ths_nothing *state,
    const struct ths_poison *poison)
{
	int i = notes.poisons_length++;

	(void)state;
	cr_assert_lt(i, POISONS_MAX);
	notes.poisons[i].sender = ths_sender(self);
	notes.poisons[i].type = poison->message.type;
	snprintf(notes.poisons[i].details, THS_FAILURE_TEXT_SIZE, "%s",
	    poison->details);
	if (notes.again_at_poison)
		notes.status = send_it(self);
	return THS_OK;
}

THS_ACTOR(sender, ths_nothing, THS_ON(go, sender_go),
    THS_ON(ths_poison, sender_poison))

static ths_status
reader_letter(ths_self *self, ths_nothing *state, const struct letter *letter)
{
	(void)self, (void)state, (void)letter;
	notes.letters++;
	return THS_OK;
}

THS_ACTOR(reader, ths_nothing, THS_ON(letter, reader_letter))

struct fixture {
	struct world world;
	ths_address sender;
	ths_address reader;
};

static void
begin(struct fixture *fixture)
{
	memset(&notes, 0, sizeof(notes));
	world_begin_inline(&fixture->world);
	fixture->sender = world_spawn(&fixture->world, &sender_actor);
	fixture->reader = world_spawn(&fixture->world, &reader_actor);
	notes.to = fixture->reader;
}

static ths_status
let_send(struct fixture *fixture, const ths_type *type, const void *message)
{
	notes.type = type;
	notes.message = message;
	cr_assert_eq(ths_tell(fixture->world.vm, fixture->sender, go), THS_OK);
	ths_vm_run(fixture->world.vm, 0);
	return notes.status;
}

/* T-058, C-26: it comes back from whom it was meant for, with a reason. */
Test(unsent, comes_back_as_poison_from_the_target, .description = "T-058 C-26")
{
	struct letter letter = { .pages = { NULL, 1 } };
	struct fixture fixture;

	begin(&fixture);
	cr_assert_eq(let_send(&fixture, &letter_type, &letter),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(notes.letters, 0);
	cr_assert_eq(notes.poisons_length, 1);
	cr_assert(ths_address_equal(notes.poisons[0].sender, fixture.reader));
	cr_assert_null(notes.poisons[0].type);
	cr_assert_not_null(strstr(notes.poisons[0].details, "letter to "));
	cr_assert_not_null(strstr(notes.poisons[0].details,
	    ths_status_text(THS_BAD_ARGUMENT)));
	cr_assert_eq(world_logged(&fixture.world, "cannot be sent"), 1);
	/* Neither of the two is any the worse for it. */
	letter = (struct letter){ .text = "the next one" };
	cr_assert_eq(let_send(&fixture, &letter_type, &letter), THS_OK);
	cr_assert_eq(notes.letters, 1);
	cr_assert_eq(notes.poisons_length, 1);
	world_end(&fixture.world);
}

Test(unsent, because_it_contains_itself)
{
	struct fixture fixture;
	struct deep deep;

	begin(&fixture);
	deep.inner = (ths_any){ &deep_type, &deep };
	cr_assert_neq(let_send(&fixture, &deep_type, &deep), THS_OK);
	cr_assert_eq(notes.poisons_length, 1);
	cr_assert_not_null(strstr(notes.poisons[0].details, "deep to "));
	world_end(&fixture.world);
}

/* It would never end. */
Test(unsent, from_a_handler_of_poison_is_only_logged)
{
	struct letter letter = { .pages = { NULL, 1 } };
	struct fixture fixture;

	begin(&fixture);
	notes.again_at_poison = true;
	cr_assert_eq(let_send(&fixture, &letter_type, &letter),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(notes.poisons_length, 1);
	cr_assert_eq(world_logged(&fixture.world, "cannot be sent"), 2);
	world_end(&fixture.world);
}

Test(unsent, and_only_tried_stays_with_the_sender)
{
	struct letter letter = { .pages = { NULL, 1 } };
	struct fixture fixture;

	begin(&fixture);
	notes.is_trying = true;
	cr_assert_eq(let_send(&fixture, &letter_type, &letter),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(notes.poisons_length, 0);
	cr_assert_eq(world_logged(&fixture.world, "cannot be sent"), 0);
	world_end(&fixture.world);
}

/* What was no attempt to say something needs no answer. */
Test(unsent, is_not_what_is_no_message)
{
	static const ths_type unsound = { "unsound", 4, 1, 0, NULL };
	const struct ths_wakeup wakeup = { 0 };
	struct fixture fixture;

	begin(&fixture);
	cr_assert_eq(let_send(&fixture, NULL, &wakeup), THS_BAD_ARGUMENT);
	cr_assert_eq(let_send(&fixture, &letter_type, NULL), THS_BAD_ARGUMENT);
	cr_assert_eq(let_send(&fixture, &unsound, &wakeup), THS_BAD_ARGUMENT);
	cr_assert_eq(let_send(&fixture, &ths_wakeup_type, &wakeup),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(notes.poisons_length, 0);
	world_end(&fixture.world);
}

/* -------------------------------------------------------- no address at all */

THS_MESSAGE(relay, THS_FIELD(ths_address, to))
THS_SIGNAL(relayed)

struct relayer { int attempts; };

/* As most handlers are written. */
static ths_status
relayer_relay(ths_self *self, struct relayer *relayer,
    const struct relay *relay)
{
	relayer->attempts++;
	return ths_send(self, relay->to, relayed);
}

THS_ACTOR(relayer, struct relayer, THS_ON(relay, relayer_relay))

/* T-047: the status fails the handler, twice, and then there is poison. */
Test(unsent, to_no_address_is_a_status_and_so_poison, .description = "T-047")
{
	struct world world;
	const struct ths_poison *poison;
	ths_address relayer;
	ths_vm_status status;
	ths_mail *mail;

	world_begin_inline(&world);
	relayer = world_spawn(&world, &relayer_actor);
	mail = ths_call(world.vm, relayer, THS_SECONDS(1), relay,
	    .to = THS_NOBODY);
	poison = ths_mail_as(mail, ths_poison);
	cr_assert_not_null(poison);
	cr_assert_not_null(ths_any_as(poison->message, relay));
	cr_assert_str_eq(poison->details, ths_status_text(THS_BAD_ARGUMENT));
	ths_mail_free(mail);
	status = world_status(&world);
	cr_assert_eq(status.retried, 1);
	cr_assert_eq(status.poisoned, 1);
	cr_assert_eq(status.dead[THS_DEAD_NOBODY], 0);
	/* To one who is an actor it does not wait: it is only put there. */
	cr_assert_eq(ths_tell(world.vm, relayer, relay, .to = relayer),
	    THS_OK);
	ths_vm_run(world.vm, 1);
	cr_assert_eq(world_dead(&world, THS_DEAD_UNHANDLED), 0);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_dead(&world, THS_DEAD_UNHANDLED), 1, "T-047");
	world_end(&world);
}

THS_SIGNAL(thanks)

/* Whoever asks to exit is thanked, be it the VM itself, which is nobody. */
static ths_status
polite_exit(ths_self *self, ths_nothing *state,
    const struct ths_exit_request *request)
{
	(void)state, (void)request;
	return ths_reply(self, thanks);
}

THS_ACTOR(polite, ths_nothing, THS_ON(ths_exit_request, polite_exit))

Test(unsent, is_no_answer_to_the_runtime)
{
	struct world world;

	world_begin_inline(&world);
	world_spawn(&world, &polite_actor);
	cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(10)), THS_OK);
	cr_assert_eq(world_status(&world).failed, 0);
	cr_assert_eq(world_dead(&world, THS_DEAD_NOBODY), 1);
	world_end(&world);
}
