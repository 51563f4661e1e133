/* SPDX-License-Identifier: MIT */
/*
 * census, simulated: the scenes of tests/scenes/census.h, inline or with
 * workers.
 *
 * If this fails, what is told of an actor is not so, or is told of another.
 */
#include "tests/sim/player.h"

#include "tests/scenes/census.h"

int
main(int argc, char **argv)
{
	static const struct player_program program = {
		.what = "What is told of a VM and its actors is so.",
		.description = "A-11 M-01 M-02 M-25",
		.scenes = { census_finds_what_all_can, census_finds_the_idle,
		    census_finds_the_children, census_has_three_forms },
		.config = { .slice_max = 3 },
		.faults = SEEDS_DELAYS,
	};

	return player_main(argc, argv, &program);
}
