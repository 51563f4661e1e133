/* SPDX-License-Identifier: MIT */
/*
 * sending, simulated: the scenes of tests/scenes/sending.h, one after the
 * other.
 *
 * If this fails, an actor handles two messages at once, a message is lost, out
 * of order or with somebody else, or a handler meets what is the runtime's
 * business.
 */
#define STAGE_MANY 1

#include "tests/sim/player.h"

#include "tests/scenes/sending.h"

int
main(int argc, char **argv)
{
	static const struct player_program program = {
		.what = "Each message is met once, in order, where it is to.",
		.description = "T-040 T-048 T-125 C-18 C-19 C-24 C-33",
		.scenes = { sending_meets_one_at_a_time,
		    sending_goes_where_the_address_says,
		    sending_adds_up_along_a_chain,
		    sending_keeps_each_senders_order,
		    sending_of_the_runtimes_own_is_refused,
		    sending_a_status_request_is_answered },
		.buries_nothing = true,
		.faults = SEEDS_DELAYS,
	};

	return player_main(argc, argv, &program);
}
