/* SPDX-License-Identifier: MIT */
/*
 * chains, simulated: the scenes of tests/scenes/chains.h, inline or with
 * workers.
 *
 * If this fails, a message is lost, doubled or overtaken on its way through
 * many actors.
 */
#include "tests/sim/player.h"

#define CHAINS_MESSAGES 8
#include "tests/scenes/chains.h"

int
main(int argc, char **argv)
{
	static const struct player_program program = {
		.what = "What goes through many actors arrives, in order.",
		.description = "M-06",
		.scenes = { chains_lose_nothing },
		.config = { .slice_max = 3 },
		.faults = SEEDS_DELAYS,
	};

	return player_main(argc, argv, &program);
}
