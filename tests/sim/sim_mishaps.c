/* SPDX-License-Identifier: MIT */
/*
 * mishaps, simulated: the scenes of tests/scenes/mishaps.h, one after the
 * other, inline or with workers.
 *
 * If this fails, a message that a handler has given away is met twice or
 * harmed, a failure of a strange message is told wrongly, or somebody waits for
 * an actor that was never born.
 */
#include "tests/sim/player.h"

#include "tests/scenes/mishaps.h"

int
main(int argc, char **argv)
{
	static const struct player_program program = {
		.what = "A strange failure is told as any other, and no "
		    "message of it lost.",
		.description = "D-01 D-14 D-15 D-18 D-34",
		.scenes = { mishaps_at_birth, mishaps_with_junk,
		    mishaps_with_what_equals_nothing, mishaps_with_nobody,
		    mishaps_with_a_message_given_away },
		/* Failures are logged as errors, and expected here. */
		.config = { .log_level = THS_LOG_NONE, .slice_max = 3 },
		.faults = SEEDS_DELAYS,
	};

	return player_main(argc, argv, &program);
}
