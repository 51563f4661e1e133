/* SPDX-License-Identifier: MIT */
/*
 * wheel - timers of one worker; see wheel.h.
 *
 * Three nouns: the records (timer.h) in their table (timer_table.h), the
 * calendar that knows which is due when (calendar.h), and the protocol between
 * the holder, here, and those who cancel or receive, in wheel_end.c.  The
 * orders of both are in wheel_parts.h.
 */
#include "sched/wheel_parts.h"

#include "base/check.h"
#include "base/spin.h"

/* A FIRED timer: again at `tick`.  False: it was cancelled meanwhile, and has
 * ended, for nobody will call wheel_done(). */
static bool
arm_again(struct wheel *wheel, uint32_t index, struct timer *timer,
    uint64_t tick)
{
	uint32_t generation = timer_generation_now(timer);
	uint32_t from = timer_word(generation, TIMER_FIRED);

	timer->tick = tick;
	if (timer_try_change(timer, &from,
	    timer_word(generation, TIMER_ARMED))) {
		calendar_put(&wheel->calendar, index, timer);
		return true;
	}
	/* Revoked.  Relaxed: nobody else changes a revoked one. */
	atomic_store_explicit(&timer->state,
	    timer_word(generation, TIMER_FREE), memory_order_relaxed);
	wheel_put_back(wheel, index, timer);
	return false;
}

/* Fires a due timer.  False: it was not taken, and waits until `again`; or it
 * had been cancelled. */
static bool
fire_one(struct wheel *wheel, uint32_t index, uint64_t again)
{
	struct timer *timer = timer_table_at(&wheel->table, index);
	uint32_t generation = timer_generation_now(timer);
	uint32_t from = timer_word(generation, TIMER_ARMED);
	struct wheel_load load;

	/* A copy: fire() may set another timer in the same record once this
	 * one is done. */
	timer_load_read(timer, &load);
	calendar_remove(&wheel->calendar, timer);
	if (!timer_try_change(timer, &from,
	    timer_word(generation, TIMER_FIRED)))
		return false; /* cancelled: who did that puts it back */
	sched_point(SCHED_SITE_TIMER);
	if (wheel->fire(wheel->context,
	    timer_handle(wheel->number, index, generation), &load))
		return true;
	(void)arm_again(wheel, index, timer, again);
	return false;
}

struct wheel *
wheel_new(struct memory *memory, uint32_t number, uint32_t timers_max,
    uint64_t now, wheel_fire fire, void *context)
{
	struct wheel *wheel;

	CHECK(number < 1u << TIMER_WHEEL_BITS);
	wheel = memory_take(memory, sizeof(*wheel), alignof(struct wheel));
	if (wheel == NULL)
		return NULL;
	if (!timer_table_init(&wheel->table, memory)) {
		memory_give(memory, wheel, sizeof(*wheel),
		    alignof(struct wheel));
		return NULL;
	}
	calendar_init(&wheel->calendar, &wheel->table, now >> WHEEL_TICK_SHIFT);
	wheel->memory = memory;
	wheel->fire = fire;
	wheel->context = context;
	wheel->number = number;
	wheel->timers_max = timers_max;
	return wheel;
}

void
wheel_free(struct wheel *wheel)
{
	if (wheel == NULL)
		return;
	timer_table_fini(&wheel->table);
	memory_give(wheel->memory, wheel, sizeof(*wheel),
	    alignof(struct wheel));
}

bool
wheel_try_hold(struct wheel *wheel)
{
	return wheel_hold_try(wheel);
}

void
wheel_release(struct wheel *wheel)
{
	wheel_hold_give(wheel);
}

/* Takes the hold; ends when whoever has it has let go. */
static void
hold(struct wheel *wheel)
{
	for (uint32_t turn = 1; !wheel_hold_try(wheel); turn++)
		spin_turn(turn);
}

/* The tick at which a time has passed. */
static uint64_t
tick_of(uint64_t due_ns)
{
	const uint64_t below_tick = (UINT64_C(1) << WHEEL_TICK_SHIFT) - 1;

	return (due_ns >> WHEEL_TICK_SHIFT) + ((due_ns & below_tick) != 0);
}

ths_status
wheel_set(struct wheel *wheel, uint64_t due_ns, struct wheel_load load,
    wheel_handle *handle)
{
	ths_status status;

	hold(wheel);
	status = wheel_set_held(wheel, due_ns, load, handle);
	wheel_hold_give(wheel);
	return status;
}

ths_status
wheel_set_held(struct wheel *wheel, uint64_t due_ns, struct wheel_load load,
    wheel_handle *handle)
{
	struct timer *timer;
	uint32_t generation, index;
	ths_status status;

	wheel_returned_clear(wheel);
	/* One to be used again, and one for later. */
	wheel_left_clear(wheel, 2);
	if (wheel_length(wheel) >= wheel->timers_max) {
		atomic_store_explicit(&wheel->limited,
		    wheel_limited(wheel) + 1, memory_order_relaxed);
		return THS_LIMIT;
	}
	status = timer_table_take(&wheel->table, &index);
	if (status != THS_OK)
		return status;
	wheel_length_set(wheel, wheel_length(wheel) + 1);
	timer = timer_table_at(&wheel->table, index);
	timer_load_write(timer, &load);
	timer->tick = tick_of(due_ns);
	calendar_put(&wheel->calendar, index, timer);
	generation = timer_generation_now(timer) + 1;
	/* Relaxed: see [S]. */
	atomic_store_explicit(&timer->state,
	    timer_word(generation, TIMER_ARMED), memory_order_relaxed);
	*handle = timer_handle(wheel->number, index, generation);
	return THS_OK;
}

bool
wheel_settle(struct wheel *wheel)
{
	if (wheel_left_get(wheel) == 0)
		return false;
	if (!wheel_hold_try(wheel))
		return true;
	wheel_left_clear(wheel, WHEEL_SETTLE_MAX);
	wheel_hold_give(wheel);
	return wheel_left_get(wheel) != 0;
}

bool
wheel_again(struct wheel *wheel, wheel_handle handle, uint64_t due_ns)
{
	uint32_t index = timer_index(handle);
	uint32_t generation = timer_generation(handle);
	struct timer *timer = timer_table_find(&wheel->table, index);
	bool counts;

	if (timer == NULL)
		return false;
	hold(wheel);
	/* One that lives, and was met, is FIRED or REVOKED; so it stays until
	 * its receiver, who is here, ends that. */
	counts = timer_lives(timer, generation) &&
	    arm_again(wheel, index, timer, tick_of(due_ns));
	wheel_hold_give(wheel);
	return counts;
}

uint32_t
wheel_advance(struct wheel *wheel, uint64_t now, uint32_t max)
{
	uint64_t tick = now >> WHEEL_TICK_SHIFT;
	uint32_t moves = WHEEL_MOVES_MAX;
	uint32_t fired = 0;
	uint32_t index;

	/* max counts what was tried, or refusals would have no end. */
	while ((index = calendar_enter(&wheel->calendar, tick, &moves)) != 0
	    && max-- > 0)
		fired += fire_one(wheel, index, tick + 1);
	wheel_returned_clear(wheel); /* what fire() and its receivers ended */
	return fired;
}

uint64_t
wheel_deadline(const struct wheel *wheel)
{
	/* [D] */
	return atomic_load_explicit(&wheel->calendar.deadline,
	    memory_order_relaxed);
}

uint32_t
wheel_length(const struct wheel *wheel)
{
	return atomic_load_explicit(&wheel->length, memory_order_relaxed);
}

uint32_t
wheel_pending(const struct wheel *wheel)
{
	uint32_t length = wheel_length(wheel);
	/* Relaxed: guesses. */
	uint32_t ended = atomic_load_explicit(&wheel->left_count,
	    memory_order_relaxed) + atomic_load_explicit(
	    &wheel->returned_count, memory_order_relaxed);

	return length > ended ? length - ended : 0;
}

void
wheel_each(const struct wheel *wheel, void (*visit)(void *context,
    const struct wheel_load *load, bool has_fired), void *context)
{
	const struct timer *timer;

	if (wheel_length(wheel) == 0)
		return;
	for (uint32_t i = 1; i < 1u << TIMER_INDEX_BITS; i++) {
		struct wheel_load load;
		uint32_t word;

		timer = timer_table_find(&wheel->table, i);
		if (timer == NULL)
			break;
		/* Acquire: the load is of this life, or of a later one. */
		word = atomic_load_explicit(&timer->state,
		    memory_order_acquire);
		if ((word & TIMER_STATE_MASK) != TIMER_ARMED &&
		    (word & TIMER_STATE_MASK) != TIMER_FIRED)
			continue;
		timer_load_read(timer, &load);
		sched_point(SCHED_SITE_TIMER);
		if (timer_lives(timer, word >> TIMER_STATE_BITS))
			visit(context, &load,
			    (word & TIMER_STATE_MASK) == TIMER_FIRED);
	}
}

uint64_t
wheel_limited(const struct wheel *wheel)
{
	return atomic_load_explicit(&wheel->limited, memory_order_relaxed);
}

uint32_t
wheel_retired(const struct wheel *wheel)
{
	return atomic_load_explicit(&wheel->table.retired,
	    memory_order_relaxed);
}

void
wheel_age(struct wheel *wheel, uint32_t lives)
{
	CHECK(lives < TIMER_GENERATION_MAX);
	wheel->table.lives = lives;
}
