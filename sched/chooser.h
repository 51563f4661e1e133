/* SPDX-License-Identifier: MIT */
/*
 * chooser - every choice a worker makes goes through here, so that a simulator
 * can make them instead, from a seed.
 *
 * Threads: a worker's chooser is its own.
 */
#ifndef SCHED_CHOOSER_H
#define SCHED_CHOOSER_H

#include <stdint.h>

#include "base/machine.h"
#include "base/random.h"

enum choice {
	CHOICE_OLDEST, /* 0: newest or next first, 1: the oldest ready task */
	CHOICE_VICTIM, /* which worker to look at first */
	CHOICE_WAKE,   /* which idle worker to wake, counted from the lowest */
	CHOICE_SEARCH, /* 1: another round of searching, 0: park */
	CHOICE_SLICE,  /* 1: the slice goes on, 0: it ends here */
	CHOICE_COUNT
};

struct chooser {
	/* Returns a number below n, instead of `usual`; NULL: usual it is. */
	uint32_t (*choose)(void *context, enum choice what, uint32_t n,
	    uint32_t usual);
	void *context;
	struct random random; /* for choices that are usually random */
};

static inline uint32_t
chooser_pick(struct chooser *chooser, enum choice what, uint32_t n,
    uint32_t usual)
{
	if (LIKELY(chooser->choose == NULL))
		return usual;
	return chooser->choose(chooser->context, what, n, usual);
}

#endif
