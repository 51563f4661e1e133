/* SPDX-License-Identifier: MIT */
/*
 * dead_letters - loses a message in each way there is, and finds every one.
 *
 *     dead_letters
 *
 * It teaches: for which reasons a message is not delivered, the actor that is
 * told of it, and the books of the VM: what was accepted has been handled, is
 * a dead letter with a reason, or was taken back by the runtime.  Nothing
 * else.
 *
 *   main --lose--> loser --letter--> ...nobody...
 *                                       |
 *   main <--found-- undertaker <--ths_dead_letter
 *
 * Two reasons are not shown: lack of memory, and a VM that is stopping.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <thespis/thespis.h>

#define PATIENCE THS_SECONDS(20)

THS_MESSAGE(letter, THS_FIELD(ths_string, text))

/* ------------------------------------------------------------- undertaker */

THS_SIGNAL(watch)
THS_MESSAGE(found,
    THS_FIELD(ths_string, text),
    THS_FIELD(enum ths_dead_reason, reason))

struct undertaker {
	ths_address host;
};

static ths_status
undertaker_on_watch(ths_self *self, struct undertaker *undertaker,
    const struct watch *watch)
{
	(void)watch;
	undertaker->host = ths_sender(self);
	ths_handle_dead_letters(self, true);
	return ths_reply(self, watch);
}

/* The message is there as it was sent.  What this actor sends in vain is only
 * counted, so there is no circle. */
static ths_status
undertaker_on_dead(ths_self *self, struct undertaker *undertaker,
    const struct ths_dead_letter *dead)
{
	const struct letter *letter = ths_any_as(dead->message, letter);

	return ths_send(self, undertaker->host, found,
	    .text = letter != NULL ? letter->text : "something else",
	    .reason = dead->reason);
}

THS_ACTOR(undertaker, struct undertaker,
    THS_ON(watch, undertaker_on_watch),
    THS_ON(ths_dead_letter, undertaker_on_dead))

/* ------------------------------------------------------------------ loser */

THS_MESSAGE(lose,
    THS_FIELD(enum ths_dead_reason, reason),
    THS_FIELD(ths_address, stranger)) /* an actor of another VM */
THS_SIGNAL(leave)
THS_SIGNAL(stuff)
THS_SIGNAL(crumb)
THS_SIGNAL(keep_waiting)

/* Leaves, with a letter to itself still in its mailbox. */
static ths_status
guest_on_leave(ths_self *self, ths_nothing *nothing, const struct leave *leave)
{
	(void)nothing, (void)leave;
	ths_exit(self);
	return ths_send(self, ths_me(self), letter,
	    .text = "to one who is leaving");
}

static ths_status
guest_on_letter(ths_self *self, ths_nothing *nothing,
    const struct letter *letter)
{
	(void)self, (void)nothing, (void)letter;
	return THS_OK;
}

THS_ACTOR(guest, ths_nothing,
    THS_ON(leave, guest_on_leave),
    THS_ON(letter, guest_on_letter))

/* Fills a mailbox that nobody empties meanwhile: its own. */
static ths_status
glutton_on_stuff(ths_self *self, ths_nothing *nothing,
    const struct stuff *stuff)
{
	(void)nothing, (void)stuff;
	while (ths_try_send(self, ths_me(self), crumb) == THS_OK)
		;
	return ths_send(self, ths_me(self), letter, .text = "to a full box");
}

static ths_status
glutton_on_crumb(ths_self *self, ths_nothing *nothing,
    const struct crumb *crumb)
{
	(void)self, (void)nothing, (void)crumb;
	return THS_OK;
}

THS_ACTOR(glutton, ths_nothing,
    THS_ON(stuff, glutton_on_stuff),
    THS_ON(crumb, glutton_on_crumb))

struct loser {
	ths_address asker; /* who will have given up */
	ths_address guest; /* who will leave */
};

static ths_status
guest_send_away(ths_self *self, struct loser *loser)
{
	ths_status status;

	status = ths_spawn_child(self, &loser->guest, &guest_actor, NULL);
	if (status == THS_OK)
		ths_send(self, loser->guest, leave);
	return status;
}

static ths_status
glutton_feed(ths_self *self)
{
	const ths_spawn_options options = { .mailbox_max = 4 };
	ths_address glutton;
	ths_status status;

	status = ths_spawn_child(self, &glutton, &glutton_actor, &options);
	if (status == THS_OK)
		ths_send(self, glutton, stuff);
	return status;
}

static ths_status
loser_on_lose(ths_self *self, struct loser *loser, const struct lose *lose)
{
	ths_address nowhere = ths_me(self);

	switch (lose->reason) {
	case THS_DEAD_NOBODY:
		nowhere.slot = UINT32_MAX;
		return ths_send(self, nowhere, letter, .text = "to nobody");
	case THS_DEAD_EXITED:
		return guest_send_away(self, loser);
	case THS_DEAD_FULL:
		return glutton_feed(self);
	case THS_DEAD_UNHANDLED:
		return ths_send(self, ths_me(self), letter,
		    .text = "to one who cannot read");
	case THS_DEAD_FOREIGN:
		return ths_send(self, lose->stranger, letter,
		    .text = "to another world");
	case THS_DEAD_LATE:
		return ths_send(self, loser->asker, letter,
		    .text = "to one who has given up");
	case THS_DEAD_STALE:
		return ths_send(self, loser->guest, letter,
		    .text = "to one who has left");
	case THS_DEAD_NO_MEMORY:
	case THS_DEAD_STOPPED:
	case THS_DEAD_COUNT:
		break;
	}
	return THS_OK;
}

/* The guest's place is free when this handler has ended.  His address stays
 * what it is, and will never be somebody else's. */
static ths_status
loser_on_exited(ths_self *self, struct loser *loser,
    const struct ths_actor_exited *exited)
{
	if (!ths_address_equal(exited->child, loser->guest))
		return THS_OK; /* the glutton, at the end of all */
	return ths_send(self, ths_me(self), lose, .reason = THS_DEAD_STALE);
}

static ths_status
loser_on_keep_waiting(ths_self *self, struct loser *loser,
    const struct keep_waiting *keep_waiting)
{
	(void)keep_waiting;
	loser->asker = ths_sender(self);
	return THS_OK;
}

THS_ACTOR(loser, struct loser,
    THS_ON(lose, loser_on_lose),
    THS_ON(keep_waiting, loser_on_keep_waiting),
    THS_ON(ths_actor_exited, loser_on_exited))

/* ---------------------------------------------------------------- the host */

struct world {
	ths_vm *vm;
	ths_vm *other; /* only for an address that is foreign */
	ths_address loser;
	ths_address undertaker;
	ths_address stranger;
};

/* An actor's end takes a moment, and a letter may come before or after that. */
static bool
is_as_expected(enum ths_dead_reason reason, enum ths_dead_reason expected)
{
	return reason == expected ||
	    (expected == THS_DEAD_STALE && reason == THS_DEAD_EXITED);
}

/* Waits for the undertaker's word, and prints it. */
static bool
world_find(const struct world *world, enum ths_dead_reason expected)
{
	ths_mail *mail = ths_listen(world->vm, NULL, PATIENCE);
	const struct found *found = ths_mail_as(mail, found);
	bool ok = found != NULL && is_as_expected(found->reason, expected);

	if (found != NULL)
		printf("%s: %s\n", found->text,
		    ths_dead_reason_text(found->reason));
	else
		fprintf(stderr, "dead_letters: %s\n", ths_mail_why(mail));
	ths_mail_free(mail);
	return ok;
}

static bool
world_lose(const struct world *world, enum ths_dead_reason reason)
{
	return ths_tell(world->vm, world->loser, lose, .reason = reason,
	    .stranger = world->stranger) == THS_OK &&
	    world_find(world, reason);
}

static bool
world_lose_all(const struct world *world)
{
	/* This call has its answer only after it has given up. */
	ths_mail_free(ths_call(world->vm, world->loser, THS_MILLISECONDS(1),
	    keep_waiting));
	return world_lose(world, THS_DEAD_LATE) &&
	    world_lose(world, THS_DEAD_NOBODY) &&
	    world_lose(world, THS_DEAD_UNHANDLED) &&
	    world_lose(world, THS_DEAD_FOREIGN) &&
	    world_lose(world, THS_DEAD_FULL) &&
	    world_lose(world, THS_DEAD_EXITED) && /* and then, by itself: */
	    world_find(world, THS_DEAD_STALE);
}

static ths_status
world_open(struct world *world)
{
	ths_status status;

	status = ths_vm_start(&world->vm, NULL);
	if (status == THS_OK)
		status = ths_vm_start(&world->other, NULL);
	if (status == THS_OK)
		status = ths_spawn(world->other, &world->stranger,
		    &guest_actor, NULL);
	if (status == THS_OK)
		status = ths_spawn(world->vm, &world->undertaker,
		    &undertaker_actor, NULL);
	if (status == THS_OK)
		status = ths_spawn(world->vm, &world->loser, &loser_actor,
		    NULL);
	if (status == THS_OK)
		ths_mail_free(ths_ask(world->vm, world->undertaker, PATIENCE,
		    watch));
	return status;
}

/* After the stop nothing is on its way any more, and the books must balance. */
static bool
books_balance(const ths_vm *vm)
{
	ths_vm_status status;
	uint64_t dead = 0;

	ths_vm_status_read(vm, &status);
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		dead += status.dead[i];
	printf("%" PRIu64 " dead letters\n", dead);
	return status.accepted == status.handled + dead + status.absorbed;
}

int
main(int argc, char **argv)
{
	struct world world = { 0 };
	ths_status status;
	bool ok;

	(void)argv;
	if (argc > 1) {
		fprintf(stderr, "usage: dead_letters\n");
		return 2;
	}
	status = world_open(&world);
	if (status != THS_OK)
		fprintf(stderr, "dead_letters: %s\n", ths_status_text(status));
	ok = status == THS_OK && world_lose_all(&world);
	if (world.vm != NULL)
		ths_vm_stop(world.vm, PATIENCE);
	if (ok) {
		ok = books_balance(world.vm);
		puts(ok ? "the books balance" : "the books do not balance");
	}
	ths_vm_free(world.vm);
	ths_vm_free(world.other);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
