/* SPDX-License-Identifier: MIT */
/* options - what the command line of an exploration says; see options.h. */
#include "tools/sim/options.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/sim/pile.h"

enum {
	NS_PER_SECOND = 1000 * 1000 * 1000,
	FAULTS_SIZE = 512, /* of their text */
};

enum option_word {
	WORD_SEED = 256, WORD_SEEDS, WORD_TIME, WORD_JOBS, WORD_PICKER,
	WORD_DEPTH, WORD_SET, WORD_FAULTS, WORD_SCHEDULE, WORD_TWICE,
	WORD_DIVERSE, WORD_FIRST, WORD_COLLECT, WORD_QUIET, WORD_PROGRESS,
	WORD_HANG, WORD_TRACE, WORD_SHRINK, WORD_SHRINK_SECONDS, WORD_LIST,
	WORD_VERSION, WORD_HELP,
};

/* One option: its name, the word for its value or NULL, and what it does. */
static const struct word {
	enum option_word word;
	const char *name;
	const char *value;
	const char *what;
} words[] = {
	{ WORD_SEEDS, "seeds", "A..B|N", "explore these seeds, or N of them "
	    "(1..200)" },
	{ WORD_SEED, "seed", "S", "play this one, or begin with it" },
	{ WORD_TIME, "time", "SECONDS", "explore for so long" },
	{ WORD_JOBS, "jobs", "N", "processes side by side; 0: play here, for a "
	    "debugger" },
	{ WORD_PICKER, "picker", "NAME", "random, pct, round-robin" },
	{ WORD_DEPTH, "depth", "D", "of pct: how many orderings a bug needs "
	    "(3)" },
	{ WORD_SET, "set", "NAME=VALUE", "a parameter of the program" },
	{ WORD_FAULTS, "faults", "LIST", "on (those of the program), off, or "
	    "KIND[=ONE_IN][@NTH][:MAX],..." },
	{ WORD_SCHEDULE, "schedule", "FILE", "replay what --shrink has "
	    "written" },
	{ WORD_TWICE, "twice", NULL, "play each seed twice and compare" },
	{ WORD_DIVERSE, "diverse", NULL, "fail if fewer than half of the "
	    "orders differ" },
	{ WORD_FIRST, "stop-at-first", NULL, "end with the first seed that "
	    "fails (usual)" },
	{ WORD_COLLECT, "collect", NULL, "go on behind seeds that fail" },
	{ WORD_QUIET, "quiet", NULL, "print failures and the summary only" },
	{ WORD_PROGRESS, "progress", NULL, "show it, terminal or not" },
	{ WORD_HANG, "hang", "SECONDS", "a seed fails that takes longer "
	    "(60)" },
	{ WORD_TRACE, "trace", "FILE", "write what --seed does, for "
	    "ui.perfetto.dev" },
	{ WORD_SHRINK, "shrink", NULL, "make the first failing run smaller" },
	{ WORD_SHRINK_SECONDS, "shrink-seconds", "N", "for so long at most "
	    "(60)" },
	{ WORD_LIST, "list", NULL, "name the programs" },
	{ WORD_VERSION, "version", NULL, "print the version" },
	{ WORD_HELP, "help", NULL, "print this" },
};

enum { WORDS = sizeof(words) / sizeof(words[0]) };

/* ---------------------------------------------------------------- reading */

void
options_complain(const struct options *options, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s: ", options->program_name);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\nTry %s --help\n", options->program_name);
}

/* Reads a number that ends at `end`, or wherever the text does. */
static bool
read_number(const char *text, const char *end, uint64_t max, uint64_t *number)
{
	char *stop;
	unsigned long long value;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoull(text, &stop, 0);
	if (errno != 0 || value > max ||
	    (end == NULL ? *stop != '\0' : stop != end))
		return false;
	*number = value;
	return true;
}

static bool
read_span(const char *text, uint64_t *span_ns)
{
	uint64_t seconds;

	if (!read_number(text, NULL, OPTIONS_SECONDS_MAX, &seconds) ||
	    seconds == 0)
		return false;
	*span_ns = seconds * NS_PER_SECOND;
	return true;
}

/* A..B, or how many. */
static bool
read_seeds(struct options *options, const char *text, uint64_t *count)
{
	const char *dots = strstr(text, "..");
	uint64_t first;
	uint64_t last;

	if (dots == NULL)
		return read_number(text, NULL, UINT64_MAX / 2, count) &&
		    *count > 0;
	if (!read_number(text, dots, UINT64_MAX / 2, &first) ||
	    !read_number(dots + 2, NULL, UINT64_MAX / 2, &last) ||
	    last < first)
		return false;
	options->first = first;
	*count = last - first + 1;
	return true;
}

static bool
read_picker(const char *text, ths_sim_picker *picker)
{
	for (ths_sim_picker i = 0; i < THS_SIM_PICKERS; i++) {
		if (i == THS_SIM_REPLAY ||
		    strcmp(text, ths_sim_picker_name(i)) != 0)
			continue;
		*picker = i;
		return true;
	}
	return false;
}

bool
options_set(struct options *options, const char *name, uint64_t value)
{
	size_t place = 0;

	while (place < options->settings_length &&
	    strcmp(options->names[place], name) != 0)
		place++;
	if (place == SETTINGS_MAX || strlen(name) >= OPTIONS_NAME_SIZE)
		return false;
	if (place == options->settings_length) {
		strcpy(options->names[place], name);
		options->settings_length++;
	}
	options->settings[place] = (ths_sim_setting){ options->names[place],
		value };
	return true;
}

void
options_copy(struct options *copy, const struct options *options)
{
	*copy = *options;
	for (size_t i = 0; i < copy->settings_length; i++)
		copy->settings[i].name = copy->names[i];
}

/* NAME=VALUE; the last one of a name counts. */
static bool
read_setting(struct options *options, const char *text)
{
	char name[OPTIONS_NAME_SIZE] = "";
	size_t length = strcspn(text, "=");
	uint64_t value;

	if (length == 0 || length >= sizeof(name) || text[length] != '=' ||
	    !read_number(text + length + 1, NULL, UINT64_MAX, &value))
		return false;
	memcpy(name, text, length);
	return options_set(options, name, value);
}

/* on, off, or a list of kinds. */
static bool
read_faults(struct options *options, const char *text)
{
	bool is_on = strcmp(text, "on") == 0;

	options->has_faults = !is_on;
	options->faults = (ths_sim_faults){ 0 };
	return is_on || strcmp(text, "off") == 0 || (*text != '\0' &&
	    ths_sim_faults_read(text, &options->faults) == THS_OK);
}

static bool
read_jobs(struct options *options, const char *text)
{
	uint64_t jobs;

	if (!read_number(text, NULL, PILE_DESKS_MAX, &jobs))
		return false;
	options->plays_here = jobs == 0;
	options->jobs = jobs == 0 ? 1 : (uint32_t)jobs;
	return true;
}

/* What the seeds of the command line are before they are put together. */
struct seeds {
	bool has_first; /* --seed was given */
	uint64_t count; /* --seeds; 0: not given */
};

/* Reads an option that has a value. */
static bool
read_value(struct options *options, enum option_word word, const char *text,
    struct seeds *seeds)
{
	uint64_t number = 0;
	bool is_good = true;

	if (word == WORD_SEED) {
		seeds->has_first = true;
		return read_number(text, NULL, UINT64_MAX / 2,
		    &options->first);
	} else if (word == WORD_SEEDS) {
		return read_seeds(options, text, &seeds->count);
	} else if (word == WORD_TIME) {
		return read_span(text, &options->span_ns);
	} else if (word == WORD_HANG) {
		return read_span(text, &options->hang_ns);
	} else if (word == WORD_SHRINK_SECONDS) {
		return read_span(text, &options->shrink_ns);
	} else if (word == WORD_JOBS) {
		return read_jobs(options, text);
	} else if (word == WORD_PICKER) {
		return read_picker(text, &options->picker);
	} else if (word == WORD_DEPTH) {
		is_good = read_number(text, NULL, UINT32_MAX, &number) &&
		    number > 0;
		options->depth = (uint32_t)number;
	} else if (word == WORD_SET) {
		return read_setting(options, text);
	} else if (word == WORD_FAULTS) {
		return read_faults(options, text);
	} else if (word == WORD_TRACE) {
		options->trace = text;
	} else {
		options->schedule = text;
	}
	return is_good && *text != '\0';
}

static void
read_flag(struct options *options, enum option_word word)
{
	options->is_twice |= word == WORD_TWICE;
	options->is_diverse |= word == WORD_DIVERSE;
	options->is_quiet |= word == WORD_QUIET;
	options->shows_progress |= word == WORD_PROGRESS;
	options->shrinks |= word == WORD_SHRINK;
	options->lists |= word == WORD_LIST;
	options->wants_version |= word == WORD_VERSION;
	options->wants_help |= word == WORD_HELP;
	if (word == WORD_COLLECT || word == WORD_FIRST)
		options->collects = word == WORD_COLLECT;
}

static const struct word *
find_word(int word)
{
	for (int i = 0; i < WORDS; i++) {
		if ((int)words[i].word == word)
			return &words[i];
	}
	return NULL;
}

/* Puts --seed and --seeds together. */
static void
settle_seeds(struct options *options, const struct seeds *seeds)
{
	uint64_t count = seeds->count;

	if (count == 0 && seeds->has_first && options->span_ns == 0)
		count = 1;
	if (count == 0)
		count = options->span_ns > 0 ? UINT64_MAX / 4 : OPTIONS_SEEDS;
	options->end = options->first + count;
}

static bool
read_rest(struct options *options, int count, char **rest, bool takes_program)
{
	if (takes_program && count > 0)
		options->program = rest[0];
	if (count > (takes_program ? 1 : 0)) {
		options_complain(options, "too many words: '%s'",
		    rest[count - 1]);
		return false;
	}
	if (options->trace != NULL && options->end - options->first != 1) {
		options_complain(options, "--trace is of one --seed");
		return false;
	}
	return true;
}

static void
init(struct options *options, const char *name)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	*options = (struct options){
		.program_name = name,
		.first = 1,
		.hang_ns = (uint64_t)OPTIONS_HANG_SECONDS * NS_PER_SECOND,
		.shrink_ns = (uint64_t)OPTIONS_SHRINK_SECONDS * NS_PER_SECOND,
		.jobs = processors < 1 ? 1 : processors > PILE_DESKS_MAX ?
		    PILE_DESKS_MAX : (uint32_t)processors,
	};
}

bool
options_read(struct options *options, int argc, char **argv,
    bool takes_program)
{
	struct option names[WORDS + 1] = { 0 };
	struct seeds seeds = { 0 };
	int word;

	init(options, argv[0]);
	for (int i = 0; i < WORDS; i++)
		names[i] = (struct option){ words[i].name, words[i].value ?
		    required_argument : no_argument, NULL, (int)words[i].word };
	opterr = 0;
	optind = 1;
	while ((word = getopt_long(argc, argv, "", names, NULL)) != -1) {
		const struct word *known = find_word(word);

		if (known == NULL) {
			options_complain(options, "no such option, or no value "
			    "for it: '%s'", argv[optind - 1]);
			return false;
		}
		if (known->value == NULL) {
			read_flag(options, known->word);
		} else if (!read_value(options, known->word, optarg, &seeds)) {
			options_complain(options, "--%s is %s, not '%s'",
			    known->name, known->value, optarg);
			return false;
		}
	}
	settle_seeds(options, &seeds);
	return read_rest(options, argc - optind, argv + optind, takes_program);
}

/* --------------------------------------------------------------- printing */

void
options_print_help(FILE *stream)
{
	for (int i = 0; i < WORDS; i++) {
		int length = fprintf(stream, "  --%s%s%s", words[i].name,
		    words[i].value ? " " : "",
		    words[i].value ? words[i].value : "");

		fprintf(stream, "%*s%s\n", length < 26 ? 26 - length : 1, "",
		    words[i].what);
	}
}

static void
print_faults(const ths_sim_faults *faults, FILE *stream)
{
	char text[FAULTS_SIZE];

	(void)ths_sim_faults_print(faults, text, sizeof(text));
	fprintf(stream, " --faults %s", text[0] == '\0' ? "off" : text);
}

void
options_print_command(const struct options *options, uint64_t seed,
    FILE *stream)
{
	fputs(options->program_name, stream);
	if (options->program != NULL)
		fprintf(stream, " %s", options->program);
	fprintf(stream, " --seed %" PRIu64, seed);
	if (options->picker != THS_SIM_RANDOM && options->schedule == NULL)
		fprintf(stream, " --picker %s",
		    ths_sim_picker_name(options->picker));
	if (options->depth != 0 && options->schedule == NULL)
		fprintf(stream, " --depth %" PRIu32, options->depth);
	for (size_t i = 0; i < options->settings_length; i++)
		fprintf(stream, " --set %s=%" PRIu64,
		    options->settings[i].name, options->settings[i].value);
	if (options->has_faults)
		print_faults(&options->faults, stream);
	if (options->schedule != NULL)
		fprintf(stream, " --schedule %s", options->schedule);
	if (options->is_twice)
		fputs(" --twice", stream);
	fputc('\n', stream);
}
