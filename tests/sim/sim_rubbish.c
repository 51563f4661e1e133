/* SPDX-License-Identifier: MIT */
/*
 * rubbish, simulated: the scenes of tests/scenes/rubbish.h, one after the
 * other.
 *
 * If this fails, a message that holds what makes no sense is lost, read as
 * another or ends somebody; or who tries to send what cannot be sent does not
 * hear of it.
 */
#include "tests/sim/player.h"

#include "tests/scenes/rubbish.h"

int
main(int argc, char **argv)
{
	static const struct player_program program = {
		.what = "What makes no sense harms nobody.",
		.description = "T-047 T-057 T-120 B-22 C-26 E-12",
		.scenes = { rubbish_harms_nobody, rubbish_is_buried,
		    rubbish_comes_back, rubbish_is_told_shortly,
		    rubbish_is_no_data },
		/* Failures are logged as errors, and expected here. */
		.config = { .log_level = THS_LOG_NONE },
		.faults = SEEDS_DELAYS,
	};

	return player_main(argc, argv, &program);
}
