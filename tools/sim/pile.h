/* SPDX-License-Identifier: MIT */
/*
 * pile - the seeds that are still to be played, shared by processes.
 *
 * A job takes the lowest seed there is, and says at its desk that it plays it;
 * so whoever finds a dead job knows which seed it died of.  Seeds leave the
 * pile in order, each once.
 *
 * The pile may be made to end sooner: a seed below its new end that is not yet
 * taken will be, all others stay.
 *
 * Threads: any process that was forked after pile_new().
 *   [E] end: store release -> load acquire; nothing else hangs on it
 *   [D] a desk's seed, then is_playing: store release -> load acquire
 * Limits: PILE_DESKS_MAX desks.
 */
#ifndef TOOLS_SIM_PILE_H
#define TOOLS_SIM_PILE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { PILE_DESKS_MAX = 256 };

struct pile_desk {
	_Atomic uint64_t seed;
	_Atomic bool is_playing; /* [D] */
};

/*
 *   field   written by         read by
 *   next    jobs               jobs, the parent
 *   end     the parent         jobs
 *   desks   the job of each    the parent
 */
struct pile {
	_Atomic uint64_t next; /* not yet taken */
	_Atomic uint64_t end;  /* [E] the seed behind the last */
	struct pile_desk desks[PILE_DESKS_MAX];
};

/* Makes a pile of the seeds first to end - 1 in memory that children share.
 * NULL: there is none left. */
struct pile *pile_new(uint64_t first, uint64_t end);
void pile_free(struct pile *pile);

/* Takes the next seed to a desk; false when there is none left. */
bool pile_take(struct pile *pile, uint32_t desk, uint64_t *seed);

/* The seed of this desk has been played to its end. */
void pile_played(struct pile *pile, uint32_t desk);

/* True while there is something to take. */
bool pile_has_more(const struct pile *pile);

/* Makes it end before `end`, if it did not already. */
void pile_cut(struct pile *pile, uint64_t end);

/* Makes it end with what has been taken so far; returns that end. */
uint64_t pile_close(struct pile *pile);

#endif
