/* SPDX-License-Identifier: MIT */
/*
 * addresses, simulated: the scenes of tests/scenes/addresses.h, one after the
 * other.
 *
 * If this fails, an address that came by a creation, a sender or a message is
 * not that of the actor it should be.
 */
#include "tests/sim/player.h"

#include "tests/scenes/addresses.h"

int
main(int argc, char **argv)
{
	static const struct player_program program = {
		.what = "An address is one wherever it comes from.",
		.description = "T-090 C-16 C-34",
		.scenes = { addresses_come_from_the_vm,
		    addresses_and_names_are_known },
		.buries_nothing = true,
		.faults = SEEDS_DELAYS,
	};

	return player_main(argc, argv, &program);
}
