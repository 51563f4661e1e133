/* SPDX-License-Identifier: MIT */
/*
 * picker_round_robin - each thread in turn, in the order of their starts, for as
 * many points as the seed says, 1 to TURN_MAX; workers choose as usual.
 */
#include "sim/picker.h"

enum { TURN_MAX = 32 };

static void
begin(struct picker *picker, const ths_sim_config *config)
{
	(void)config;
	picker->turn = 1 + random_below(&picker->random, TURN_MAX);
}

static uint64_t
stay(struct picker *picker, const struct picker_thread *thread)
{
	(void)thread;
	return picker->points + picker->turn;
}

/* The first that was started after the one that was left, round and round. */
static uint32_t
pick(struct picker *picker, const struct picker_thread *left,
    struct picker_thread *const *able, uint32_t count, uint32_t usual)
{
	(void)picker;
	(void)usual;
	for (uint32_t i = 0; i < count; i++) {
		if (able[i]->number > left->number)
			return i;
	}
	return 0;
}

static uint32_t
choose(struct picker *picker, const struct picker_thread *thread, uint32_t n,
    uint32_t usual)
{
	(void)picker;
	(void)thread;
	(void)n;
	return usual;
}

const struct picker_ops picker_round_robin = {
	.name = "round-robin",
	.begin = begin,
	.join = picker_join_unranked,
	.stay = stay,
	.leave = picker_leave_as_is,
	.pick = pick,
	.choose = choose,
};
