/* SPDX-License-Identifier: MIT */
/*
 * refused calls, simulated: of clients, and of actors.
 */
#include "tests/sim/hazards.h"

int
main(int argc, char **argv)
{
	static const struct hazards_program program = {
		.what = "A call is refused, or it has an answer.",
		.faults = { .call_one_in = 1, .call_at = 15 },
	};

	return hazards_main(argc, argv, &program);
}
