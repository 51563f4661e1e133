/* SPDX-License-Identifier: MIT */
/*
 * sched_point, the variant for the simulator: it is compiled into this test, as
 * the shipped one has nothing to test.
 */
#ifndef THS_SIM_POINTS
#define THS_SIM_POINTS 1
#endif
#include "base/sched_point.c"

#include <pthread.h>

#include "tests/harness.h"

struct counting_hook {
	struct sched_hook hook;
	int counts[SCHED_SITE_COUNT];
};

static void
count_point(struct sched_hook *hook, enum sched_site site)
{
	((struct counting_hook *)hook)->counts[site]++;
}

static void *
pass_a_point(void *argument)
{
	(void)argument;
	sched_point(SCHED_SITE_INBOX);
	return sched_hook_set(NULL);
}

Test(sched_point, is_nothing_without_a_hook)
{
	sched_point(SCHED_SITE_INBOX);
	cr_assert_null(sched_hook_set(NULL));
}

Test(sched_point, calls_the_hook_with_its_site)
{
	struct counting_hook counting = { { count_point }, { 0 } };

	cr_assert_null(sched_hook_set(&counting.hook));
	sched_point(SCHED_SITE_INBOX);
	sched_point(SCHED_SITE_SPIN);
	sched_point(SCHED_SITE_SPIN);
	cr_assert_eq(sched_hook_set(NULL), &counting.hook);
	sched_point(SCHED_SITE_SPIN);
	cr_assert_eq(counting.counts[SCHED_SITE_INBOX], 1);
	cr_assert_eq(counting.counts[SCHED_SITE_SPIN], 2);
	cr_assert_eq(counting.counts[SCHED_SITE_PARKER], 0);
}

Test(sched_point, hooks_the_calling_thread_only)
{
	struct counting_hook counting = { { count_point }, { 0 } };
	pthread_t thread;
	void *former = &thread;

	sched_hook_set(&counting.hook);
	cr_assert_eq(pthread_create(&thread, NULL, pass_a_point, NULL), 0);
	pthread_join(thread, &former);
	cr_assert_null(former);
	cr_assert_eq(counting.counts[SCHED_SITE_INBOX], 0);
	sched_hook_set(NULL);
}
