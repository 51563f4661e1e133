/* SPDX-License-Identifier: MIT */
/*
 * schedule - the decisions of a run, as it records them; see
 * ths_sim_schedule.
 *
 * Ownership: the memory is the port's.  Limits: SCHEDULE_LENGTH_MAX; what is
 * beyond it, or finds no memory, is not recorded, and is_cut says so.
 */
#ifndef SIM_SCHEDULE_H
#define SIM_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/memory.h"
#include "thespis/sim.h"

enum { SCHEDULE_LENGTH_MAX = 4 * 1024 * 1024 };

struct schedule {
	struct memory *memory;
	ths_sim_decision *items;
	size_t length;
	size_t room;
	bool is_sorted;
	bool is_cut;
};

void schedule_init(struct schedule *schedule, struct memory *memory);
void schedule_fini(struct schedule *schedule);

/* Adds a decision. */
void schedule_add(struct schedule *schedule, ths_sim_decision decision);

/* Those added so far, in the order that picker_replay looks for them in; they
 * last until the next is added. */
ths_sim_schedule schedule_sorted(struct schedule *schedule);

/* True when a schedule is in that order, each place decided once. */
bool schedule_is_sorted(const ths_sim_schedule *schedule);

/* The decision about this place, or the next one of the same thread and kind;
 * NULL: there is none. */
const ths_sim_decision *schedule_find(const ths_sim_schedule *schedule,
    uint32_t thread, bool is_choice, uint64_t step);

#endif
