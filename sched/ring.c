/* SPDX-License-Identifier: MIT */
/*
 * ring - the thief's side, and the beginning; see ring.h for the word, its
 * edges [W] [E] and the owner's side.
 *
 * A thief reads the word, then the entries it wants, then tries to change the
 * word.  If the change succeeds nothing was pushed, taken or stolen meanwhile
 * (the version would differ), so the entries are those of that word.  It tries
 * once: who lost a race against another taker had better look elsewhere.
 */
#include "sched/ring.h"

#include <assert.h>
#include <stddef.h>

static_assert(RING_SIZE == 1 << RING_LENGTH_SHIFT,
    "the index fills the bits below the length");
static_assert(RING_SIZE <= RING_LENGTH_MASK, "a full ring has a length");
static_assert(RING_VERSION_SHIFT == RING_LENGTH_SHIFT + 9,
    "the version stands above the length");
static_assert(offsetof(struct ring, entries) % CACHE_LINE == 0,
    "the entries share a line with the word");

void
ring_init(struct ring *ring)
{
	atomic_init(&ring->word, 0);
	for (size_t i = 0; i < RING_SIZE; i++)
		atomic_init(&ring->entries[i], NULL);
}

uint32_t
ring_steal(struct ring *ring, struct task **tasks, uint32_t max,
    uint32_t at_least)
{
	uint64_t word = ring_load(ring);
	uint32_t length = ring_word_length(word);
	uint32_t count = length - length / 2;

	if (length == 0 || length < at_least)
		return 0;
	if (count > max)
		count = max;
	for (uint32_t i = 0; i < count; i++) {
		/* [E] */
		tasks[i] = atomic_load_explicit(ring_entry(ring, word, i),
		    memory_order_relaxed);
	}
	if (!ring_try_change(ring, &word,
	    ring_word_without_oldest(word, count)))
		return 0;
	return count;
}
