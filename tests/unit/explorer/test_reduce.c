/* SPDX-License-Identifier: MIT */
/* reduce: leaves out all decisions that a failure does not need. */
#include "tools/sim/reduce.h"

#include "tests/harness.h"

enum { LENGTH = 1000 };

/* Fails when all the decisions wanted are there, in their order. */
struct bug {
	const uint32_t *wanted;
	size_t count;
	unsigned asked;
	unsigned asked_max; /* then there is no time left */
};

static bool
fails(void *context, const ths_sim_schedule *schedule)
{
	struct bug *bug = context;
	size_t found = 0;

	if (bug->asked++ >= bug->asked_max)
		return false;
	for (size_t i = 0; i < schedule->length; i++) {
		if (i > 0)
			cr_assert_lt(schedule->items[i - 1].value,
			    schedule->items[i].value);
		if (found < bug->count &&
		    schedule->items[i].value == bug->wanted[found])
			found++;
	}
	return found == bug->count;
}

static ths_sim_decision items[LENGTH];
static ths_sim_decision scratch[LENGTH];

static size_t
reduce_bug(struct bug *bug)
{
	const struct judge judge = { fails, bug };

	for (uint32_t i = 0; i < LENGTH; i++)
		items[i] = (ths_sim_decision){ .value = i };
	return reduce(items, LENGTH, scratch, &judge);
}

Test(reduce, keeps_what_is_needed_and_no_more)
{
	const uint32_t wanted[] = { 3, 4, 500, 777, 999 };
	struct bug bug = { wanted, 5, 0, 100000 };

	cr_assert_eq(reduce_bug(&bug), 5);
	for (int i = 0; i < 5; i++)
		cr_assert_eq(items[i].value, wanted[i]);
	cr_assert_lt(bug.asked, 1000);
}

Test(reduce, keeps_nothing_if_nothing_is_needed)
{
	struct bug bug = { NULL, 0, 0, 100000 };

	cr_assert_eq(reduce_bug(&bug), 0);
	cr_assert_eq(bug.asked, 1);
}

Test(reduce, keeps_what_still_fails_when_the_time_is_over)
{
	const uint32_t wanted[] = { 10, 990 };

	for (unsigned asked = 0; asked < 40; asked++) {
		struct bug bug = { wanted, 2, 0, asked };
		ths_sim_schedule left = { items, 0 };

		left.length = reduce_bug(&bug);
		bug.asked_max = 100000;
		cr_assert(fails(&bug, &left));
	}
}

Test(reduce, takes_an_empty_list)
{
	struct bug bug = { NULL, 0, 0, 10 };
	const struct judge judge = { fails, &bug };

	cr_assert_eq(reduce(items, 0, scratch, &judge), 0);
}
