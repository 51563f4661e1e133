/* SPDX-License-Identifier: MIT */
/*
 * deaths of threads, simulated: clients end between two calls, with drafts
 * begun, messages under way and answers owed.
 *
 * If this fails, what a thread leaves behind keeps the VM from its work, or is
 * lost.
 */
#include "tests/sim/hazards.h"

int
main(int argc, char **argv)
{
	static const struct hazards_program program = {
		.what = "A thread that ends takes nothing along.",
		.faults = { .death_one_in = 6, .death_at = 30 },
	};

	return hazards_main(argc, argv, &program);
}
