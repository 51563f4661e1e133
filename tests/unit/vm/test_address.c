/* SPDX-License-Identifier: MIT */
/* address: what names an actor, wherever it comes from and for how long. */
#include "tests/unit/vm/world.h"
#include "thespis/client.h"

THS_SIGNAL(tell_me)
THS_MESSAGE(whole, THS_FIELD(ths_address, me), THS_FIELD(ths_address, sender))
THS_MESSAGE(pass, THS_FIELD(ths_address, to))
THS_SIGNAL(leave)

static ths_status
subject_tell_me(ths_self *self, ths_nothing *state, const struct tell_me *tell)
{
	(void)state, (void)tell;
	return ths_reply(self, whole, .me = ths_me(self),
	    .sender = ths_sender(self));
}

/* Asks another on behalf of whoever sent this. */
static ths_status
subject_pass(ths_self *self, ths_nothing *state, const struct pass *pass)
{
	(void)state;
	return ths_send(self, pass->to, whole, .me = pass->to,
	    .sender = ths_sender(self));
}

/* Comes back to who is named in it. */
static ths_status
subject_whole(ths_self *self, ths_nothing *state, const struct whole *message)
{
	(void)state;
	return ths_send(self, message->sender, whole, .me = message->me,
	    .sender = message->sender);
}

static ths_status
subject_leave(ths_self *self, ths_nothing *state, const struct leave *leave)
{
	(void)state, (void)leave;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(subject, ths_nothing, THS_ON(tell_me, subject_tell_me),
    THS_ON(pass, subject_pass), THS_ON(whole, subject_whole),
    THS_ON(leave, subject_leave))

static struct whole
whole_in(ths_mail *mail)
{
	const struct whole *message = ths_mail_as(mail, whole);
	struct whole copy;

	cr_assert_not_null(message, "%s", ths_mail_why(mail));
	copy = *message;
	ths_mail_free(mail);
	return copy;
}

static void
check_equal(ths_address a, ths_address b)
{
	cr_assert(ths_address_equal(a, b));
	cr_assert(ths_address_equal(b, a));
	cr_assert_eq(ths_address_hash(a), ths_address_hash(b));
}

Test(address_of_an_actor, is_one_wherever_it_comes_from,
    .description = "T-044 T-050 T-091")
{
	char text[THS_ADDRESS_TEXT_SIZE];
	struct world world;
	ths_address spawned, other, parsed;
	ths_mail *mail;

	world_begin_inline(&world);
	spawned = world_spawn(&world, &subject_actor);
	other = world_spawn(&world, &subject_actor);
	mail = ths_call(world.vm, spawned, THS_SECONDS(10), tell_me);
	check_equal(spawned, ths_mail_sender(mail));
	check_equal(spawned, whole_in(mail).me);
	mail = ths_call(world.vm, other, THS_SECONDS(10), pass, .to = spawned);
	check_equal(spawned, whole_in(mail).me);
	cr_assert_eq(ths_address_parse(ths_address_print(spawned, text),
	    &parsed), THS_OK);
	check_equal(spawned, parsed);
	cr_assert_not(ths_address_equal(spawned, other));
	cr_assert_not(ths_address_equal(other, spawned));
	world_end(&world);
}

Test(address_of_an_actor, is_unlike_any_junk, .description = "T-091")
{
	struct world world;
	ths_address spawned, junk;
	unsigned char bytes[sizeof(junk)];

	world_begin_inline(&world);
	spawned = world_spawn(&world, &subject_actor);
	cr_assert_not(ths_address_equal(spawned, THS_NOBODY));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		memcpy(bytes, &spawned, sizeof(bytes));
		bytes[i] ^= 0x55;
		memcpy(&junk, bytes, sizeof(bytes));
		cr_assert_not(ths_address_equal(spawned, junk));
		cr_assert_not(ths_address_equal(junk, spawned));
		/* And nobody gets its mail. */
		cr_assert_neq(ths_tell(world.vm, junk, leave),
		    THS_BAD_ARGUMENT);
	}
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_status(&world).actors, 1);
	cr_assert_eq(world_status(&world).handled, 0);
	world_end(&world);
}

Test(address_of_an_actor, may_be_kept_by_its_hash_beyond_its_end,
    .description = "T-092")
{
	struct world world;
	ths_address first, second;
	uint64_t hash;

	world_begin_inline(&world);
	first = world_spawn(&world, &subject_actor);
	hash = ths_address_hash(first);
	cr_assert_eq(ths_tell(world.vm, first, leave), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(ths_address_hash(first), hash);
	for (int i = 0; i < 1000; i++) {
		second = world_spawn(&world, &subject_actor);
		cr_assert_neq(ths_address_hash(second), hash);
		cr_assert_eq(ths_tell(world.vm, second, leave), THS_OK);
		ths_vm_run(world.vm, 0);
	}
	world_end(&world);
}

Test(address_of_an_actor, names_nobody_once_it_has_ended,
    .description = "T-095 T-096")
{
	enum { LETTERS = 5, LIVES = 500 };
	struct world world;
	ths_address first, next;
	bool is_used_again = false;

	/* So few that a slot is soon used again. */
	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.actors_max = 4 });
	/* Whose slot the worker keeps, so that the next one's goes round. */
	next = world_spawn(&world, &subject_actor);
	cr_assert_eq(ths_tell(world.vm, next, leave), THS_OK);
	ths_vm_run(world.vm, 0);
	first = world_spawn(&world, &subject_actor);
	cr_assert_eq(ths_tell(world.vm, first, leave), THS_OK);
	for (int i = 0; i < LETTERS; i++)
		cr_assert_eq(ths_tell(world.vm, first, tell_me), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_dead(&world, THS_DEAD_EXITED), LETTERS,
	    "what waited is dead at once");
	for (int i = 0; i < LIVES; i++) {
		next = world_spawn(&world, &subject_actor);
		is_used_again |= next.slot == first.slot;
		cr_assert_not(ths_address_equal(first, next));
		cr_assert_eq(ths_tell(world.vm, first, tell_me), THS_OK);
		cr_assert_eq(ths_tell(world.vm, next, leave), THS_OK);
		ths_vm_run(world.vm, 0);
	}
	cr_assert(is_used_again);
	cr_assert_eq(world_dead(&world, THS_DEAD_STALE) +
	    world_dead(&world, THS_DEAD_EXITED), LETTERS + LIVES);
	cr_assert_eq(world_status(&world).handled, LIVES + 2);
	world_end(&world);
}
