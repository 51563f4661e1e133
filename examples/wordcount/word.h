/* SPDX-License-Identifier: MIT */
/*
 * word - a maximal run of the letters A-Z and a-z, lower-cased.
 *
 * Its hash decides twice: the high bits choose the counter that owns the word,
 * the low bits its place in a table, so that the words of one counter still
 * spread over the whole of its table.
 *
 * Source: G. Fowler, L. C. Noll, K.-P. Vo, FNV-1a, 32 bits; one multiplication
 * more at the end, because the high bits of a short word's FNV are poor.
 */
#ifndef WORDCOUNT_WORD_H
#define WORDCOUNT_WORD_H

#include <stdint.h>

#define WORD_HASH_START 2166136261u

/* The letter in lower case, or 0 for a byte that is no letter. */
static inline char
letter_lower(char byte)
{
	/* The bit that makes A into a makes no other byte into a letter. */
	unsigned lower = (unsigned char)byte | 0x20u;

	return lower - 'a' < 26 ? (char)lower : 0;
}

/* The hash after one letter more. */
static inline uint32_t
word_hash_step(uint32_t hash, char letter)
{
	return (hash ^ (unsigned char)letter) * 16777619u;
}

/* The hash after the last letter. */
static inline uint32_t
word_hash_end(uint32_t hash)
{
	hash ^= hash >> 15;
	hash *= 0x2c1b3c6du;
	return hash ^ hash >> 12;
}

/* Which of `counters` counters owns the words of this hash. */
static inline uint32_t
word_counter(uint32_t hash, uint32_t counters)
{
	return (uint32_t)((uint64_t)hash * counters >> 32);
}

#endif
