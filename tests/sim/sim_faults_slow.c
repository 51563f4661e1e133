/* SPDX-License-Identifier: MIT */
/*
 * slow handlers, simulated: any of them takes up to 3 ms.
 *
 * If this fails, something counts on handlers that are quick.
 */
#include "tests/sim/hazards.h"

int
main(int argc, char **argv)
{
	static const struct hazards_program program = {
		.what = "A slow handler is late, and no more.",
		.faults = { .slow_one_in = 2, .slow_at = 60,
		    .slow_max = THS_MILLISECONDS(3) },
	};

	return hazards_main(argc, argv, &program);
}
