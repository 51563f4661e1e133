/* SPDX-License-Identifier: MIT */
/*
 * play - one run of a program: a seed played to its end, in this process.
 *
 * Threads: one.
 * Errors: whatever goes wrong is the outcome.  A run that crashes or hangs
 * takes the process along; see job.h.
 */
#ifndef TOOLS_SIM_PLAY_H
#define TOOLS_SIM_PLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "thespis/sim.h"
#include "tools/sim/options.h"
#include "tools/sim/outcome.h"

/*
 * How a program is played.
 *
 *   field       what it is
 *   config      all but the seed
 *   is_twice    plays each seed twice: both must have one signature
 *   before      called with the world before the program starts; may be NULL
 *   after       the same when the run has ended; not if it has crashed
 */
struct play {
	const ths_sim_program *program;
	ths_sim_config config;
	bool is_twice;
	void (*before)(void *context, ths_sim *sim);
	void (*after)(void *context, ths_sim *sim);
	void *context;
};

/* Makes what the options say. */
void play_init(struct play *play, const ths_sim_program *program,
    const struct options *options);

/* Has it replay a schedule, which must last. */
void play_replay(struct play *play, const ths_sim_schedule *schedule);

/* Plays a seed; a player's function, see job.h, with a struct play as context.
 * After an outcome that has failed the process should end. */
void play_seed(void *play, uint64_t seed, struct outcome *outcome);

#endif
