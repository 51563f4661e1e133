/* SPDX-License-Identifier: MIT */
/*
 * random - a small generator of pseudo-random numbers; see random.h.
 *
 * The state is never all zero, the one state xoshiro cannot leave: splitmix64
 * is a bijection of a counter, so that at most one of four outputs is zero.
 */
#include "base/random.h"

#include <errno.h>
#include <sys/random.h>

#include "base/check.h"
#include "base/clock.h"

static uint64_t
rotate_left(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static uint64_t
splitmix64(uint64_t *counter)
{
	uint64_t x = *counter += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

void
random_init(struct random *random, uint64_t seed)
{
	for (int i = 0; i < 4; i++)
		random->state[i] = splitmix64(&seed);
}

uint64_t
random_next(struct random *random)
{
	uint64_t *s = random->state;
	uint64_t result = rotate_left(s[1] * 5, 7) * 9;
	uint64_t shifted = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = rotate_left(s[3], 45);
	return result;
}

uint32_t
random_below(struct random *random, uint32_t n)
{
	uint64_t product;
	uint32_t unfair;

	CHECK(n > 0);
	product = (random_next(random) >> 32) * n;
	if (LIKELY((uint32_t)product >= n))
		return (uint32_t)(product >> 32);
	/* 2^32 mod n of the low halves belong to one number too many.  Each
	 * round ends the loop with a chance of more than a half. */
	unfair = -n % n;
	while ((uint32_t)product < unfair)
		product = (random_next(random) >> 32) * n;
	return (uint32_t)(product >> 32);
}

/* What little differs between two processes and two calls. */
static uint64_t
poor_entropy(void)
{
	struct clock clock;
	uint64_t counter;

	clock_init_system(&clock);
	counter = clock.origin ^ rotate_left((uint64_t)(uintptr_t)&clock, 32);
	return splitmix64(&counter);
}

uint64_t
random_entropy(void)
{
	uint64_t seed;
	ssize_t got;

	do {
		got = getrandom(&seed, sizeof(seed), GRND_NONBLOCK);
	} while (got < 0 && errno == EINTR); /* ends with the signals */
	if (got != (ssize_t)sizeof(seed))
		seed = poor_entropy();
	return seed != 0 ? seed : 1;
}
