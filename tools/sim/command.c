/* SPDX-License-Identifier: MIT */
/* command - thespis-sim, and what has its options; see command.h. */
#include "tools/sim/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "thespis/version.h"
#include "tools/sim/draw.h"
#include "tools/sim/explain.h"
#include "tools/sim/explorer.h"
#include "tools/sim/options.h"
#include "tools/sim/play.h"
#include "tools/sim/schedule_file.h"
#include "tools/sim/shrink.h"

/* What is explored, and the schedule that is replayed, if any. */
struct command {
	const ths_sim_program *program;
	const struct options *options;
	const ths_sim_schedule *schedule;
};

/* A seed has failed: what happened last. */
static void
explain(void *context, const struct outcome *outcome)
{
	const struct command *command = context;

	explain_run(command->program, command->options, command->schedule,
	    outcome->seed);
}

static int
explore(struct command *command)
{
	struct play play;
	struct finding finding;
	const struct exploration exploration = {
		.options = command->options,
		.player = { play_seed, &play },
		.explain = explain,
		.context = command,
	};
	int code;

	play_init(&play, command->program, command->options);
	if (command->schedule != NULL)
		play_replay(&play, command->schedule);
	if (command->options->trace != NULL)
		return draw_run(command->options, &play);
	code = explorer_run(&exploration, &finding);
	if (finding.is_there && command->options->shrinks)
		shrink_run(command->program, command->options,
		    &finding.outcome);
	return code;
}

static int
do_command(const ths_sim_program *program, const struct options *options)
{
	ths_sim_schedule schedule;
	ths_sim_decision *items = NULL;
	struct command command = { program, options, NULL };
	int code;

	if (options->schedule != NULL) {
		if (!schedule_file_read(options->schedule, &schedule, &items))
			return EXIT_OTHER;
		command.schedule = &schedule;
	}
	code = explore(&command);
	free(items);
	return code;
}

/* ------------------------------------------------------------------- usage */

static void
print_help(const struct options *options, const ths_sim_program *program)
{
	printf("usage: %s%s [OPTION]...\n\n", options->program_name,
	    program == NULL ? " PROGRAM" : "");
	if (program == NULL)
		printf("Explores a program of simulated worlds, seed after "
		    "seed: one that is built in\n(--list), or FILE.so, or "
		    "FILE.so:NAME.\n\n");
	else
		printf("%s\n\n", program->what);
	options_print_help(stdout);
	printf("\nExit codes: 0 all went well, 1 a seed has failed, 2 wrong "
	    "usage, 3 the program\ncannot be had or the system refuses "
	    "something, 130 interrupted.\n");
	if (program != NULL && program->description != NULL)
		printf("\n%s\n", program->description);
}

/* --help and --version; false: something else is wanted. */
static bool
tell_about_itself(const struct options *options,
    const ths_sim_program *program)
{
	if (options->wants_help)
		print_help(options, program);
	else if (options->wants_version)
		printf("thespis-sim %s\n", THS_VERSION);
	return options->wants_help || options->wants_version;
}

int
command_main(int argc, char **argv, catalog built_in)
{
	const ths_sim_program *program;
	struct options options;

	if (!options_read(&options, argc, argv, true))
		return EXIT_USAGE;
	if (tell_about_itself(&options, NULL))
		return EXIT_WELL;
	if (options.lists)
		return catalog_print(built_in, options.program,
		    options.program_name, stdout) ? EXIT_WELL : EXIT_OTHER;
	if (options.program == NULL) {
		options_complain(&options, "which program?");
		return EXIT_USAGE;
	}
	program = catalog_find(built_in, options.program,
	    options.program_name);
	return program == NULL ? EXIT_OTHER : do_command(program, &options);
}

int
command_main_of(int argc, char **argv, const ths_sim_program *program)
{
	struct options options;

	if (!options_read(&options, argc, argv, false))
		return EXIT_USAGE;
	if (tell_about_itself(&options, program))
		return EXIT_WELL;
	if (options.lists) {
		printf("%-13s %s\n", program->name, program->what);
		return EXIT_WELL;
	}
	return do_command(program, &options);
}
