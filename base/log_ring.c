/* SPDX-License-Identifier: MIT */
/*
 * log_ring - lines on their way to a sink; see log_ring.h.
 *
 * Lines are numbered as they are put; line n has the place n modulo length, in
 * round n / length.  One word holds who may do what:
 *
 *   bits 63..3  newest: the number that the next line gets
 *   bit 2       CLOSED: no line gets one
 *   bit 1       CALLED: somebody has put a line since the drainer's last look
 *   bit 0       HELD: there is a drainer
 *
 *          put + call            the drainer's look: all given, not CALLED
 *   free ------------> HELD ----------------------------------------> free
 *                       |  ^
 *         too many given|  | never: it leaves first
 *                       v  |
 *                 HELD, CLOSED -----------------------------------> free
 *                       |        its look: all given, CALLED or not
 *                       |
 *                       +--> CLOSED  its look: the next line is only half put,
 *                                    and not CALLED; who puts it will call
 *
 *   [W] call: or, acq_rel -> the drainer's look: and, acq_rel
 *         The caller's line is full before the call, so whoever looks after
 *         the call sees it.
 *       leaving: compare-exchange, release -> call: or, acquire
 *         The next drainer has what the last one left, and the sink is never
 *         entered before its former call has returned.
 *       A call changes the word whatever it finds there: a call that only
 *       looked, and found it CALLED, could be over before its line is seen.
 *   [T] put: store of an odd turn, release -> drainer: load, acquire
 *         Who finds a line full sees its text.
 *       drainer: store of an even turn, release -> put: load, acquire
 *         A place is written again only when the sink has read it.
 *   [O] drainer: store, release -> flush: load, acquire
 *         Who sees a line given out sees what the sink did with it.
 *
 * No line is left behind.  Who has put one calls afterwards.  If there is no
 * drainer, the caller is the next one.  If there is, the call stands in the
 * word and the drainer's leaving, a compare-exchange of that word, fails until
 * it has looked again.  Only a ring that is closed is left without regard to
 * calls, and only when every number that was given away has been given out:
 * those calls are of lines that the sink has had.  A line half put ends a
 * look, for its call is still to come.
 *
 * A stay is bounded: while the ring is open by the lines counted in `given`,
 * once it is closed by those that had a number.
 */
#include "base/log_ring.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/sched_point.h"
#include "base/spin.h"

#define HELD ((uint64_t)1)
#define CALLED ((uint64_t)2)
#define CLOSED ((uint64_t)4)
#define NEWEST_SHIFT 3
#define NEWEST_ONE ((uint64_t)1 << NEWEST_SHIFT)

static size_t
region_size(uint32_t length)
{
	size_t size = length * sizeof(struct log_place);

	return (size + PAGE_SIZE_MIN - 1) & ~(size_t)(PAGE_SIZE_MIN - 1);
}

static struct log_place *
place_of(const struct log_ring *ring, uint64_t number)
{
	return &ring->places[number % ring->length];
}

/* The turn of a place that is free for this line; one more: it has it. */
static uint64_t
turn_of(const struct log_ring *ring, uint64_t number)
{
	return number / ring->length * 2;
}

/* The number of the oldest line that has not been given out; the drainer's. */
static uint64_t
oldest_of(const struct log_ring *ring)
{
	return atomic_load_explicit(&ring->oldest, memory_order_relaxed);
}

ths_status
log_ring_init(struct log_ring *ring, struct memory *memory, uint32_t length,
    ths_log_function sink, void *context)
{
	CHECK(length >= 1 && length <= LOG_PLACES_MAX);
	*ring = (struct log_ring){
		.sink = sink, .context = context, .length = length,
	};
	/* Zeroed: each place is free in round 0. */
	ring->places = memory_map(memory, region_size(length), PAGE_SIZE_MIN);
	return ring->places != NULL ? THS_OK : THS_NO_MEMORY;
}

void
log_ring_fini(struct log_ring *ring, struct memory *memory)
{
	log_ring_call(ring);
	/* Relaxed: nobody else is here. */
	CHECK(atomic_load_explicit(&ring->word, memory_order_relaxed) ==
	    oldest_of(ring) << NEWEST_SHIFT);
	memory_unmap(memory, ring->places, region_size(ring->length),
	    PAGE_SIZE_MIN);
	ring->places = NULL;
}

/* ----------------------------------------------------------------- putting */

/* Takes the next number for a line, and its place for the caller alone; NULL
 * when the ring is closed or full. */
static struct log_place *
take_place(struct log_ring *ring, uint64_t *number)
{
	/* Relaxed: what it tells is tried by the compare-exchange. */
	uint64_t word = atomic_load_explicit(&ring->word,
	    memory_order_relaxed);

	for (;;) {
		struct log_place *place = place_of(ring,
		    word >> NEWEST_SHIFT);
		uint64_t turn, wanted = turn_of(ring, word >> NEWEST_SHIFT);

		if (word & CLOSED)
			return NULL;
		/* [T] */
		turn = atomic_load_explicit(&place->turn,
		    memory_order_acquire);
		if (turn < wanted)
			return NULL; /* the line of a round before */
		*number = word >> NEWEST_SHIFT;
		sched_point(SCHED_SITE_LOG);
		/* Relaxed: only takes a number.  Fails when the word has
		 * changed, and surely if the place is another's by now. */
		if (atomic_compare_exchange_weak_explicit(&ring->word, &word,
		    word + NEWEST_ONE, memory_order_relaxed,
		    memory_order_relaxed))
			return place;
	}
}

bool
log_ring_put(struct log_ring *ring, ths_log_level level, const char *text)
{
	size_t size = strlen(text);
	uint64_t number;
	struct log_place *place = take_place(ring, &number);

	if (place == NULL) {
		atomic_fetch_add_explicit(&ring->lost, 1,
		    memory_order_relaxed);
		return false;
	}
	sched_point(SCHED_SITE_LOG);
	if (size >= LOG_LINE_MAX)
		size = LOG_LINE_MAX - 1;
	memcpy(place->text, text, size);
	place->text[size] = '\0';
	place->level = level;
	place->lost = atomic_load_explicit(&ring->lost, memory_order_relaxed);
	/* [T] */
	atomic_store_explicit(&place->turn, turn_of(ring, number) + 1,
	    memory_order_release);
	return true;
}

/* ---------------------------------------------------------------- draining */

static bool
has_stayed_too_long(const struct log_ring *ring)
{
	return ring->given >= (uint64_t)LOG_STAYS * ring->length;
}

static void
give(struct log_ring *ring, ths_log_level level, const char *text)
{
	ring->given++;
	if (has_stayed_too_long(ring))
		/* Relaxed: who has a number already is waited for. */
		atomic_fetch_or_explicit(&ring->word, CLOSED,
		    memory_order_relaxed);
	ring->sink(ring->context, level, text);
}

/* Tells the sink of lines lost that it has not heard of. */
static void
tell_lost(struct log_ring *ring, uint64_t lost)
{
	char text[LOG_LINE_MAX];

	if (lost <= ring->told)
		return;
	snprintf(text, sizeof(text), "lines of the log lost: %" PRIu64 "; "
	    "log_lines_max is %" PRIu32, lost - ring->told, ring->length);
	ring->told = lost;
	give(ring, THS_LOG_ERROR, text);
}

/* Gives out the oldest line; false when there is none, or only half of it. */
static bool
give_oldest(struct log_ring *ring)
{
	uint64_t number = oldest_of(ring);
	struct log_place *place = place_of(ring, number);
	uint64_t full = turn_of(ring, number) + 1;

	sched_point(SCHED_SITE_LOG);
	/* [T] */
	if (atomic_load_explicit(&place->turn, memory_order_acquire) != full)
		return false;
	tell_lost(ring, place->lost);
	give(ring, place->level, place->text);
	sched_point(SCHED_SITE_LOG);
	/* [T] */
	atomic_store_explicit(&place->turn, full + 1, memory_order_release);
	/* [O] */
	atomic_store_explicit(&ring->oldest, number + 1,
	    memory_order_release);
	return true;
}

/* Ends the stay, unless somebody has called since the last look. */
static bool
try_leave(struct log_ring *ring)
{
	/* Relaxed: what it tells is tried by the compare-exchange. */
	uint64_t word = atomic_load_explicit(&ring->word,
	    memory_order_relaxed);
	uint64_t next;

	do {
		if (word & CLOSED && word >> NEWEST_SHIFT == oldest_of(ring))
			next = word & ~(CLOSED | CALLED | HELD);
		else if (word & CALLED)
			return false;
		else
			next = word & ~HELD;
		sched_point(SCHED_SITE_LOG);
		/* [W]; fails when somebody puts or calls. */
	} while (!atomic_compare_exchange_weak_explicit(&ring->word, &word,
	    next, memory_order_release, memory_order_relaxed));
	return true;
}

void
log_ring_call(struct log_ring *ring)
{
	sched_point(SCHED_SITE_LOG);
	/* [W] */
	if (atomic_fetch_or_explicit(&ring->word, HELD | CALLED,
	    memory_order_acq_rel) & HELD)
		return;
	ring->given = 0;
	do {
		sched_point(SCHED_SITE_LOG);
		/* [W] */
		atomic_fetch_and_explicit(&ring->word, ~CALLED,
		    memory_order_acq_rel);
		while (give_oldest(ring))
			;
		if (!has_stayed_too_long(ring))
			tell_lost(ring, atomic_load_explicit(&ring->lost,
			    memory_order_relaxed));
	} while (!try_leave(ring));
}

void
log_ring_flush(struct log_ring *ring)
{
	/* Relaxed: the caller's own lines, and those it knows of, have theirs
	 * already. */
	uint64_t newest = atomic_load_explicit(&ring->word,
	    memory_order_relaxed) >> NEWEST_SHIFT;

	log_ring_call(ring);
	/* [O]; ends when the drainer's sink has returned. */
	for (uint32_t turn = 1; atomic_load_explicit(&ring->oldest,
	    memory_order_acquire) < newest; turn++)
		spin_turn(turn);
}
