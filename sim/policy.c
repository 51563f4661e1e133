/* SPDX-License-Identifier: MIT */
/* policy - who runs next in a simulation; see policy.h. */
#include "sim/policy.h"

enum {
	ODDS_STEPS = 7,     /* 1 in 1, 2, 4 … 64 */
	RANKS_ONE_IN = 3,   /* seeds that use ranks */
	UNUSUAL_ONE_IN = 4, /* choices of a worker that are drawn */
};

void
policy_init(struct policy *policy, uint64_t seed)
{
	random_init(&policy->random, seed);
	policy->odds = 1u << random_below(&policy->random, ODDS_STEPS);
	policy->has_ranks = random_below(&policy->random, RANKS_ONE_IN) == 0;
	policy->rank_lowest = 0;
}

int64_t
policy_rank(struct policy *policy)
{
	return (int64_t)(random_next(&policy->random) >> 1);
}

bool
policy_leaves(struct policy *policy, enum sched_site site, int64_t *rank)
{
	/* Whoever waits for another thread must let it run. */
	bool falls = site == SCHED_SITE_SPIN ||
	    random_below(&policy->random, policy->odds) == 0;

	if (!policy->has_ranks)
		return falls;
	if (falls)
		*rank = --policy->rank_lowest;
	return true;
}

uint32_t
policy_pick(struct policy *policy, const int64_t *ranks, uint32_t count)
{
	uint32_t best = 0;

	if (!policy->has_ranks)
		return random_below(&policy->random, count);
	for (uint32_t i = 1; i < count; i++) {
		if (ranks[i] > ranks[best])
			best = i;
	}
	return best;
}

uint32_t
policy_choose(struct policy *policy, uint32_t n, uint32_t usual)
{
	if (random_below(&policy->random, UNUSUAL_ONE_IN) != 0)
		return usual;
	return random_below(&policy->random, n);
}
