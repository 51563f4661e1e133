/* SPDX-License-Identifier: MIT */
/* histogram: what its users are promised. */
#include "base/histogram.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/random.h"
#include "tests/harness.h"

enum { SAMPLES = 20000 };

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Numbers of every magnitude. */
static void
fill(struct histogram *histogram, uint64_t *values, uint64_t seed)
{
	struct random random;

	random_init(&random, seed);
	for (int i = 0; i < SAMPLES; i++) {
		values[i] = random_next(&random) >> random_below(&random, 64);
		histogram_add(histogram, values[i]);
	}
}

/* True if the quantile is that of the sorted values, or above it by at most
 * 1/32 of it. */
static bool
is_near(const struct histogram *histogram, const uint64_t *sorted, int count,
    double fraction)
{
	int rank = (int)(fraction * count);
	uint64_t exact;
	uint64_t found = histogram_quantile(histogram, fraction);

	if (rank < fraction * count || rank == 0)
		rank++;
	exact = sorted[rank - 1];
	return found >= exact && found - exact <= exact / 32;
}

Test(histogram, starts_empty)
{
	static struct histogram histogram;

	histogram_init(&histogram);
	cr_assert_eq(histogram_count(&histogram), 0);
	cr_assert_eq(histogram_max(&histogram), 0);
	cr_assert_eq(histogram_quantile(&histogram, 0), 0);
	cr_assert_eq(histogram_quantile(&histogram, 1), 0);
}

Test(histogram, knows_each_quantile_to_one_part_in_32)
{
	static struct histogram histogram;
	static uint64_t values[SAMPLES];

	histogram_init(&histogram);
	fill(&histogram, values, 1);
	qsort(values, SAMPLES, sizeof(values[0]), compare);
	for (int i = 0; i <= 1000; i++)
		cr_assert(is_near(&histogram, values, SAMPLES, i / 1000.0),
		    "at %d/1000", i);
	cr_assert(is_near(&histogram, values, SAMPLES, 0.9999));
	cr_assert_eq(histogram_count(&histogram), SAMPLES);
	cr_assert_eq(histogram_max(&histogram), values[SAMPLES - 1]);
	cr_assert_eq(histogram_quantile(&histogram, 1), values[SAMPLES - 1]);
}

Test(histogram, is_exact_for_small_values)
{
	static struct histogram histogram;

	histogram_init(&histogram);
	for (uint64_t value = 0; value < 64; value++)
		histogram_add(&histogram, value);
	for (uint64_t value = 0; value < 64; value++)
		cr_assert_eq(histogram_quantile(&histogram,
		    (double)(value + 1) / 64), value);
}

Test(histogram, takes_the_smallest_and_the_largest_value)
{
	static struct histogram histogram;

	histogram_init(&histogram);
	histogram_add(&histogram, 0);
	cr_assert_eq(histogram_quantile(&histogram, 1), 0);
	cr_assert_eq(histogram_max(&histogram), 0);
	histogram_add(&histogram, UINT64_MAX);
	cr_assert_eq(histogram_count(&histogram), 2);
	cr_assert_eq(histogram_max(&histogram), UINT64_MAX);
	cr_assert_eq(histogram_quantile(&histogram, 0.5), 0);
	cr_assert_eq(histogram_quantile(&histogram, 0.51), UINT64_MAX);
}

Test(histogram, is_right_at_each_power_of_two)
{
	static struct histogram histogram;

	for (int bit = 0; bit < 64; bit++) {
		for (int step = -1; step <= 1; step++) {
			uint64_t value = (UINT64_C(1) << bit) +
			    (uint64_t)step;
			uint64_t low;

			histogram_init(&histogram);
			histogram_add(&histogram, value);
			histogram_add(&histogram, UINT64_MAX);
			low = histogram_quantile(&histogram, 0.5);
			cr_assert_geq(low, value);
			cr_assert_leq(low - value, value / 32);
		}
	}
}

Test(histogram, survives_a_fraction_out_of_range)
{
	static struct histogram histogram;

	histogram_init(&histogram);
	histogram_add(&histogram, 1);
	histogram_add(&histogram, 2);
	cr_assert_eq(histogram_quantile(&histogram, -1), 1);
	cr_assert_eq(histogram_quantile(&histogram, 0.0 / 0.0), 1);
	cr_assert_eq(histogram_quantile(&histogram, 2), 2);
	cr_assert_eq(histogram_quantile(&histogram, 1e300), 2);
}

Test(histogram, merges_as_if_all_had_been_counted_in_one)
{
	static struct histogram one;
	static struct histogram other;
	static struct histogram both;
	static uint64_t values[2 * SAMPLES];

	histogram_init(&one);
	histogram_init(&other);
	histogram_init(&both);
	fill(&one, values, 2);
	fill(&other, values + SAMPLES, 3);
	histogram_merge(&both, &one);
	histogram_merge(&both, &other);
	qsort(values, (size_t)2 * SAMPLES, sizeof(values[0]), compare);
	for (int i = 0; i <= 100; i++)
		cr_assert(is_near(&both, values, 2 * SAMPLES, i / 100.0));
	cr_assert_eq(histogram_count(&both), 2 * SAMPLES);
	cr_assert_eq(histogram_max(&both), values[2 * SAMPLES - 1]);
	cr_assert_eq(histogram_count(&one), SAMPLES);
}

static void *
add_rising(void *argument)
{
	for (uint64_t value = 1; value <= SAMPLES; value++)
		histogram_add(argument, value);
	return NULL;
}

Test(histogram, may_be_read_while_it_is_written)
{
	static struct histogram histogram;
	uint64_t count = 0;
	uint64_t before;
	pthread_t writer;

	histogram_init(&histogram);
	cr_assert_eq(pthread_create(&writer, NULL, add_rising, &histogram), 0);
	while (count < SAMPLES) {
		before = count;
		count = histogram_count(&histogram);
		cr_assert_geq(count, before);
		/* The values are 1, 2, 3...: no more of them than the max. */
		cr_assert_leq(count, histogram_max(&histogram));
		cr_assert_geq(histogram_quantile(&histogram, 1), count);
	}
	pthread_join(writer, NULL);
	cr_assert_eq(histogram_quantile(&histogram, 1), SAMPLES);
}
