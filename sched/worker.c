/* SPDX-License-Identifier: MIT */
/*
 * worker - picks ready tasks and runs them; see worker.h.
 *
 *            work found                none, and nobody searches
 *   any --------------------> WORKING ---------------------------> SEARCHING
 *                                |  none, somebody searches       ^   |
 *                                v           woken: as searcher   |   |
 *                               IDLE -----------------------------'   |
 *                                |  ^                                 |
 *                     by itself  v  '-------- spin_max rounds --------'
 *                              ROUSED  (announce, leave search, look again)
 *
 * A worker that went idle is told from outside by nothing but its idle bit: if
 * it finds the bit cleared, a waker has raised crowd.searching in its name and
 * it goes on as SEARCHING; if it clears the bit itself it goes on as ROUSED,
 * which is as WORKING but not busy, so that a worker that works asks nothing of
 * that.
 *
 * A spare may be AWAY instead of IDLE (sched/spare.h), and the sentinel is
 * WATCHING for good.
 */
#include "sched/worker.h"

#include "base/check.h"
#include "base/sched_point.h"
#include "sched/pick.h"
#include "sched/scheduler.h"
#include "sched/sentinel.h"
#include "sched/spare.h"

static _Thread_local struct worker *current;

/* Not inlined: a fiber may change threads, so nobody may keep the address of a
 * thread-local over a switch. */
__attribute__((noinline)) struct worker *
worker_current(void)
{
	return current;
}

__attribute__((noinline)) struct worker *
worker_set_current(struct worker *worker)
{
	struct worker *former = current;

	current = worker;
	return former;
}

void
worker_init(struct worker *worker, struct scheduler *scheduler, uint32_t index)
{
	const struct scheduler_config *config = &scheduler->config;

	atomic_init(&worker->next, NULL);
	atomic_init(&worker->picks, 0);
	atomic_init(&worker->running, NULL);
	atomic_init(&worker->must_end_slice, false);
	worker->scheduler = scheduler;
	worker->wheel = NULL;
	worker->index = index;
	worker->is_alone = config->workers == 1 && config->spares_max == 0;
	worker->is_spare = index >= config->workers &&
	    index < config->workers + config->spares_max;
	atomic_init(&worker->is_away, worker->is_spare);
	worker->until_oldest = PICK_OLDEST_EVERY;
	worker->state = index < config->workers ? WORKER_ROUSED :
	    worker->is_spare ? WORKER_AWAY : WORKER_WATCHING;
	worker->looked_picks = 0;
	worker->stands_still = false;
	worker->chooser.choose = config->choose;
	worker->chooser.context = config->choose_context;
	random_init(&worker->chooser.random, config->seed + index);
	parker_init(&worker->parker, config->parker, config->clock);
	ring_init(&worker->fresh);
	ring_init(&worker->resumed);
}

/* ----------------------------------------------------------------- timers */

/* Fires what is due; true when something was. */
static bool
fire_timers(struct worker *worker)
{
	uint64_t now;
	uint32_t fired;

	if (wheel_deadline(worker->wheel) == CLOCK_NEVER)
		return false;
	now = clock_now(worker->scheduler->config.clock);
	if (wheel_deadline(worker->wheel) > now ||
	    !wheel_try_hold(worker->wheel))
		return false;
	fired = wheel_advance(worker->wheel, now, TIMER_BATCH_MAX);
	wheel_release(worker->wheel);
	return fired > 0;
}

/* What the wheel has to do; true when there was something. */
static bool
tend_timers(struct worker *worker)
{
	bool was_settling = wheel_settle(worker->wheel);

	worker->units_since_poll = 0;
	return fire_timers(worker) || was_settling;
}

/* ------------------------------------------------------ search and idleness */

/* What a WORKING worker is and no other. */
static void
become_busy(struct worker *worker)
{
	/* Relaxed: a number to look at. */
	atomic_store_explicit(&worker->counts.busy_since,
	    clock_now(worker->scheduler->config.clock), memory_order_relaxed);
}

static void
become_unbusy(struct worker *worker)
{
	struct worker_counts *counts = &worker->counts;
	uint64_t since = atomic_load_explicit(&counts->busy_since,
	    memory_order_relaxed);

	if (since == 0)
		return;
	atomic_store_explicit(&counts->busy_since, 0, memory_order_relaxed);
	worker_add(&counts->busy_ns,
	    clock_now(worker->scheduler->config.clock) - since);
}

/* Work was found; a searcher passes the search on if there is more. */
static void
begin_work(struct worker *worker)
{
	if (worker->state == WORKER_SEARCHING) {
		crowd_leave_search(&worker->scheduler->crowd);
		if (scheduler_has_work(worker->scheduler))
			pick_share(worker);
	}
	worker->state = WORKER_WORKING;
	become_busy(worker);
	sentinel_rouse(worker);
}

/* Before it tells anybody: lets the floor above take back what this worker keeps,
 * and takes the ticket. */
static void
prepare_to_park(struct worker *worker)
{
	const struct scheduler_config *config = &worker->scheduler->config;

	become_unbusy(worker);
	if (config->ops->idles != NULL)
		config->ops->idles(config->context, worker);
	worker->ticket = parker_ticket(&worker->parker);
}

/* The worker parks; says so if it was the last. */
static void
say_still(struct worker *worker)
{
	struct scheduler *scheduler = worker->scheduler;

	if (scheduler->config.ops->still != NULL &&
	    crowd_is_all_idle(&scheduler->crowd))
		scheduler->config.ops->still(scheduler->config.context);
	worker_add(&worker->counts.parks, 1);
}

/* A spare that is one too many goes away; false: it is none. */
static bool
try_go_away(struct worker *worker)
{
	struct scheduler *scheduler = worker->scheduler;
	bool was_searching = worker->state == WORKER_SEARCHING;

	if (!spare_must_go(worker))
		return false;
	pick_give_away(worker);
	prepare_to_park(worker);
	worker->state = WORKER_AWAY;
	worker->until_ns = CLOCK_NEVER;
	crowd_leave(&scheduler->crowd);
	if (was_searching)
		crowd_leave_search(&scheduler->crowd);
	/* Who submitted meanwhile may have relied on this search. */
	if (scheduler_has_work(scheduler))
		pick_share(worker);
	say_still(worker);
	spare_go(worker);
	return true;
}

/* Announces the worker idle and looks once more.  True: it stays awake. */
static bool
go_idle(struct worker *worker)
{
	struct scheduler *scheduler = worker->scheduler;
	bool was_searching = worker->state == WORKER_SEARCHING;

	if (worker->is_spare && try_go_away(worker))
		return false;
	prepare_to_park(worker);
	worker->state = WORKER_IDLE;
	crowd_announce(&scheduler->crowd, worker->index);
	if (was_searching)
		crowd_leave_search(&scheduler->crowd);
	if (scheduler_has_work(scheduler) || scheduler_is_stopping(scheduler)) {
		machine_pause();
		sched_point(SCHED_SITE_SPIN);
		return true;
	}
	worker->until_ns = wheel_deadline(worker->wheel);
	say_still(worker);
	return false;
}

/* The worker was parked, or nearly: finds out what it is now.  False: it parks
 * again. */
static bool
come_back(struct worker *worker)
{
	if (worker->state == WORKER_WATCHING) {
		sentinel_step(worker);
		return false;
	}
	worker->rounds = 0;
	if (worker->state == WORKER_AWAY) {
		worker->ticket = parker_ticket(&worker->parker);
		if (!spare_is_sent(worker))
			return false;
		worker->state = WORKER_ROUSED;
	} else if (crowd_withdraw(&worker->scheduler->crowd, worker->index)) {
		worker->state = WORKER_ROUSED;
		return !worker->is_spare || !try_go_away(worker);
	} else {
		worker->state = WORKER_SEARCHING;
	}
	return true;
}

/* Becomes the searcher, unless there is one. */
static bool
begin_search(struct worker *worker)
{
	if (!crowd_try_search(&worker->scheduler->crowd))
		return false;
	worker->rounds = 0;
	worker->state = WORKER_SEARCHING;
	become_unbusy(worker);
	return true;
}

/* The searcher found nothing in this round.  True: step again. */
static bool
search_on(struct worker *worker)
{
	bool goes_on = ++worker->rounds <= worker->scheduler->config.spin_max;

	if (chooser_pick(&worker->chooser, CHOICE_SEARCH, 2, goes_on) == 0)
		return go_idle(worker);
	machine_pause();
	sched_point(SCHED_SITE_SPIN);
	return true;
}

/* ------------------------------------------------------------------- step */

static void
run(struct worker *worker, struct task *task)
{
	struct scheduler *scheduler = worker->scheduler;
	uint32_t units;

	/* [R], all three. */
	atomic_store_explicit(&worker->picks, atomic_load_explicit(
	    &worker->picks, memory_order_relaxed) + 1, memory_order_release);
	atomic_store_explicit(&worker->running, task, memory_order_release);
	units = scheduler->config.ops->run(scheduler->config.context, worker,
	    task);
	atomic_store_explicit(&worker->running, NULL, memory_order_relaxed);
	worker->units_since_poll += units + 1;
}

/* What has to be looked at now and then, however much there is to run.  False:
 * the worker parks. */
static bool
poll(struct worker *worker)
{
	tend_timers(worker);
	return !worker->is_spare || !try_go_away(worker);
}

bool
worker_step(struct worker *worker)
{
	struct task *task;

	if (UNLIKELY(worker->state >= WORKER_IDLE) && !come_back(worker))
		return false;
	if (UNLIKELY(worker->units_since_poll >= TIMER_POLL_UNITS) &&
	    !poll(worker))
		return false;
	task = pick_own(worker);
	if (UNLIKELY(task == NULL)) {
		if (tend_timers(worker))
			return true;
		if (worker->state != WORKER_SEARCHING && !begin_search(worker))
			return go_idle(worker);
		task = pick_stolen(worker);
		if (task == NULL)
			return search_on(worker);
	}
	if (UNLIKELY(worker->state != WORKER_WORKING))
		begin_work(worker);
	run(worker, task);
	return true;
}

bool
worker_fire_due(struct worker *worker)
{
	/* What fires is put into its own queues: it is not idle then. */
	if (worker->state == WORKER_IDLE)
		come_back(worker);
	return fire_timers(worker);
}

void
worker_finish(struct worker *worker)
{
	become_unbusy(worker);
	if (worker->state == WORKER_SEARCHING)
		crowd_leave_search(&worker->scheduler->crowd);
	else if (worker->state == WORKER_IDLE &&
	    !crowd_withdraw(&worker->scheduler->crowd, worker->index))
		crowd_leave_search(&worker->scheduler->crowd);
	if (worker->is_spare && spare_is_sent(worker))
		spare_end(worker);
}
