/* SPDX-License-Identifier: MIT */
/*
 * late wake-ups, simulated: whoever sleeps until a time, a worker with timers
 * or a client with a time-out, sleeps up to 20 ms longer.
 *
 * If this fails, something counts on timers that are punctual, or is early.
 */
#include "tests/sim/hazards.h"

int
main(int argc, char **argv)
{
	static const struct hazards_program program = {
		.what = "Who sleeps too long loses time, and no more.",
		.faults = { .late_one_in = 1, .late_at = 30,
		    .late_max = THS_MILLISECONDS(20) },
	};

	return hazards_main(argc, argv, &program);
}
