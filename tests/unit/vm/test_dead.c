/* SPDX-License-Identifier: MIT */
/* dead: who gets the mail that nobody can receive. */
#include "tests/unit/vm/world.h"
#include "thespis/dead.h"
#include "thespis/life.h"

THS_MESSAGE(number, THS_FIELD(int64_t, value), THS_FIELD(ths_string, words))
THS_MESSAGE(chase, THS_FIELD(ths_address, whom))
THS_SIGNAL(start_handling)
THS_SIGNAL(stop_handling)
THS_SIGNAL(leave)

/* What the undertakers of an inline VM saw, by their number. */
enum { UNDERTAKERS = 3 };
static struct {
	int letters[UNDERTAKERS];
	ths_address to;
	ths_address from;
	ths_address sender;
	enum ths_dead_reason reason;
	const ths_type *type;
	int64_t value;
	char words[32];
} notes;

static void
begin(struct world *world)
{
	memset(&notes, 0, sizeof(notes));
	world_begin_inline(world);
}

struct undertaker {
	int64_t number;
	ths_address chased;
};

static ths_status
undertaker_number(ths_self *self, struct undertaker *undertaker,
    const struct number *number)
{
	(void)self;
	undertaker->number = number->value;
	return THS_OK;
}

static ths_status
undertaker_start(ths_self *self, struct undertaker *undertaker,
    const struct start_handling *start)
{
	(void)undertaker, (void)start;
	ths_handle_dead_letters(self, true);
	return THS_OK;
}

static ths_status
undertaker_stop(ths_self *self, struct undertaker *undertaker,
    const struct stop_handling *stop)
{
	(void)undertaker, (void)stop;
	ths_handle_dead_letters(self, false);
	return THS_OK;
}

static ths_status
undertaker_chase(ths_self *self, struct undertaker *undertaker,
    const struct chase *chase)
{
	undertaker->chased = chase->whom;
	return ths_send(self, chase->whom, leave);
}

static ths_status
undertaker_letter(ths_self *self, struct undertaker *undertaker,
    const struct ths_dead_letter *letter)
{
	notes.letters[undertaker->number]++;
	notes.to = letter->to;
	notes.from = letter->from;
	notes.sender = ths_sender(self);
	notes.reason = letter->reason;
	notes.type = letter->message.type;
	if (notes.type == &number_type) {
		const struct number *number = letter->message.message;

		notes.value = number->value;
		snprintf(notes.words, sizeof(notes.words), "%s",
		    number->words == NULL ? "" : number->words);
	}
	if (!ths_address_is_nobody(undertaker->chased))
		return ths_send(self, undertaker->chased, leave);
	return THS_OK;
}

static ths_status
undertaker_leave(ths_self *self, struct undertaker *undertaker,
    const struct leave *leave)
{
	(void)undertaker, (void)leave;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(undertaker, struct undertaker,
    THS_ON(number, undertaker_number),
    THS_ON(start_handling, undertaker_start),
    THS_ON(stop_handling, undertaker_stop),
    THS_ON(chase, undertaker_chase),
    THS_ON(ths_dead_letter, undertaker_letter),
    THS_ON(leave, undertaker_leave))

static ths_address
undertaker(struct world *world, int64_t number)
{
	ths_address address = world_spawn(world, &undertaker_actor);

	ths_tell(world->vm, address, number, .value = number);
	return address;
}

/* An address whose actor has ended. */
static ths_address
pawn(struct world *world)
{
	ths_address address = world_spawn(world, &undertaker_actor);

	ths_tell(world->vm, address, leave);
	ths_vm_run(world->vm, 0);
	return address;
}

static void
send_two(struct world *world, ths_address to)
{
	ths_tell(world->vm, to, number, .value = 1, .words = "hello");
	ths_tell(world->vm, to, number, .value = 2, .words = "hi");
	ths_vm_run(world->vm, 0);
}

/* T-170, E-02, E-08: target, sender, reason and the message itself. */
Test(dead, letters_reach_the_undertaker, .description = "T-170 T-176 E-02")
{
	struct world world;
	ths_client *client;
	ths_address one, dead;

	begin(&world);
	one = undertaker(&world, 1);
	dead = pawn(&world);
	ths_tell(world.vm, one, start_handling);
	send_two(&world, dead);
	cr_assert_eq(notes.letters[1], 2);
	cr_assert(ths_address_equal(notes.to, dead));
	cr_assert_eq(notes.reason, THS_DEAD_STALE);
	cr_assert_eq(notes.type, &number_type);
	cr_assert_eq(notes.value, 2);
	cr_assert_str_eq(notes.words, "hi");
	cr_assert(ths_address_is_nobody(notes.sender));
	cr_assert_eq(world_dead(&world, THS_DEAD_STALE), 2);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	ths_tell_message(world.vm, client, dead, THS_PAYLOAD(number));
	ths_vm_run(world.vm, 0);
	cr_assert(ths_address_equal(notes.from, ths_client_address(client)));
	ths_client_close(client);
	ths_tell(world.vm, one, stop_handling);
	send_two(&world, dead);
	cr_assert_eq(notes.letters[1], 3);
	cr_assert_eq(world_dead(&world, THS_DEAD_STALE), 5);
	world_end(&world);
}

/* T-171, E-04, E-05: the last one that asked; others cannot stop it. */
Test(dead, the_latest_undertaker_is_the_only_one,
    .description = "T-171 E-04 E-05")
{
	struct world world;
	ths_address one, two, dead;

	begin(&world);
	one = undertaker(&world, 1);
	two = undertaker(&world, 2);
	dead = pawn(&world);
	ths_tell(world.vm, one, start_handling);
	ths_tell(world.vm, one, start_handling);
	send_two(&world, dead);
	cr_assert_eq(notes.letters[1], 2, "once each");
	ths_tell(world.vm, two, start_handling);
	send_two(&world, dead);
	cr_assert_eq(notes.letters[1], 2);
	cr_assert_eq(notes.letters[2], 2);
	ths_tell(world.vm, one, stop_handling);
	send_two(&world, dead);
	cr_assert_eq(notes.letters[2], 4, "it is not the one's to stop");
	ths_tell(world.vm, two, stop_handling);
	send_two(&world, dead);
	cr_assert_eq(notes.letters[1] + notes.letters[2], 6);
	ths_tell(world.vm, one, start_handling);
	send_two(&world, dead);
	cr_assert_eq(notes.letters[1], 4);
	world_end(&world);
}

/* T-171, E-06: the end of the undertaker leaves none. */
Test(dead, nobody_follows_an_undertaker_that_ends,
    .description = "T-171 E-06")
{
	struct world world;
	ths_address one, two, dead;

	begin(&world);
	one = undertaker(&world, 1);
	two = undertaker(&world, 2);
	dead = pawn(&world);
	ths_tell(world.vm, one, start_handling);
	ths_tell(world.vm, two, start_handling);
	ths_tell(world.vm, two, leave);
	ths_vm_run(world.vm, 0);
	send_two(&world, dead);
	cr_assert_eq(notes.letters[1] + notes.letters[2], 0);
	cr_assert_eq(world_dead(&world, THS_DEAD_STALE), 2);
	ths_tell(world.vm, one, start_handling);
	send_two(&world, dead);
	cr_assert_eq(notes.letters[1], 2);
	world_end(&world);
}

/* T-173, E-07: letters for an undertaker that is gone are absorbed, and its own
 * mail to the dead makes no more letters. */
Test(dead, letters_run_in_no_circle, .description = "T-173 E-07")
{
	struct world world;
	ths_address one, dead;
	ths_vm_status status;

	begin(&world);
	one = undertaker(&world, 1);
	dead = pawn(&world);
	ths_tell(world.vm, one, start_handling);
	ths_tell(world.vm, one, chase, .whom = dead);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.letters[1], 0, "its own");
	send_two(&world, dead);
	cr_assert_eq(notes.letters[1], 2);
	status = world_status(&world);
	cr_assert_eq(status.dead[THS_DEAD_STALE], 5);
	cr_assert_eq(status.absorbed, 0);
	/* The letter is under way when the undertaker ends. */
	ths_tell(world.vm, one, leave);
	ths_tell(world.vm, world_nowhere(&world), number, .value = 9);
	ths_vm_run(world.vm, 0);
	status = world_status(&world);
	cr_assert_eq(status.dead[THS_DEAD_NOBODY], 1);
	cr_assert_eq(status.absorbed, 1);
	cr_assert_eq(notes.letters[1], 2);
	world_end(&world);
}

/* Also what is no mailbox's: another VM's address, whole. */
Test(dead, letters_name_the_address_as_it_was)
{
	const ths_address foreign = { 77, 5, 6 };
	struct world world;

	begin(&world);
	ths_tell(world.vm, undertaker(&world, 1), start_handling);
	ths_vm_run(world.vm, 0);
	ths_tell(world.vm, foreign, leave);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.letters[1], 1);
	cr_assert(ths_address_equal(notes.to, foreign));
	cr_assert_eq(notes.reason, THS_DEAD_FOREIGN);
	world_end(&world);
}

/* T-139, D-27: mail that waits when its actor ends, and what nobody handles. */
Test(dead, letters_tell_of_every_reason, .description = "D-27")
{
	struct world world;
	ths_address one, victim;

	begin(&world);
	one = undertaker(&world, 1);
	ths_tell(world.vm, one, start_handling);
	ths_vm_run(world.vm, 0);
	victim = world_spawn(&world, &undertaker_actor);
	ths_tell(world.vm, victim, ths_exit_request);
	ths_tell(world.vm, victim, leave);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.letters[1], 1);
	cr_assert_eq(notes.reason, THS_DEAD_EXITED);
	cr_assert_eq(notes.type, &leave_type);
	ths_tell(world.vm, victim, ths_exit_request);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.letters[1], 2, "a request is mail");
	cr_assert_eq(notes.reason, THS_DEAD_STALE);
	world_end(&world);
}

/* A full mailbox of the undertaker's takes no more letters. */
Test(dead, letters_obey_the_undertakers_limit)
{
	struct world world;
	ths_address one, dead;
	ths_vm_status status;

	begin(&world);
	cr_assert_eq(ths_spawn(world.vm, &one, &undertaker_actor,
	    &(ths_spawn_options){ .mailbox_max = 3 }), THS_OK);
	dead = pawn(&world);
	ths_tell(world.vm, one, start_handling);
	ths_vm_run(world.vm, 0);
	for (int i = 0; i < 10; i++)
		ths_tell(world.vm, world_nowhere(&world), leave);
	ths_vm_run(world.vm, 0);
	status = world_status(&world);
	cr_assert_eq(notes.letters[0], 3);
	cr_assert_eq(status.dead[THS_DEAD_NOBODY], 10);
	cr_assert_eq(status.absorbed, 7);
	cr_assert_eq(ths_tell(world.vm, dead, leave), THS_OK);
	world_end(&world);
}
