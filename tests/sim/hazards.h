/* SPDX-License-Identifier: MIT */
/*
 * hazards - a world that goes on whatever goes wrong, and whose books balance:
 * what the programs sim_faults_*.c play, each with a kind of fault of its own.
 *
 * Accounts send each other coins that clients ask for; a coin that is not
 * accepted comes back by poison.  Clerks read the date, set timers and call an
 * oracle.  Desks crash when they are shoved, and a supervisor starts them anew.
 * Clients call, tell, draft, spawn and wait.  When they are done nothing goes
 * wrong any more, and then:
 *   - no coin is lost but by a poison that failed or was not to be had;
 *   - each call and each timer that was begun has come to an end, once;
 *   - each answer that a client got is one that can be, with these faults;
 *   - every desk is there again, and does its work;
 *   - what has struck is what the VM has seen; the VM's books balance.
 */
#ifndef TESTS_SIM_HAZARDS_H
#define TESTS_SIM_HAZARDS_H

#include "sim/faults.h"
#include "tests/sim/vm_world.h"

enum { HAZARDS_ODDS_MAX = 8 };

struct hazards_program {
	const char *what;
	/* What goes wrong: each one_in is the least, and more are drawn, up to
	 * HAZARDS_ODDS_MAX times as many; of KIND_at a number up to it. */
	ths_sim_faults faults;
};

/* What main() returns. */
int hazards_main(int argc, char **argv, const struct hazards_program *program);

#endif
