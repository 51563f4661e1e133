/* SPDX-License-Identifier: MIT */
/*
 * histogram - counts of values in log-linear buckets; see histogram.h.
 *
 * Values below 32 have a bucket each.  Above, each power of two is cut into 32
 * equal steps, so that a bucket is never wider than 1/32 of its lowest value:
 *
 *   value       0..31   32..63   64..127   128..255   ...   2^63..2^64-1
 *   width         1        1        2          4                2^58
 *   first index   0       32       64         96                1888
 *
 * Ordering.
 *   [C] writer: store count, release -> reader: load count, acquire
 *       The writer raises max first: whoever sees a value counted sees a max
 *       at least as large, and a quantile is never cut below its bucket.
 */
#include "base/histogram.h"

#include <assert.h>

#include "base/check.h"

enum { STEP_BITS = 5 };

static_assert(1 << STEP_BITS == HISTOGRAM_STEPS,
    "a power of two is cut into HISTOGRAM_STEPS steps");
static_assert(HISTOGRAM_BUCKETS == (64 - STEP_BITS + 1) * HISTOGRAM_STEPS,
    "the last bucket ends at UINT64_MAX");

static unsigned
bucket_of(uint64_t value)
{
	unsigned shift;

	if (value < HISTOGRAM_STEPS)
		return (unsigned)value;
	shift = 63u - (unsigned)__builtin_clzll(value) - STEP_BITS;
	return shift * HISTOGRAM_STEPS + (unsigned)(value >> shift);
}

/* The largest value that is counted in a bucket. */
static uint64_t
bucket_edge(unsigned bucket)
{
	unsigned shift;
	uint64_t step;

	if (bucket < HISTOGRAM_STEPS)
		return bucket;
	shift = bucket / HISTOGRAM_STEPS - 1;
	step = bucket % HISTOGRAM_STEPS + HISTOGRAM_STEPS;
	return (step << shift) + ((UINT64_C(1) << shift) - 1);
}

static uint64_t
count_of(const struct histogram *histogram, unsigned bucket)
{
	return atomic_load_explicit(&histogram->counts[bucket],
	    memory_order_acquire); /* [C] */
}

/* Relaxed load: the writer reads what it wrote itself. */
static void
bucket_raise(struct histogram *histogram, unsigned bucket, uint64_t count)
{
	uint64_t before = atomic_load_explicit(&histogram->counts[bucket],
	    memory_order_relaxed);

	atomic_store_explicit(&histogram->counts[bucket], before + count,
	    memory_order_release); /* [C] */
}

/* Relaxed: the writer's own word; readers come to it by [C]. */
static void
max_raise(struct histogram *histogram, uint64_t value)
{
	if (value > atomic_load_explicit(&histogram->max, memory_order_relaxed))
		atomic_store_explicit(&histogram->max, value,
		    memory_order_relaxed);
}

void
histogram_init(struct histogram *histogram)
{
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
		atomic_init(&histogram->counts[i], 0);
	atomic_init(&histogram->max, 0);
}

void
histogram_add(struct histogram *histogram, uint64_t value)
{
	max_raise(histogram, value);
	bucket_raise(histogram, bucket_of(value), 1);
}

void
histogram_merge(struct histogram *into, const struct histogram *from)
{
	uint64_t count;

	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		count = count_of(from, i);
		if (count == 0)
			continue;
		max_raise(into, histogram_max(from));
		bucket_raise(into, i, count);
	}
}

uint64_t
histogram_count(const struct histogram *histogram)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
		sum += count_of(histogram, i);
	return sum;
}

/* How many values lie at or below the quantile: from 1 to count. */
static uint64_t
rank_of(double fraction, uint64_t count)
{
	double exact = fraction * (double)count;
	uint64_t rank;

	if (fraction >= 1)
		return count;
	if (!(exact > 1)) /* so that not-a-number is the lowest, too */
		return 1;
	rank = (uint64_t)exact;
	if ((double)rank < exact)
		rank++;
	return rank < count ? rank : count;
}

uint64_t
histogram_quantile(const struct histogram *histogram, double fraction)
{
	uint64_t count = histogram_count(histogram);
	uint64_t sum = 0;
	uint64_t edge;
	uint64_t max;
	uint64_t rank;

	if (count == 0)
		return 0;
	rank = rank_of(fraction, count);
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		sum += count_of(histogram, i);
		if (sum < rank)
			continue;
		edge = bucket_edge(i);
		max = histogram_max(histogram);
		return edge < max ? edge : max;
	}
	UNREACHABLE("counts only grow, so that the second sum is no smaller");
}

uint64_t
histogram_max(const struct histogram *histogram)
{
	/* Relaxed: a reader that saw a value counted comes by [C]. */
	return atomic_load_explicit(&histogram->max, memory_order_relaxed);
}
