/* SPDX-License-Identifier: MIT */
/*
 * faults of all kinds at once, simulated.
 *
 * If this fails, and none of the other programs sim_faults_*.c does, what
 * follows one fault does not bear another.
 */
#include "tests/sim/hazards.h"

int
main(int argc, char **argv)
{
	static const struct hazards_program program = {
		.what = "What goes wrong is said, and the books balance.",
		.faults = { 
		    .memory_one_in = 10, .handler_one_in = 10,
		    .slow_one_in = 5, .slow_max = THS_MILLISECONDS(3),
		    .late_one_in = 5, .late_max = THS_MILLISECONDS(20),
		    .death_one_in = 20, .call_one_in = 5, .timer_one_in = 5,
		    .wall_one_in = 2,
		    .memory_at = 40, .handler_at = 60, .slow_at = 60,
		    .late_at = 30, .death_at = 30, .call_at = 15,
		    .timer_at = 10, .wall_at = 10 },
	};

	return hazards_main(argc, argv, &program);
}
