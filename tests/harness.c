/* SPDX-License-Identifier: MIT */
/* harness - the in-process runner; see harness.h. */
#include "tests/harness.h"

#ifdef THS_IN_PROCESS

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/time.h>

/* A sanitizer makes a test up to this many times as slow. */
enum { SLOWNESS = 10 };

static struct harness_test *first;
static struct harness_test **end = &first;
static jmp_buf running;
static pthread_t runner;

void
harness_register(struct harness_test *test)
{
	*end = test;
	end = &test->next;
}

/* Lets SIGALRM end the process after seconds; 0 takes that back. */
static void
limit_time(double seconds)
{
	struct itimerval limit = { 0 };

	limit.it_value.tv_sec = (time_t)seconds;
	limit.it_value.tv_usec =
	    (suseconds_t)((seconds - (double)limit.it_value.tv_sec) * 1e6);
	setitimer(ITIMER_REAL, &limit, NULL);
}

_Noreturn void
harness_fail(const char *file, int line, const char *what, const char *format,
    ...)
{
	va_list arguments;

	va_start(arguments, format);
	fprintf(stderr, "%s:%d: not so: %s", file, line, what);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	if (!pthread_equal(pthread_self(), runner))
		abort();
	longjmp(running, 1);
}

static bool
wanted(const struct harness_test *test, const char *filter)
{
	char name[256];

	snprintf(name, sizeof(name), "%s/%s", test->suite, test->name);
	return filter == NULL || strstr(name, filter) != NULL;
}

/* True if the test came to its end with all promises kept. */
static bool
passes(const struct harness_test *test)
{
	volatile bool kept = false;

	/* Unbuffered: the last name stands, however the process ends. */
	fprintf(stderr, "RUN  %s/%s\n", test->suite, test->name);
	limit_time(test->options.timeout * SLOWNESS);
	if (setjmp(running) == 0) {
		test->body();
		kept = true;
	}
	limit_time(0);
	return kept;
}

/* With the rows that are no longer proven. */
static void
print_failure(const struct harness_test *test)
{
	const char *rows = test->options.description;

	fprintf(stderr, "FAIL %s/%s%s%s\n", test->suite, test->name,
	    rows != NULL ? ": " : "", rows != NULL ? rows : "");
}

int
main(int argc, char **argv)
{
	const char *filter = argc > 1 ? argv[1] : NULL;
	int passed = 0;
	int failed = 0;

	runner = pthread_self();
	for (struct harness_test *test = first; test; test = test->next) {
		if (!wanted(test, filter))
			continue;
		if (passes(test)) {
			passed++;
			continue;
		}
		print_failure(test);
		failed++;
	}
	printf("%d passed, %d failed\n", passed, failed);
	return failed == 0 && passed > 0 ? 0 : 1;
}

#endif
