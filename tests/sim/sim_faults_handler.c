/* SPDX-License-Identifier: MIT */
/*
 * faults of handlers, simulated: any of them fails instead of running, twice
 * in a row at times.
 *
 * If this fails, a failing handler costs more than its message, is not tried
 * again, or its sender is not told.
 */
#include "tests/sim/hazards.h"

int
main(int argc, char **argv)
{
	static const struct hazards_program program = {
		.what = "A handler that fails costs one message at most.",
		.faults = { .handler_one_in = 2, .handler_at = 60 },
	};

	return hazards_main(argc, argv, &program);
}
