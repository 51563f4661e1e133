/* SPDX-License-Identifier: MIT */
/* options - the command line of wordcount; see options.h. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <thespis/thespis.h>

#include "messages.h"

enum {
	EXIT_USAGE = 2,
	TOP_DEFAULT = 20,
	TOP_MAX = 1000000000,
};

enum {
	OPTION_ALL = 1,
	OPTION_COUNTERS,
	OPTION_HELP,
	OPTION_PROGRESS,
	OPTION_QUIET,
	OPTION_SPLITTERS,
	OPTION_TOP,
	OPTION_VERSION,
	OPTION_WORKERS,
};

static const struct option long_options[] = {
	{ "all", no_argument, NULL, OPTION_ALL },
	{ "counters", required_argument, NULL, OPTION_COUNTERS },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "progress", no_argument, NULL, OPTION_PROGRESS },
	{ "quiet", no_argument, NULL, OPTION_QUIET },
	{ "splitters", required_argument, NULL, OPTION_SPLITTERS },
	{ "top", required_argument, NULL, OPTION_TOP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ "workers", required_argument, NULL, OPTION_WORKERS },
	{ NULL, 0, NULL, 0 },
};

/* Without arguments: real text that every Debian has. */
static char *default_arguments[] = { "/usr/share/common-licenses", NULL };

static void
usage_print(FILE *stream)
{
	fputs("usage: wordcount [OPTION ...] [FILE|FOLDER ...]\n"
	    "Counts the words of files, by default those in\n"
	    "/usr/share/common-licenses, and prints the most frequent.\n"
	    "  --top N        print N words (20)\n"
	    "  --all          print every word by its letters, as uniq -c does;"
	    " the rest\n"
	    "                 goes to standard error\n"
	    "  --workers N    threads (one per core)\n"
	    "  --splitters N  actors that split text (eight per worker)\n"
	    "  --counters N   actors that count words (eight per worker)\n"
	    "  --progress     show progress, even if standard error is no "
	    "terminal\n"
	    "  --quiet        do not show progress\n"
	    "  --help, --version\n"
	    "Exits with 0; 1: something could not be read or counted; 2: wrong "
	    "usage;\n"
	    "130: interrupted, the counts are those of a part.\n", stream);
}

/* Reads a number from 1 to max, or exits. */
static uint32_t
number_read(const char *name, const char *text, uint32_t max)
{
	char *end;
	long long number;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno == 0 && *text != '\0' && *end == '\0' && number >= 1 &&
	    number <= max)
		return (uint32_t)number;
	fprintf(stderr, "wordcount: --%s: '%s' is no number from 1 to %u\n",
	    name, text, max);
	usage_print(stderr);
	exit(EXIT_USAGE);
}

static void
option_read(struct options *options, int option, const char *name)
{
	switch (option) {
	case OPTION_ALL:
		options->prints_all = true;
		break;
	case OPTION_COUNTERS:
		options->counters = number_read(name, optarg, COUNTERS_MAX);
		break;
	case OPTION_PROGRESS:
		options->has_progress = true;
		break;
	case OPTION_QUIET:
		options->has_progress = false;
		break;
	case OPTION_SPLITTERS:
		options->splitters = number_read(name, optarg, SPLITTERS_MAX);
		break;
	case OPTION_TOP:
		options->top = number_read(name, optarg, TOP_MAX);
		break;
	case OPTION_WORKERS:
		options->workers = number_read(name, optarg, THS_WORKERS_MAX);
		break;
	case OPTION_HELP:
		usage_print(stdout);
		exit(EXIT_SUCCESS);
	case OPTION_VERSION:
		puts("wordcount (Thespis) " WORDCOUNT_VERSION);
		exit(EXIT_SUCCESS);
	default: /* getopt has said what is wrong */
		usage_print(stderr);
		exit(EXIT_USAGE);
	}
}

struct options
options_read(int argc, char **argv)
{
	struct options options = {
		.top = TOP_DEFAULT,
		.has_progress = isatty(STDERR_FILENO) == 1,
		.arguments = default_arguments,
	};
	int option;
	int index;

	while ((option = getopt_long(argc, argv, "", long_options,
	    &index)) != -1)
		option_read(&options, option,
		    option == '?' ? NULL : long_options[index].name);
	if (optind < argc)
		options.arguments = argv + optind;
	return options;
}
