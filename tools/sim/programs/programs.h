/* SPDX-License-Identifier: MIT */
/*
 * programs - those that are built into thespis-sim.  They use what a user's
 * programs use: thespis.h and thespis/sim.h, nothing of the house.
 */
#ifndef TOOLS_SIM_PROGRAMS_PROGRAMS_H
#define TOOLS_SIM_PROGRAMS_PROGRAMS_H

#include <thespis/sim.h>
#include <thespis/thespis.h>

extern const ths_sim_program bank_program;
extern const ths_sim_program pingpong_program;
extern const ths_sim_program philosophers_program;
extern const ths_sim_program ring_program;
extern const ths_sim_program supervision_program;

#endif
