/* SPDX-License-Identifier: MIT */
/* policy - who runs next in a simulation; see policy.h. */
#include "sim/policy.h"

enum {
	ODDS_STEPS = 7,     /* 1 in 1, 2, 4 … 64 */
	RANKS_ONE_IN = 3,   /* seeds that use ranks */
	FREEZES_ONE_IN = 2, /* seeds that freeze */
	FREEZE_ONE_IN = 32, /* leavings that do */
	UNUSUAL_ONE_IN = 4, /* choices of a worker that are drawn */
};

void
policy_init(struct policy *policy, uint64_t seed)
{
	random_init(&policy->random, seed);
	policy->odds = 1u << random_below(&policy->random, ODDS_STEPS);
	policy->has_ranks = random_below(&policy->random, RANKS_ONE_IN) == 0;
	policy->has_freezes =
	    random_below(&policy->random, FREEZES_ONE_IN) == 0;
	policy->rank_lowest = 0;
	policy->points = 0;
	policy->thaw_at = 0;
}

int64_t
policy_rank(struct policy *policy)
{
	return (int64_t)(random_next(&policy->random) >> 1);
}

/* True when the thread that is left now is to stand still for a while. */
static bool
freezes(struct policy *policy)
{
	if (!policy->has_freezes || policy->points < policy->thaw_at ||
	    random_below(&policy->random, FREEZE_ONE_IN) != 0)
		return false;
	policy->thaw_at = policy->points +
	    random_below(&policy->random, FREEZE_POINTS_MAX);
	return true;
}

bool
policy_leaves(struct policy *policy, enum sched_site site, int64_t *rank)
{
	/* Whoever waits for another thread must let it run. */
	bool falls = site == SCHED_SITE_SPIN ||
	    random_below(&policy->random, policy->odds) == 0;

	policy->points++;
	if (*rank == POLICY_FROZEN || (falls && policy->has_ranks))
		*rank = --policy->rank_lowest;
	if (falls && freezes(policy))
		*rank = POLICY_FROZEN;
	return falls || policy->has_ranks;
}

uint32_t
policy_pick(struct policy *policy, const int64_t *ranks, uint32_t count)
{
	bool is_cold = policy->points < policy->thaw_at;
	uint32_t best = 0;

	if (!policy->has_ranks) {
		best = random_below(&policy->random, count);
		if (is_cold && ranks[best] == POLICY_FROZEN)
			best = (best + 1) % count;
		return best;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (ranks[i] == POLICY_FROZEN && !is_cold)
			return i;
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
