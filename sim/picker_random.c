/* SPDX-License-Identifier: MIT */
/*
 * picker_random - any thread at any point.
 *
 * Two ways, drawn from the seed, because they find different defects:
 *   - a walk: the next one is any that can run;
 *   - ranks: each thread has a rank drawn at its start, the highest that can
 *     run does, and who is left falls to the bottom.
 * How long a thread stays at most is drawn for each seed, 2 to 128 points; how
 * long it does is drawn for each stay, by powers of two, so that long ones and
 * short ones mix.
 *
 * On top of either, every other seed freezes: now and then a thread that is
 * left stands still for up to FREEZE_POINTS_MAX points while anybody else can
 * run.  Few random orders have one thread asleep while others live a life, and
 * many defects need just that.
 */
#include "sim/picker.h"

enum {
	STAY_LOGS = 7,      /* 2^1 to 2^7 points */
	RANKS_ONE_IN = 3,   /* seeds that use ranks */
	FREEZES_ONE_IN = 2, /* seeds that freeze */
	FREEZE_ONE_IN = 32, /* leavings that do */
	FREEZE_POINTS_MAX = 4096,
};

static void
begin(struct picker *picker, const ths_sim_config *config)
{
	struct picker_walk *walk = &picker->walk;

	(void)config;
	walk->stay_log = 1 + random_below(&picker->random, STAY_LOGS);
	picker->has_ranks = random_below(&picker->random, RANKS_ONE_IN) == 0;
	walk->has_freezes = random_below(&picker->random, FREEZES_ONE_IN) == 0;
}

static uint64_t
stay(struct picker *picker, const struct picker_thread *thread)
{
	uint32_t log = random_below(&picker->random, picker->walk.stay_log + 1);

	(void)thread;
	return picker->points + 1 + random_below(&picker->random, 1u << log);
}

/* The thread is to stand still for a while, perhaps. */
static void
freeze(struct picker *picker, const struct picker_thread *thread)
{
	struct picker_walk *walk = &picker->walk;

	if (!walk->has_freezes || picker->points < walk->thaw_at ||
	    random_below(&picker->random, FREEZE_ONE_IN) != 0)
		return;
	walk->frozen = thread->number;
	walk->thaw_at = picker->points +
	    random_below(&picker->random, FREEZE_POINTS_MAX);
}

static void
leave(struct picker *picker, struct picker_thread *thread,
    enum picker_cause cause)
{
	if (cause != PICKER_STAYED && cause != PICKER_SPINS)
		return;
	if (picker->has_ranks)
		thread->rank = picker_bottom(picker);
	freeze(picker, thread);
}

static uint32_t
pick(struct picker *picker, const struct picker_thread *left,
    struct picker_thread *const *able, uint32_t count, uint32_t usual)
{
	bool is_cold = picker->points < picker->walk.thaw_at;
	struct picker_thread *others[THS_SIM_THREADS_MAX];
	uint32_t places[THS_SIM_THREADS_MAX];
	uint32_t length = 0;

	(void)left;
	(void)usual;
	for (uint32_t i = 0; i < count; i++) {
		if (is_cold && able[i]->number == picker->walk.frozen)
			continue;
		places[length] = i;
		others[length++] = able[i];
	}
	if (length == 0)
		return 0;
	if (picker->has_ranks)
		return places[picker_highest(others, length)];
	return places[random_below(&picker->random, length)];
}

const struct picker_ops picker_random = {
	.name = "random",
	.begin = begin,
	.join = picker_join_ranked,
	.stay = stay,
	.leave = leave,
	.pick = pick,
	.choose = picker_choose_any,
};
