/* SPDX-License-Identifier: MIT */
/*
 * thespis-bench - one workload, so many workers, rows of figures.
 *
 *     thespis-bench WORKLOAD THREADS [P1] [P2]
 *
 * Reads the command line, opens a VM, runs the workload and closes the VM,
 * which checks it.  Exit codes: 0 done, 1 a result is wrong or a call was
 * refused, 2 the command line is wrong.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/workloads.h"

enum { EXIT_USAGE = 2 };

static const struct workload *const workloads[] = {
	&workload_pingpong, &workload_ring, &workload_count, &workload_big,
	&workload_create, &workload_idle, &workload_skynet, &workload_fanout,
	&workload_unbalanced, &workload_timers, &workload_ask, &workload_wake,
};

enum { WORKLOADS = sizeof(workloads) / sizeof(workloads[0]) };

static const struct bench_parameter threads_parameter = {
	"THREADS", 0, 1, THS_WORKERS_MAX,
};

/* How many parameters a workload takes. */
static int
parameter_count(const struct workload *workload)
{
	int count = 0;

	while (count < BENCH_PARAMETERS_MAX &&
	    workload->parameters[count].name != NULL)
		count++;
	return count;
}

static void
print_list(void)
{
	for (int i = 0; i < WORKLOADS; i++) {
		printf("%s", workloads[i]->name);
		for (int k = 0; k < parameter_count(workloads[i]); k++)
			printf(" %s=%" PRId64,
			    workloads[i]->parameters[k].name,
			    workloads[i]->parameters[k].fallback);
		putchar('\n');
	}
}

static void
print_help(void)
{
	printf("usage: thespis-bench WORKLOAD THREADS [P1] [P2]\n"
	    "       thespis-bench --list | --help\n\n"
	    "Runs one workload on a VM of THREADS workers and prints\n"
	    "workload,thespis,parameters,value,unit.\n\n");
	for (int i = 0; i < WORKLOADS; i++)
		printf("  %-11s %s\n", workloads[i]->name, workloads[i]->what);
	printf("\nParameters and their defaults, P1 before P2: --list\n");
}

/* Says what is wrong with the command line and ends the program. */
static _Noreturn void THS_PRINTF(1, 2)
refuse(const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "thespis-bench: ");
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\nTry thespis-bench --help\n");
	exit(EXIT_USAGE);
}

static const struct workload *
find_workload(const char *name)
{
	for (int i = 0; i < WORKLOADS; i++) {
		if (strcmp(workloads[i]->name, name) == 0)
			return workloads[i];
	}
	refuse("there is no workload '%s'", name);
}

static int64_t
read_number(const struct bench_parameter *parameter, const char *text)
{
	char *end;
	long long value;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0 ||
	    value < parameter->min || value > parameter->max)
		refuse("%s must be a number from %" PRId64 " to %" PRId64
		    ", not '%s'", parameter->name, parameter->min,
		    parameter->max, text);
	return value;
}

/* Reads WORKLOAD THREADS [P1] [P2]. */
static struct bench
read_command(int words, char **word)
{
	struct bench bench = { .workload = find_workload(word[0]) };
	const int count = parameter_count(bench.workload);
	const char *why = NULL;

	if (words < 2)
		refuse("how many threads?");
	if (words > 2 + count)
		refuse("%s takes %d parameter%s, not %d", word[0], count,
		    count == 1 ? "" : "s", words - 2);
	bench.threads = (uint32_t)read_number(&threads_parameter, word[1]);
	for (int i = 0; i < count; i++) {
		const struct bench_parameter *parameter =
		    &bench.workload->parameters[i];

		bench.values[i] = 2 + i < words
		    ? read_number(parameter, word[2 + i])
		    : parameter->fallback;
	}
	if (bench.workload->refuse != NULL)
		why = bench.workload->refuse(bench.values);
	if (why != NULL)
		refuse("%s", why);
	return bench;
}

/* Returns the exit code: whether the rows have reached their reader. */
static int
finish_output(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_SUCCESS;
	fprintf(stderr, "thespis-bench: cannot write the figures\n");
	return EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	struct bench bench;

	if (argc < 2)
		refuse("which workload?");
	if (strcmp(argv[1], "--list") == 0) {
		print_list();
		return finish_output();
	}
	if (strcmp(argv[1], "--help") == 0) {
		print_help();
		return finish_output();
	}
	if (argv[1][0] == '-')
		refuse("there is no option '%s'", argv[1]);
	bench = read_command(argc - 1, argv + 1);
	bench_open(&bench);
	bench.workload->run(&bench);
	bench_close(&bench);
	return finish_output();
}
