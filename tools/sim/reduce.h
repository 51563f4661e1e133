/* SPDX-License-Identifier: MIT */
/*
 * reduce - leaves out of a list of decisions what a failure does not need.
 *
 * Parts are left out, half of the list first, then smaller ones, down to single
 * decisions, until none of those that are left can be spared.
 *
 * Threads: one.
 * Source: A. Zeller, R. Hildebrandt, "Simplifying and Isolating
 * Failure-Inducing Input" (2002), with complements only.
 */
#ifndef TOOLS_SIM_REDUCE_H
#define TOOLS_SIM_REDUCE_H

#include <stdbool.h>
#include <stddef.h>

#include "thespis/sim.h"

/* Who knows whether a run with these decisions still fails; false as well when
 * there is no time left to find out. */
struct judge {
	bool (*fails)(void *context, const ths_sim_schedule *schedule);
	void *context;
};

/* Shortens items, which stay in order; scratch has room for as many.  Returns
 * how many are left. */
size_t reduce(ths_sim_decision *items, size_t length,
    ths_sim_decision *scratch, const struct judge *judge);

#endif
