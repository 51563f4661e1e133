/* SPDX-License-Identifier: MIT */
/*
 * random - a small generator of pseudo-random numbers, one per owner.
 *
 * Not for secrets.  Threads: the owner.  Source: splitmix64 for seeding and
 * xoshiro256** (D. Blackman, S. Vigna, "Scrambled linear pseudorandom number
 * generators", 2018).
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state[4];
};

/* Same seed, same numbers.  Any seed is fine. */
void random_init(struct random *random, uint64_t seed);

/* 64 bits. */
uint64_t random_next(struct random *random);

/* A number from 0 to n - 1, each as likely (Lemire's method); n > 0. */
uint32_t random_below(struct random *random, uint32_t n);

/* A seed from the system's entropy; never 0.  Falls back to clock and address
 * when there is none. */
uint64_t random_entropy(void);

#endif
