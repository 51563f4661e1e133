/* SPDX-License-Identifier: MIT */
/*
 * histogram - counts of values in buckets whose width grows with the value, so
 * that every quantile is known to within 1/32 (3.2 %).
 *
 * Threads: one writer; any reader, who sees each bucket whole and the sum
 * approximately.  Ownership: plain memory of a fixed size, no allocation.
 * Source: the idea of G. Tene's HdrHistogram (log-linear buckets).
 */
#ifndef BASE_HISTOGRAM_H
#define BASE_HISTOGRAM_H

#include <stdatomic.h>
#include <stdint.h>

enum {
	HISTOGRAM_STEPS = 32, /* buckets per power of two */
	HISTOGRAM_BUCKETS = 60 * HISTOGRAM_STEPS, /* covers all of uint64_t */
};

struct histogram {
	_Atomic uint64_t counts[HISTOGRAM_BUCKETS];
	_Atomic uint64_t max;
};

void histogram_init(struct histogram *histogram);

/* Counts value once.  The writer only. */
void histogram_add(struct histogram *histogram, uint64_t value);

/* Adds what `from` holds.  `into`'s writer only. */
void histogram_merge(struct histogram *into, const struct histogram *from);

/* How many values were counted. */
uint64_t histogram_count(const struct histogram *histogram);

/* The value below which `fraction` (0 to 1) of the counted values lie: the
 * upper edge of its bucket, never above the maximum; 0 when there are none. */
uint64_t histogram_quantile(const struct histogram *histogram, double fraction);

uint64_t histogram_max(const struct histogram *histogram);

#endif
