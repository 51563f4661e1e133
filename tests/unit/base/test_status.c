/* SPDX-License-Identifier: MIT */
/* status: every number has a text, the made-up ones as well. */
#include "thespis/status.h"

#include <string.h>

#include "tests/harness.h"
#include "thespis/vm.h"

Test(status, has_a_name_and_a_text_for_each)
{
	cr_assert_str_eq(ths_status_name(THS_OK), "THS_OK");
	cr_assert_str_eq(ths_status_text(THS_OK), "done");
	cr_assert_str_eq(ths_status_name(THS_FULL), "THS_FULL");
	cr_assert_str_eq(ths_status_text(THS_FULL),
	    "the mailbox has reached its limit");
	for (int i = 0; i < THS_STATUS_COUNT; i++) {
		cr_assert_eq(strncmp(ths_status_name((ths_status)i), "THS_",
		    4), 0);
		cr_assert_gt(strlen(ths_status_text((ths_status)i)), 0);
		for (int k = 0; k < i; k++)
			cr_assert_neq(strcmp(ths_status_text((ths_status)i),
			    ths_status_text((ths_status)k)), 0);
	}
}

Test(status, has_a_text_for_each_dead_letter)
{
	cr_assert_str_eq(ths_dead_reason_text(THS_DEAD_STALE),
	    "the actor of that address is gone");
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		cr_assert_gt(strlen(ths_dead_reason_text((ths_dead_reason)i)),
		    0);
}

/* Every failure belongs to one family, and says in words which it is. */
Test(status, belongs_to_one_family, .description = "T-084")
{
	static const struct { ths_status status; ths_family family; } some[] = {
		{ THS_OK, THS_FAMILY_NONE },
		/* InvalidActorSpecification */
		{ THS_BAD_ARGUMENT, THS_FAMILY_MISTAKE },
		{ THS_WRONG_PLACE, THS_FAMILY_MISTAKE },
		/* InvalidActorAddress */
		{ THS_GONE, THS_FAMILY_NOBODY },
		{ THS_UNKNOWN, THS_FAMILY_NOBODY },
		/* NoCompatibleSystemForActor */
		{ THS_UNFIT, THS_FAMILY_REFUSAL },
		{ THS_UNBORN, THS_FAMILY_REFUSAL },
		{ THS_FAILED, THS_FAMILY_REFUSAL },
		/* ActorSystemFailure: at start, and a request that took long */
		{ THS_SYSTEM, THS_FAMILY_VM },
		{ THS_TIMEOUT, THS_FAMILY_VM },
		{ THS_NO_MEMORY, THS_FAMILY_VM },
		{ THS_STOPPED, THS_FAMILY_VM },
	};
	int members[THS_FAMILY_COUNT] = { 0 };

	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		for (int family = 0; family < THS_FAMILY_COUNT; family++)
			cr_assert_eq(ths_status_is(some[i].status,
			    (ths_family)family),
			    (ths_family)family == some[i].family);
	}
	for (int i = 0; i < THS_STATUS_COUNT; i++) {
		ths_family family = ths_status_family((ths_status)i);

		cr_assert_lt(family, THS_FAMILY_COUNT);
		cr_assert_eq(family == THS_FAMILY_NONE, i == THS_OK);
		members[family]++;
	}
	for (int i = 0; i < THS_FAMILY_COUNT; i++) {
		cr_assert_gt(members[i], 0);
		cr_assert_gt(strlen(ths_family_text((ths_family)i)), 0);
	}
	cr_assert_str_eq(ths_family_text(THS_FAMILY_NOBODY),
	    "nobody is there");
	cr_assert_str_eq(ths_status_text(THS_UNBORN),
	    "the actor's init or start failed");
}

Test(status, survives_a_number_that_is_none)
{
	static const int made_up[] = { -1, THS_STATUS_COUNT, 1000000 };

	for (int i = 0; i < 3; i++) {
		cr_assert_str_eq(ths_status_text((ths_status)made_up[i]),
		    "a number that is no status");
		cr_assert_str_eq(ths_status_name((ths_status)made_up[i]),
		    "THS_STATUS_UNKNOWN");
		cr_assert_eq(ths_status_family((ths_status)made_up[i]),
		    THS_FAMILY_MISTAKE);
		cr_assert_str_eq(ths_family_text((ths_family)made_up[i]),
		    "a number that is no family");
		cr_assert_str_eq(
		    ths_dead_reason_text((ths_dead_reason)made_up[i]),
		    "a number that is no reason");
	}
}
