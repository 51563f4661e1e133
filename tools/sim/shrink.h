/* SPDX-License-Identifier: MIT */
/*
 * shrink - makes a failing run smaller: the sizes of its program first, then
 * its faults, then the decisions of its schedule.
 *
 * A smaller run counts if some seed of a few dozen fails in it in the same way
 * (outcome_is_like()); from then on that seed is the one.  The decisions are
 * those that the run has recorded; what is left of them at the end goes into a
 * file, for --schedule.
 *
 * Threads: one, of a process that has no other.
 * Limits: the options' time; what was found by then is told.
 */
#ifndef TOOLS_SIM_SHRINK_H
#define TOOLS_SIM_SHRINK_H

#include "thespis/sim.h"
#include "tools/sim/options.h"
#include "tools/sim/outcome.h"

/* Shrinks the run of this outcome, which has failed when played as the options
 * say, and prints what is left of it. */
void shrink_run(const ths_sim_program *program, const struct options *options,
    const struct outcome *outcome);

#endif
