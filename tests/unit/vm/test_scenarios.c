/* SPDX-License-Identifier: MIT */
/* scenarios: the stories of tests/scenario, inline and on worker threads. */
#include <sched.h>

#include "tests/unit/vm/world.h"

#define SCENARIO_CHECK(x) cr_assert(x)
#define SCENARIO_PAUSE() sched_yield()
#define SCENARIO_MANY 100

#include "tests/scenario/address.h"
#include "tests/scenario/creation.h"
#include "tests/scenario/rubbish.h"
#include "tests/scenario/sending.h"

static void
play(void (*scenario)(ths_vm *vm))
{
	struct world world;

	world_begin_inline(&world);
	scenario(world.vm);
	world_end(&world);
	for (uint32_t workers = 1; workers <= 3; workers++) {
		world_begin_local(&world, workers);
		scenario(world.vm);
		world_end(&world);
	}
}

Test(creation, of_many_gives_each_an_address, .description = "C-01")
{
	play(creation_of_many);
}

Test(creation, goes_by_reference_or_by_the_name_of_the_kind,
    .description = "C-02 C-03 C-04")
{
	play(creation_by_kind);
}

Test(creation, lets_no_message_be_overtaken, .description = "C-05 C-06")
{
	play(creation_overtakes_nothing);
}

Test(creation, by_another_gives_addresses_for_all, .description = "C-07")
{
	play(creation_by_another);
}

Test(creation, is_followed_by_mail_at_once, .description = "C-08 C-09")
{
	play(creation_and_mail_at_once);
}

Test(creation, gives_the_final_address, .description = "C-10")
{
	play(creation_gives_the_final_address);
}

Test(sending, is_met_one_message_at_a_time, .description = "T-040")
{
	play(sending_meets_one_at_a_time);
}

Test(sending, goes_where_the_address_says, .description = "C-18")
{
	play(sending_goes_where_the_address_says);
}

Test(sending, adds_up_along_a_chain, .description = "C-19")
{
	play(sending_adds_up_along_a_chain);
}

Test(sending, keeps_each_senders_order, .description = "T-048 C-24")
{
	play(sending_keeps_each_senders_order);
}

Test(sending, of_the_runtimes_own_is_refused, .description = "C-33")
{
	play(sending_of_the_runtimes_own_is_refused);
}

Test(sending, a_status_request_is_answered_unseen, .description = "T-125")
{
	play(sending_a_status_request_is_answered);
}

Test(rubbish, harms_nobody_who_meets_it, .description = "T-057")
{
	play(rubbish_harms_nobody);
}

Test(rubbish, is_buried_with_its_name_on_it, .description = "T-120")
{
	play(rubbish_is_buried);
}

Test(rubbish, comes_back_to_who_tried_to_send_it,
    .description = "T-047 T-058 C-26")
{
	play(rubbish_comes_back);
}

Test(addresses, come_from_the_vm_and_have_a_text, .description = "T-090 C-34")
{
	play(address_comes_from_the_vm);
}

Test(addresses, go_with_a_name_or_none, .description = "C-16")
{
	play(address_and_name_are_known);
}

/* T-090: one that a program makes up is nobody's here, whoever it is elsewhere. */
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
