/* SPDX-License-Identifier: MIT */
/* timetable - the timers of a VM, as its observer hears; see timetable.h. */
#include "sim/timetable.h"

#include "sched/timer.h"

void
timetable_init(struct timetable *timetable, struct memory *memory)
{
	table_init(&timetable->places, memory);
	shelf_init(&timetable->notes, memory, sizeof(struct timer_note));
	timetable->used = 0;
}

void
timetable_fini(struct timetable *timetable)
{
	table_fini(&timetable->places);
	shelf_fini(&timetable->notes);
}

/* Where the last timer in this one's place stands. */
static struct timer_note *
at(struct timetable *timetable, uint64_t timer)
{
	uint64_t place = timer >> TIMER_GENERATION_BITS;
	uint32_t *number = table_at(&timetable->places, place + 1);

	if (*number == 0)
		*number = ++timetable->used;
	shelf_need(&timetable->notes, *number);
	return (struct timer_note *)timetable->notes.items + *number;
}

void
timetable_set(struct timetable *timetable, uint64_t timer,
    uint64_t due_ns)
{
	*at(timetable, timer) = (struct timer_note){ timer, due_ns, false };
}

struct timer_note *
timetable_find(struct timetable *timetable, uint64_t timer)
{
	struct timer_note *note = at(timetable, timer);

	return note->timer == timer ? note : NULL;
}
