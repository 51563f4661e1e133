/* SPDX-License-Identifier: MIT */
/*
 * explain - what happened last in a run that has failed: plays it once more, in
 * a job of its own, and prints its last events in words.
 *
 * Threads: one, of a process that has no other.
 */
#ifndef TOOLS_SIM_EXPLAIN_H
#define TOOLS_SIM_EXPLAIN_H

#include <stdint.h>

#include "thespis/sim.h"
#include "tools/sim/options.h"

/* Prints them to standard output, each line indented.  schedule, unless it is
 * NULL, is replayed. */
void explain_run(const ths_sim_program *program, const struct options *options,
    const ths_sim_schedule *schedule, uint64_t seed);

#endif
