/* SPDX-License-Identifier: MIT */
/* scheduler - the workers of one VM and what they share; see scheduler.h. */
#include "sched/scheduler.h"

#include <stdalign.h>

#include "base/check.h"
#include "base/sched_point.h"

static void
free_wheels(struct scheduler *scheduler, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		wheel_free(scheduler->workers[i].wheel);
}

static size_t
workers_size(const struct scheduler_config *config)
{
	return scheduler_room(config) * sizeof(struct worker);
}

/* The workers' wheels; spares have none of their own. */
static bool
make_wheels(struct scheduler *scheduler)
{
	const struct scheduler_config *config = &scheduler->config;

	for (uint32_t i = 0; i < config->workers; i++) {
		struct wheel *wheel = wheel_new(scheduler->memory, i,
		    config->timers_max, clock_now(config->clock),
		    config->ops->fire, config->context);

		if (wheel == NULL) {
			free_wheels(scheduler, i);
			return false;
		}
		scheduler->workers[i].wheel = wheel;
	}
	return true;
}

enum ths_status
scheduler_init(struct scheduler *scheduler, struct memory *memory,
    const struct scheduler_config *config)
{
	size_t size = workers_size(config);
	struct worker *workers = memory_take(memory, size, CACHE_LINE);

	if (workers == NULL)
		return THS_NO_MEMORY;
	scheduler->config = *config;
	if (config->sentinel_ns == 0)
		scheduler->config.spares_max = 0; /* nobody would send them */
	scheduler->memory = memory;
	scheduler->workers = workers;
	atomic_init(&scheduler->length, config->workers);
	atomic_init(&scheduler->is_stopping, false);
	scheduler->outside.choose = config->choose;
	scheduler->outside.context = config->choose_context;
	random_init(&scheduler->outside.random, config->seed);
	inject_init(&scheduler->inject);
	crowd_init(&scheduler->crowd, config->workers,
	    scheduler->config.spares_max);
	sentinel_init(&scheduler->sentinel);
	spares_init(&scheduler->spares);
	for (uint32_t i = 0; i < scheduler_room(config); i++)
		worker_init(&workers[i], scheduler, i);
	if (make_wheels(scheduler))
		return THS_OK;
	memory_give(memory, workers, size, CACHE_LINE);
	return THS_NO_MEMORY;
}

void
scheduler_fini(struct scheduler *scheduler)
{
	free_wheels(scheduler, scheduler->config.workers);
	memory_give(scheduler->memory, scheduler->workers,
	    workers_size(&scheduler->config), CACHE_LINE);
}

bool
scheduler_wake_idle(struct scheduler *scheduler, struct chooser *chooser)
{
	int index = crowd_pick_idle(&scheduler->crowd, chooser);

	if (index == CROWD_NOBODY)
		return false;
	parker_wake(&scheduler->workers[index].parker);
	return true;
}

void
scheduler_inject(struct scheduler *scheduler, struct task *task)
{
	inject_push(&scheduler->inject, task);
	sched_point(SCHED_SITE_INJECT);
	if (scheduler->config.ops->injected != NULL)
		scheduler->config.ops->injected(scheduler->config.context);
	else
		scheduler_wake_one(scheduler, &scheduler->outside);
}

bool
scheduler_has_work(const struct scheduler *scheduler)
{
	uint32_t length = scheduler_length(scheduler);

	if (!inject_is_empty(&scheduler->inject))
		return true;
	for (uint32_t i = 0; i < length; i++) {
		const struct worker *worker = &scheduler->workers[i];

		if (ring_length(&worker->fresh) > 0 ||
		    ring_length(&worker->resumed) > 0)
			return true;
	}
	return false;
}

void
scheduler_stop(struct scheduler *scheduler)
{
	atomic_store_explicit(&scheduler->is_stopping, true,
	    memory_order_release);
	for (uint32_t i = 0; i < scheduler_room(&scheduler->config); i++) {
		struct worker *worker = &scheduler->workers[i];

		/* Relaxed: read once a message. */
		atomic_store_explicit(&worker->must_end_slice, true,
		    memory_order_relaxed);
		parker_wake(&worker->parker);
	}
}

void
worker_drive(struct worker *worker)
{
	struct worker *former = worker_set_current(worker);

	while (!scheduler_is_stopping(worker->scheduler)) {
		if (!worker_step(worker))
			parker_wait(&worker->parker, worker->ticket,
			    worker->until_ns);
	}
	worker_finish(worker);
	worker_set_current(former);
}
