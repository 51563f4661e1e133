/* SPDX-License-Identifier: MIT */
/* pile - the seeds that are still to be played; see pile.h. */
#include "tools/sim/pile.h"

#include <stddef.h>
#include <sys/mman.h>

struct pile *
pile_new(uint64_t first, uint64_t end)
{
	struct pile *pile = mmap(NULL, sizeof(*pile), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (pile == MAP_FAILED)
		return NULL;
	atomic_init(&pile->next, first);
	atomic_init(&pile->end, end);
	return pile;
}

void
pile_free(struct pile *pile)
{
	if (pile != NULL)
		munmap(pile, sizeof(*pile));
}

bool
pile_has_more(const struct pile *pile)
{
	/* Relaxed: a seed is taken by whoever moves it, not by who sees it. */
	return atomic_load_explicit(&pile->next, memory_order_relaxed) <
	    atomic_load_explicit(&pile->end, memory_order_acquire); /* [E] */
}

bool
pile_take(struct pile *pile, uint32_t desk, uint64_t *seed)
{
	struct pile_desk *place = &pile->desks[desk];
	/* Relaxed: the number is all there is to know. */
	uint64_t next = atomic_load_explicit(&pile->next,
	    memory_order_relaxed);

	/* Ends: a failure means that another job has taken one. */
	do {
		if (next >= atomic_load_explicit(&pile->end,
		    memory_order_acquire)) /* [E] */
			return false;
	} while (!atomic_compare_exchange_weak_explicit(&pile->next, &next,
	    next + 1, memory_order_relaxed, memory_order_relaxed));
	atomic_store_explicit(&place->seed, next, memory_order_relaxed);
	atomic_store_explicit(&place->is_playing, true,
	    memory_order_release); /* [D] */
	*seed = next;
	return true;
}

void
pile_played(struct pile *pile, uint32_t desk)
{
	atomic_store_explicit(&pile->desks[desk].is_playing, false,
	    memory_order_release); /* [D] */
}

void
pile_cut(struct pile *pile, uint64_t end)
{
	/* One writer: the parent. */
	if (end < atomic_load_explicit(&pile->end, memory_order_relaxed))
		atomic_store_explicit(&pile->end, end,
		    memory_order_release); /* [E] */
}

uint64_t
pile_close(struct pile *pile)
{
	/* A job may take one more meanwhile: it has seen the old end. */
	pile_cut(pile, atomic_load_explicit(&pile->next,
	    memory_order_relaxed));
	return atomic_load_explicit(&pile->end, memory_order_relaxed);
}
