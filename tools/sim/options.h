/* SPDX-License-Identifier: MIT */
/*
 * options - what the command line of an exploration says.
 *
 * Threads: one.  Ownership: texts point into argv, but for the names of
 * settings; so the struct may not be copied or moved, but by options_copy().
 * Limits: SETTINGS_MAX settings, names of OPTIONS_NAME_SIZE - 1 bytes.
 * Errors: options_read() says on standard error what is wrong.
 */
#ifndef TOOLS_SIM_OPTIONS_H
#define TOOLS_SIM_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/settings.h"
#include "thespis/sim.h"

enum {
	OPTIONS_NAME_SIZE = 32,       /* of a setting, NUL included */
	OPTIONS_SEEDS = 200,          /* when nothing is said */
	OPTIONS_HANG_SECONDS = 60,    /* the same */
	OPTIONS_SHRINK_SECONDS = 60,
	OPTIONS_SECONDS_MAX = 1000 * 1000 * 1000,
};

/* How explorations end. */
enum {
	EXIT_WELL = 0,
	EXIT_SEED_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_OTHER = 3,
	EXIT_INTERRUPTED = 130, /* as a shell says: 128 and SIGINT */
};

/*
 *   field         option, and what zero means
 *   first         --seed, or the A of --seeds A..B; never 0 if nothing is said
 *   end           --seeds: the seed behind the last
 *   span_ns       --time: any
 *   hang_ns       --hang
 *   jobs          --jobs
 *   plays_here    --jobs 0: no children, for a debugger
 *   has_faults    --faults: those that the program bears
 *   trace         --trace: none
 *   schedule      --schedule: none
 *   settings      --set NAME=VALUE; their names are in `names`
 *   is_diverse    --diverse
 */
struct options {
	const char *program_name; /* as it is called, for commands */
	const char *program;      /* the word that names what is explored */
	uint64_t first;
	uint64_t end;
	uint64_t span_ns;
	uint64_t hang_ns;
	uint64_t shrink_ns;
	uint32_t jobs;
	ths_sim_picker picker;
	uint32_t depth;
	ths_sim_setting settings[SETTINGS_MAX];
	char names[SETTINGS_MAX][OPTIONS_NAME_SIZE];
	size_t settings_length;
	ths_sim_faults faults;
	const char *trace;
	const char *schedule;
	bool has_faults;
	bool plays_here;
	bool is_twice;
	bool is_diverse;
	bool collects;
	bool is_quiet;
	bool shows_progress;
	bool shrinks;
	bool lists;
	bool wants_help;
	bool wants_version;
};

/* Reads the command line.  Where takes_program, one word that is no option
 * names the program.  False: it is wrong. */
bool options_read(struct options *options, int argc, char **argv,
    bool takes_program);

/* Makes `copy` the same as options. */
void options_copy(struct options *copy, const struct options *options);

/* Says what is wrong with the command line, and where help is. */
void options_complain(const struct options *options, const char *format, ...)
    THS_PRINTF(2, 3);

/* Prints the options, a line each. */
void options_print_help(FILE *stream);

/* Adds or changes a setting.  False: there are too many, or the name is too
 * long. */
bool options_set(struct options *options, const char *name, uint64_t value);

/* Writes the command that plays this seed in the same way. */
void options_print_command(const struct options *options, uint64_t seed,
    FILE *stream);

#endif
