/* SPDX-License-Identifier: MIT */
/* options - see options.h. */
#include "tests/stress/options.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static double started;

/* Ends a program that hangs; the seed has been printed.  The rest of the time
 * is for what is still under way when the seconds are over. */
static void
limit_time(double seconds)
{
	enum { SLOWNESS = 10, REST_S = 100 };

	alarm((unsigned)(seconds * SLOWNESS) + REST_S);
}

static double
seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

struct options
options_read(int argc, char **argv, const char *what)
{
	static const struct option names[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "seconds", required_argument, NULL, 't' },
		{ "workers", required_argument, NULL, 'w' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct options options = { .seconds = 1, .workers = 2 };
	const char *seconds = getenv("THS_STRESS_SECONDS");
	int letter;

	started = seconds_now();
	if (seconds != NULL)
		options.seconds = strtod(seconds, NULL);
	options.seed = (uint64_t)(started * 1e9);
	while ((letter = getopt_long(argc, argv, "h", names, NULL)) != -1) {
		switch (letter) {
		case 's':
			options.seed = strtoull(optarg, NULL, 0);
			break;
		case 't':
			options.seconds = strtod(optarg, NULL);
			break;
		case 'w':
			options.workers = (uint32_t)strtoul(optarg, NULL, 0);
			break;
		default:
			fprintf(letter == 'h' ? stdout : stderr,
			    "usage: %s [--seed N] [--seconds S] [--workers N]\n"
			    "%s\n", argv[0], what);
			exit(letter == 'h' ? 0 : 2);
		}
	}
	if (options.workers == 0 || options.workers > 64)
		options.workers = 2;
	printf("seed %" PRIu64 " seconds %g workers %u\n", options.seed,
	    options.seconds, options.workers);
	fflush(stdout);
	limit_time(options.seconds);
	return options;
}

bool
options_over(const struct options *options)
{
	return seconds_now() - started >= options->seconds;
}

_Noreturn void
stress_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
	exit(1);
}
