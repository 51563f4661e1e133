/* SPDX-License-Identifier: MIT */
/*
 * guard_failures - tests that go wrong on purpose.  If one of them were taken
 * for a success, a real leak, race or broken promise could pass unseen too:
 * Criterion, for one, is content with a test that leaks.
 */
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/harness.h"

static int shared;

static void *
count_up(void *context)
{
	for (int i = 0; i < 1000; i++)
		shared++;
	return context;
}

Test(guard, breaks_a_promise)
{
	cr_assert_eq(shared, 1, "nobody has counted, yet it is %d", shared);
}

Test(guard, never_ends, .timeout = 0.2)
{
	for (;;)
		pause();
}

Test(guard, leaks)
{
	void *volatile memory = malloc(64);

	cr_assert_not_null(memory);
	memory = NULL;
}

Test(guard, overflows_a_number)
{
	volatile int number = INT_MAX;

	number = number + 1;
	cr_assert_lt(number, 0);
}

Test(guard, races)
{
	pthread_t other;

	cr_assert_eq(pthread_create(&other, NULL, count_up, NULL), 0);
	count_up(NULL);
	cr_assert_eq(pthread_join(other, NULL), 0);
}
