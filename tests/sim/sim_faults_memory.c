/* SPDX-License-Identifier: MIT */
/*
 * faults of memory, simulated: allocations are refused, any of them.
 *
 * If this fails, something was half done when there was no memory for the
 * rest of it, or nobody was told, or the VM is not what it was when there is
 * memory again.
 */
#include "tests/sim/hazards.h"

int
main(int argc, char **argv)
{
	static const struct hazards_program program = {
		.what = "Without memory a deed is done, or refused.",
		.faults = { .memory_one_in = 2, .memory_at = 40 },
	};

	return hazards_main(argc, argv, &program);
}
