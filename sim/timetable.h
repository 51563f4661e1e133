/* SPDX-License-Identifier: MIT */
/*
 * timetable - the timers of a VM, as its observer has heard: when each is due,
 * and whether its owner has been told that it will not hear of it.
 *
 * A timer is named by its handle; of a place in a wheel only the last timer is
 * remembered.  A timer may fire before it is told of as set: then it is not
 * known yet, and nothing is said about it.
 *
 * Threads: one real thread at a time.
 */
#ifndef SIM_TIMETABLE_H
#define SIM_TIMETABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/table.h"

struct timer_note {
	uint64_t timer;
	uint64_t due_ns;
	bool is_cancelled;
};

struct timetable {
	struct table places;
	struct shelf notes;
	uint32_t used;
};

void timetable_init(struct timetable *timetable, struct memory *memory);
void timetable_fini(struct timetable *timetable);

/* A timer has been set, perhaps again. */
void timetable_set(struct timetable *timetable, uint64_t timer,
    uint64_t due_ns);

/* What is known of a timer; NULL: nothing. */
struct timer_note *timetable_find(struct timetable *timetable, uint64_t timer);

#endif
