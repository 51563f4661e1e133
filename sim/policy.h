/* SPDX-License-Identifier: MIT */
/*
 * policy - who runs next in a simulation: every decision comes from one seed.
 *
 * Two ways, drawn from the seed, because they find different defects:
 *   - a walk: at a point the running thread is left with odds of 1 in
 *     `odds`, and the next one is any that can run;
 *   - ranks: each thread has a rank drawn at its start, the highest that can
 *     run does, and with odds of 1 in `odds` the running one falls to the
 *     bottom.
 * The odds are drawn too, from 1 in 1 to 1 in 64.
 *
 * On top of either, every other seed freezes: now and then a thread that is
 * left stands still for up to FREEZE_POINTS_MAX points while anybody else can
 * run.  Few random orders have one thread asleep while others live a life, and
 * many defects need just that.
 *
 * Threads: one.
 * Source: S. Burckhardt et al., "A Randomized Scheduler with Probabilistic
 * Guarantees of Finding Bugs" (2010), for the ranks.
 */
#ifndef SIM_POLICY_H
#define SIM_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"
#include "base/sched_point.h"
#include "sched/chooser.h"

enum { FREEZE_POINTS_MAX = 4096 };

/* The rank of the thread that is frozen, in either way. */
#define POLICY_FROZEN INT64_MIN

struct policy {
	struct random random;
	uint32_t odds;
	bool has_ranks;
	bool has_freezes;
	int64_t rank_lowest; /* handed out so far */
	uint64_t points;     /* so far */
	uint64_t thaw_at;    /* points; nobody is frozen from then on */
};

void policy_init(struct policy *policy, uint64_t seed);

/* The rank of a new thread. */
int64_t policy_rank(struct policy *policy);

/* True when the running thread is to be left at this point; its rank may
 * change.  Called at each point. */
bool policy_leaves(struct policy *policy, enum sched_site site, int64_t *rank);

/* Which of `count` threads with these ranks runs next; count > 0. */
uint32_t policy_pick(struct policy *policy, const int64_t *ranks,
    uint32_t count);

/* A worker's choice: mostly the usual one, now and then any. */
uint32_t policy_choose(struct policy *policy, uint32_t n, uint32_t usual);

#endif
