/* SPDX-License-Identifier: MIT */
/* schedule - the decisions of a run; see schedule.h. */
#include "sim/schedule.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 256 };

void
schedule_init(struct schedule *schedule, struct memory *memory)
{
	*schedule = (struct schedule){ .memory = memory, .is_sorted = true };
}

void
schedule_fini(struct schedule *schedule)
{
	memory_give(schedule->memory, schedule->items,
	    schedule->room * sizeof(*schedule->items),
	    alignof(ths_sim_decision));
	*schedule = (struct schedule){ .memory = schedule->memory };
}

/* Makes room for one more; false: there is none. */
static bool
grow(struct schedule *schedule)
{
	size_t room = schedule->room == 0 ? ROOM_FIRST : 2 * schedule->room;
	size_t held = schedule->room * sizeof(*schedule->items);
	ths_sim_decision *items;

	if (room > SCHEDULE_LENGTH_MAX)
		return false;
	items = memory_take(schedule->memory, room * sizeof(*items),
	    alignof(ths_sim_decision));
	if (items == NULL)
		return false;
	if (held != 0)
		memcpy(items, schedule->items, held);
	memory_give(schedule->memory, schedule->items, held,
	    alignof(ths_sim_decision));
	schedule->items = items;
	schedule->room = room;
	return true;
}

void
schedule_add(struct schedule *schedule, ths_sim_decision decision)
{
	if (schedule->length == schedule->room && !grow(schedule)) {
		schedule->is_cut = true;
		return;
	}
	schedule->items[schedule->length++] = decision;
	schedule->is_sorted = false;
}

/* By thread, kind and step. */
static int
compare(const void *left, const void *right)
{
	const ths_sim_decision *a = left;
	const ths_sim_decision *b = right;

	if (a->thread != b->thread)
		return a->thread < b->thread ? -1 : 1;
	if ((a->is_choice != 0) != (b->is_choice != 0))
		return a->is_choice != 0 ? 1 : -1;
	return a->step < b->step ? -1 : a->step > b->step;
}

ths_sim_schedule
schedule_sorted(struct schedule *schedule)
{
	if (!schedule->is_sorted)
		qsort(schedule->items, schedule->length,
		    sizeof(*schedule->items), compare);
	schedule->is_sorted = true;
	return (ths_sim_schedule){ schedule->items, schedule->length };
}

bool
schedule_is_sorted(const ths_sim_schedule *schedule)
{
	for (size_t i = 1; i < schedule->length; i++) {
		if (compare(&schedule->items[i - 1], &schedule->items[i]) >= 0)
			return false;
	}
	return true;
}

const ths_sim_decision *
schedule_find(const ths_sim_schedule *schedule, uint32_t thread, bool is_choice,
    uint64_t step)
{
	ths_sim_decision wanted = { thread, is_choice, step, 0, 0 };
	const ths_sim_decision *found;
	size_t low = 0;
	size_t high = schedule->length;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&schedule->items[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == schedule->length)
		return NULL;
	found = &schedule->items[low];
	return found->thread == thread && (found->is_choice != 0) == is_choice ?
	    found : NULL;
}
