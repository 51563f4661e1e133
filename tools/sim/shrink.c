/* SPDX-License-Identifier: MIT */
/* shrink - makes a failing run smaller; see shrink.h. */
#include "tools/sim/shrink.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "sim/faults.h"
#include "sim/schedule.h"
#include "tools/sim/evidence.h"
#include "tools/sim/explain.h"
#include "tools/sim/interrupt.h"
#include "tools/sim/play.h"
#include "tools/sim/reduce.h"
#include "tools/sim/schedule_file.h"
#include "tools/sim/trial.h"

enum {
	SEEDS_TRIED = 48,   /* of a smaller run, before it counts as good */
	PATH_SIZE = 256,
	TITLE_SIZE = 1024,
};

/*
 *   field      what it is
 *   options    of the smallest run so far
 *   outcome    of its seed
 *   first      how big the program was: the sizes of the first run
 *   schedule   the decisions that are left, once they are known
 */
struct shrinker {
	const ths_sim_program *program;
	struct options options;
	struct outcome outcome;
	struct clock clock;
	uint64_t end_ns;
	uint64_t runs; /* trials so far */
	struct evidence *evidence;
	size_t sizes_length;
	struct evidence_size first[SETTINGS_MAX];
	ths_sim_schedule schedule;
	ths_sim_decision *items;
	size_t recorded;
};

static bool
is_over(const struct shrinker *shrinker)
{
	return interrupt_came() ||
	    clock_now(&shrinker->clock) >= shrinker->end_ns;
}

/* Plays seeds as the options say, until one fails as the first has. */
static bool
fails(struct shrinker *shrinker, struct play *play, uint64_t first,
    uint64_t end, struct outcome *outcome)
{
	const struct trial trial = {
		.player = { play_seed, play },
		.hang_ns = shrinker->options.hang_ns,
		.like = &shrinker->outcome,
		.clock = &shrinker->clock,
		.end_ns = shrinker->end_ns,
	};

	shrinker->runs++;
	return !is_over(shrinker) && trial_run(&trial, first, end, outcome);
}

/* Tries the seed that fails, and then others.  True: these options are the
 * smaller run now. */
static bool
try_options(struct shrinker *shrinker, const struct options *options)
{
	struct outcome outcome;
	struct play play;

	play_init(&play, shrinker->program, options);
	if (!fails(shrinker, &play, shrinker->outcome.seed,
	    shrinker->outcome.seed + 1, &outcome) &&
	    !fails(shrinker, &play, 1, 1 + SEEDS_TRIED, &outcome))
		return false;
	options_copy(&shrinker->options, options);
	shrinker->outcome = outcome;
	return true;
}

/* ------------------------------------------------------------------- sizes */

/* Learns what sizes the program asks for; a run that comes to its end tells. */
static void
learn_sizes(struct shrinker *shrinker)
{
	struct trial trial = {
		.hang_ns = shrinker->options.hang_ns,
		.clock = &shrinker->clock,
	};
	struct outcome outcome;
	struct play play;

	play_init(&play, shrinker->program, &shrinker->options);
	evidence_want(shrinker->evidence, &play);
	trial.player = (struct player){ play_seed, &play };
	(void)trial_run(&trial, shrinker->outcome.seed,
	    shrinker->outcome.seed + 1, &outcome);
	if (!shrinker->evidence->has_ended)
		return;
	shrinker->sizes_length = shrinker->evidence->sizes_length;
	memcpy(shrinker->first, shrinker->evidence->sizes,
	    sizeof(shrinker->first));
}

static bool
try_size(struct shrinker *shrinker, const char *name, uint64_t value)
{
	struct options options;

	options_copy(&options, &shrinker->options);
	return options_set(&options, name, value) &&
	    try_options(shrinker, &options);
}

/* What a size is in the smallest run so far. */
static uint64_t
size_now(struct shrinker *shrinker, const struct evidence_size *size)
{
	const struct options *options = &shrinker->options;

	for (size_t i = 0; i < options->settings_length; i++) {
		if (strcmp(options->settings[i].name, size->name) == 0)
			return options->settings[i].value;
	}
	return size->value;
}

/* Makes a size as small as it can be: the least if that fails, else by
 * halving.  True: it is smaller than before. */
static bool
shrink_size(struct shrinker *shrinker, const struct evidence_size *size)
{
	uint64_t before = size_now(shrinker, size);
	uint64_t good = size->least;

	if (before <= good)
		return false;
	if (try_size(shrinker, size->name, good))
		return true;
	while (size_now(shrinker, size) - good > 1 && !is_over(shrinker)) {
		uint64_t middle = good +
		    (size_now(shrinker, size) - good) / 2;

		if (!try_size(shrinker, size->name, middle))
			good = middle;
	}
	return size_now(shrinker, size) < before;
}

/* Each in turn, as long as one of them makes room for another. */
static void
shrink_sizes(struct shrinker *shrinker)
{
	bool is_smaller = true;

	while (is_smaller && !is_over(shrinker)) {
		is_smaller = false;
		for (size_t i = 0; i < shrinker->sizes_length; i++)
			is_smaller |= shrink_size(shrinker,
			    &shrinker->first[i]);
	}
}

/* ------------------------------------------------------------------ faults */

/* Leaves out each kind that the failure does not need. */
static void
shrink_faults(struct shrinker *shrinker)
{
	struct options options;

	for (ths_sim_fault kind = 0; kind < THS_SIM_FAULT_KINDS; kind++) {
		options_copy(&options, &shrinker->options);
		if (!options.has_faults)
			options.faults = shrinker->program->faults;
		if (*faults_one_in(&options.faults, kind) == 0 &&
		    *faults_at(&options.faults, kind) == 0)
			continue;
		options.has_faults = true;
		*faults_one_in(&options.faults, kind) = 0;
		*faults_at(&options.faults, kind) = 0;
		if (faults_max(&options.faults, kind) != NULL)
			*faults_max(&options.faults, kind) = 0;
		(void)try_options(shrinker, &options);
	}
}

/* --------------------------------------------------------------- decisions */

/* Gets the decisions of the failing run, in their order. */
static bool
record(struct shrinker *shrinker)
{
	struct schedule schedule;
	struct memory memory;
	struct outcome outcome;
	struct play play;

	play_init(&play, shrinker->program, &shrinker->options);
	evidence_want(shrinker->evidence, &play);
	if (!fails(shrinker, &play, shrinker->outcome.seed,
	    shrinker->outcome.seed + 1, &outcome) ||
	    shrinker->evidence->decisions_length == 0)
		return false;
	memory_init(&memory, NULL, 0);
	schedule_init(&schedule, &memory);
	for (size_t i = 0; i < shrinker->evidence->decisions_length; i++)
		schedule_add(&schedule, shrinker->evidence->decisions[i]);
	shrinker->schedule = schedule_sorted(&schedule);
	shrinker->recorded = shrinker->schedule.length;
	shrinker->items = calloc(shrinker->recorded,
	    sizeof(*shrinker->items));
	if (shrinker->items != NULL)
		memcpy(shrinker->items, shrinker->schedule.items,
		    shrinker->recorded * sizeof(*shrinker->items));
	shrinker->schedule.items = shrinker->items;
	schedule_fini(&schedule);
	memory_fini(&memory);
	return shrinker->items != NULL;
}

/* A judge: whether the run fails with these decisions. */
static bool
fails_with(void *context, const ths_sim_schedule *schedule)
{
	struct shrinker *shrinker = context;
	struct outcome outcome;
	struct play play;

	play_init(&play, shrinker->program, &shrinker->options);
	play_replay(&play, schedule);
	return fails(shrinker, &play, shrinker->outcome.seed,
	    shrinker->outcome.seed + 1, &outcome);
}

static void
shrink_schedule(struct shrinker *shrinker)
{
	const struct judge judge = { fails_with, shrinker };
	ths_sim_decision *scratch;

	if (shrinker->options.schedule != NULL || is_over(shrinker) ||
	    !record(shrinker))
		return;
	scratch = calloc(shrinker->recorded, sizeof(*scratch));
	if (scratch != NULL && fails_with(shrinker, &shrinker->schedule)) {
		shrinker->schedule.length = reduce(shrinker->items,
		    shrinker->recorded, scratch, &judge);
	} else {
		free(shrinker->items);
		shrinker->items = NULL;
	}
	free(scratch);
}

/* ----------------------------------------------------------------- telling */

static void
print_sizes(struct shrinker *shrinker)
{
	for (size_t i = 0; i < shrinker->sizes_length; i++) {
		const struct evidence_size *size = &shrinker->first[i];

		printf(", %s %" PRIu64, size->name,
		    size_now(shrinker, size));
		if (size_now(shrinker, size) != size->value)
			printf(" (of %" PRIu64 ")", size->value);
	}
}

/* Writes what is left of the schedule; from then on the options name it. */
static void
keep_schedule(struct shrinker *shrinker)
{
	static char path[PATH_SIZE]; /* as long as the options */
	char title[TITLE_SIZE];

	if (shrinker->items == NULL)
		return;
	snprintf(path, sizeof(path), "%s-%" PRIu64 ".schedule",
	    shrinker->program->name, shrinker->outcome.seed);
	snprintf(title, sizeof(title), "%s, seed %" PRIu64 ": %s",
	    shrinker->program->name, shrinker->outcome.seed,
	    shrinker->outcome.text);
	if (schedule_file_write(path, title, &shrinker->schedule))
		shrinker->options.schedule = path;
}

static void
tell(struct shrinker *shrinker)
{
	printf("shrunk to seed %" PRIu64, shrinker->outcome.seed);
	print_sizes(shrinker);
	if (shrinker->items != NULL)
		printf("; %zu decisions (of %zu)", shrinker->schedule.length,
		    shrinker->recorded);
	printf("; in %" PRIu64 " trials%s\n", shrinker->runs,
	    is_over(shrinker) ? ", the time is over" : "");
	outcome_print(&shrinker->outcome, stdout);
	keep_schedule(shrinker);
	explain_run(shrinker->program, &shrinker->options,
	    shrinker->items == NULL ? NULL : &shrinker->schedule,
	    shrinker->outcome.seed);
	printf("  again: ");
	options_print_command(&shrinker->options, shrinker->outcome.seed,
	    stdout);
}

void
shrink_run(const ths_sim_program *program, const struct options *options,
    const struct outcome *outcome)
{
	struct shrinker *shrinker = calloc(1, sizeof(*shrinker));

	if (shrinker == NULL)
		return;
	shrinker->program = program;
	options_copy(&shrinker->options, options);
	shrinker->outcome = *outcome;
	clock_init_system(&shrinker->clock);
	shrinker->end_ns = clock_now(&shrinker->clock) + options->shrink_ns;
	shrinker->evidence = evidence_new();
	if (shrinker->evidence != NULL) {
		learn_sizes(shrinker);
		shrink_sizes(shrinker);
		shrink_faults(shrinker);
		shrink_schedule(shrinker);
		tell(shrinker);
	}
	evidence_free(shrinker->evidence);
	free(shrinker->items);
	free(shrinker);
}
