/* SPDX-License-Identifier: MIT */
/*
 * pick - which task a worker runs next: its own, in the order that worker.h
 * states, or another's.
 *
 *   [X] next: see sched/worker.h.  Only its owner puts, so the owner's relaxed
 *       look that finds it empty is right; everything else is a
 *       read-modify-write, since a thief may come in between.
 */
#include "sched/pick.h"

#include "base/sched_point.h"
#include "sched/scheduler.h"

/* ------------------------------------------------------------- submitting */

void
pick_wake(struct worker *worker)
{
	if (scheduler_wake_idle(worker->scheduler, &worker->chooser))
		worker_add(&worker->counts.wakes, 1);
}

/* Moves the older half of the full fresh ring to the inject queue, in one step:
 * the newest of a tree stay together. */
static void
spill(struct worker *worker)
{
	struct task *tasks[RING_SIZE / 2];
	uint32_t count = ring_steal(&worker->fresh, tasks, RING_SIZE / 2, 1);

	if (count == 0)
		return; /* a thief came first; there is room now */
	for (uint32_t i = count - 1; i > 0; i--)
		tasks[i]->next = tasks[i - 1];
	inject_push_chain(&worker->scheduler->inject, tasks[count - 1],
	    tasks[0]);
	worker_add(&worker->counts.spilled, count);
}

/* The part of worker_submit_fresh() when the ring is full. */
static __attribute__((noinline)) void
spill_and_submit(struct worker *worker, struct task *task)
{
	/* Ends: a spill makes room that only this thread uses up. */
	do
		spill(worker);
	while (!ring_try_push(&worker->fresh, task));
	pick_share(worker);
}

void
worker_submit_fresh(struct worker *worker, struct task *task)
{
	if (LIKELY(ring_try_push(&worker->fresh, task)))
		pick_share(worker);
	else
		spill_and_submit(worker, task);
}

/* When the ring is full it is the new task that goes to the inject queue: one
 * that waits in the ring is never put back. */
static void
push_resumed(struct worker *worker, struct task *task)
{
	if (LIKELY(ring_try_push(&worker->resumed, task)))
		return;
	inject_push(&worker->scheduler->inject, task);
	worker_add(&worker->counts.spilled, 1);
}

void
worker_submit_resumed(struct worker *worker, struct task *task)
{
	push_resumed(worker, task);
	pick_share(worker);
}

void
worker_replace_next(struct worker *worker, struct task *task)
{
	/* [X]; NULL when a thief was quicker. */
	struct task *former = atomic_exchange_explicit(&worker->next, task,
	    memory_order_acq_rel);

	if (former != NULL)
		worker_submit_resumed(worker, former);
}

/* ------------------------------------------------------------- giving away */

/* Moves what stands in a ring to the inject queue. */
static uint32_t
give_ring_away(struct inject *inject, struct ring *ring)
{
	struct task *tasks[RING_SIZE / 2];
	uint32_t total = 0;
	uint32_t count;

	/* Ends: by halves; nobody puts more there than can be taken. */
	while ((count = ring_steal(ring, tasks, RING_SIZE / 2, 1)) > 0) {
		for (uint32_t i = count - 1; i > 0; i--)
			tasks[i]->next = tasks[i - 1];
		inject_push_chain(inject, tasks[count - 1], tasks[0]);
		total += count;
	}
	return total;
}

uint32_t
pick_give_away(struct worker *worker)
{
	struct inject *inject = &worker->scheduler->inject;
	uint32_t count = give_ring_away(inject, &worker->resumed) +
	    give_ring_away(inject, &worker->fresh);
	/* Relaxed: a hint; the compare-exchange decides. */
	struct task *next = atomic_load_explicit(&worker->next,
	    memory_order_relaxed);

	sched_point(SCHED_SITE_RUN_QUEUE);
	/* [X]; fails when its owner, or the searcher, came first. */
	if (next == NULL || !atomic_compare_exchange_strong_explicit(
	    &worker->next, &next, NULL, memory_order_acq_rel,
	    memory_order_relaxed))
		return count;
	inject_push(inject, next);
	return count + 1;
}

/* ---------------------------------------------------------------- picking */

/* Takes a few tasks from the inject queue, no more than there is room for; the
 * first is returned, the others join the resumed ring. */
static struct task *
take_injected(struct worker *worker)
{
	struct task *tasks[INJECT_BATCH_MAX];
	uint32_t max = 1 + RING_SIZE - ring_length(&worker->resumed);
	uint32_t count = inject_take(&worker->scheduler->inject, tasks,
	    max < INJECT_BATCH_MAX ? max : INJECT_BATCH_MAX);

	for (uint32_t i = 1; i < count; i++) {
		worker_submit_resumed(worker, tasks[i]);
	}
	return count > 0 ? tasks[0] : NULL;
}

/* The oldest ready task of one kind after the other. */
static struct task *
take_oldest(struct worker *worker)
{
	struct task *task = NULL;

	for (int kind = 0; kind < 3 && task == NULL; kind++) {
		switch (worker->oldest_turn++ % 3) {
		case 0:
			task = take_injected(worker);
			break;
		case 1:
			task = ring_take_oldest(&worker->resumed);
			break;
		case 2:
			task = ring_take_oldest(&worker->fresh);
			break;
		}
	}
	return task;
}

struct task *
pick_oldest(struct worker *worker)
{
	struct task *task = take_oldest(worker);

	return task != NULL ? task : pick_newest(worker);
}

struct task *
pick_queued(struct worker *worker, struct task *next)
{
	struct task *task;

	worker->next_streak = 0;
	if (next != NULL) {
		if (ring_length(&worker->resumed) == 0 &&
		    ring_length(&worker->fresh) == 0)
			return next; /* nobody waits: it may win on */
		worker_submit_resumed(worker, next);
	}
	task = ring_take_newest(&worker->fresh);
	if (task == NULL)
		task = ring_take_oldest(&worker->resumed);
	if (task == NULL)
		task = take_injected(worker);
	return task;
}

/* --------------------------------------------------------------- stealing */

/* Takes half of a victim's ring; the first is returned. */
static struct task *
steal_ring(struct worker *worker, struct ring *ring)
{
	struct task *tasks[RING_SIZE / 2];
	uint32_t count = ring_steal(ring, tasks, RING_SIZE / 2, 1);

	if (count == 0)
		return NULL;
	worker_add(&worker->counts.steals, count);
	for (uint32_t i = 1; i < count; i++)
		push_resumed(worker, tasks[i]);
	return tasks[0];
}

/* True when there has been a fresh task in every look for a moment.  It need not
 * have been the same: the owner takes the newest first. */
static bool
has_old_fresh(struct worker *victim)
{
	struct worker_seen *seen = &victim->seen;

	if (ring_length(&victim->fresh) == 0) {
		seen->fresh_rounds = 0;
		return false;
	}
	return ++seen->fresh_rounds >= FRESH_MOMENT_ROUNDS;
}

/* True when a resumed task has waited for a moment: of those that were there then,
 * not all have been taken. */
static bool
has_old_resumed(struct worker *victim)
{
	struct worker_seen *seen = &victim->seen;
	uint32_t length = ring_length(&victim->resumed);
	uint32_t place = ring_oldest_place(&victim->resumed);
	uint32_t taken = (place - seen->resumed_place) & (RING_SIZE - 1);

	if (length == 0 || taken >= seen->resumed_length) {
		seen->resumed_place = place;
		seen->resumed_length = length;
		seen->resumed_rounds = 0;
		return false;
	}
	return ++seen->resumed_rounds >= RESUMED_MOMENT_ROUNDS;
}

/* Takes half of one of a victim's rings if a task there has waited for a moment,
 * or the search has lasted as long as it may: nobody searches without end beside
 * work that is always young.  Before that it lets a little time pass where all are
 * young: each look costs the victim a cache line. */
static struct task *
steal_old(struct worker *worker, struct worker *victim)
{
	bool takes_any = worker->rounds >= worker->scheduler->config.spin_max;
	bool takes_fresh = has_old_fresh(victim) || takes_any;
	struct task *task = NULL;

	if (has_old_resumed(victim) || takes_any)
		task = steal_ring(worker, &victim->resumed);
	if (task == NULL && takes_fresh)
		task = steal_ring(worker, &victim->fresh);
	if (task == NULL && (victim->seen.fresh_rounds > 0 ||
	    victim->seen.resumed_length > 0)) {
		for (int i = 0; i < YOUNG_PAUSES; i++)
			machine_pause();
	}
	return task;
}

/* Takes a victim's next task if both have stood still for a moment: a pair
 * that hands one message to and fro is left alone. */
static struct task *
steal_next(struct worker *worker, struct worker *victim)
{
	struct worker_seen *seen = &victim->seen;
	/* Relaxed: hints; the compare-exchange decides. */
	struct task *next = atomic_load_explicit(&victim->next,
	    memory_order_relaxed);
	uint64_t picks = atomic_load_explicit(&victim->picks,
	    memory_order_relaxed);

	if (next == NULL)
		return NULL;
	if (seen->next != next || seen->picks != picks) {
		seen->next = next;
		seen->picks = picks;
		seen->rounds = 0;
		return NULL;
	}
	if (++seen->rounds < NEXT_MOMENT_ROUNDS)
		return NULL;
	sched_point(SCHED_SITE_RUN_QUEUE);
	/* [X]; fails when the owner took it after all. */
	if (!atomic_compare_exchange_strong_explicit(&victim->next, &next, NULL,
	    memory_order_acq_rel, memory_order_relaxed))
		return NULL;
	worker_add(&worker->counts.steals, 1);
	return next;
}

/* Takes over what the victim has kept back; what becomes ready by that. */
static struct task *
help(struct worker *worker, struct worker *victim)
{
	const struct scheduler_config *config = &worker->scheduler->config;

	if (config->ops->help == NULL ||
	    !config->ops->help(config->context, worker, victim))
		return NULL;
	worker_add(&worker->counts.steals, 1);
	return pick_next(worker);
}

struct task *
pick_stolen(struct worker *worker)
{
	struct scheduler *scheduler = worker->scheduler;
	uint32_t count = scheduler_length(scheduler);
	uint32_t first;

	if (count == 1)
		return NULL;
	first = chooser_pick(&worker->chooser, CHOICE_VICTIM, count,
	    random_below(&worker->chooser.random, count));
	for (uint32_t i = 0; i < count; i++) {
		struct worker *victim =
		    &scheduler->workers[(first + i) % count];
		struct task *task;

		if (victim == worker)
			continue;
		task = steal_old(worker, victim);
		if (task == NULL)
			task = steal_next(worker, victim);
		if (task == NULL)
			task = help(worker, victim);
		if (task != NULL)
			return task;
	}
	return NULL;
}

