/* SPDX-License-Identifier: MIT */
/*
 * table - words and their counts, as many as there are.
 *
 * Open addressing over an index of 32-bit numbers; words lie side by side,
 * their letters in blocks that never move.  It grows by itself and takes its
 * memory from malloc: an example is a host program, and may.
 *
 * Threads: its owner.  A zeroed table is an empty one.
 * Limits: TABLE_WORDS_MAX words.  Errors: false, and nothing done; a table that
 * was once refused memory does not ask again for each word that follows.
 */
#ifndef WORDCOUNT_TABLE_H
#define WORDCOUNT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bundle.h"

#define TABLE_WORDS_MAX (1u << 30)

struct table_word {
	struct entry entry;
	const char *letters; /* not ended by a NUL */
};

struct table_block;

struct table {
	struct table_word *words;
	uint32_t words_length;
	uint32_t words_capacity;
	uint32_t *index;       /* number of the word plus 1, 0 for none */
	uint32_t index_length; /* a power of two, or 0 */
	struct table_block *blocks;
	bool is_full; /* memory was refused once: takes no new words */
};

enum table_order {
	TABLE_BY_COUNT, /* most frequent first, then by letters */
	TABLE_BY_LETTERS,
};

/*
 * Adds entry->count to the word of these letters.
 * False: there is no memory for a new word, or no number.
 */
bool table_add(struct table *table, const struct entry *entry,
    const char *letters);

/* Adds every word of a bundle; returns the sum of the counts not added. */
uint64_t table_add_bundle(struct table *table, ths_bytes bundle);

/* The sum of all counts. */
uint64_t table_sum(const struct table *table);

/* Puts the words in order.  Nothing may be added afterwards. */
void table_sort(struct table *table, enum table_order order);

/*
 * Fills bundle with words from number `first` on, before number `end`, as many
 * as fit.  Returns the number of the first word left out.
 */
uint32_t table_pack(const struct table *table, uint32_t first, uint32_t end,
    struct bundle *bundle);

/* Frees what the table holds; it is empty then. */
void table_fini(struct table *table);

#endif
