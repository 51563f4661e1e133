/* SPDX-License-Identifier: MIT */
/*
 * picker_pct - ranks, and few changes of them.
 *
 * Each thread has a rank drawn at its start and the highest that can run does.
 * At depth - 1 points of the run, drawn beforehand, the thread that runs then
 * falls behind all others.  With n threads and k points a bug that needs
 * `depth` orderings shows with odds of 1 in n * k ^ (depth - 1) at least.
 *
 * k is not known beforehand: it is drawn as well, from 2^6 to 2^17, so that short
 * and long runs get their share.  A thread that spins falls, too, or those it
 * waits for would never run.  And every FAIR_POINTS whoever runs then does: two
 * that keep each other busy until a third one says stop would else never let it.
 *
 * Source: S. Burckhardt, P. Kothari, M. Musuvathi, S. Nagarakatte, "A Randomized
 * Scheduler with Probabilistic Guarantees of Finding Bugs" (ASPLOS 2010).
 */
#include "sim/picker.h"

enum {
	DEPTH_DEFAULT = 3,
	LENGTH_LOG_MIN = 6, /* k is 2 to the power of so much at least */
	LENGTH_LOGS = 12,   /* so many powers */
	FAIR_POINTS = 1 << 15,
};

/* Puts a change into its place among those before it. */
static void
insert(struct picker_pct *pct, uint64_t change)
{
	uint32_t place = pct->length++;

	for (; place > 0 && pct->changes[place - 1] > change; place--)
		pct->changes[place] = pct->changes[place - 1];
	pct->changes[place] = change;
}

static void
begin(struct picker *picker, const ths_sim_config *config)
{
	uint32_t depth = config->depth == 0 ? DEPTH_DEFAULT : config->depth;
	uint32_t log = LENGTH_LOG_MIN +
	    random_below(&picker->random, LENGTH_LOGS);

	picker->has_ranks = true;
	picker->pct = (struct picker_pct){ .fair_at = FAIR_POINTS };
	if (depth > PICKER_DEPTH_MAX)
		depth = PICKER_DEPTH_MAX;
	for (uint32_t i = 1; i < depth; i++) {
		uint32_t at = random_below(&picker->random, 1u << log);

		insert(&picker->pct, at + 1);
	}
}

static uint64_t
stay(struct picker *picker, const struct picker_thread *thread)
{
	const struct picker_pct *pct = &picker->pct;

	(void)thread;
	return pct->next == pct->length || pct->changes[pct->next] >
	    pct->fair_at ? pct->fair_at : pct->changes[pct->next];
}

static void
leave(struct picker *picker, struct picker_thread *thread,
    enum picker_cause cause)
{
	struct picker_pct *pct = &picker->pct;

	while (pct->next < pct->length &&
	    pct->changes[pct->next] <= picker->points) {
		pct->next++;
		thread->rank = picker_bottom(picker);
	}
	if (picker->points >= pct->fair_at) {
		pct->fair_at = picker->points + FAIR_POINTS;
		thread->rank = picker_bottom(picker);
	}
	if (cause == PICKER_SPINS)
		thread->rank = picker_bottom(picker);
}

static uint32_t
pick(struct picker *picker, const struct picker_thread *left,
    struct picker_thread *const *able, uint32_t count, uint32_t usual)
{
	(void)picker;
	(void)left;
	(void)usual;
	return picker_highest(able, count);
}

const struct picker_ops picker_pct = {
	.name = "pct",
	.begin = begin,
	.join = picker_join_ranked,
	.stay = stay,
	.leave = leave,
	.pick = pick,
	.choose = picker_choose_any,
};
