/* SPDX-License-Identifier: MIT */
/*
 * fault, the variant for the simulator: it is compiled into this test, as the
 * shipped one has nothing to test.
 */
#ifndef THS_SIM_POINTS
#define THS_SIM_POINTS 1
#endif
#include "base/fault.c"
#include "base/sched_point.c"

#include "tests/harness.h"

struct noting_hook {
	struct sched_hook hook;
	enum fault_site site;
	const void *whom;
	bool answer;
	int asked;
};

static bool
note_fault(struct sched_hook *hook, enum fault_site site, const void *whom)
{
	struct noting_hook *noting = (struct noting_hook *)hook;

	noting->site = site;
	noting->whom = whom;
	noting->asked++;
	return noting->answer;
}

Test(fault, never_strikes_without_a_hook)
{
	cr_assert_not(fault_strikes(FAULT_MEMORY, NULL));
}

Test(fault, never_strikes_by_a_hook_that_knows_none)
{
	struct sched_hook hook = { .at_point = NULL };

	sched_hook_set(&hook);
	cr_assert_not(fault_strikes(FAULT_MEMORY, NULL));
	cr_assert_eq(sched_hook_set(NULL), &hook);
}

Test(fault, asks_the_hook_with_site_and_whom)
{
	struct noting_hook noting = { .hook = { .at_fault = note_fault } };
	int whom = 0;

	sched_hook_set(&noting.hook);
	cr_assert_not(fault_strikes(FAULT_TIMER, &whom));
	cr_assert_eq(noting.site, FAULT_TIMER);
	cr_assert_eq(noting.whom, (const void *)&whom);
	noting.answer = true;
	cr_assert(fault_strikes(FAULT_CALL, NULL));
	cr_assert_eq(noting.site, FAULT_CALL);
	cr_assert_eq(noting.asked, 2);
	sched_hook_set(NULL);
}

/* A refusal needs no switch to another thread. */
Test(fault, strikes_where_points_are_off)
{
	struct noting_hook noting = { .hook = { .at_fault = note_fault },
		.answer = true };

	sched_hook_set(&noting.hook);
	sched_points_off();
	cr_assert(fault_strikes(FAULT_MEMORY, NULL));
	sched_points_on();
	sched_hook_set(NULL);
}
