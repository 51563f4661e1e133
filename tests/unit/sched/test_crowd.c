/* SPDX-License-Identifier: MIT */
/* crowd - who is idle, who searches, and what a waker that finds nobody owes to
 * the others; the races are in tests/stress/sched/stress_crowd.c. */
#include "sched/crowd.h"

#include "tests/harness.h"

enum { WORKERS = 65 }; /* two words */

static struct chooser usual;

Test(crowd, has_nobody_idle_at_first)
{
	struct crowd crowd;

	crowd_init(&crowd, WORKERS, 0);
	cr_assert_not(crowd_wants_wake(&crowd));
	cr_assert_not(crowd_is_all_idle(&crowd));
	cr_assert_eq(crowd_pick_idle(&crowd, &usual), CROWD_NOBODY);
	cr_assert_eq(atomic_load(&crowd.searching), 0);
}

Test(crowd, a_waker_raises_the_search_for_the_one_it_wakes)
{
	struct crowd crowd;

	crowd_init(&crowd, WORKERS, 0);
	crowd_announce(&crowd, 64);
	cr_assert(crowd_wants_wake(&crowd));
	cr_assert_eq(crowd_pick_idle(&crowd, &usual), 64);
	cr_assert_not(crowd_wants_wake(&crowd), "it searches already");
	cr_assert_not(crowd_try_search(&crowd));
	cr_assert_not(crowd_withdraw(&crowd, 64), "the waker took it out");
	crowd_leave_search(&crowd);
	cr_assert(crowd_try_search(&crowd));
}

Test(crowd, one_that_comes_back_by_itself_does_not_search)
{
	struct crowd crowd;

	crowd_init(&crowd, WORKERS, 0);
	crowd_announce(&crowd, 3);
	cr_assert(crowd_withdraw(&crowd, 3));
	cr_assert_not(crowd_wants_wake(&crowd));
	cr_assert(crowd_try_search(&crowd));
}

Test(crowd, knows_when_all_are_idle)
{
	struct crowd crowd;

	crowd_init(&crowd, WORKERS, 0);
	for (uint32_t i = 0; i < WORKERS; i++) {
		cr_assert_not(crowd_is_all_idle(&crowd));
		crowd_announce(&crowd, i);
	}
	cr_assert(crowd_is_all_idle(&crowd));
}

/* While a waker is about to take worker 64, that one comes back by itself, and
 * worker 0, whose word the waker has passed, goes idle; then somebody submits a
 * task and wakes nobody, trusting the search. */
static uint32_t
change_places(void *context, enum choice what, uint32_t n, uint32_t usual_one)
{
	struct crowd *crowd = context;

	(void)what;
	(void)n;
	if (crowd_withdraw(crowd, 64)) {
		crowd_announce(crowd, 0);
		cr_assert_not(crowd_wants_wake(crowd));
	}
	return usual_one;
}

Test(crowd, a_waker_that_finds_nobody_looks_again)
{
	struct crowd crowd;
	struct chooser chooser = { change_places, &crowd, { { 0 } } };

	crowd_init(&crowd, WORKERS, 0);
	crowd_announce(&crowd, 64);
	cr_assert_eq(crowd_pick_idle(&crowd, &chooser), 0,
	    "the task waits, worker 0 sleeps and nobody searches");
}
