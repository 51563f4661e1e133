/* SPDX-License-Identifier: MIT */
/* outcome: why a seed has failed, and which failures are alike. */
#include "tools/sim/outcome.h"

#include <string.h>

#include "tests/harness.h"

static bool
are_like(const char *a, const char *b)
{
	struct outcome one = { 0 };
	struct outcome other = { 0 };

	outcome_fail(&one, "%s", a);
	outcome_fail(&other, "%s", b);
	return outcome_is_like(&one, &other);
}

Test(outcome, keeps_the_first_reason_in_one_line)
{
	struct outcome outcome = { 0 };

	outcome_fail(&outcome, "first\nand %d", 2);
	outcome_fail(&outcome, "another");
	cr_assert(outcome.has_failed);
	cr_assert_str_eq(outcome.text, "first and 2");
}

Test(outcome, cuts_a_long_reason)
{
	struct outcome outcome = { 0 };
	char text[2 * OUTCOME_SIZE];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	outcome_fail(&outcome, "%s", text);
	cr_assert_eq(strlen(outcome.text), OUTCOME_TEXT_SIZE - 1);
}

Test(outcome, takes_the_same_place_for_the_same_failure)
{
	cr_assert(are_like("bank.c:12: not so: sum == 7",
	    "bank.c:12: not so: sum == 8"));
	cr_assert(are_like("sim/world.c:190: somebody waits for ever: 1 client",
	    "sim/world.c:190: somebody waits for ever: 3 worker, 4 worker"));
	cr_assert_not(are_like("sim/world.c:190: somebody waits for ever: 1",
	    "sim/world.c:190: no end in sight: 1"));
	cr_assert_not(are_like("bank.c:12: not so: sum == 7",
	    "bank.c:13: not so: sum == 7"));
	cr_assert_not(are_like("bank.c:12: not so", "till.c:12: not so"));
	cr_assert_not(are_like("bank.c:12: not so", "no end after 60 seconds"));
}

Test(outcome, takes_numbers_for_alike_where_no_place_is_named)
{
	cr_assert(are_like("no end after 60 seconds",
	    "no end after 7 seconds"));
	cr_assert_not(are_like("killed by signal", "exited with code 7"));
	cr_assert_not(are_like("lost 7", "lost"));
}

Test(outcome, is_like_nothing_if_all_went_well)
{
	struct outcome good = { 0 };
	struct outcome bad = { 0 };

	outcome_fail(&bad, "bad");
	cr_assert_not(outcome_is_like(&good, &bad));
	cr_assert_not(outcome_is_like(&good, &good));
}
