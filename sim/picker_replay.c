/* SPDX-License-Identifier: MIT */
/*
 * picker_replay - what a schedule says, and else what is usual.
 *
 * A decision is found by the thread that it was about and that thread's own
 * count of steps, not by the world's: if some are left out, to see whether the
 * rest still fails, the others stay where they were in the lives of their
 * threads.  One that cannot be followed, as the thread it names cannot run, is
 * passed over.
 */
#include "sim/picker.h"
#include "sim/schedule.h"

static void
begin(struct picker *picker, const ths_sim_config *config)
{
	picker->schedule = config->schedule;
}

static uint64_t
stay(struct picker *picker, const struct picker_thread *thread)
{
	const ths_sim_decision *next = schedule_find(&picker->schedule, thread->number,
	    false, thread->steps + 1);

	return next == NULL ? PICKER_NEVER :
	    picker->points + (next->step - thread->steps);
}

static uint32_t
pick(struct picker *picker, const struct picker_thread *left,
    struct picker_thread *const *able, uint32_t count, uint32_t usual)
{
	const ths_sim_decision *item = schedule_find(&picker->schedule, left->number,
	    false, left->steps);

	if (item == NULL || item->step != left->steps)
		return usual;
	for (uint32_t i = 0; i < count; i++) {
		if (able[i]->number == item->value)
			return i;
	}
	return usual;
}

static uint32_t
choose(struct picker *picker, const struct picker_thread *thread, uint32_t n,
    uint32_t usual)
{
	const ths_sim_decision *item = schedule_find(&picker->schedule, thread->number,
	    true, thread->choices);

	return item != NULL && item->step == thread->choices &&
	    item->value < n ? item->value : usual;
}

const struct picker_ops picker_replay = {
	.name = "replay",
	.begin = begin,
	.join = picker_join_unranked,
	.stay = stay,
	.leave = picker_leave_as_is,
	.pick = pick,
	.choose = choose,
};
