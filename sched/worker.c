/* SPDX-License-Identifier: MIT */
/*
 * worker - picks ready tasks and runs them; see worker.h.
 *
 *            own work found            none, and nobody searches
 *   WORKING ----------------> WORKING ---------------------------> SEARCHING
 *      ^                         |  none, somebody searches           |
 *      |                         v                                    |
 *      |   woken: as searcher   IDLE <------ spin_max rounds ----------'
 *      '---- by itself ----------'    (announce, leave search, look again)
 *
 * A worker that went idle is told from outside by nothing but its idle bit: if it
 * finds the bit cleared, a waker has raised crowd.searching in its name and it
 * goes on as SEARCHING; if it clears the bit itself it goes on as WORKING.
 */
#include "sched/worker.h"

#include "base/check.h"
#include "base/sched_point.h"
#include "sched/scheduler.h"

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
	atomic_init(&worker->must_end_slice, false);
	worker->scheduler = scheduler;
	worker->index = index;
	worker->until_oldest = PICK_OLDEST_EVERY;
	worker->state = WORKER_WORKING;
	worker->quiet_ns = CLOCK_NEVER;
	worker->chooser.choose = config->choose;
	worker->chooser.context = config->choose_context;
	random_init(&worker->chooser.random, config->seed + index);
	parker_init(&worker->parker, config->parker, config->clock);
	ring_init(&worker->fresh);
	ring_init(&worker->resumed);
	atomic_init(&worker->counts.busy_since, clock_now(config->clock));
}

/* ------------------------------------------------------------- submitting */

/* Wakes an idle worker if what was just pushed here needs one. */
static void
share(struct worker *worker)
{
	sched_point(SCHED_SITE_RUN_QUEUE);
	if (scheduler_wake_one(worker->scheduler, &worker->chooser))
		worker_add(&worker->counts.wakes, 1);
}

/* Moves the older half of a full ring to the inject queue, in one step. */
static void
spill(struct worker *worker, struct ring *ring)
{
	struct task *tasks[RING_SIZE / 2];
	uint32_t count = ring_steal(ring, tasks, RING_SIZE / 2, 1);

	if (count == 0)
		return; /* a thief came first; there is room now */
	for (uint32_t i = count - 1; i > 0; i--)
		tasks[i]->next = tasks[i - 1];
	inject_push_chain(&worker->scheduler->inject, tasks[count - 1],
	    tasks[0]);
	worker_add(&worker->counts.spilled, count);
}

static void
push(struct worker *worker, struct ring *ring, struct task *task)
{
	/* Ends: a spill makes room that only this thread uses up. */
	while (!ring_try_push(ring, task))
		spill(worker, ring);
	share(worker);
}

/* Puts task into the next slot; one that was there joins the queue. */
static void
put_next(struct worker *worker, struct task *task)
{
	/* Relaxed: only this thread puts, so an empty slot stays empty. */
	struct task *former = atomic_load_explicit(&worker->next,
	    memory_order_relaxed);

	sched_point(SCHED_SITE_RUN_QUEUE);
	if (former == NULL) {
		/* [X] */
		atomic_store_explicit(&worker->next, task,
		    memory_order_release);
		return;
	}
	/* [X]; NULL when a thief was quicker. */
	former = atomic_exchange_explicit(&worker->next, task,
	    memory_order_acq_rel);
	if (former != NULL)
		push(worker, &worker->resumed, former);
}

void
worker_submit(struct worker *worker, struct task *task, enum ready how)
{
	switch (how) {
	case READY_WOKEN:
		put_next(worker, task);
		break;
	case READY_FRESH:
		push(worker, &worker->fresh, task);
		break;
	case READY_RESUMED:
		push(worker, &worker->resumed, task);
		break;
	}
}

/* ---------------------------------------------------------------- picking */

/* Takes a few tasks from the inject queue; the first is returned, the others
 * join the resumed ring. */
static struct task *
take_injected(struct worker *worker)
{
	struct task *tasks[INJECT_BATCH_MAX];
	uint32_t count = inject_take(&worker->scheduler->inject, tasks,
	    INJECT_BATCH_MAX);

	for (uint32_t i = 1; i < count; i++)
		push(worker, &worker->resumed, tasks[i]);
	return count > 0 ? tasks[0] : NULL;
}

static struct task *
take_next(struct worker *worker)
{
	/* Relaxed: empty is empty, see put_next(). */
	if (atomic_load_explicit(&worker->next, memory_order_relaxed) == NULL)
		return NULL;
	sched_point(SCHED_SITE_RUN_QUEUE);
	/* [X]; NULL when a thief was quicker. */
	return atomic_exchange_explicit(&worker->next, NULL,
	    memory_order_acq_rel);
}

/* The oldest ready task of one kind after the other. */
static struct task *
pick_oldest(struct worker *worker)
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

/* True when it is the turn of the oldest. */
static bool
is_turn_of_oldest(struct worker *worker)
{
	bool usual = --worker->until_oldest == 0;

	if (usual)
		worker->until_oldest = PICK_OLDEST_EVERY;
	return chooser_pick(&worker->chooser, CHOICE_OLDEST, 2, usual) != 0;
}

/* True when next has won too often while others wait here. */
static bool
is_next_due_to_wait(struct worker *worker)
{
	return ++worker->next_streak > NEXT_STREAK_MAX &&
	    (ring_length(&worker->resumed) > 0 ||
	    ring_length(&worker->fresh) > 0);
}

static struct task *
pick(struct worker *worker)
{
	struct task *task;

	if (UNLIKELY(is_turn_of_oldest(worker))) {
		task = pick_oldest(worker);
		if (task != NULL)
			return task;
	}
	task = take_next(worker);
	if (task != NULL) {
		if (LIKELY(!is_next_due_to_wait(worker)))
			return task;
		push(worker, &worker->resumed, task);
	}
	worker->next_streak = 0;
	task = ring_take_newest(&worker->fresh);
	if (task == NULL)
		task = ring_take_oldest(&worker->resumed);
	if (task == NULL)
		task = take_injected(worker);
	return task;
}

/* ----------------------------------------------------------------- timers */

/* Fires what is due; true when something was. */
static bool
fire_timers(struct worker *worker)
{
	uint64_t now;
	uint32_t fired;

	worker->units_since_poll = 0;
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
	for (uint32_t i = 1; i < count; i++) {
		while (!ring_try_push(&worker->resumed, tasks[i]))
			spill(worker, &worker->resumed);
	}
	return tasks[0];
}

/* Takes a victim's next task if both have stood still for a moment: a pair
 * that hands one message to and fro is left alone. */
static struct task *
steal_next(struct worker *worker, struct worker *victim)
{
	/* Relaxed: hints; the compare-exchange decides. */
	struct task *next = atomic_load_explicit(&victim->next,
	    memory_order_relaxed);
	uint64_t picks = atomic_load_explicit(&victim->picks,
	    memory_order_relaxed);

	if (next == NULL)
		return NULL;
	if (worker->seen_victim != victim->index ||
	    worker->seen_next != next || worker->seen_picks != picks) {
		worker->seen_victim = victim->index;
		worker->seen_next = next;
		worker->seen_picks = picks;
		worker->seen_rounds = 0;
		return NULL;
	}
	if (++worker->seen_rounds < NEXT_MOMENT_ROUNDS)
		return NULL;
	sched_point(SCHED_SITE_RUN_QUEUE);
	/* [X]; fails when the owner took it after all. */
	if (!atomic_compare_exchange_strong_explicit(&victim->next, &next, NULL,
	    memory_order_acq_rel, memory_order_relaxed))
		return NULL;
	worker_add(&worker->counts.steals, 1);
	return next;
}

static struct task *
steal(struct worker *worker)
{
	struct scheduler *scheduler = worker->scheduler;
	uint32_t count = scheduler->config.workers;
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
		task = steal_ring(worker, &victim->resumed);
		if (task == NULL)
			task = steal_ring(worker, &victim->fresh);
		if (task == NULL)
			task = steal_next(worker, victim);
		if (task != NULL)
			return task;
	}
	return NULL;
}

/* ------------------------------------------------------- search and idleness */

static void
become_busy(struct worker *worker)
{
	struct worker_counts *counts = &worker->counts;

	if (atomic_load_explicit(&counts->busy_since,
	    memory_order_relaxed) == 0)
		atomic_store_explicit(&counts->busy_since,
		    clock_now(worker->scheduler->config.clock),
		    memory_order_relaxed);
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

/* A searcher has found work: it passes the search on if there is more. */
static void
end_search(struct worker *worker)
{
	crowd_leave_search(&worker->scheduler->crowd);
	worker->state = WORKER_WORKING;
	if (scheduler_has_work(worker->scheduler))
		share(worker);
}

/* When a parked worker has to look again by itself. */
static uint64_t
idle_until(struct worker *worker)
{
	struct scheduler *scheduler = worker->scheduler;
	uint64_t until = wheel_deadline(worker->wheel);

	worker->quiet_ns = CLOCK_NEVER;
	/* Relaxed: set by a worker before it announced itself, [I]. */
	if (scheduler->config.ops->quiet != NULL &&
	    atomic_load_explicit(&scheduler->was_busy, memory_order_relaxed) &&
	    crowd_is_all_idle(&scheduler->crowd))
		worker->quiet_ns = clock_now(scheduler->config.clock) +
		    QUIET_NS;
	return worker->quiet_ns < until ? worker->quiet_ns : until;
}

/* Announces the worker idle and looks once more.  True: it stays awake. */
static bool
go_idle(struct worker *worker)
{
	struct scheduler *scheduler = worker->scheduler;
	bool was_searching = worker->state == WORKER_SEARCHING;

	become_unbusy(worker);
	if (scheduler->config.ops->idles != NULL)
		scheduler->config.ops->idles(scheduler->config.context,
		    worker);
	worker->ticket = parker_ticket(&worker->parker);
	worker->state = WORKER_IDLE;
	crowd_announce(&scheduler->crowd, worker->index);
	if (was_searching)
		crowd_leave_search(&scheduler->crowd);
	if (scheduler_has_work(scheduler) || scheduler_is_stopping(scheduler)) {
		machine_pause();
		sched_point(SCHED_SITE_SPIN);
		return true;
	}
	worker->until_ns = idle_until(worker);
	if (scheduler->config.ops->still != NULL &&
	    crowd_is_all_idle(&scheduler->crowd))
		scheduler->config.ops->still(scheduler->config.context);
	worker_add(&worker->counts.parks, 1);
	return false;
}

/* Calls quiet() if nothing has happened since this worker, the last, parked. */
static void
call_quiet(struct worker *worker)
{
	struct scheduler *scheduler = worker->scheduler;

	if (worker->quiet_ns == CLOCK_NEVER ||
	    clock_now(scheduler->config.clock) < worker->quiet_ns ||
	    scheduler_has_work(scheduler))
		return;
	worker->quiet_ns = CLOCK_NEVER;
	/* Relaxed: as above; once is once. */
	if (atomic_exchange_explicit(&scheduler->was_busy, false,
	    memory_order_relaxed))
		scheduler->config.ops->quiet(scheduler->config.context);
}

/* The worker was parked, or nearly: finds out what it is now. */
static void
come_back(struct worker *worker)
{
	worker->rounds = 0;
	if (crowd_withdraw(&worker->scheduler->crowd, worker->index)) {
		worker->state = WORKER_WORKING;
		call_quiet(worker);
	} else {
		worker->state = WORKER_SEARCHING;
	}
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

	become_busy(worker);
	/* Relaxed: read as a hint only. */
	if (UNLIKELY(!atomic_load_explicit(&scheduler->was_busy,
	    memory_order_relaxed)))
		atomic_store_explicit(&scheduler->was_busy, true,
		    memory_order_relaxed);
	worker_add(&worker->picks, 1);
	units = scheduler->config.ops->run(scheduler->config.context, worker,
	    task);
	worker_add(&worker->counts.slices, 1);
	worker_add(&worker->counts.units, units);
	worker->units_since_poll += units + 1;
}

bool
worker_step(struct worker *worker)
{
	struct task *task;

	if (UNLIKELY(worker->state == WORKER_IDLE))
		come_back(worker);
	if (UNLIKELY(worker->units_since_poll >= TIMER_POLL_UNITS))
		fire_timers(worker);
	task = pick(worker);
	if (UNLIKELY(task == NULL)) {
		if (fire_timers(worker))
			return true;
		if (worker->state == WORKER_WORKING && !begin_search(worker))
			return go_idle(worker);
		task = steal(worker);
		if (task == NULL)
			return search_on(worker);
	}
	if (UNLIKELY(worker->state == WORKER_SEARCHING))
		end_search(worker);
	run(worker, task);
	return true;
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
	worker->state = WORKER_WORKING;
}
