/* SPDX-License-Identifier: MIT */
/*
 * wheel - timers of one worker; see wheel.h.
 *
 * Three nouns: the records (timer.h) in their table (timer_table.h), the
 * calendar that knows which is due when (calendar.h), and here the protocol
 * between the holder and those who cancel or receive.
 *
 * Ordering.
 *   [S] [L] state and load of a timer: see timer.h.
 *   [H] hold: release by store, release -> try_hold by exchange, acquire
 *         A holder sees calendar, table and records as the last one left them.
 *   [R] returned: push by compare-exchange, release -> clear by exchange,
 *       acquire
 *         The holder sees what the one who ended the timer wrote.  The list is
 *         only ever taken whole, so no entry comes back under a push.
 *   [D] deadline: see calendar.c.
 *
 * A cancelled timer may be FREE and still stand in its bucket.  Its field
 * `bucket` tells, and only the holder reads it: whoever puts the record back
 * takes it out, unless an advance has met it first.
 *
 * To take it out means to write to its neighbours there, whose lines are far away
 * when many timers are set.  So wheel_cancel_own() leaves it there, on a list of
 * those that left: most time-outs are cancelled by a handler that has something
 * better to do, and the worker takes them out between two tasks.
 */
#include "sched/wheel.h"

#include <assert.h>
#include <stdalign.h>
#include <stdatomic.h>

#include "base/check.h"
#include "base/machine.h"
#include "base/sched_point.h"
#include "base/spin.h"
#include "sched/calendar.h"
#include "sched/timer.h"
#include "sched/timer_table.h"

/*
 *   line  field       written by             read by
 *   0     fire…       wheel_new              any
 *   0     table       the holder; segments   the holder; any: segments,
 *                     as [T] there           retired
 *   ..    hold…       the holder             any
 *   ..    left…       the holder             the holder; any: whether, a guess
 *   ..    left_count  the holder             any: a guess
 *   ..    returned    any                    any
 *   ..    returned_…  any                    any: a guess
 *   ..    calendar    the holder             the holder; any: deadline
 */
struct wheel {
	struct memory *memory;
	wheel_fire fire;
	void *context;
	uint32_t number;
	uint32_t timers_max;
	struct timer_table table;
	alignas(CACHE_LINE) _Atomic uint32_t hold; /* [H] 1: held */
	_Atomic uint32_t length;
	_Atomic uint64_t limited;
	_Atomic uint32_t left; /* chained by `returned`; 0: none */
	_Atomic uint32_t left_count;
	alignas(CACHE_LINE) _Atomic uint32_t returned; /* [R] */
	_Atomic uint32_t returned_count; /* there, or about to be */
	alignas(CACHE_LINE) struct calendar calendar;
};

/* Relaxed, as all counts: only the holder writes; others read a guess. */
static void
length_set(struct wheel *wheel, uint32_t length)
{
	atomic_store_explicit(&wheel->length, length, memory_order_relaxed);
}

/* Makes the record of an ended timer ready for another. */
static void
put_back(struct wheel *wheel, uint32_t index, struct timer *timer)
{
	if (timer->bucket != CALENDAR_NOWHERE)
		calendar_remove(&wheel->calendar, timer);
	length_set(wheel, wheel_length(wheel) - 1);
	timer_table_put(&wheel->table, index, timer);
}

/* Relaxed, here and where it is read: only the holder writes; its worker looks
 * whether there is any. */
static void
left_set(struct wheel *wheel, uint32_t index)
{
	atomic_store_explicit(&wheel->left, index, memory_order_relaxed);
}

/* Relaxed, as all counts. */
static void
left_count_add(struct wheel *wheel, uint32_t n)
{
	atomic_store_explicit(&wheel->left_count, atomic_load_explicit(
	    &wheel->left_count, memory_order_relaxed) + n,
	    memory_order_relaxed);
}

static uint32_t
left_get(const struct wheel *wheel)
{
	return atomic_load_explicit(&wheel->left, memory_order_relaxed);
}

/* Puts back at most max of those that left, the last to do so first. */
static void
left_clear(struct wheel *wheel, uint32_t max)
{
	uint32_t index = left_get(wheel);
	uint32_t cleared = 0;

	for (; index != 0 && cleared < max; cleared++) {
		struct timer *timer = timer_table_at(&wheel->table, index);
		uint32_t next = timer->returned;

		machine_fetch_for_writing(timer_table_at(&wheel->table,
		    next));
		put_back(wheel, index, timer);
		index = next;
	}
	if (cleared == 0)
		return;
	left_count_add(wheel, -cleared);
	left_set(wheel, index);
}

/* Puts back what others ended while somebody had the hold. */
static void
returned_clear(struct wheel *wheel)
{
	uint32_t cleared = 0;
	uint32_t index;

	/* Relaxed: one that is missed is found by the next holder. */
	if (LIKELY(atomic_load_explicit(&wheel->returned,
	    memory_order_relaxed) == 0))
		return;
	sched_point(SCHED_SITE_TIMER);
	/* [R] */
	index = atomic_exchange_explicit(&wheel->returned, 0,
	    memory_order_acquire);
	for (; index != 0; cleared++) {
		struct timer *timer = timer_table_at(&wheel->table, index);
		uint32_t next = timer->returned;

		put_back(wheel, index, timer);
		index = next;
	}
	/* Relaxed, as all counts. */
	atomic_fetch_sub_explicit(&wheel->returned_count, cleared,
	    memory_order_relaxed);
}

static void
returned_push(struct wheel *wheel, uint32_t index, struct timer *timer)
{
	/* Relaxed: the exchange below finds out whether it is still so. */
	uint32_t next = atomic_load_explicit(&wheel->returned,
	    memory_order_relaxed);

	/* Relaxed, as all counts; before the record can be cleared. */
	atomic_fetch_add_explicit(&wheel->returned_count, 1,
	    memory_order_relaxed);
	/* Fails when another pushed or a holder cleared: one of us got on. */
	do {
		timer->returned = next;
		sched_point(SCHED_SITE_TIMER);
	} while (!atomic_compare_exchange_weak_explicit(&wheel->returned, &next,
	    index, memory_order_release, memory_order_relaxed)); /* [R] */
}

/* Gets rid of a record that the caller's compare-exchange has made FREE. */
static void
give_back(struct wheel *wheel, uint32_t index, struct timer *timer)
{
	if (LIKELY(wheel_try_hold(wheel))) {
		put_back(wheel, index, timer);
		wheel_release(wheel);
	} else {
		returned_push(wheel, index, timer);
	}
}

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
	put_back(wheel, index, timer);
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
	sched_point(SCHED_SITE_TIMER);
	/* [H] */
	if (atomic_exchange_explicit(&wheel->hold, 1, memory_order_acquire))
		return false;
	returned_clear(wheel);
	return true;
}

void
wheel_release(struct wheel *wheel)
{
	sched_point(SCHED_SITE_TIMER);
	/* [H] */
	atomic_store_explicit(&wheel->hold, 0, memory_order_release);
}

/* Takes the hold; ends when whoever has it has let go. */
static void
hold(struct wheel *wheel)
{
	for (uint32_t turn = 1; !wheel_try_hold(wheel); turn++)
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
	wheel_release(wheel);
	return status;
}

ths_status
wheel_set_held(struct wheel *wheel, uint64_t due_ns, struct wheel_load load,
    wheel_handle *handle)
{
	struct timer *timer;
	uint32_t generation, index;
	ths_status status;

	returned_clear(wheel);
	left_clear(wheel, 2); /* one to be used again, and one for later */
	if (wheel_length(wheel) >= wheel->timers_max) {
		atomic_store_explicit(&wheel->limited,
		    wheel_limited(wheel) + 1, memory_order_relaxed);
		return THS_LIMIT;
	}
	status = timer_table_take(&wheel->table, &index);
	if (status != THS_OK)
		return status;
	length_set(wheel, wheel_length(wheel) + 1);
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
wheel_look(const struct wheel *wheel, wheel_handle handle,
    struct wheel_load *load)
{
	const struct timer *timer = timer_table_find(&wheel->table,
	    timer_index(handle));
	uint32_t generation = timer_generation(handle);
	struct wheel_load copy;

	if (timer == NULL || !timer_lives(timer, generation))
		return false;
	timer_load_read(timer, &copy);
	sched_point(SCHED_SITE_TIMER);
	if (!timer_lives(timer, generation))
		return false; /* it may be another's load, by [L] */
	*load = copy;
	return true;
}

bool
wheel_cancel(struct wheel *wheel, wheel_handle handle)
{
	uint32_t index = timer_index(handle);
	uint32_t generation = timer_generation(handle);
	const uint32_t armed = timer_word(generation, TIMER_ARMED);
	const uint32_t fired = timer_word(generation, TIMER_FIRED);
	struct timer *timer = timer_table_find(&wheel->table, index);
	uint32_t word = armed;

	if (timer == NULL)
		return false;
	/* Goes round again only when the timer has fired, or was armed again,
	 * between two looks. */
	while (word == armed || word == fired) {
		if (word == fired) {
			if (timer_try_change(timer, &word,
			    timer_word(generation, TIMER_REVOKED)))
				return true;
		} else if (timer_try_change(timer, &word,
		    timer_word(generation, TIMER_FREE))) {
			give_back(wheel, index, timer);
			return true;
		}
	}
	return false;
}

/* With the hold: nobody but the caller may change an armed timer of the
 * owner's. */
static bool
cancel_held(struct wheel *wheel, wheel_handle handle, struct timer *timer,
    uint64_t owner)
{
	uint32_t generation = timer_generation(handle);

	/* Relaxed: set by a holder; if it is another life's, the owner is no
	 * matter. */
	if (atomic_load_explicit(&timer->state, memory_order_relaxed) !=
	    timer_word(generation, TIMER_ARMED) ||
	    atomic_load_explicit(&timer->load[0], memory_order_relaxed) !=
	    owner)
		return false;
	/* Relaxed: as put back by the next holder. */
	atomic_store_explicit(&timer->state,
	    timer_word(generation, TIMER_FREE), memory_order_relaxed);
	timer->returned = left_get(wheel);
	left_set(wheel, timer_index(handle));
	left_count_add(wheel, 1);
	return true;
}

bool
wheel_cancel_own(struct wheel *wheel, wheel_handle handle, uint64_t owner)
{
	struct timer *timer = timer_table_find(&wheel->table,
	    timer_index(handle));
	struct wheel_load load;
	bool is_cancelled;

	if (timer == NULL)
		return false;
	if (LIKELY(wheel_try_hold(wheel))) {
		is_cancelled = cancel_held(wheel, handle, timer, owner);
		wheel_release(wheel);
		if (LIKELY(is_cancelled))
			return true;
	}
	return wheel_look(wheel, handle, &load) && load.words[0] == owner &&
	    wheel_cancel(wheel, handle);
}

bool
wheel_settle(struct wheel *wheel)
{
	if (left_get(wheel) == 0)
		return false;
	if (!wheel_try_hold(wheel))
		return true;
	left_clear(wheel, WHEEL_SETTLE_MAX);
	wheel_release(wheel);
	return left_get(wheel) != 0;
}

bool
wheel_done(struct wheel *wheel, wheel_handle handle)
{
	uint32_t index = timer_index(handle);
	uint32_t generation = timer_generation(handle);
	const uint32_t free = timer_word(generation, TIMER_FREE);
	struct timer *timer = timer_table_find(&wheel->table, index);
	uint32_t word = timer_word(generation, TIMER_FIRED);
	bool counts;

	if (timer == NULL)
		return false;
	counts = timer_try_change(timer, &word, free);
	/* A revoked one stays so until it is done. */
	if (!counts && (word != timer_word(generation, TIMER_REVOKED)
	    || !timer_try_change(timer, &word, free)))
		return false; /* stale */
	give_back(wheel, index, timer);
	return counts;
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
	wheel_release(wheel);
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
	returned_clear(wheel); /* what fire() and its receivers ended */
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
