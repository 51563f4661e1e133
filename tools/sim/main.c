/* SPDX-License-Identifier: MIT */
/*
 * thespis-sim - explores simulated worlds, seed after seed.
 *
 *     thespis-sim PROGRAM [--seeds A..B] [--jobs N] ...
 *
 * Exit codes: 0 all went well, 1 a seed has failed, 2 the command line is
 * wrong, 3 the program cannot be had, or the system refuses something, 130
 * interrupted.
 */
#include <stddef.h>

#include "tools/sim/command.h"
#include "tools/sim/programs/programs.h"

static const ths_sim_program *const programs[] = {
	&bank_program, &philosophers_program, &pingpong_program, &ring_program,
	&supervision_program, NULL,
};

int
main(int argc, char **argv)
{
	return command_main(argc, argv, programs);
}
