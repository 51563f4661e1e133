/* SPDX-License-Identifier: MIT */
/*
 * command - thespis-sim, and every program that has its options: reads the
 * command line and does what it says.
 *
 * Threads: one, of a process that has no other.
 */
#ifndef TOOLS_SIM_COMMAND_H
#define TOOLS_SIM_COMMAND_H

#include "thespis/sim.h"
#include "tools/sim/catalog.h"

/* What main() returns.  A word of the command line names the program, built in
 * or not. */
int command_main(int argc, char **argv, catalog built_in);

/* The same for a program that is this one. */
int command_main_of(int argc, char **argv, const ths_sim_program *program);

#endif
