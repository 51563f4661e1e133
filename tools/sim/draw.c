/* SPDX-License-Identifier: MIT */
/*
 * draw - plays one seed, and writes what it does as a trace; see draw.h.
 *
 * The seed is played by a child, and the file ended by its parent: so it is
 * whole even if the run crashes or hangs.
 */
#include "tools/sim/draw.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "tools/sim/interrupt.h"
#include "tools/sim/trace.h"
#include "tools/sim/trial.h"

/* For the child: where to write, and what it writes with. */
struct drawing {
	const char *path;
	struct trace *trace;
};

static void
begin(void *context, ths_sim *sim)
{
	struct drawing *drawing = context;

	drawing->trace = trace_open(drawing->path);
	if (drawing->trace == NULL)
		ths_sim_fail(sim, __FILE__, __LINE__, "%s: %s", drawing->path,
		    strerror(errno));
	else
		trace_watch(drawing->trace, sim);
}

static void
end(void *context, ths_sim *sim)
{
	struct drawing *drawing = context;

	if (drawing->trace != NULL &&
	    !trace_close(drawing->trace, ths_sim_why(sim)))
		ths_sim_fail(sim, __FILE__, __LINE__, "%s: %s", drawing->path,
		    strerror(errno));
}

static int
complain(const struct options *options)
{
	fprintf(stderr, "%s: %s: %s\n", options->program_name, options->trace,
	    strerror(errno));
	return EXIT_OTHER;
}

int
draw_run(const struct options *options, const struct play *play)
{
	struct drawing drawing = { options->trace, NULL };
	struct outcome outcome = { 0 };
	struct play drawn = *play;
	struct clock clock;
	const struct trial trial = {
		.player = { play_seed, &drawn },
		.hang_ns = options->hang_ns,
		.clock = &clock,
	};

	drawn.is_twice = false;
	drawn.before = begin;
	drawn.after = end;
	drawn.context = &drawing;
	clock_init_system(&clock);
	interrupt_catch();
	if (!trace_begin(options->trace))
		return complain(options);
	if (!trial_run(&trial, options->first, options->end, &outcome))
		return interrupt_came() ? EXIT_INTERRUPTED : EXIT_OTHER;
	if (!trace_end(options->trace))
		return complain(options);
	outcome_print(&outcome, stdout);
	return outcome.has_failed ? EXIT_SEED_FAILED : EXIT_WELL;
}
