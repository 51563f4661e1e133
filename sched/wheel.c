/* SPDX-License-Identifier: MIT */
/*
 * wheel - timers of one worker, in a hierarchy of rings of buckets; see wheel.h.
 *
 * The place of a tick.  `reached` is the last tick the wheel has entered.  A
 * tick's digits are its bits in groups of six, one digit per level.  A timer
 * stands on the level of the highest digit in which its tick differs from
 * `reached`, in the bucket of its own digit there.  Hence on every level
 *
 *   - all busy buckets lie after the digit of `reached`, never around the ring
 *     (level 0 may have that digit's own bucket busy: what is due),
 *   - all timers of a level come before all timers of the next level,
 *
 * so the next busy bucket is the lowest bit of the lowest busy level.  When
 * `reached` enters a bucket above level 0, its timers are placed anew.  Before
 * that no timer of those ticks could be set on a lower level, so those of one
 * tick stay in the order in which they were set.  A large bucket is moved in
 * several advances; until that is done (`moving`) nothing fires, and what is
 * set for its ticks goes to its end.
 *
 * Ordering.
 *   [S] state: compare-exchange acq_rel by everybody who changes it
 *         Exactly one of {fire, cancel} wins, and one of {done, cancel}.  The
 *         store by set needs no partner: the record is its holder's alone, and
 *         no handle in the world has the new generation.
 *   [H] hold: release by store, release -> try_hold by exchange, acquire
 *         A holder sees all lists, bitmaps and records as the last one left
 *         them.
 *   [R] returned: push by compare-exchange, release -> clear by exchange,
 *       acquire
 *         The holder sees what the one who ended the timer wrote.  The list is
 *         only ever taken whole, so no entry comes back under a push.
 *   [D] deadline: store relaxed by the holder -> load relaxed by any
 *         Exact for the holder by [H]; a thief only guesses by it, and looks
 *         again once it has the hold.
 *   [T] table: store release when a segment is made -> load acquire by any
 *         Any index finds a zeroed record or nothing.
 *
 * A cancelled timer may be FREE and still linked.  `bucket` tells, and only the
 * holder reads it: whoever puts the record back unlinks it, unless an advance
 * has met it first.
 */
#include "sched/wheel.h"

#include <assert.h>
#include <sched.h>
#include <stdalign.h>
#include <stdatomic.h>

#include "base/check.h"
#include "base/machine.h"
#include "base/sched_point.h"

enum {
	DIGIT_BITS = 6,
	BUCKETS = WHEEL_LEVELS * WHEEL_BUCKETS,
	NOWHERE = BUCKETS, /* in no bucket */
	INDEX_BITS = 26,
	GENERATION_BITS = 26,
	GENERATION_MAX = (1 << GENERATION_BITS) - 1,
	WHEELS_MAX = 1 << 12,
	SEGMENT_SHIFT = 12,
	SEGMENT_LENGTH = 1 << SEGMENT_SHIFT, /* records */
	SEGMENTS_MAX = 1 << (INDEX_BITS - SEGMENT_SHIFT),
	GROWTH_SEGMENTS = 8, /* per region after the first: a huge page */
	SPINS_MAX = 64,      /* before the processor is given away */
};

/* In the low bits of the state word; the generation stands above. */
enum state {
	FREE,
	ARMED,
	FIRED,
	REVOKED,
};
#define STATE_BITS 2
#define STATE_MASK 3u

/*
 * One line.  Index 0 is never used, so that 0 means none.
 *
 *   field     written by                     read by
 *   state     [S]                            any
 *   returned  who ended it, before [R]       the holder
 *   others    the holder                     the holder
 */
struct record {
	alignas(CACHE_LINE) _Atomic uint32_t state; /* [S] */
	uint32_t bucket; /* or NOWHERE */
	uint32_t older;  /* neighbours in the bucket */
	uint32_t newer;  /* also the next free record */
	uint64_t tick;   /* due */
	struct wheel_load load;
	uint32_t returned; /* the next on that list */
};

struct bucket {
	uint32_t oldest;
	uint32_t newest;
};

/*
 *   line  field       written by             read by
 *   0     memory…     wheel_new              any
 *   1     hold…       the holder             any
 *   2     returned    any                    any
 *   3..   reached…    the holder             the holder
 */
struct wheel {
	struct memory *memory;
	wheel_fire fire;
	void *context;
	_Atomic(struct record *) *segments; /* [T] SEGMENTS_MAX of them */
	uint32_t number;
	uint32_t timers_max;
	alignas(CACHE_LINE) _Atomic uint32_t hold; /* [H] 1: held */
	_Atomic uint32_t length;
	_Atomic uint32_t retired;
	_Atomic uint64_t deadline; /* [D] */
	_Atomic uint64_t limited;
	alignas(CACHE_LINE) _Atomic uint32_t returned; /* [R] */
	alignas(CACHE_LINE) uint64_t reached; /* tick */
	uint32_t free;     /* records that were used before */
	uint32_t fresh;    /* the first one that never was */
	uint32_t records;  /* in the table */
	uint32_t lives;    /* generation of a fresh record */
	uint32_t moving;   /* the bucket that is being moved, or NOWHERE */
	uint32_t settled;  /* the lowest level one may place on */
	uint32_t levels;   /* bit per level that has a busy bucket */
	uint64_t busy[WHEEL_LEVELS]; /* bit per busy bucket */
	struct bucket buckets[BUCKETS];
};

#define SEGMENT_SIZE (SEGMENT_LENGTH * sizeof(struct record))
#define TABLE_SIZE (SEGMENTS_MAX * sizeof(_Atomic(struct record *)))

static_assert(sizeof(struct record) == CACHE_LINE, "one line per timer");
static_assert(WHEEL_BUCKETS == 1 << DIGIT_BITS, "one bucket per digit");
static_assert(WHEEL_LEVELS * DIGIT_BITS > 64 - WHEEL_TICK_SHIFT,
    "every time has a place, also the last one rounded up");
static_assert(GENERATION_BITS + STATE_BITS <= 32, "one state word");

static uint32_t
word_of(uint32_t generation, enum state state)
{
	return generation << STATE_BITS | state;
}

static uint32_t
generation_of(const struct record *record)
{
	/* Relaxed: it changes only while the caller owns the record. */
	return atomic_load_explicit(&record->state, memory_order_relaxed)
	    >> STATE_BITS;
}

static wheel_handle
handle_of(const struct wheel *wheel, uint32_t index, uint32_t generation)
{
	return (wheel_handle)wheel->number << (INDEX_BITS + GENERATION_BITS)
	    | (wheel_handle)index << GENERATION_BITS | generation;
}

static uint32_t
handle_index(wheel_handle handle)
{
	return handle >> GENERATION_BITS & ((1u << INDEX_BITS) - 1);
}

static uint32_t
handle_generation(wheel_handle handle)
{
	return handle & GENERATION_MAX;
}

/* Of an index that is in use. */
static struct record *
record_at(const struct wheel *wheel, uint32_t index)
{
	/* [T] */
	struct record *segment = atomic_load_explicit(
	    &wheel->segments[index >> SEGMENT_SHIFT], memory_order_acquire);

	return &segment[index & (SEGMENT_LENGTH - 1)];
}

/* Of an index from outside; NULL when there is no such record. */
static struct record *
record_find(const struct wheel *wheel, uint32_t index)
{
	/* [T] */
	struct record *segment = atomic_load_explicit(
	    &wheel->segments[index >> SEGMENT_SHIFT], memory_order_acquire);

	if (segment == NULL || index == 0)
		return NULL;
	return &segment[index & (SEGMENT_LENGTH - 1)];
}

/* Moves the state of a timer from one to another.  False: it was another, which
 * is now in *from.  [S] */
static bool
state_try_change(struct record *record, uint32_t *from, uint32_t to)
{
	sched_point(SCHED_SITE_TIMER);
	return atomic_compare_exchange_strong_explicit(&record->state, from, to,
	    memory_order_acq_rel, memory_order_relaxed);
}

/* The next busy bucket, or NOWHERE. */
static uint32_t
bucket_next(const struct wheel *wheel)
{
	uint32_t level;

	if (UNLIKELY(wheel->moving != NOWHERE))
		return wheel->moving;
	if (wheel->levels == 0)
		return NOWHERE;
	level = (uint32_t)__builtin_ctz(wheel->levels);
	return level * WHEEL_BUCKETS
	    + (uint32_t)__builtin_ctzll(wheel->busy[level]);
}

/* The first tick of a busy bucket. */
static uint64_t
bucket_start(const struct wheel *wheel, uint32_t bucket)
{
	uint32_t shift = bucket / WHEEL_BUCKETS * DIGIT_BITS;
	uint64_t digit = bucket % WHEEL_BUCKETS;
	uint64_t above = wheel->reached >> (shift + DIGIT_BITS);

	return (above << DIGIT_BITS | digit) << shift;
}

/* Tells when the next busy bucket starts.  After the busy buckets changed. */
static void
deadline_publish(struct wheel *wheel)
{
	uint32_t bucket = bucket_next(wheel);
	uint64_t deadline = CLOCK_NEVER;

	if (bucket != NOWHERE) {
		uint64_t start = bucket_start(wheel, bucket);

		if (start <= CLOCK_NEVER >> WHEEL_TICK_SHIFT)
			deadline = start << WHEEL_TICK_SHIFT;
	}
	/* [D] */
	atomic_store_explicit(&wheel->deadline, deadline,
	    memory_order_relaxed);
}

static void
bucket_set_busy(struct wheel *wheel, uint32_t bucket)
{
	uint32_t level = bucket / WHEEL_BUCKETS;

	wheel->busy[level] |= UINT64_C(1) << bucket % WHEEL_BUCKETS;
	wheel->levels |= 1u << level;
	deadline_publish(wheel);
}

static void
bucket_set_empty(struct wheel *wheel, uint32_t bucket)
{
	uint32_t level = bucket / WHEEL_BUCKETS;

	wheel->busy[level] &= ~(UINT64_C(1) << bucket % WHEEL_BUCKETS);
	if (wheel->busy[level] == 0)
		wheel->levels &= ~(1u << level);
	if (bucket == wheel->moving) {
		wheel->moving = NOWHERE;
		wheel->settled = 0;
	}
	deadline_publish(wheel);
}

/* The bucket for a tick; one that has passed is due now. */
static uint32_t
bucket_for(const struct wheel *wheel, uint64_t tick)
{
	uint64_t at = tick > wheel->reached ? tick : wheel->reached;
	uint64_t highest = 63 - (uint64_t)__builtin_clzll(
	    (at ^ wheel->reached) | 1);
	uint32_t level = (uint32_t)highest / DIGIT_BITS;

	if (UNLIKELY(level < wheel->settled))
		return wheel->moving;
	return level * WHEEL_BUCKETS + (uint32_t)(at >> level * DIGIT_BITS)
	    % WHEEL_BUCKETS;
}

/* Puts a timer at the newest end of its bucket. */
static void
bucket_put(struct wheel *wheel, uint32_t number, uint32_t index,
    struct record *record)
{
	struct bucket *bucket = &wheel->buckets[number];
	uint32_t older = bucket->newest;

	record->bucket = number;
	record->older = older;
	record->newer = 0;
	bucket->newest = index;
	if (older != 0) {
		record_at(wheel, older)->newer = index;
		return;
	}
	bucket->oldest = index;
	bucket_set_busy(wheel, number);
}

static void
bucket_remove(struct wheel *wheel, struct record *record)
{
	struct bucket *bucket = &wheel->buckets[record->bucket];
	uint32_t number = record->bucket;

	if (record->older != 0)
		record_at(wheel, record->older)->newer = record->newer;
	else
		bucket->oldest = record->newer;
	if (record->newer != 0)
		record_at(wheel, record->newer)->older = record->older;
	else
		bucket->newest = record->older;
	record->bucket = NOWHERE;
	if (bucket->oldest == 0)
		bucket_set_empty(wheel, number);
}

/* Adds a region of records to the table. */
static ths_status
table_grow(struct wheel *wheel)
{
	uint32_t first = wheel->records >> SEGMENT_SHIFT;
	uint32_t count = first == 0 ? 1 : GROWTH_SEGMENTS;
	struct record *region;

	if (first + count > SEGMENTS_MAX)
		return THS_LIMIT;
	region = memory_map(wheel->memory, count * SEGMENT_SIZE,
	    count * SEGMENT_SIZE);
	if (region == NULL)
		return THS_NO_MEMORY;
	for (uint32_t i = 0; i < count; i++)
		/* [T] */
		atomic_store_explicit(&wheel->segments[first + i],
		    region + (size_t)i * SEGMENT_LENGTH, memory_order_release);
	wheel->records += count * SEGMENT_LENGTH;
	return THS_OK;
}

/* Relaxed, as all counts: only the holder writes; others read a guess. */
static void
length_set(struct wheel *wheel, uint32_t length)
{
	atomic_store_explicit(&wheel->length, length, memory_order_relaxed);
}

/* Makes the record of an ended timer ready for another; once it has had all its
 * generations it is left alone for ever. */
static void
record_put_back(struct wheel *wheel, uint32_t index, struct record *record)
{
	if (record->bucket != NOWHERE)
		bucket_remove(wheel, record);
	length_set(wheel, wheel_length(wheel) - 1);
	if (UNLIKELY(generation_of(record) == GENERATION_MAX)) {
		atomic_store_explicit(&wheel->retired,
		    wheel_retired(wheel) + 1, memory_order_relaxed);
		return;
	}
	record->newer = wheel->free;
	wheel->free = index;
}

/* Puts back what others ended while somebody had the hold. */
static void
returned_clear(struct wheel *wheel)
{
	uint32_t index;

	/* Relaxed: one that is missed is found by the next holder. */
	if (LIKELY(atomic_load_explicit(&wheel->returned,
	    memory_order_relaxed) == 0))
		return;
	sched_point(SCHED_SITE_TIMER);
	/* [R] */
	index = atomic_exchange_explicit(&wheel->returned, 0,
	    memory_order_acquire);
	while (index != 0) {
		struct record *record = record_at(wheel, index);
		uint32_t next = record->returned;

		record_put_back(wheel, index, record);
		index = next;
	}
}

static void
returned_push(struct wheel *wheel, uint32_t index, struct record *record)
{
	/* Relaxed: the exchange below finds out whether it is still so. */
	uint32_t next = atomic_load_explicit(&wheel->returned,
	    memory_order_relaxed);

	/* Fails when another has pushed or a holder cleared: one of us got on. */
	do {
		record->returned = next;
		sched_point(SCHED_SITE_TIMER);
	} while (!atomic_compare_exchange_weak_explicit(&wheel->returned, &next,
	    index, memory_order_release, memory_order_relaxed)); /* [R] */
}

/* Gets rid of a record that the caller's compare-exchange has made FREE. */
static void
record_end(struct wheel *wheel, uint32_t index, struct record *record)
{
	if (LIKELY(wheel_try_hold(wheel))) {
		record_put_back(wheel, index, record);
		wheel_release(wheel);
	} else {
		returned_push(wheel, index, record);
	}
}

/* Finds a free record for wheel_set_held(). */
static ths_status
record_take(struct wheel *wheel, uint32_t *index)
{
	ths_status status;

	if (wheel_length(wheel) >= wheel->timers_max) {
		atomic_store_explicit(&wheel->limited,
		    wheel_limited(wheel) + 1, memory_order_relaxed);
		return THS_LIMIT;
	}
	*index = wheel->free;
	if (*index != 0) {
		wheel->free = record_at(wheel, *index)->newer;
		return THS_OK;
	}
	if (UNLIKELY(wheel->fresh >= wheel->records)) {
		status = table_grow(wheel);
		if (status != THS_OK)
			return status;
	}
	*index = wheel->fresh++;
	atomic_store_explicit(&record_at(wheel, *index)->state,
	    word_of(wheel->lives, FREE), memory_order_relaxed);
	return THS_OK;
}

/* Moves timers of the bucket that was entered down.  False: `moves` are used up
 * before it was empty. */
static bool
bucket_move(struct wheel *wheel, uint32_t number, uint32_t *moves)
{
	uint32_t level = number / WHEEL_BUCKETS;
	uint32_t index;

	wheel->moving = number;
	while ((index = wheel->buckets[number].oldest) != 0) {
		struct record *record = record_at(wheel, index);

		if (*moves == 0) {
			wheel->settled = level;
			deadline_publish(wheel);
			return false;
		}
		*moves -= 1;
		wheel->settled = 0;
		bucket_remove(wheel, record);
		bucket_put(wheel, bucket_for(wheel, record->tick), index,
		    record);
	}
	return true;
}

/* What fire() did not take: again at `tick`, unless cancelled meanwhile. */
static void
record_rearm(struct wheel *wheel, uint32_t index, struct record *record,
    uint64_t tick)
{
	uint32_t generation = generation_of(record);
	uint32_t from = word_of(generation, FIRED);

	record->tick = tick;
	if (state_try_change(record, &from, word_of(generation, ARMED))) {
		bucket_put(wheel, bucket_for(wheel, tick), index, record);
		return;
	}
	/* Revoked, and nobody will call wheel_done().  Relaxed: nobody else
	 * changes a revoked one. */
	atomic_store_explicit(&record->state, word_of(generation, FREE),
	    memory_order_relaxed);
	record_put_back(wheel, index, record);
}

/* Fires the oldest timer of a bucket of level 0.  False: it was not taken, and
 * waits until `again`; or it had been cancelled. */
static bool
bucket_fire(struct wheel *wheel, uint32_t number, uint64_t again)
{
	uint32_t index = wheel->buckets[number].oldest;
	struct record *record = record_at(wheel, index);
	uint32_t generation = generation_of(record);
	uint32_t from = word_of(generation, ARMED);
	/* A copy: fire() may set another timer in the same record once this
	 * one is done. */
	struct wheel_load load = record->load;

	bucket_remove(wheel, record);
	if (!state_try_change(record, &from, word_of(generation, FIRED)))
		return false; /* cancelled: who did that puts it back */
	sched_point(SCHED_SITE_TIMER);
	if (wheel->fire(wheel->context, handle_of(wheel, index, generation),
	    &load))
		return true;
	record_rearm(wheel, index, record, again);
	return false;
}

struct wheel *
wheel_new(struct memory *memory, uint32_t number, uint32_t timers_max,
    uint64_t now, wheel_fire fire, void *context)
{
	struct wheel *wheel;

	CHECK(number < WHEELS_MAX);
	wheel = memory_take(memory, sizeof(*wheel), alignof(struct wheel));
	if (wheel == NULL)
		return NULL;
	wheel->segments = memory_map(memory, TABLE_SIZE, PAGE_SIZE_MIN);
	if (wheel->segments == NULL) {
		memory_give(memory, wheel, sizeof(*wheel),
		    alignof(struct wheel));
		return NULL;
	}
	wheel->memory = memory;
	wheel->fire = fire;
	wheel->context = context;
	wheel->number = number;
	wheel->timers_max = timers_max;
	wheel->reached = now >> WHEEL_TICK_SHIFT;
	wheel->fresh = 1;
	wheel->moving = NOWHERE;
	atomic_init(&wheel->deadline, CLOCK_NEVER);
	return wheel;
}

void
wheel_free(struct wheel *wheel)
{
	uint32_t count = 1;

	if (wheel == NULL)
		return;
	for (uint32_t first = 0; first < wheel->records >> SEGMENT_SHIFT;
	    first += count) {
		count = first == 0 ? 1 : GROWTH_SEGMENTS;
		memory_unmap(wheel->memory,
		    record_at(wheel, first << SEGMENT_SHIFT),
		    count * SEGMENT_SIZE, count * SEGMENT_SIZE);
	}
	memory_unmap(wheel->memory, wheel->segments, TABLE_SIZE,
	    PAGE_SIZE_MIN);
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

ths_status
wheel_set(struct wheel *wheel, uint64_t due_ns, struct wheel_load load,
    wheel_handle *handle)
{
	ths_status status;

	/* Ends when the thief, or who ends a timer, has let go. */
	for (uint32_t spins = 1; !wheel_try_hold(wheel); spins++) {
		sched_point(SCHED_SITE_SPIN);
		if (spins % SPINS_MAX == 0)
			sched_yield();
		else
			machine_pause();
	}
	status = wheel_set_held(wheel, due_ns, load, handle);
	wheel_release(wheel);
	return status;
}

ths_status
wheel_set_held(struct wheel *wheel, uint64_t due_ns, struct wheel_load load,
    wheel_handle *handle)
{
	const uint64_t below_tick = (UINT64_C(1) << WHEEL_TICK_SHIFT) - 1;
	struct record *record;
	uint32_t generation, index;
	ths_status status;

	returned_clear(wheel);
	status = record_take(wheel, &index);
	if (status != THS_OK)
		return status;
	length_set(wheel, wheel_length(wheel) + 1);
	record = record_at(wheel, index);
	record->load = load;
	record->tick = (due_ns >> WHEEL_TICK_SHIFT)
	    + ((due_ns & below_tick) != 0);
	bucket_put(wheel, bucket_for(wheel, record->tick), index, record);
	generation = generation_of(record) + 1;
	/* [S] */
	atomic_store_explicit(&record->state, word_of(generation, ARMED),
	    memory_order_relaxed);
	*handle = handle_of(wheel, index, generation);
	return THS_OK;
}

bool
wheel_cancel(struct wheel *wheel, wheel_handle handle)
{
	uint32_t index = handle_index(handle);
	uint32_t generation = handle_generation(handle);
	struct record *record = record_find(wheel, index);
	uint32_t state = word_of(generation, ARMED);

	if (record == NULL)
		return false;
	/* Goes round again only when the timer has fired, or was armed again,
	 * between two looks. */
	while (state == word_of(generation, ARMED)
	    || state == word_of(generation, FIRED)) {
		if (state == word_of(generation, ARMED)) {
			if (state_try_change(record, &state,
			    word_of(generation, FREE))) {
				record_end(wheel, index, record);
				return true;
			}
		} else if (state_try_change(record, &state,
		    word_of(generation, REVOKED))) {
			return true;
		}
	}
	return false;
}

bool
wheel_done(struct wheel *wheel, wheel_handle handle)
{
	uint32_t index = handle_index(handle);
	uint32_t generation = handle_generation(handle);
	struct record *record = record_find(wheel, index);
	uint32_t state = word_of(generation, FIRED);
	bool counts;

	if (record == NULL)
		return false;
	counts = state_try_change(record, &state, word_of(generation, FREE));
	/* A revoked one stays so until it is done. */
	if (!counts && (state != word_of(generation, REVOKED)
	    || !state_try_change(record, &state, word_of(generation, FREE))))
		return false; /* stale */
	record_end(wheel, index, record);
	return counts;
}

uint32_t
wheel_advance(struct wheel *wheel, uint64_t now, uint32_t max)
{
	uint64_t tick = now >> WHEEL_TICK_SHIFT;
	uint32_t moves = WHEEL_MOVES_MAX;
	uint32_t fired = 0;
	uint32_t tries = 0;

	for (;;) {
		uint32_t number = bucket_next(wheel);
		uint64_t start;

		if (number == NOWHERE
		    || (start = bucket_start(wheel, number)) > tick) {
			if (wheel->reached < tick)
				wheel->reached = tick;
			break;
		}
		wheel->reached = start;
		if (number >= WHEEL_BUCKETS) {
			if (!bucket_move(wheel, number, &moves))
				break;
			continue;
		}
		if (tries++ == max)
			break;
		fired += bucket_fire(wheel, number, tick + 1);
	}
	returned_clear(wheel); /* what fire() and its receivers ended */
	return fired;
}

uint64_t
wheel_deadline(const struct wheel *wheel)
{
	/* [D] */
	return atomic_load_explicit(&wheel->deadline, memory_order_relaxed);
}

uint32_t
wheel_length(const struct wheel *wheel)
{
	return atomic_load_explicit(&wheel->length, memory_order_relaxed);
}

uint64_t
wheel_limited(const struct wheel *wheel)
{
	return atomic_load_explicit(&wheel->limited, memory_order_relaxed);
}

uint32_t
wheel_retired(const struct wheel *wheel)
{
	return atomic_load_explicit(&wheel->retired, memory_order_relaxed);
}

void
wheel_age(struct wheel *wheel, uint32_t lives)
{
	CHECK(lives < GENERATION_MAX);
	wheel->lives = lives;
}
