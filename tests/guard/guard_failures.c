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

#include "mailbox/pool.h"
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

/* Neither of the next two may depend on what it reads, or it fails
 * by itself. */
Test(guard, reads_what_nobody_wrote)
{
	unsigned char *volatile memory = malloc(64);

	cr_assert_not_null(memory);
	cr_assert(memory[7] != 7 || shared == 0);
	free(memory);
}

Test(guard, reads_a_free_message)
{
	struct memory memory;
	struct pool *pool;
	struct pool_cache cache;
	struct envelope *volatile envelope;

	memory_init(&memory, NULL, 0);
	pool = pool_new(&memory);
	cr_assert_not_null(pool);
	pool_cache_init(&cache, pool);
	envelope = pool_take(&cache, 1);
	cr_assert_not_null(envelope);
	envelope->message[0] = 1;
	pool_give(&cache, envelope);
	shared += envelope->message[0];
	pool_cache_fini(&cache);
	pool_free(pool);
	memory_fini(&memory);
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
