/* SPDX-License-Identifier: MIT */
/* addresses: where they come from, and what they are worth elsewhere.
 * tests/sim/sim_addresses.c plays the same scenes. */
#include "tests/unit/vm/player.h"

#include "tests/scenes/addresses.h"

Test(addresses, come_from_the_vm_and_have_a_text, .description = "T-090 C-34")
{
	player_play(addresses_come_from_the_vm);
}

Test(addresses, go_with_a_name_or_none, .description = "C-16")
{
	player_play(addresses_and_names_are_known);
}

/* T-090: one that a program makes up is nobody's here, whoever it is
 * elsewhere. */
Test(addresses, of_another_vm_are_nobodys_here, .description = "T-090")
{
	struct world world, other;
	ths_address here, there, parsed;
	char text[THS_ADDRESS_TEXT_SIZE];
	ths_mail *mail;

	world_begin_inline(&world);
	world_begin_inline(&other);
	here = world_spawn(&world, &person_actor);
	there = world_spawn(&other, &person_actor);
	cr_assert_eq(here.slot, there.slot, "the same place in each");
	cr_assert_not(ths_address_equal(here, there));
	cr_assert_eq(ths_address_parse(ths_address_print(there, text),
	    &parsed), THS_OK);
	mail = ths_call(world.vm, parsed, THS_SECONDS(1), question);
	cr_assert_eq(ths_mail_status(mail), THS_GONE);
	ths_mail_free(mail);
	cr_assert_eq(world_dead(&world, THS_DEAD_FOREIGN), 1);
	world_end(&other);
	world_end(&world);
}
