/* SPDX-License-Identifier: MIT */
/*
 * explorer - plays seed after seed in jobs side by side, and tells of each in
 * the order of the seeds:
 *
 *     seed 17 signature 9f3c52a10c5d7e41 ok
 *     seed 18 FAILED: account.c:120: not so: sum == 100000
 *       …
 *       again: thespis-sim bank --seed 18
 *
 * on standard output; how far it has come on standard error.  A seed whose
 * process dies or hangs has failed as well.
 *
 * Which seeds are told does not depend on the number of jobs: at the first that
 * fails, all below it are still played to their end.
 *
 * Threads: one, of a process that has no other.
 */
#ifndef TOOLS_SIM_EXPLORER_H
#define TOOLS_SIM_EXPLORER_H

#include <stdbool.h>
#include <stdint.h>

#include "thespis/sim.h"
#include "tools/sim/job.h"
#include "tools/sim/options.h"
#include "tools/sim/outcome.h"

/*
 * What is explored, and what to do about failures.
 *
 *   field    what it is
 *   player   plays one seed, in the job's process
 *   explain  prints more about a seed that has failed; may be NULL
 *   context  explain's
 */
struct exploration {
	const struct options *options;
	struct player player;
	void (*explain)(void *context, const struct outcome *outcome);
	void *context;
};

/* The first seed that failed, for who wants to go on with it. */
struct finding {
	bool is_there;
	struct outcome outcome;
};

/* Explores; an exit code, see options.h.  *finding is filled in if something
 * has failed. */
int explorer_run(const struct exploration *exploration,
    struct finding *finding);

#endif
