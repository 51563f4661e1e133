/* SPDX-License-Identifier: MIT */
/*
 * refused timers, simulated: of actors, of their calls' time-outs, and of a
 * supervisor.
 */
#include "tests/sim/hazards.h"

int
main(int argc, char **argv)
{
	static const struct hazards_program program = {
		.what = "A timer is refused, or it wakes its actor.",
		.faults = { .timer_one_in = 1, .timer_at = 10 },
	};

	return hazards_main(argc, argv, &program);
}
