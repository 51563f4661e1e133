/* SPDX-License-Identifier: MIT */
/*
 * inbox - the lock-free part of a mailbox: many producers push, one consumer
 * takes everything at once.
 *
 * One word holds it all, so a push learns in its one compare-exchange whether
 * the consumer was idle (and must be submitted) or the inbox is full:
 *
 *   bits 63..22  newest envelope: bits 47..6 of its address
 *   bits 21..2   how many envelopes are in it, saturating at INBOX_COUNT_MAX
 *   bits 1..0    state: INBOX_OPEN, INBOX_IDLE or INBOX_AWAITED
 *
 *           push or claim: IDLE->OPEN           push, or end_await
 *   IDLE -----------------------------> OPEN <------------------- AWAITED
 *     ^                                 | | |                        ^
 *     '---- try_idle, only when empty --' | '-- try_await, when empty'
 *                                         '--> take: stays OPEN
 *
 * Whoever moves IDLE->OPEN decides who consumes next (it submits the task), so
 * at most one worker ever consumes.  A consumer that is a sleeping thread
 * awaits mail instead: it stays the consumer, and the push that opens the inbox
 * must wake it, not submit anything.  The consumer may go idle only by a
 * compare-exchange on the same word, which fails when a push came in between:
 * no wake-up is lost, and no store-then-load pair exists here.
 *
 * The chain of envelopes is newest first; take() turns it round.  Order is FIFO
 * per producer.  A producer may push a *run* of envelopes at once: only its
 * newest stands in the chain; the others hang from it, oldest first, in the
 * order in which they are taken, so that turning round need not touch them:
 *
 *   word -> e9 -> e8 -> e7 -> e2 -> e1          ->: next
 *                       |
 *                       '=> e3 -> e4 -> e5 -> e6 -> e7      =>: correlation
 *
 * (e7 has ENVELOPE_RUN_END; take() makes its next e8.)
 *
 * An address that comes back between the load and the compare-exchange of a
 * push does no harm: the chain behind it is whatever it is now, and nothing of
 * it was read.
 *
 * Threads: push, try_claim, count, has_mail: any.  All others: the consumer.
 * Progress: push is lock-free (its compare-exchange fails when another
 * operation succeeded); take is wait-free, and turns a chain as long as it
 * found.
 * Limits: the one given to push, exact up to INBOX_COUNT_MAX; one above that is
 * never reached.
 * Source: the stack of R. K. Treiber (1986), taken as a whole, with the
 * consumer's state in the word, as in the C++ Actor Framework's LIFO inbox; why
 * this one: docs/decisions/0001-inbox.md.
 */
#ifndef MAILBOX_INBOX_H
#define MAILBOX_INBOX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sched_point.h"
#include "mailbox/envelope.h"

enum inbox_state {
	INBOX_OPEN = 0, /* somebody consumes, or is about to */
	INBOX_IDLE = 1, /* empty, and nobody looks: a push must submit */
	INBOX_AWAITED = 2, /* empty, and the consumer sleeps: a push wakes it */
};

#define INBOX_STATE_MASK ((uint64_t)3)
#define INBOX_COUNT_SHIFT 2
#define INBOX_COUNT_ONE ((uint64_t)1 << INBOX_COUNT_SHIFT)
#define INBOX_COUNT_MAX ((uint32_t)((1u << 20) - 1))
#define INBOX_COUNT_MASK ((uint64_t)INBOX_COUNT_MAX << INBOX_COUNT_SHIFT)
#define INBOX_POINTER_SHIFT 16 /* pointer bits 47..6 stand in bits 63..22 */

enum inbox_pushed {
	INBOX_QUEUED,
	INBOX_WAS_IDLE, /* the caller must submit the consumer */
	INBOX_WAS_AWAITED, /* the caller must wake the consumer */
	INBOX_FULL, /* not pushed; the envelope is still the caller's */
};

struct inbox {
	/*
	 * [W] push: compare-exchange, release -> take: exchange, acquire
	 *       the consumer sees what was written into every envelope it
	 *       takes: all that changes the word reads it first, so an early
	 *       push is not hidden by a later one;
	 *     try_idle, try_await: compare-exchange, release
	 *     -> push, try_claim: compare-exchange, acquire
	 *       who finds it idle, and so the next consumer that he submits,
	 *       sees what the last one wrote.
	 */
	_Atomic uint64_t word;
};

static inline struct envelope *
inbox_newest(uint64_t word)
{
	return (struct envelope *)(uintptr_t)(word >> 22 << 6);
}

static inline uint64_t
inbox_word(const struct envelope *newest, uint64_t count_bits)
{
	return (uint64_t)(uintptr_t)newest << INBOX_POINTER_SHIFT | count_bits;
}

/* Makes inbox empty and idle or, with is_claimed, empty and open. */
static inline void
inbox_init(struct inbox *inbox, bool is_claimed)
{
	atomic_init(&inbox->word, is_claimed ? INBOX_OPEN : INBOX_IDLE);
}

/*
 * Pushes envelope unless the inbox holds `max` already (0: no limit), and tells
 * how many it held.  On anything but INBOX_FULL the inbox owns the envelope,
 * whose flags have no ENVELOPE_RUN_END.  Any thread.
 */
static inline enum inbox_pushed
inbox_push_behind(struct inbox *inbox, struct envelope *envelope, uint32_t max,
    uint32_t *behind)
{
	/* Relaxed: a guess, but for INBOX_FULL, which was true of that moment;
	 * the compare-exchange decides. */
	uint64_t word = atomic_load_explicit(&inbox->word,
	    memory_order_relaxed);
	uint64_t count;
	uint64_t next;

	do {
		count = word & INBOX_COUNT_MASK;
		if (UNLIKELY(max != 0) &&
		    count >> INBOX_COUNT_SHIFT >= max)
			return INBOX_FULL;
		envelope->next = inbox_newest(word);
		if (LIKELY(count != INBOX_COUNT_MASK))
			count += INBOX_COUNT_ONE;
		next = inbox_word(envelope, count);
		sched_point(SCHED_SITE_INBOX);
		/* [W]; fails when another producer or the consumer
		 * came first. */
	} while (!atomic_compare_exchange_weak_explicit(&inbox->word, &word,
	    next, memory_order_acq_rel, memory_order_relaxed));
	sched_point(SCHED_SITE_INBOX);
	*behind = (uint32_t)((word & INBOX_COUNT_MASK) >> INBOX_COUNT_SHIFT);
	/* The two enumerations name their rows in the same order. */
	return (enum inbox_pushed)(word & INBOX_STATE_MASK);
}

/* As push_behind, for who need not know. */
static inline enum inbox_pushed
inbox_push(struct inbox *inbox, struct envelope *envelope, uint32_t max)
{
	uint32_t behind;

	return inbox_push_behind(inbox, envelope, max, &behind);
}

/*
 * Pushes an envelope that counts as `length`; no limit holds.  Any thread.
 */
static inline enum inbox_pushed
inbox_push_many(struct inbox *inbox, struct envelope *envelope,
    uint32_t length)
{
	/* Relaxed: as above. */
	uint64_t word = atomic_load_explicit(&inbox->word,
	    memory_order_relaxed);
	uint64_t count;

	do {
		count = (word & INBOX_COUNT_MASK) +
		    (uint64_t)length * INBOX_COUNT_ONE;
		if (UNLIKELY(count > INBOX_COUNT_MASK))
			count = INBOX_COUNT_MASK;
		envelope->next = inbox_newest(word);
		sched_point(SCHED_SITE_INBOX);
		/* [W] */
	} while (!atomic_compare_exchange_weak_explicit(&inbox->word, &word,
	    inbox_word(envelope, count), memory_order_acq_rel,
	    memory_order_relaxed));
	sched_point(SCHED_SITE_INBOX);
	return (enum inbox_pushed)(word & INBOX_STATE_MASK);
}

/*
 * Pushes the run from oldest to newest, chained by `next`, of `length`
 * envelopes; no limit holds.  The newest's correlation and flags are the
 * inbox's from here.  Any thread.
 */
static inline enum inbox_pushed
inbox_push_run(struct inbox *inbox, struct envelope *oldest,
    struct envelope *newest, uint32_t length)
{
	newest->correlation = (uintptr_t)oldest;
	newest->flags = ENVELOPE_RUN_END;
	return inbox_push_many(inbox, newest, length);
}

/* The oldest of the run whose newest this is; itself when it is none. */
static inline struct envelope *
inbox_oldest_of(struct envelope *newest)
{
	return newest->flags & ENVELOPE_RUN_END ?
	    (struct envelope *)(uintptr_t)newest->correlation : newest;
}

/* As take_past; *length: how many it held, `past` included, as count() says. */
static inline struct envelope *
inbox_take_counted(struct inbox *inbox, const struct envelope *past,
    uint32_t *length)
{
	struct envelope *oldest = NULL;
	struct envelope *newest;
	uint64_t word;

	sched_point(SCHED_SITE_INBOX);
	/* [W] */
	word = atomic_exchange_explicit(&inbox->word, INBOX_OPEN,
	    memory_order_acquire);
	*length = (uint32_t)((word & INBOX_COUNT_MASK) >> INBOX_COUNT_SHIFT);
	for (newest = inbox_newest(word); newest != past;) {
		struct envelope *older = newest->next;

		newest->next = oldest;
		oldest = inbox_oldest_of(newest);
		__builtin_prefetch(oldest);
		newest = older;
	}
	return oldest;
}

/* As take, but for `past`, which peek_one gave: it is removed as well, and is
 * the caller's.  Consumer only. */
static inline struct envelope *
inbox_take_past(struct inbox *inbox, const struct envelope *past)
{
	uint32_t length;

	return inbox_take_counted(inbox, past, &length);
}

/*
 * Takes everything, oldest first, chained by `next`; NULL when it is empty.
 * The caller owns the envelopes.  Consumer only.
 */
static inline struct envelope *
inbox_take(struct inbox *inbox)
{
	return inbox_take_past(inbox, NULL);
}

/*
 * The only envelope in it, without taking it out: it stays in the inbox's hands
 * until try_idle_past() or take_past() has removed it, and must not be pushed
 * or freed before.  NULL: there is none, or more than one.  Consumer only.
 *
 * One message and then idleness is what most actors know most of the time; this
 * way they cost one read-modify-write less.
 */
static inline struct envelope *
inbox_peek_one(const struct inbox *inbox)
{
	/* [W] */
	uint64_t word = atomic_load_explicit(&inbox->word,
	    memory_order_acquire);

	return (word & INBOX_COUNT_MASK) == INBOX_COUNT_ONE ?
	    inbox_newest(word) : NULL;
}

/* Moves the inbox from `word` to an empty one in `state`.  False: mail came. */
static inline bool
inbox_try_leave(struct inbox *inbox, uint64_t word, enum inbox_state state)
{
	sched_point(SCHED_SITE_INBOX);
	/* [W]; strong: it fails only because of mail. */
	return atomic_compare_exchange_strong_explicit(&inbox->word, &word,
	    state, memory_order_release, memory_order_relaxed);
}

/*
 * Goes idle if nothing has come.  True: the caller is no longer the consumer
 * and must not touch what the consumer owns.  False: there is mail to take.
 * Consumer only.
 */
static inline bool
inbox_try_idle(struct inbox *inbox)
{
	return inbox_try_leave(inbox, INBOX_OPEN, INBOX_IDLE);
}

/* As try_idle, removing `past`, which peek_one gave; it is the caller's then.
 * False: there is mail to take past it.  Consumer only. */
static inline bool
inbox_try_idle_past(struct inbox *inbox, const struct envelope *past)
{
	return inbox_try_leave(inbox, inbox_word(past, INBOX_COUNT_ONE),
	    INBOX_IDLE);
}

/*
 * As try_idle, but the caller stays the consumer and is about to sleep: the
 * next push has to wake it.  False: there is mail to take.  Consumer only.
 */
static inline bool
inbox_try_await(struct inbox *inbox)
{
	return inbox_try_leave(inbox, INBOX_OPEN, INBOX_AWAITED);
}

/* Ends what try_await began, if no push has done so.  Consumer only. */
static inline void
inbox_end_await(struct inbox *inbox)
{
	uint64_t word = INBOX_AWAITED;

	sched_point(SCHED_SITE_INBOX);
	/* Fails when a push has opened it.  Relaxed: the same consumer
	 * goes on. */
	atomic_compare_exchange_strong_explicit(&inbox->word, &word, INBOX_OPEN,
	    memory_order_relaxed, memory_order_relaxed);
}

/*
 * Claims an idle inbox without mail: the caller is the consumer, or submits it.
 * False: somebody else consumes.  Any thread.
 */
static inline bool
inbox_try_claim(struct inbox *inbox)
{
	uint64_t word = INBOX_IDLE;

	sched_point(SCHED_SITE_INBOX);
	/* [W]; strong: it fails only when the inbox is not idle. */
	return atomic_compare_exchange_strong_explicit(&inbox->word, &word,
	    INBOX_OPEN, memory_order_acquire, memory_order_relaxed);
}

/* How many envelopes wait here; a guess when others push.  Any thread. */
static inline uint32_t
inbox_count(const struct inbox *inbox)
{
	/* Relaxed: a number to look at. */
	uint64_t word = atomic_load_explicit(&inbox->word,
	    memory_order_relaxed);

	return (uint32_t)((word & INBOX_COUNT_MASK) >> INBOX_COUNT_SHIFT);
}

/* True when nobody consumes; a guess when others push.  Any thread. */
static inline bool
inbox_is_idle(const struct inbox *inbox)
{
	/* Relaxed: a fact to look at. */
	return (atomic_load_explicit(&inbox->word, memory_order_relaxed) &
	    INBOX_STATE_MASK) == INBOX_IDLE;
}

/* True when there is mail to take; a guess when others push.  Any thread. */
static inline bool
inbox_has_mail(const struct inbox *inbox)
{
	/* Relaxed: take() decides. */
	return inbox_newest(atomic_load_explicit(&inbox->word,
	    memory_order_relaxed)) != NULL;
}

#endif
