/* SPDX-License-Identifier: MIT */
/*
 * trial - plays a few seeds in a job of their own, until one fails in a certain
 * way, and says nothing of it to anybody.
 *
 * Threads: one, of a process that has no other.
 */
#ifndef TOOLS_SIM_TRIAL_H
#define TOOLS_SIM_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/sim/job.h"
#include "tools/sim/outcome.h"

/*
 *   field   what it is
 *   hang_ns of real time for a seed; it fails then
 *   like    only failures of the same kind count, see outcome_is_like(); NULL:
 *           any outcome does, a good one as well
 *   end_ns  on the clock of base/clock.h that began at its start; no seed is
 *           begun later; 0: any time
 */
struct trial {
	struct player player;
	uint64_t hang_ns;
	const struct outcome *like;
	const struct clock *clock;
	uint64_t end_ns;
};

/* Plays the seeds first to end - 1; true: *outcome is what was looked for. */
bool trial_run(const struct trial *trial, uint64_t first, uint64_t end,
    struct outcome *outcome);

#endif
