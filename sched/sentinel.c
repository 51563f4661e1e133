/* SPDX-License-Identifier: MIT */
/* sentinel - looks after tasks behind one that stays; see sentinel.h. */
#include "sched/sentinel.h"

#include "base/sched_point.h"
#include "sched/pick.h"
#include "sched/scheduler.h"

void
sentinel_init(struct sentinel *sentinel)
{
	atomic_init(&sentinel->is_kept, 0);
	sentinel->due_ns = CLOCK_NEVER;
	sentinel->quiet_ns = CLOCK_NEVER;
	atomic_init(&sentinel->relieved, 0);
}

/* ------------------------------------------------------------------- watch */

static bool
is_kept(const struct sentinel *sentinel)
{
	sched_point(SCHED_SITE_IDLE);
	/* [W] */
	return atomic_load_explicit(&sentinel->is_kept,
	    memory_order_seq_cst) != 0;
}

/* Begins the watch; false: it was kept. */
static bool
try_keep(struct sentinel *sentinel)
{
	/* [W] */
	return atomic_exchange_explicit(&sentinel->is_kept, 1,
	    memory_order_seq_cst) == 0;
}

void
sentinel_rouse(struct worker *worker)
{
	struct scheduler *scheduler = worker->scheduler;
	struct sentinel *sentinel = &scheduler->sentinel;

	if (scheduler->config.sentinel_ns != 0 && !is_kept(sentinel) &&
	    try_keep(sentinel))
		parker_wake(&scheduler_sentinel(scheduler)->parker);
}

/* Nobody has begun a task for a while: ends the watch if all are idle; else goes
 * on. */
static void
try_rest(struct worker *worker, uint64_t now)
{
	struct scheduler *scheduler = worker->scheduler;
	struct sentinel *sentinel = &scheduler->sentinel;

	if (!crowd_is_all_idle(&scheduler->crowd))
		return;
	sched_point(SCHED_SITE_IDLE);
	/* [W] */
	atomic_store_explicit(&sentinel->is_kept, 0, memory_order_seq_cst);
	sched_point(SCHED_SITE_IDLE);
	if (crowd_is_all_idle(&scheduler->crowd)) {
		sentinel->due_ns = CLOCK_NEVER;
		sentinel->quiet_ns = clock_after(now, QUIET_NS);
	} else {
		/* If it was kept: a worker has woken this one for it. */
		(void)try_keep(sentinel);
	}
}

/* At rest: calls quiet() when it is time. */
static void
rest(struct worker *worker, uint64_t now)
{
	struct scheduler *scheduler = worker->scheduler;
	struct sentinel *sentinel = &scheduler->sentinel;

	if (sentinel->quiet_ns > now)
		return;
	sentinel->quiet_ns = CLOCK_NEVER;
	if (!crowd_is_all_idle(&scheduler->crowd))
		sentinel->quiet_ns = clock_after(now, QUIET_NS);
	else if (scheduler->config.ops->quiet != NULL)
		scheduler->config.ops->quiet(scheduler->config.context);
}

/* -------------------------------------------------------------------- look */

static void
fire_for(struct worker *victim, uint64_t now)
{
	if (wheel_deadline(victim->wheel) > now ||
	    !wheel_try_hold(victim->wheel))
		return;
	wheel_advance(victim->wheel, now, TIMER_BATCH_MAX);
	wheel_release(victim->wheel);
}

/* Takes over what a worker has that stands still.  What becomes ready by that
 * does so at the sentinel's worker. */
static void
relieve(struct worker *worker, struct worker *victim, uint64_t now)
{
	const struct scheduler_config *config = &worker->scheduler->config;
	struct sentinel *sentinel = &worker->scheduler->sentinel;

	worker_add(&sentinel->relieved, pick_give_away(victim));
	if (config->ops->relieve != NULL &&
	    config->ops->relieve(config->context, worker, victim))
		worker_add(&sentinel->relieved, 1);
	fire_for(victim, now);
}

/* Looks at one worker; true when it has begun a task since the last look. */
static bool
look_at(struct worker *worker, struct worker *victim, uint64_t now)
{
	const struct scheduler_config *config = &worker->scheduler->config;
	/* [R] */
	struct task *task = atomic_load_explicit(&victim->running,
	    memory_order_acquire);
	uint64_t picks = atomic_load_explicit(&victim->picks,
	    memory_order_acquire);
	bool has_begun = picks != victim->looked_picks;

	victim->looked_picks = picks;
	victim->stands_still = !has_begun && task != NULL;
	if (!victim->stands_still)
		return has_begun;
	if (!victim->is_alone)
		relieve(worker, victim, now);
	if (config->ops->stays != NULL)
		config->ops->stays(config->context, victim, task, now);
	return false;
}

/* Looks at all.  True when nobody has begun a task since the last look, and no spare
 * is here: it may be the time to rest. */
static bool
look(struct worker *worker, uint64_t now)
{
	struct scheduler *scheduler = worker->scheduler;
	const struct scheduler_config *config = &scheduler->config;
	uint32_t length = scheduler_length(scheduler);
	uint32_t still = 0;
	bool has_begun = false;

	crowd_join(&scheduler->crowd);
	for (uint32_t i = 0; i < length; i++) {
		struct worker *victim = &scheduler->workers[i];

		has_begun |= look_at(worker, victim, now);
		still += victim->stands_still;
	}
	pick_give_away(worker);
	if (still > 0 && config->ops->idles != NULL)
		config->ops->idles(config->context, worker);
	spares_adjust(worker, still, now);
	crowd_leave(&scheduler->crowd);
	if (scheduler_has_work(scheduler))
		pick_share(worker);
	if (config->ops->still != NULL &&
	    crowd_is_all_idle(&scheduler->crowd))
		config->ops->still(config->context);
	/* [N] of sched/spare.h.  One that is idle is called at the next look. */
	return !has_begun && atomic_load_explicit(&scheduler->spares.active,
	    memory_order_seq_cst) == 0;
}

void
sentinel_step(struct worker *worker)
{
	struct scheduler *scheduler = worker->scheduler;
	struct sentinel *sentinel = &scheduler->sentinel;
	uint64_t now = clock_now(scheduler->config.clock);
	int64_t period = scheduler->config.sentinel_ns;

	worker->ticket = parker_ticket(&worker->parker);
	if (sentinel->due_ns == CLOCK_NEVER && is_kept(sentinel)) {
		sentinel->due_ns = clock_after(now, period);
		sentinel->quiet_ns = CLOCK_NEVER;
	} else if (now >= sentinel->due_ns) {
		sentinel->due_ns = clock_after(now, period);
		if (look(worker, now))
			try_rest(worker, now);
	} else if (sentinel->due_ns == CLOCK_NEVER) {
		rest(worker, now);
	}
	worker->until_ns = sentinel->due_ns < sentinel->quiet_ns ?
	    sentinel->due_ns : sentinel->quiet_ns;
}
