/* SPDX-License-Identifier: MIT */
/*
 * draw - plays one seed, and writes what it does as a trace; see trace.h.
 *
 * Threads: one, of a process that has no other.
 */
#ifndef TOOLS_SIM_DRAW_H
#define TOOLS_SIM_DRAW_H

#include "tools/sim/options.h"
#include "tools/sim/play.h"

/* Plays the first seed of the options, tells what became of it as an
 * exploration would, and returns an exit code. */
int draw_run(const struct options *options, const struct play *play);

#endif
