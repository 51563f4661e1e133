/* SPDX-License-Identifier: MIT */
/*
 * scalar - numbers of one, two, four or eight bytes, read and written where
 * they lie in a struct.
 *
 * Threads: any.
 */
#ifndef VM_MESSAGE_SCALAR_H
#define VM_MESSAGE_SCALAR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The number at place, its sign kept.  0 for a size that no number has. */
static inline int64_t
scalar_integer(const void *place, uint32_t size)
{
	union {
		int8_t one;
		int16_t two;
		int32_t four;
		int64_t eight;
	} number = { .eight = 0 };

	if (size > sizeof(number))
		return 0;
	memcpy(&number, place, size);
	switch (size) {
	case 1: return number.one;
	case 2: return number.two;
	case 4: return number.four;
	case 8: return number.eight;
	default: return 0;
	}
}

/* The same without a sign. */
static inline uint64_t
scalar_natural(const void *place, uint32_t size)
{
	uint64_t number = (uint64_t)scalar_integer(place, size);

	return size < sizeof(number) ?
	    number & (((uint64_t)1 << size * 8) - 1) : number;
}

/* True when `number` is one that `size` bytes can hold with a sign. */
static inline bool
scalar_fits_integer(int64_t number, uint32_t size)
{
	int64_t most = size >= 8 ? INT64_MAX :
	    ((int64_t)1 << (size * 8 - 1)) - 1;

	return number <= most && number >= -most - 1;
}

static inline bool
scalar_fits_natural(uint64_t number, uint32_t size)
{
	return size >= 8 || number >> size * 8 == 0;
}

/* Writes the low `size` bytes of a number that fits. */
static inline void
scalar_put(void *place, uint32_t size, uint64_t number)
{
	uint8_t one = (uint8_t)number;
	uint16_t two = (uint16_t)number;
	uint32_t four = (uint32_t)number;

	switch (size) {
	case 1: memcpy(place, &one, 1); break;
	case 2: memcpy(place, &two, 2); break;
	case 4: memcpy(place, &four, 4); break;
	case 8: memcpy(place, &number, 8); break;
	default: break;
	}
}

#endif
