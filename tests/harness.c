/* SPDX-License-Identifier: MIT */
/* harness - the in-process runner; see harness.h. */
#include "tests/harness.h"

#ifdef THS_IN_PROCESS

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

static struct harness_test *tests;
static jmp_buf running;
static pthread_t runner;

void
harness_register(struct harness_test *test)
{
	test->next = tests;
	tests = test;
}

_Noreturn void
harness_fail(const char *file, int line, const char *what, const char *format,
    ...)
{
	va_list arguments;

	va_start(arguments, format);
	fprintf(stderr, "%s:%d: not so: %s ", file, line, what);
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

int
main(int argc, char **argv)
{
	struct harness_test *volatile test;
	volatile int passed = 0;
	volatile int failed = 0;

	runner = pthread_self();
	for (test = tests; test != NULL; test = test->next) {
		if (!wanted(test, argc > 1 ? argv[1] : NULL))
			continue;
		if (setjmp(running) == 0) {
			test->body();
			passed++;
		} else {
			fprintf(stderr, "FAIL %s/%s\n", test->suite,
			    test->name);
			failed++;
		}
	}
	printf("%d passed, %d failed\n", passed, failed);
	return failed == 0 && passed > 0 ? 0 : 1;
}

#endif
