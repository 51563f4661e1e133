/* SPDX-License-Identifier: MIT */
/* seeds - the frame of every program in tests/sim; see seeds.h. */
#include "tests/sim/seeds.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEEDS_MAX = 1000 * 1000 };

static uint64_t running; /* the seed, for messages */

_Noreturn void
seeds_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "seed %" PRIu64 ": %s:%d: not so: %s\n", running, file,
	    line, what);
	exit(1);
}

uint32_t
seeds_spawn(ths_sim *sim, const char *name, void (*function)(void *argument),
    void *argument)
{
	uint32_t number;

	SEEDS_CHECK(sim_spawn(sim, name, function, argument, &number) ==
	    THS_OK);
	return number;
}

/* Exits if the run has failed. */
static void
look(const ths_sim *sim)
{
	if (ths_sim_why(sim) == NULL)
		return;
	fprintf(stderr, "seed %" PRIu64 ": %s\n", running, ths_sim_why(sim));
	exit(1);
}

/* Runs one seed; its signature. */
static uint64_t
run(const struct seeds_program *program, uint64_t seed)
{
	static const char *const ends[] = {
		[THS_SIM_DONE] = "done",
		[THS_SIM_QUIET] = "somebody waits for ever",
		[THS_SIM_LIMIT] = "no end in sight",
	};
	ths_sim sim;
	ths_sim_end end;
	char report[1024] = "";

	running = seed;
	memset(program->world, 0, program->world_size);
	sim_init(&sim, &(ths_sim_config){ .seed = seed });
	program->start(&sim);
	end = sim_run(&sim);
	look(&sim);
	if (end != THS_SIM_DONE) {
		sim_report(&sim, report, sizeof(report));
		fprintf(stderr, "seed %" PRIu64 ": %s: %s\n", seed, ends[end],
		    report);
		exit(1);
	}
	program->end(&sim);
	look(&sim);
	sim_fini(&sim);
	return sim.signature;
}

static int
compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left;
	uint64_t b = *(const uint64_t *)right;

	return a < b ? -1 : a > b;
}

/* How many different values there are. */
static unsigned
count_distinct(uint64_t *values, size_t length)
{
	unsigned distinct = 0;

	qsort(values, length, sizeof(*values), compare);
	for (size_t i = 0; i < length; i++)
		distinct += i == 0 || values[i] != values[i - 1];
	return distinct;
}

static void
read_options(int argc, char **argv, const struct seeds_program *program,
    uint64_t *first, uint64_t *count)
{
	static const struct option names[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "seeds", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int letter;

	while ((letter = getopt_long(argc, argv, "h", names, NULL)) != -1) {
		switch (letter) {
		case 's':
			*first = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			*count = strtoull(optarg, NULL, 0);
			break;
		default:
			fprintf(letter == 'h' ? stdout : stderr,
			    "usage: %s [--seed N] [--seeds N]\n%s\n%s\n",
			    argv[0], program->what, program->description ?
			    program->description : "");
			exit(letter == 'h' ? 0 : 2);
		}
	}
	if (*count == 0 || *count > SEEDS_MAX)
		*count = 1;
}

int
seeds_main(int argc, char **argv, const struct seeds_program *program)
{
	uint64_t first = 1;
	uint64_t count = 200;
	uint64_t *signatures;
	uint64_t one;
	unsigned distinct;

	read_options(argc, argv, program, &first, &count);
	signatures = calloc(count, sizeof(*signatures));
	SEEDS_CHECK(signatures != NULL);
	for (uint64_t i = 0; i < count; i++) {
		signatures[i] = run(program, first + i);
		SEEDS_CHECK(signatures[i] == run(program, first + i));
	}
	one = signatures[0];
	distinct = count_distinct(signatures, count);
	free(signatures);
	printf("%" PRIu64 " seeds from %" PRIu64 ": %u orders, the first "
	    "%016" PRIx64 "\n", count, first, distinct, one);
	SEEDS_CHECK(distinct >= (count + 1) / 2);
	return 0;
}
