/* SPDX-License-Identifier: MIT */
/* spare - workers that stand in for others; see spare.h. */
#include "sched/spare.h"

#include "base/sched_point.h"
#include "sched/scheduler.h"

void
spares_init(struct spares *spares)
{
	atomic_init(&spares->active, 0);
	atomic_init(&spares->wanted, 0);
	atomic_init(&spares->most, 0);
	atomic_init(&spares->limited, 0);
	atomic_init(&spares->failed, 0);
	spares->missing = 0;
	spares->next_home = 0;
	spares->recruit_ns = 0;
}

/* ----------------------------------------------------------------- sentinel */

/* Notes how many more would have been wanted than there may be. */
static void
note_missing(struct spares *spares, uint32_t missing)
{
	if (missing > spares->missing)
		worker_add(&spares->limited, missing - spares->missing);
	spares->missing = missing;
}

/* Whose timers a spare that is sent now looks after: one after the other of the
 * workers that stand still; any, when only spares do. */
static struct wheel *
pick_home(struct scheduler *scheduler)
{
	struct spares *spares = &scheduler->spares;
	uint32_t count = scheduler->config.workers;
	uint32_t place = spares->next_home % count;

	for (uint32_t i = 0; i < count; i++) {
		if (scheduler->workers[(place + i) % count].stands_still) {
			place = (place + i) % count;
			break;
		}
	}
	spares->next_home = place + 1;
	return scheduler->workers[place].wheel;
}

/* A spare that is away; NULL: none is. */
static struct worker *
find_away(struct scheduler *scheduler)
{
	uint32_t first = scheduler->config.workers;

	for (uint32_t i = 0; i < scheduler->config.spares_max; i++) {
		struct worker *spare = &scheduler->workers[first + i];

		/* [S] */
		if (atomic_load_explicit(&spare->is_away,
		    memory_order_acquire))
			return spare;
	}
	return NULL;
}

/* Starts what drives a spare that has not run yet. */
static bool
recruit(struct scheduler *scheduler, struct worker *spare, uint64_t now)
{
	const struct scheduler_ops *ops = scheduler->config.ops;

	/* Before it runs: see [L] of scheduler.h. */
	atomic_store_explicit(&scheduler->length, spare->index + 1,
	    memory_order_seq_cst);
	if (ops->recruit(scheduler->config.context, spare) == THS_OK)
		return true;
	atomic_store_explicit(&scheduler->length, spare->index,
	    memory_order_seq_cst);
	worker_add(&scheduler->spares.failed, 1);
	scheduler->spares.recruit_ns = clock_after(now, RECRUIT_NS);
	return false;
}

/* Counts one more, or one less. */
static uint32_t
add_active(struct spares *spares, uint32_t n)
{
	sched_point(SCHED_SITE_IDLE);
	/* [N] */
	return atomic_fetch_add_explicit(&spares->active, n,
	    memory_order_seq_cst) + n;
}

/* Sends one spare; false: there is none to be had now. */
static bool
send_one(struct scheduler *scheduler, uint64_t now)
{
	struct spares *spares = &scheduler->spares;
	struct worker *spare = find_away(scheduler);
	uint32_t active;
	bool is_new;

	if (spare == NULL)
		return false;
	is_new = spare->index >= scheduler_length(scheduler);
	if (is_new && now < spares->recruit_ns)
		return false;
	active = add_active(spares, 1);
	crowd_join(&scheduler->crowd);
	spare->wheel = pick_home(scheduler);
	/* [S] */
	atomic_store_explicit(&spare->is_away, false, memory_order_release);
	if (!is_new) {
		parker_wake(&spare->parker);
	} else if (!recruit(scheduler, spare, now)) {
		atomic_store_explicit(&spare->is_away, true,
		    memory_order_release);
		crowd_leave(&scheduler->crowd);
		add_active(spares, -1u);
		return false;
	}
	/* Relaxed: numbers to look at; one writer. */
	if (active > atomic_load_explicit(&spares->most, memory_order_relaxed))
		atomic_store_explicit(&spares->most, active,
		    memory_order_relaxed);
	return true;
}

/* Those that sleep find out that they are not needed; the others do so by
 * themselves. */
static void
rouse_all(struct scheduler *scheduler)
{
	uint32_t length = scheduler_length(scheduler);

	for (uint32_t i = scheduler->config.workers; i < length; i++)
		parker_wake(&scheduler->workers[i].parker);
}

void
spares_adjust(struct worker *sentinel, uint32_t still, uint64_t now)
{
	struct scheduler *scheduler = sentinel->scheduler;
	struct spares *spares = &scheduler->spares;
	uint32_t max = scheduler->config.spares_max;
	uint32_t wanted = still < max ? still : max;
	uint32_t active;

	note_missing(spares, still - wanted);
	/* [N] */
	atomic_store_explicit(&spares->wanted, wanted, memory_order_seq_cst);
	sched_point(SCHED_SITE_IDLE);
	active = atomic_load_explicit(&spares->active, memory_order_seq_cst);
	if (active > wanted)
		rouse_all(scheduler);
	for (; active < wanted; active++) {
		if (crowd_has_idle(&scheduler->crowd) ||
		    !send_one(scheduler, now))
			return;
	}
}

/* -------------------------------------------------------------------- spare */

bool
spare_must_go(struct worker *spare)
{
	struct spares *spares = &spare->scheduler->spares;
	/* [N] */
	uint32_t active = atomic_load_explicit(&spares->active,
	    memory_order_seq_cst);

	/* Ends: another has gone, or come, each time it fails. */
	while (active > atomic_load_explicit(&spares->wanted,
	    memory_order_seq_cst)) {
		sched_point(SCHED_SITE_IDLE);
		if (atomic_compare_exchange_weak_explicit(&spares->active,
		    &active, active - 1, memory_order_seq_cst,
		    memory_order_seq_cst))
			return true;
	}
	return false;
}

void
spare_go(struct worker *spare)
{
	/* [S] */
	atomic_store_explicit(&spare->is_away, true, memory_order_release);
}

bool
spare_is_sent(const struct worker *spare)
{
	/* [S] */
	return !atomic_load_explicit(&spare->is_away, memory_order_acquire);
}

void
spare_end(struct worker *spare)
{
	add_active(&spare->scheduler->spares, -1u);
}
