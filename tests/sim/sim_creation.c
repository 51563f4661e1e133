/* SPDX-License-Identifier: MIT */
/*
 * creation, simulated: the scenes of tests/scenes/creation.h, one after the
 * other.
 *
 * If this fails, a child's address is not good at once for whoever gets it,
 * mail that was sent before the child was up is lost or out of order, or a
 * child is left behind.
 */
#include "tests/sim/player.h"

#include "tests/scenes/creation.h"

int
main(int argc, char **argv)
{
	static const struct player_program program = {
		.what = "A child's address is good at once, and stays.",
		.description = "T-046 C-01 C-02 C-03 C-04 C-05 C-06 C-07 C-08 "
		    "C-09 C-10",
		.scenes = { creation_of_many, creation_by_kind,
		    creation_overtakes_nothing, creation_by_another,
		    creation_and_mail_at_once,
		    creation_gives_the_final_address },
		.buries_nothing = true,
		.faults = SEEDS_DELAYS,
	};

	return player_main(argc, argv, &program);
}
