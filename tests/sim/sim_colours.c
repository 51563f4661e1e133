/* SPDX-License-Identifier: MIT */
/*
 * colours, simulated: the scenes of tests/scenes/colours.h, inline or with
 * workers.
 *
 * If this fails, an actor lives where it cannot, or is driven out from where it
 * can.
 */
#include "tests/sim/player.h"

#include "tests/scenes/colours.h"

int
main(int argc, char **argv)
{
	static const struct player_program program = {
		.what = "An actor lives where it fits, and only there.",
		.description = "G-01 G-02 G-03 G-07 G-10 G-13 G-15 G-16",
		.scenes = { colours_come_and_go, colours_are_needed,
		    colours_drive_out },
		.config = { .slice_max = 3 },
		.faults = SEEDS_DELAYS,
	};

	return player_main(argc, argv, &program);
}
