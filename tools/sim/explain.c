/* SPDX-License-Identifier: MIT */
/*
 * explain - what happened last in a run that has failed; see explain.h.
 *
 * The events are kept in memory that the child shares, so that they are there
 * when it has crashed or was killed.
 */
#include "tools/sim/explain.h"

#include <stdio.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "sim/events.h"
#include "sim/sim.h"
#include "tools/sim/play.h"
#include "tools/sim/trial.h"

enum { LINES = 24 };

/* What the child leaves behind. */
struct diary {
	struct sim_memoir memoir;
	char lines[LINES][SIM_MEMOIR_LINE];
};

static void
listen(void *diary, ths_sim *sim)
{
	struct diary *shared = diary;

	shared->memoir = (struct sim_memoir){ shared->lines, LINES, 0 };
	sim->listener = (struct sim_listener){ sim_memoir_tell,
		&shared->memoir };
}

static void
print_lines(const struct diary *diary)
{
	size_t count = sim_memoir_count(&diary->memoir);

	for (size_t i = 0; i < count; i++)
		printf("  %s\n", sim_memoir_line(&diary->memoir, i));
}

void
explain_run(const ths_sim_program *program, const struct options *options,
    const ths_sim_schedule *schedule, uint64_t seed)
{
	struct diary *diary = mmap(NULL, sizeof(*diary),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct outcome outcome;
	struct clock clock;
	struct play play;
	struct trial trial = {
		.player = { play_seed, &play },
		.hang_ns = options->hang_ns,
		.clock = &clock,
	};

	if (diary == MAP_FAILED)
		return;
	clock_init_system(&clock);
	play_init(&play, program, options);
	if (schedule != NULL)
		play_replay(&play, schedule);
	play.before = listen;
	play.context = diary;
	if (trial_run(&trial, seed, seed + 1, &outcome)) {
		print_lines(diary);
		if (!outcome.has_failed)
			printf("  but played again, alone, it goes well: "
			    "something is left from run to run\n");
	}
	munmap(diary, sizeof(*diary));
}
