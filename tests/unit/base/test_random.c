/* SPDX-License-Identifier: MIT */
/* random: what its users are promised. */
#include "base/random.h"

#include "tests/harness.h"

/* The first numbers of the authors' xoshiro256** for the state 1, 2, 3, 4. */
Test(random, is_the_generator_it_says_it_is)
{
	static const uint64_t expected[] = { 11520, 0, 1509978240,
		1215971899390074240 };
	struct random random = { .state = { 1, 2, 3, 4 } };

	for (int i = 0; i < 4; i++)
		cr_assert_eq(random_next(&random), expected[i]);
	/* Seeding is splitmix64: its first output for 0. */
	random_init(&random, 0);
	cr_assert_eq(random.state[0], UINT64_C(0xe220a8397b1dcdaf));
}

Test(random, repeats_itself_for_the_same_seed_only)
{
	struct random one;
	struct random same;
	struct random other;
	int differences = 0;
	uint64_t number;

	random_init(&one, 7);
	random_init(&same, 7);
	random_init(&other, 8);
	for (int i = 0; i < 100; i++) {
		number = random_next(&one);
		cr_assert_eq(number, random_next(&same));
		differences += number != random_next(&other);
	}
	cr_assert_eq(differences, 100);
}

Test(random, draws_each_number_below_n_as_often)
{
	enum { N = 10, DRAWS = 100000 };
	struct random random;
	int counts[N] = { 0 };
	uint32_t number;

	random_init(&random, 1);
	for (int i = 0; i < DRAWS; i++) {
		number = random_below(&random, N);
		cr_assert_lt(number, N);
		counts[number]++;
	}
	/* Five standard deviations around the mean: 10000 +- 5 x 95. */
	for (int i = 0; i < N; i++) {
		cr_assert_gt(counts[i], 9525);
		cr_assert_lt(counts[i], 10475);
	}
}

/* 3 x 2^30 is where a method that throws nothing away draws every third number
 * twice as often as the others. */
Test(random, is_fair_for_a_large_n)
{
	enum { DRAWS = 30000 };
	struct random random;
	int counts[3] = { 0 };

	random_init(&random, 2);
	for (int i = 0; i < DRAWS; i++)
		counts[random_below(&random, UINT32_C(3) << 30) % 3]++;
	for (int i = 0; i < 3; i++) {
		cr_assert_gt(counts[i], 9590);
		cr_assert_lt(counts[i], 10410);
	}
}

Test(random, knows_the_smallest_and_the_largest_n)
{
	struct random random;

	random_init(&random, 3);
	for (int i = 0; i < 1000; i++) {
		cr_assert_eq(random_below(&random, 1), 0);
		cr_assert_lt(random_below(&random, UINT32_MAX), UINT32_MAX);
	}
}

Test(random, draws_seeds_that_differ_and_are_never_zero)
{
	uint64_t seeds[16];

	for (int i = 0; i < 16; i++) {
		seeds[i] = random_entropy();
		cr_assert_neq(seeds[i], 0);
		for (int k = 0; k < i; k++)
			cr_assert_neq(seeds[i], seeds[k]);
	}
}
