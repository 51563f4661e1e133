/* SPDX-License-Identifier: MIT */
/*
 * stress_timers - actors set timers and cancel them at the last moment, or
 * later.
 *
 * What goes wrong in the world if this fails: a request times out although its
 * answer came in time and the timer was cancelled; or a time-out is cancelled
 * in vain and never comes, and something waits for ever.
 *
 * How it would be noticed: an actor keeps for each timer whether it is set and
 * when it is due.  A wake-up must be for one that is set, not early and with
 * the right payload; a cancel that says true makes it unset, so a later wake-up
 * is found; one that says false must be for a timer that has been handled.
 * Timers are short, so many fire between a decision and its cancel; and an
 * actor that is poked by others has its wake-ups in the mailbox behind pokes
 * whose handler cancels them.  Pokes come from other actors and from outside,
 * so actors move between the workers, and a timer is cancelled from another one
 * than it was set on.  Some cancels try what is not theirs: stale timers, and
 * those of others.  At the end no timer is set: all were handled or cancelled,
 * by the VM's count.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/random.h"
#include "tests/stress/options.h"
#include "thespis/thespis.h"

enum {
	ACTORS = 48,
	TIMERS = 16,         /* of one actor */
	DELAY_US_MAX = 4000,
	POKES_PER_ROUND = 8,
	FLIGHT_MAX = 5000,
};

THS_MESSAGE(birth, THS_FIELD(uint64_t, arena), THS_FIELD(uint32_t, index))
THS_MESSAGE(poke, THS_FIELD(uint32_t, hops), THS_FIELD(uint32_t, from),
    THS_FIELD(uint64_t, foreign))
THS_SIGNAL(rest)

struct arena {
	struct options options;
	ths_vm *vm;
	ths_address actors[ACTORS];
	_Atomic uint64_t set;
	_Atomic uint64_t handled;
	_Atomic uint64_t cancelled;
	_Atomic uint64_t late; /* cancels that came after the time */
};

struct alarm {
	ths_timer timer;
	ths_duration due;
	uint32_t is_set;
	uint32_t turn; /* how often this one was set */
};

struct keeper {
	struct arena *arena;
	struct random random;
	uint32_t index;
	uint32_t is_resting;
	struct alarm alarms[TIMERS];
	ths_timer former; /* handled or cancelled */
};

static ths_status
keeper_born(ths_self *self, struct keeper *keeper, const struct birth *birth)
{
	(void)self;
	keeper->arena = (struct arena *)(uintptr_t)birth->arena;
	keeper->index = birth->index;
	random_init(&keeper->random, keeper->arena->options.seed +
	    birth->index);
	return THS_OK;
}

static uint64_t
payload_of(const struct keeper *keeper, uint32_t place)
{
	return (uint64_t)keeper->index << 48 | (uint64_t)place << 32 |
	    keeper->alarms[place].turn;
}

static void
set(ths_self *self, struct keeper *keeper, uint32_t place)
{
	struct alarm *alarm = &keeper->alarms[place];
	ths_duration delay = THS_MICROSECONDS(random_below(&keeper->random,
	    DELAY_US_MAX));

	alarm->turn++;
	alarm->due = ths_now(self) + delay;
	STRESS_CHECK(ths_timer_set(self, delay, payload_of(keeper, place),
	    &alarm->timer) == THS_OK);
	alarm->is_set = 1;
	atomic_fetch_add(&keeper->arena->set, 1);
}

static void
cancel(ths_self *self, struct keeper *keeper, uint32_t place)
{
	struct alarm *alarm = &keeper->alarms[place];
	bool is_late = ths_now(self) > alarm->due;
	bool is_cancelled = ths_timer_cancel(self, alarm->timer);

	STRESS_CHECK(is_cancelled == (alarm->is_set == 1));
	STRESS_CHECK(!ths_timer_cancel(self, alarm->timer));
	if (!is_cancelled)
		return;
	alarm->is_set = 0;
	keeper->former = alarm->timer;
	atomic_fetch_add(&keeper->arena->cancelled, 1);
	if (is_late)
		atomic_fetch_add(&keeper->arena->late, 1);
}

/* One that has been set, the most overdue if there is one; TIMERS if none. */
static uint32_t
most_overdue(const struct keeper *keeper)
{
	uint32_t found = TIMERS;

	for (uint32_t i = 0; i < TIMERS; i++) {
		if (keeper->alarms[i].is_set && (found == TIMERS ||
		    keeper->alarms[i].due < keeper->alarms[found].due))
			found = i;
	}
	return found;
}

static ths_status
keeper_poked(ths_self *self, struct keeper *keeper, const struct poke *poke)
{
	uint32_t place = random_below(&keeper->random, TIMERS);
	uint32_t overdue = most_overdue(keeper);

	STRESS_CHECK(!ths_timer_cancel(self, keeper->former));
	if (poke->foreign != 0 && poke->from != keeper->index)
		STRESS_CHECK(!ths_timer_cancel(self, poke->foreign));
	if (keeper->is_resting)
		return THS_OK;
	if (overdue < TIMERS && random_below(&keeper->random, 8) == 0)
		cancel(self, keeper, overdue);
	if (!keeper->alarms[place].is_set)
		set(self, keeper, place);
	else if (random_below(&keeper->random, 4) == 0)
		cancel(self, keeper, place);
	if (poke->hops == 0)
		return THS_OK;
	return ths_send(self, keeper->arena->actors[random_below(
	    &keeper->random, ACTORS)], poke, .hops = poke->hops - 1,
	    .from = keeper->index, .foreign = keeper->alarms[place].timer);
}

static ths_status
keeper_woken(ths_self *self, struct keeper *keeper,
    const struct ths_wakeup *wakeup)
{
	uint32_t place = (uint32_t)(wakeup->payload >> 32) & 0xffff;
	struct alarm *alarm = &keeper->alarms[place];

	STRESS_CHECK(place < TIMERS);
	STRESS_CHECK(alarm->is_set == 1);
	STRESS_CHECK(wakeup->payload == payload_of(keeper, place));
	STRESS_CHECK(wakeup->timer == alarm->timer);
	STRESS_CHECK(ths_now(self) >= alarm->due);
	STRESS_CHECK(!ths_timer_cancel(self, wakeup->timer));
	alarm->is_set = 0;
	keeper->former = wakeup->timer;
	atomic_fetch_add(&keeper->arena->handled, 1);
	return THS_OK;
}

/* Sets no more; what is set may still come. */
static ths_status
keeper_rest(ths_self *self, struct keeper *keeper, const struct rest *rest)
{
	(void)self;
	(void)rest;
	keeper->is_resting = 1;
	return THS_OK;
}

/* All that was set has come or was cancelled. */
static void
keeper_ended(ths_self *self, struct keeper *keeper)
{
	(void)self;
	STRESS_CHECK(most_overdue(keeper) == TIMERS);
}

THS_ACTOR(keeper, struct keeper, THS_START(birth, keeper_born),
    THS_ON(poke, keeper_poked), THS_ON(ths_wakeup, keeper_woken),
    THS_ON(rest, keeper_rest), THS_EXIT(keeper_ended))

static uint64_t
queued(const struct arena *arena)
{
	ths_vm_status status;

	ths_vm_status_read(arena->vm, &status);
	return status.queued;
}

static void
run(struct arena *arena)
{
	struct random random;

	random_init(&random, arena->options.seed);
	for (uint32_t i = 0; i < ACTORS; i++) {
		ths_spawn_options options = { .start = THS_ANY(birth,
		    .arena = (uintptr_t)arena, .index = i) };

		STRESS_CHECK(ths_spawn(arena->vm, &arena->actors[i],
		    &keeper_actor, &options) == THS_OK);
	}
	while (!options_over(&arena->options)) {
		for (int i = 0; i < POKES_PER_ROUND; i++)
			STRESS_CHECK(ths_tell(arena->vm, arena->actors[
			    random_below(&random, ACTORS)], poke,
			    .hops = random_below(&random, 40)) == THS_OK);
		while (queued(arena) > FLIGHT_MAX)
			usleep(100);
		if (random_below(&random, 64) == 0)
			usleep(random_below(&random, DELAY_US_MAX));
	}
	for (uint32_t i = 0; i < ACTORS; i++)
		STRESS_CHECK(ths_tell(arena->vm, arena->actors[i], rest) ==
		    THS_OK);
}

/* Waits until the last timer has come. */
static void
settle(struct arena *arena)
{
	ths_vm_status status;

	do {
		usleep(1000);
		ths_vm_status_read(arena->vm, &status);
	} while (status.queued > 0 || status.timers > 0);
}

int
main(int argc, char **argv)
{
	struct arena *arena = calloc(1, sizeof(*arena));
	ths_vm_config config = { 0 };
	ths_vm_status status;

	STRESS_CHECK(arena != NULL);
	arena->options = options_read(argc, argv,
	    "a timer is cancelled, or it is handled");
	config.workers = arena->options.workers;
	config.seed = arena->options.seed | 1;
	config.slice_max = 16; /* so that actors move */
	STRESS_CHECK(ths_vm_start(&arena->vm, &config) == THS_OK);
	run(arena);
	settle(arena);
	STRESS_CHECK(ths_vm_stop(arena->vm, THS_SECONDS(60)) == THS_OK);
	ths_vm_status_read(arena->vm, &status);
	printf("%" PRIu64 " set, %" PRIu64 " handled, %" PRIu64 " cancelled, %"
	    PRIu64 " of them past their time, %" PRIu64 " already mail\n",
	    arena->set, arena->handled, arena->cancelled, arena->late,
	    status.absorbed);
	STRESS_CHECK(arena->set == arena->handled + arena->cancelled);
	STRESS_CHECK(status.timers == 0);
	ths_vm_free(arena->vm);
	free(arena);
	return 0;
}
