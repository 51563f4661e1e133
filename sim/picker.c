/* SPDX-License-Identifier: MIT */
/* picker - who goes on in a world; see picker.h. */
#include "sim/picker.h"

enum { UNUSUAL_ONE_IN = 4 }; /* choices of a worker that are drawn */

static const struct picker_ops *const all[THS_SIM_PICKERS] = {
	[THS_SIM_RANDOM] = &picker_random,
	[THS_SIM_PCT] = &picker_pct,
	[THS_SIM_ROUND_ROBIN] = &picker_round_robin,
	[THS_SIM_REPLAY] = &picker_replay,
};

const struct picker_ops *
picker_ops(ths_sim_picker picker)
{
	return (unsigned)picker < THS_SIM_PICKERS ? all[picker] : NULL;
}

const char *
ths_sim_picker_name(ths_sim_picker picker)
{
	const struct picker_ops *ops = picker_ops(picker);

	return ops == NULL ? "none" : ops->name;
}

void
picker_init(struct picker *picker, const ths_sim_config *config)
{
	*picker = (struct picker){ .ops = picker_ops(config->picker) };
	random_init(&picker->random, config->seed);
	picker->ops->begin(picker, config);
}

uint32_t
picker_highest(struct picker_thread *const *able, uint32_t count)
{
	uint32_t best = 0;

	for (uint32_t i = 1; i < count; i++) {
		if (able[i]->rank > able[best]->rank)
			best = i;
	}
	return best;
}

int64_t
picker_bottom(struct picker *picker)
{
	return --picker->rank_lowest;
}

void
picker_join_ranked(struct picker *picker, struct picker_thread *thread)
{
	thread->rank = (int64_t)(random_next(&picker->random) >> 1);
}

void
picker_join_unranked(struct picker *picker, struct picker_thread *thread)
{
	(void)picker;
	thread->rank = 0;
}

void
picker_leave_as_is(struct picker *picker, struct picker_thread *thread,
    enum picker_cause cause)
{
	(void)picker, (void)thread, (void)cause;
}

uint32_t
picker_choose_any(struct picker *picker, const struct picker_thread *thread,
    uint32_t n, uint32_t usual)
{
	(void)thread;
	if (random_below(&picker->random, UNUSUAL_ONE_IN) != 0)
		return usual;
	return random_below(&picker->random, n);
}
