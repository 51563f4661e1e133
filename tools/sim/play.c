/* SPDX-License-Identifier: MIT */
/* play - one run of a program; see play.h. */
#include "tools/sim/play.h"

#include <inttypes.h>
#include <string.h>

#include "sim/sim_vm.h"

void
play_init(struct play *play, const ths_sim_program *program,
    const struct options *options)
{
	*play = (struct play){
		.program = program,
		.config = {
			.picker = options->picker,
			.depth = options->depth,
			.settings = options->settings,
			.settings_length = options->settings_length,
			.faults = options->has_faults ? options->faults :
			    program->faults,
		},
		.is_twice = options->is_twice,
	};
}

void
play_replay(struct play *play, const ths_sim_schedule *schedule)
{
	play->config.picker = THS_SIM_REPLAY;
	play->config.schedule = *schedule;
}

/* Runs a world from its start to its end. */
static void
run(const struct play *play, ths_sim *sim)
{
	const ths_sim_program *program = play->program;

	if (program->state_size > 0)
		memset(program->state, 0, program->state_size);
	if (play->before != NULL)
		play->before(play->context, sim);
	program->start(sim);
	if (ths_sim_why(sim) == NULL &&
	    ths_sim_finish(sim) == THS_SIM_DONE && program->end != NULL)
		program->end(sim);
}

static void
play_once(const struct play *play, uint64_t seed, struct outcome *outcome)
{
	ths_sim_config config = play->config;
	ths_sim *sim;
	bool is_good;

	config.seed = seed;
	sim = ths_sim_new(&config);
	if (sim == NULL) {
		outcome_fail(outcome, "no memory for a world");
		return;
	}
	run(play, sim);
	if (ths_sim_why(sim) == NULL)
		sim_end_vms(sim);
	is_good = ths_sim_why(sim) == NULL;
	outcome->signature = ths_sim_signature(sim);
	if (!is_good)
		outcome_fail(outcome, "%s", ths_sim_why(sim));
	if (play->after != NULL)
		play->after(play->context, sim);
	if (is_good) /* else the ruins stay as they are */
		(void)ths_sim_free(sim);
}

void
play_seed(void *context, uint64_t seed, struct outcome *outcome)
{
	const struct play *play = context;
	uint64_t signature;

	play_once(play, seed, outcome);
	if (!play->is_twice || outcome->has_failed)
		return;
	signature = outcome->signature;
	play_once(play, seed, outcome);
	if (outcome->signature != signature)
		outcome_fail(outcome, "the second run differs from the first: "
		    "signatures %016" PRIx64 " and %016" PRIx64, signature,
		    outcome->signature);
}
