/* SPDX-License-Identifier: MIT */
/* reduce - leaves out what a failure does not need; see reduce.h. */
#include "tools/sim/reduce.h"

#include <string.h>

/* Tries without the part of `count` items from `at` on; true: that fails, too,
 * and they are gone. */
static bool
try_without(ths_sim_decision *items, size_t length, size_t at, size_t count,
    ths_sim_decision *scratch, const struct judge *judge)
{
	const ths_sim_schedule rest = { scratch, length - count };
	size_t behind = length - at - count;

	memcpy(scratch, items, at * sizeof(*items));
	memcpy(scratch + at, items + at + count, behind * sizeof(*items));
	if (!judge->fails(judge->context, &rest))
		return false;
	memmove(items + at, items + at + count, behind * sizeof(*items));
	return true;
}

/* Goes once through the list in parts of this size; how many are left. */
static size_t
sweep(ths_sim_decision *items, size_t length, size_t part,
    ths_sim_decision *scratch, const struct judge *judge)
{
	for (size_t at = 0; at < length;) {
		size_t count = part < length - at ? part : length - at;

		if (try_without(items, length, at, count, scratch, judge))
			length -= count;
		else
			at += count;
	}
	return length;
}

size_t
reduce(ths_sim_decision *items, size_t length, ths_sim_decision *scratch,
    const struct judge *judge)
{
	size_t part = length;
	size_t before;

	while (length > 0) {
		before = length;
		length = sweep(items, length, part, scratch, judge);
		if (part == 1 && length == before)
			break;
		if (length == before || part > length)
			part = part > 1 ? (part + 1) / 2 : 1;
	}
	return length;
}
