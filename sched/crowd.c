/* SPDX-License-Identifier: MIT */
/* crowd - the idle set and the search; see crowd.h for the protocol. */
#include "sched/crowd.h"

#include "base/check.h"
#include "base/sched_point.h"

/* Of `away`: so many are away; it has changed once more. */
#define AWAY_ONE ((uint64_t)1)
#define AWAY_MASK ((uint64_t)UINT16_MAX)
#define AWAY_CHANGE ((uint64_t)1 << 16)

void
crowd_init(struct crowd *crowd, uint32_t workers, uint32_t spares)
{
	CHECK(workers > 0 && workers <= THS_WORKERS_MAX);
	CHECK(spares <= THS_SPARES_MAX);
	crowd->members = workers + spares + 1;
	crowd->words = (workers + spares + 63) / 64;
	atomic_init(&crowd->searching, 0);
	atomic_init(&crowd->changes, 0);
	atomic_init(&crowd->away, spares + 1);
	for (int i = 0; i < CROWD_WORDS; i++)
		atomic_init(&crowd->idle[i], 0);
}

/* The n-th set bit of word, counted from the lowest. */
static unsigned
nth_bit(uint64_t word, uint32_t n)
{
	while (n-- > 0)
		word &= word - 1;
	return (unsigned)__builtin_ctzll(word);
}

/* Announces a change of idle, before it is made. */
static void
note_change(struct crowd *crowd)
{
	if (crowd->words > 1)
		atomic_fetch_add_explicit(&crowd->changes, 1,
		    memory_order_seq_cst);
}

/* Clears one idle bit of one word; its number, or CROWD_NOBODY. */
static int
pick_in_word(_Atomic uint64_t *idle, struct chooser *chooser)
{
	/* Relaxed: a guess; the read-modify-write below decides. */
	uint64_t word = atomic_load_explicit(idle, memory_order_relaxed);

	while (word != 0) {
		uint32_t count = (uint32_t)__builtin_popcountll(word);
		unsigned bit = nth_bit(word,
		    chooser_pick(chooser, CHOICE_WAKE, count, 0));

		sched_point(SCHED_SITE_IDLE);
		/* [I]; finds the bit gone when another waker or the worker
		 * itself came first, then tries what is left. */
		word = atomic_fetch_and_explicit(idle, ~((uint64_t)1 << bit),
		    memory_order_seq_cst);
		if (word >> bit & 1)
			return (int)bit;
	}
	return CROWD_NOBODY;
}

/* Clears one idle bit; the caller has raised searching. */
static int
pick_in_all(struct crowd *crowd, struct chooser *chooser)
{
	note_change(crowd);
	for (uint32_t i = 0; i < crowd->words; i++) {
		int bit = pick_in_word(&crowd->idle[i], chooser);

		if (bit != CROWD_NOBODY)
			return (int)(i * 64) + bit;
	}
	return CROWD_NOBODY;
}

int
crowd_pick_idle(struct crowd *crowd, struct chooser *chooser)
{
	/* Ends: goes round only when another worker has just gone idle. */
	do {
		int index;

		if (!crowd_try_search(crowd))
			return CROWD_NOBODY;
		index = pick_in_all(crowd, chooser);
		if (index != CROWD_NOBODY)
			return index;
		crowd_leave_search(crowd);
		/* Who submitted meanwhile saw a search and woke nobody. */
	} while (crowd_wants_wake(crowd));
	return CROWD_NOBODY;
}

bool
crowd_try_search(struct crowd *crowd)
{
	uint32_t none = 0;

	sched_point(SCHED_SITE_IDLE);
	/* [N]; fails when somebody searches. */
	return atomic_compare_exchange_strong_explicit(&crowd->searching, &none,
	    1, memory_order_seq_cst, memory_order_relaxed);
}

void
crowd_leave_search(struct crowd *crowd)
{
	uint32_t before;

	sched_point(SCHED_SITE_IDLE);
	/* [N] */
	before = atomic_fetch_sub_explicit(&crowd->searching, 1,
	    memory_order_seq_cst);
	CHECK(before == 1);
}

void
crowd_announce(struct crowd *crowd, uint32_t index)
{
	note_change(crowd);
	sched_point(SCHED_SITE_IDLE);
	/* [I] */
	atomic_fetch_or_explicit(&crowd->idle[index / 64],
	    (uint64_t)1 << index % 64, memory_order_seq_cst);
	sched_point(SCHED_SITE_IDLE);
}

bool
crowd_withdraw(struct crowd *crowd, uint32_t index)
{
	uint64_t bit = (uint64_t)1 << index % 64;

	note_change(crowd);
	sched_point(SCHED_SITE_IDLE);
	/* [I] */
	return (atomic_fetch_and_explicit(&crowd->idle[index / 64], ~bit,
	    memory_order_seq_cst) & bit) != 0;
}

static uint32_t
count_idle(const struct crowd *crowd)
{
	uint32_t idle = 0;

	for (uint32_t i = 0; i < crowd->words; i++) {
		/* [I] */
		idle += (uint32_t)__builtin_popcountll(atomic_load_explicit(
		    &crowd->idle[i], memory_order_seq_cst));
	}
	return idle;
}

bool
crowd_has_idle(const struct crowd *crowd)
{
	return count_idle(crowd) > 0;
}

bool
crowd_is_all_idle(const struct crowd *crowd)
{
	/* One word is of one moment by itself.  Several are if none changed
	 * meanwhile; if one did, its worker or the one it woke will ask again
	 * when it goes idle.  So will one that has come or gone. */
	uint64_t changes = atomic_load_explicit(&crowd->changes,
	    memory_order_seq_cst);
	/* [A] */
	uint64_t away = atomic_load_explicit(&crowd->away,
	    memory_order_seq_cst);

	return count_idle(crowd) + (away & AWAY_MASK) == crowd->members &&
	    atomic_load_explicit(&crowd->changes, memory_order_seq_cst) ==
	    changes && atomic_load_explicit(&crowd->away,
	    memory_order_seq_cst) == away;
}

void
crowd_join(struct crowd *crowd)
{
	sched_point(SCHED_SITE_IDLE);
	/* [A] */
	atomic_fetch_add_explicit(&crowd->away, AWAY_CHANGE - AWAY_ONE,
	    memory_order_seq_cst);
}

void
crowd_leave(struct crowd *crowd)
{
	sched_point(SCHED_SITE_IDLE);
	/* [A] */
	atomic_fetch_add_explicit(&crowd->away, AWAY_CHANGE + AWAY_ONE,
	    memory_order_seq_cst);
	sched_point(SCHED_SITE_IDLE);
}
