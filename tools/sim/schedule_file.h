/* SPDX-License-Identifier: MIT */
/*
 * schedule_file - the decisions of a run as a file that people can read:
 *
 *     # thespis-sim bank --seed 7
 *     # at which step of a thread who goes on (0 is home), or what it chooses
 *     switch 2 118 3
 *     choice 2 4 1
 *
 * Threads: one.  Ownership: a list that was read belongs to the caller, for
 * free().  Limits: SCHEDULE_LENGTH_MAX decisions.
 * Errors: false, and why on standard error.
 */
#ifndef TOOLS_SIM_SCHEDULE_FILE_H
#define TOOLS_SIM_SCHEDULE_FILE_H

#include <stdbool.h>

#include "sim/schedule.h"
#include "thespis/sim.h"

/* Writes a schedule; title is its first line. */
bool schedule_file_write(const char *path, const char *title,
    const ths_sim_schedule *schedule);

/* Reads one; it is in the order that a world wants. */
bool schedule_file_read(const char *path, ths_sim_schedule *schedule,
    ths_sim_decision **items);

#endif
