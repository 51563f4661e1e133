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
	atomic_init(&sentinel->due_ns, 0);
}

/* ------------------------------------------------------------------- look */

/* Moves what stands in the ring of another to the inject queue. */
static void
move_ring(struct worker *worker, struct ring *ring)
{
	struct task *tasks[RING_SIZE / 2];
	uint32_t count;

	/* Ends: by halves; its owner stands still, or takes from it as well. */
	while ((count = ring_steal(ring, tasks, RING_SIZE / 2, 1)) > 0) {
		for (uint32_t i = count - 1; i > 0; i--)
			tasks[i]->next = tasks[i - 1];
		inject_push_chain(&worker->scheduler->inject,
		    tasks[count - 1], tasks[0]);
		worker_add(&worker->counts.steals, count);
	}
}

static void
move_next(struct worker *worker, struct worker *victim)
{
	/* Relaxed: a hint; the compare-exchange decides. */
	struct task *next = atomic_load_explicit(&victim->next,
	    memory_order_relaxed);

	sched_point(SCHED_SITE_RUN_QUEUE);
	/* [X]; fails when its owner, or the searcher, came first. */
	if (next == NULL || !atomic_compare_exchange_strong_explicit(
	    &victim->next, &next, NULL, memory_order_acq_rel,
	    memory_order_relaxed))
		return;
	inject_push(&worker->scheduler->inject, next);
	worker_add(&worker->counts.steals, 1);
}

static void
fire_for(struct worker *victim, uint64_t now)
{
	if (wheel_deadline(victim->wheel) > now ||
	    !wheel_try_hold(victim->wheel))
		return;
	wheel_advance(victim->wheel, now, TIMER_BATCH_MAX);
	wheel_release(victim->wheel);
}

/* Takes over what a worker has that stands still. */
static void
relieve(struct worker *worker, struct worker *victim, uint64_t now)
{
	const struct scheduler_config *config = &worker->scheduler->config;

	move_ring(worker, &victim->resumed);
	move_ring(worker, &victim->fresh);
	move_next(worker, victim);
	if (config->ops->relieve != NULL &&
	    config->ops->relieve(config->context, worker, victim))
		worker_add(&worker->counts.steals, 1);
	fire_for(victim, now);
}

/* Looks at one worker; true when it has begun a task since the last look. */
static bool
look_at(struct worker *worker, struct worker *victim, uint64_t now)
{
	/* Relaxed, all three: a look too early or too late does no harm. */
	uint64_t picks = atomic_load_explicit(&victim->picks,
	    memory_order_relaxed);

	if (atomic_load_explicit(&victim->looked_picks,
	    memory_order_relaxed) != picks) {
		atomic_store_explicit(&victim->looked_picks, picks,
		    memory_order_relaxed);
		return true;
	}
	if (victim != worker && atomic_load_explicit(
	    &victim->counts.busy_since, memory_order_relaxed) != 0)
		relieve(worker, victim, now);
	return false;
}

void
sentinel_look(struct worker *worker)
{
	struct scheduler *scheduler = worker->scheduler;
	struct sentinel *sentinel = &scheduler->sentinel;
	uint64_t now = clock_now(scheduler->config.clock);
	/* Relaxed: the compare-exchange decides. */
	uint64_t due = atomic_load_explicit(&sentinel->due_ns,
	    memory_order_relaxed);
	bool has_begun = false;

	if (now < due)
		return;
	sched_point(SCHED_SITE_IDLE);
	/* [D]; fails when another makes this look. */
	if (!atomic_compare_exchange_strong_explicit(&sentinel->due_ns, &due,
	    clock_after(now, scheduler->config.sentinel_ns),
	    memory_order_acq_rel, memory_order_relaxed))
		return;
	for (uint32_t i = 0; i < scheduler->config.workers; i++)
		has_begun |= look_at(worker, &scheduler->workers[i], now);
	worker->saw_rest = !has_begun;
	if (!inject_is_empty(&scheduler->inject))
		pick_share(worker);
}

/* ------------------------------------------------------------------ watch */

static bool
try_watch(struct sentinel *sentinel)
{
	uint32_t no = 0;

	sched_point(SCHED_SITE_IDLE);
	/* [W]; fails when another keeps it. */
	return atomic_compare_exchange_strong_explicit(&sentinel->is_kept, &no,
	    1, memory_order_seq_cst, memory_order_seq_cst);
}

void
sentinel_leave(struct worker *worker)
{
	if (!worker->keeps_watch)
		return;
	worker->keeps_watch = false;
	sched_point(SCHED_SITE_IDLE);
	/* [W] */
	atomic_store_explicit(&worker->scheduler->sentinel.is_kept, 0,
	    memory_order_seq_cst);
	sched_point(SCHED_SITE_IDLE);
}

/* When the next look is due: a whole period from now if it has been. */
static uint64_t
next_due(struct scheduler *scheduler)
{
	uint64_t now = clock_now(scheduler->config.clock);
	uint64_t next = clock_after(now, scheduler->config.sentinel_ns);
	/* Relaxed: a time. */
	uint64_t due = atomic_load_explicit(&scheduler->sentinel.due_ns,
	    memory_order_relaxed);

	/* [D]; fails when another has just begun a look. */
	if (due <= now && atomic_compare_exchange_strong_explicit(
	    &scheduler->sentinel.due_ns, &due, next, memory_order_acq_rel,
	    memory_order_relaxed))
		return next;
	return due;
}

uint64_t
sentinel_park(struct worker *worker)
{
	struct scheduler *scheduler = worker->scheduler;
	const bool may_rest = worker->saw_rest;

	if (scheduler->config.sentinel_ns == 0)
		return CLOCK_NEVER;
	worker->saw_rest = false;
	if (worker->keeps_watch && may_rest &&
	    crowd_is_all_idle(&scheduler->crowd)) {
		sentinel_leave(worker);
		if (crowd_is_all_idle(&scheduler->crowd))
			return CLOCK_NEVER;
	}
	if (worker->keeps_watch) {
		/* Relaxed: a time, and one that has passed is due now. */
		return atomic_load_explicit(&scheduler->sentinel.due_ns,
		    memory_order_relaxed);
	}
	/* Relaxed: only spares one that was woken for nothing the watch. */
	if (!atomic_load_explicit(&scheduler->was_busy,
	    memory_order_relaxed) && crowd_is_all_idle(&scheduler->crowd))
		return CLOCK_NEVER;
	worker->keeps_watch = try_watch(&scheduler->sentinel);
	return worker->keeps_watch ? next_due(scheduler) : CLOCK_NEVER;
}

void
sentinel_pass_on(struct worker *worker)
{
	struct scheduler *scheduler = worker->scheduler;

	if (scheduler->config.sentinel_ns == 0)
		return;
	worker->saw_rest = false;
	sentinel_leave(worker);
	/* [W] */
	if (atomic_load_explicit(&scheduler->sentinel.is_kept,
	    memory_order_seq_cst) == 0)
		pick_share(worker);
}
