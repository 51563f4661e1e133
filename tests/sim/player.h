/* SPDX-License-Identifier: MIT */
/*
 * player - plays scenes of tests/scenes in simulated worlds, one after the
 * other; see tests/scenes/stage.h.  A program for which "many" is dear defines
 * it first.  One whose scenes need more than a VM and a client of their own
 * starts its world itself.
 */
#ifndef TESTS_SIM_PLAYER_H
#define TESTS_SIM_PLAYER_H

#include "base/sched_point.h"
#include "tests/sim/vm_world.h"

#define STAGE_CHECK(x) SEEDS_CHECK(x)
#define STAGE_PAUSE() sched_point(SCHED_SITE_CLIENT)
#define STAGE_SLACK THS_MILLISECONDS(1)
#ifndef STAGE_MANY
#define STAGE_MANY 3
#endif

enum { PLAYER_SCENES_MAX = 8 };

struct player_program {
	const char *what;        /* as in seeds_program */
	const char *description; /* the same */
	void (*scenes[PLAYER_SCENES_MAX])(ths_vm *vm); /* up to a NULL */
	ths_vm_config config; /* the VM's, but for mode and workers: inline in
			       * every third world, else three workers */
	bool buries_nothing;  /* no message may be a dead letter */
	ths_sim_faults faults; /* as in seeds_program */
};

/* What main() returns. */
int player_main(int argc, char **argv, const struct player_program *program);

#endif
