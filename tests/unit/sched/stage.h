/* SPDX-License-Identifier: MIT */
/*
 * stage - two workers, a sentinel and perhaps spares, stepped by hand in one
 * thread; for test_sentinel.c and test_spare.c.
 *
 * A task that stays is one that steps the others before it returns.  Time stands
 * still but where a test moves it, or somebody's sleep is over.
 */
#ifndef TESTS_UNIT_SCHED_STAGE_H
#define TESTS_UNIT_SCHED_STAGE_H

#include <string.h>

#include "base/memory.h"
#include "sched/scheduler.h"
#include "tests/harness.h"

#define PERIOD ((uint64_t)10000000)

enum { ITEMS = 200, STEPS = 10000, SPARES = 2 };

struct stage;

struct item {
	struct task task;
	struct stage *stage;
	void (*act)(struct stage *stage, struct worker *worker);
	uint32_t units;
	uint32_t runs;
	const struct worker *by; /* the last that has run it */
};

struct stage {
	struct memory memory;
	struct scheduler scheduler;
	struct parker_port port;
	struct clock clock;
	uint64_t now_ns;
	struct worker *first;
	struct worker *second;
	struct worker *sentinel;
	struct worker *spares[SPARES];
	struct item blockers[2];
	struct item items[ITEMS];
	uint32_t fired;
	uint32_t relieved;
	uint32_t quiets;
	uint32_t recruits;
	uint32_t refusals; /* of so many recruits to come */
	uint32_t stays;
	const struct task *stayed; /* the last */
};

static uint64_t
stage_now(void *context)
{
	const struct stage *stage = context;

	return stage->now_ns;
}

static void
stage_wait(struct parker *parker, uint32_t ticket, uint64_t deadline_ns)
{
	(void)parker, (void)ticket, (void)deadline_ns;
	cr_assert(false, "nobody waits here");
}

static void
stage_wake(struct parker *parker)
{
	(void)parker;
}

static uint32_t
stage_run(void *context, struct worker *worker, struct task *task)
{
	struct item *item = CONTAINER_OF(task, struct item, task);

	item->runs++;
	item->by = worker;
	if (item->act != NULL)
		item->act(context, worker);
	return item->units;
}

static bool
stage_fire(void *context, wheel_handle handle, const struct wheel_load *load)
{
	struct stage *stage = context;

	(void)handle, (void)load;
	stage->fired++;
	return true;
}

static bool
stage_relieve(void *context, struct worker *worker, struct worker *victim)
{
	struct stage *stage = context;

	cr_assert_eq(worker, stage->sentinel);
	cr_assert_neq(victim, stage->sentinel);
	stage->relieved++;
	return false;
}

static void
stage_stays(void *context, const struct worker *victim, struct task *task,
    uint64_t now)
{
	struct stage *stage = context;

	cr_assert_neq(victim, stage->sentinel);
	cr_assert_eq(now, stage->now_ns);
	stage->stays++;
	stage->stayed = task;
}

static enum ths_status
stage_recruit(void *context, struct worker *spare)
{
	struct stage *stage = context;

	cr_assert_eq(spare, stage->spares[stage->recruits]);
	if (stage->refusals > 0) {
		stage->refusals--;
		return THS_SYSTEM;
	}
	stage->recruits++;
	return THS_OK;
}

static void
stage_quiet(void *context)
{
	struct stage *stage = context;

	stage->quiets++;
}

static const struct scheduler_ops stage_ops = {
	.run = stage_run,
	.fire = stage_fire,
	.relieve = stage_relieve,
	.stays = stage_stays,
	.recruit = stage_recruit,
	.quiet = stage_quiet,
};

/* Steps a worker, a spare or the sentinel until it parks. */
static inline void
settle(struct worker *worker)
{
	struct worker *former = worker_set_current(worker);
	int steps = 0;

	while (worker_step(worker))
		cr_assert_lt(++steps, STEPS);
	worker_set_current(former);
}

/* Goes on when its sleep is over. */
static inline void
wake_up(struct stage *stage, struct worker *worker)
{
	cr_assert_neq(worker->until_ns, CLOCK_NEVER);
	if (stage->now_ns < worker->until_ns)
		stage->now_ns = worker->until_ns;
	settle(worker);
}

/* The sentinel makes its next look. */
static inline void
look(struct stage *stage)
{
	wake_up(stage, stage->sentinel);
}

static inline bool
is_woken(const struct worker *worker)
{
	return parker_is_woken(&worker->parker, worker->ticket);
}

static inline bool
is_kept(struct stage *stage)
{
	return atomic_load(&stage->scheduler.sentinel.is_kept) != 0;
}

static inline void
stage_init(struct stage *stage, uint32_t workers, uint32_t spares,
    uint64_t sentinel_ns)
{
	memset(stage, 0, sizeof(*stage));
	stage->port.wait = stage_wait;
	stage->port.wake = stage_wake;
	stage->clock.now = stage_now;
	stage->clock.context = stage;
	stage->now_ns = 1;
	memory_init(&stage->memory, NULL, 0);
	cr_assert_eq(scheduler_init(&stage->scheduler, &stage->memory,
	    &(struct scheduler_config){
		.workers = workers,
		.spares_max = spares,
		.spin_max = 1,
		.timers_max = 16,
		.sentinel_ns = (int64_t)sentinel_ns,
		.clock = &stage->clock,
		.parker = &stage->port,
		.seed = 1,
		.ops = &stage_ops,
		.context = stage,
	    }), THS_OK);
	stage->first = &stage->scheduler.workers[0];
	stage->second = &stage->scheduler.workers[workers - 1];
	for (uint32_t i = 0; i < spares; i++)
		stage->spares[i] = &stage->scheduler.workers[workers + i];
	if (sentinel_ns != 0)
		stage->sentinel = scheduler_sentinel(&stage->scheduler);
}

/* Lets all lie down, up to the sentinel. */
static inline void
rest(struct stage *stage)
{
	settle(stage->first);
	settle(stage->second);
	settle(stage->sentinel);
	for (int i = 0; i < 10 && is_kept(stage); i++) {
		look(stage);
		for (uint32_t j = 0; j < stage->recruits; j++)
			settle(stage->spares[j]);
	}
	cr_assert_not(is_kept(stage));
	cr_assert(crowd_is_all_idle(&stage->scheduler.crowd));
	cr_assert_eq(stage->first->until_ns, CLOCK_NEVER);
	cr_assert_eq(stage->second->until_ns, CLOCK_NEVER);
}

static inline void
stage_fini(struct stage *stage)
{
	scheduler_fini(&stage->scheduler);
	memory_fini(&stage->memory);
}

/* The first worker, woken at rest, runs a blocker, which does `act`. */
static inline void
block(struct stage *stage, void (*act)(struct stage *, struct worker *))
{
	stage->blockers[0].act = act;
	scheduler_inject(&stage->scheduler, &stage->blockers[0].task);
	cr_assert(is_woken(stage->first));
	settle(stage->first);
	cr_assert_eq(stage->blockers[0].runs, 1);
}

#endif
