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

Test(status, survives_a_number_that_is_none)
{
	static const int made_up[] = { -1, THS_STATUS_COUNT, 1000000 };

	for (int i = 0; i < 3; i++) {
		cr_assert_str_eq(ths_status_text((ths_status)made_up[i]),
		    "a number that is no status");
		cr_assert_str_eq(ths_status_name((ths_status)made_up[i]),
		    "THS_STATUS_UNKNOWN");
		cr_assert_str_eq(
		    ths_dead_reason_text((ths_dead_reason)made_up[i]),
		    "a number that is no reason");
	}
}
