/* SPDX-License-Identifier: MIT */
/* sending: who gets what, from whom and in which order.
 * tests/sim/sim_sending.c plays the same scenes. */
#include "tests/unit/vm/player.h"

#include "tests/scenes/sending.h"

Test(sending, is_met_one_message_at_a_time, .description = "T-040")
{
	player_play(sending_meets_one_at_a_time);
}

Test(sending, goes_where_the_address_says, .description = "C-18")
{
	player_play(sending_goes_where_the_address_says);
}

Test(sending, adds_up_along_a_chain, .description = "C-19")
{
	player_play(sending_adds_up_along_a_chain);
}

Test(sending, keeps_each_senders_order, .description = "T-048 C-24")
{
	player_play(sending_keeps_each_senders_order);
}

Test(sending, of_the_runtimes_own_is_refused, .description = "C-33")
{
	player_play(sending_of_the_runtimes_own_is_refused);
}

Test(sending, a_status_request_is_answered_unseen, .description = "T-125")
{
	player_play(sending_a_status_request_is_answered);
}
