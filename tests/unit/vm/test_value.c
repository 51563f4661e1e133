/* SPDX-License-Identifier: MIT */
/* value: taking out what a field holds. */
#include "thespis/value.h"

#include "tests/harness.h"
#include "tests/unit/vm/kinds.h"

Test(value, of_any_type_is_given_out_only_as_that_type)
{
	ths_any any = { &point_type, &kinds_point };
	ths_any none = { NULL, &kinds_point };

	cr_assert_eq(ths_any_as(any, point), &kinds_point);
	cr_assert_null(ths_any_as(any, person));
	cr_assert_null(ths_any_as(none, point));
	cr_assert_null(ths_any_message(any, NULL));
}

Test(value, of_any_type_is_given_out_as_its_ancestor)
{
	ths_any any = { &everything_type, &kinds_full };

	cr_assert_eq(ths_any_as(any, everything), &kinds_full);
	cr_assert_str_eq(ths_any_as(any, person)->name, "carl");
	cr_assert_null(ths_any_as(any, scalars));
}

Test(value, that_is_a_signal_is_given_out_though_it_has_no_bytes)
{
	ths_any any = { &ping_type, NULL };

	cr_assert_not_null(ths_any_as(any, ping));
	cr_assert_null(ths_any_as(any, point));
}

Test(value, of_a_map_is_found_by_its_name)
{
	ths_map map = { kinds_pairs, 7 };

	cr_assert_eq(ths_map_get(map, "cores"), &kinds_pairs[0].value);
	cr_assert_eq(ths_map_get(map, "key"), &kinds_pairs[6].value);
	cr_assert_null(ths_map_get(map, "core"));
	cr_assert_null(ths_map_get(map, NULL));
	cr_assert_null(ths_map_get((ths_map){ NULL, 0 }, "cores"));
}
