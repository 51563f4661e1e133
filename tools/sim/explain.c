/* SPDX-License-Identifier: MIT */
/* explain - what happened last in a run that has failed; see explain.h. */
#include "tools/sim/explain.h"

void
explain_run(const ths_sim_program *program, const struct options *options,
    const ths_sim_schedule *schedule, uint64_t seed)
{
	(void)program, (void)options, (void)schedule, (void)seed;
}
