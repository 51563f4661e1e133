/* SPDX-License-Identifier: MIT */
/* table - words and their counts; see table.h. */
#include "table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	BLOCK_SIZE = 64 * 1024, /* bytes of letters in a block */
	WORDS_FIRST = 512,      /* room of a table that has just begun */
};

struct table_block {
	struct table_block *next;
	size_t size; /* bytes used */
	char letters[BLOCK_SIZE];
};

static_assert(CHUNK_SIZE <= sizeof(((struct table_block *)0)->letters),
    "the longest word fits into a block");

/* Copies letters to a place that lasts; NULL without memory. */
static const char *
letters_keep(struct table *table, const char *letters, size_t length)
{
	struct table_block *block = table->blocks;
	char *kept;

	if (block == NULL || BLOCK_SIZE - block->size < length) {
		block = malloc(sizeof(*block));
		if (block == NULL)
			return NULL;
		block->next = table->blocks;
		block->size = 0;
		table->blocks = block;
	}
	kept = block->letters + block->size;
	memcpy(kept, letters, length);
	block->size += length;
	return kept;
}

/* The place of the word in the index, or the free place where it belongs. */
static uint32_t *
place_find(const struct table *table, const struct entry *entry,
    const char *letters)
{
	uint32_t mask = table->index_length - 1;
	uint32_t place = entry->hash & mask;
	const struct table_word *word;

	/* Ends at a free place: the index is at most half full. */
	while (table->index[place] != 0) {
		word = &table->words[table->index[place] - 1];
		if (word->entry.hash == entry->hash &&
		    word->entry.length == entry->length &&
		    memcmp(word->letters, letters, entry->length) == 0)
			break;
		place = (place + 1) & mask;
	}
	return &table->index[place];
}

/* Makes room for twice as many words, or for the first. */
static bool
table_grow(struct table *table)
{
	uint32_t capacity = table->words_capacity == 0 ? WORDS_FIRST :
	    table->words_capacity * 2;
	struct table_word *words;
	uint32_t *index;

	if (capacity > TABLE_WORDS_MAX)
		return false;
	index = calloc((size_t)capacity * 2, sizeof(*index));
	if (index == NULL)
		return false;
	words = realloc(table->words, capacity * sizeof(*words));
	if (words == NULL) {
		free(index);
		return false;
	}
	free(table->index);
	table->index = index;
	table->index_length = capacity * 2;
	table->words = words;
	table->words_capacity = capacity;
	for (uint32_t i = 0; i < table->words_length; i++)
		*place_find(table, &words[i].entry, words[i].letters) = i + 1;
	return true;
}

/* Appends a word that the table does not have. */
static bool
table_append(struct table *table, const struct entry *entry,
    const char *letters)
{
	const char *kept = NULL;

	if (table->is_full)
		return false;
	if (table->words_length < table->words_capacity || table_grow(table))
		kept = letters_keep(table, letters, entry->length);
	table->is_full = kept == NULL;
	if (kept == NULL)
		return false;
	table->words[table->words_length] = (struct table_word){
		.entry = *entry, .letters = kept,
	};
	*place_find(table, entry, letters) = ++table->words_length;
	return true;
}

bool
table_add(struct table *table, const struct entry *entry, const char *letters)
{
	uint32_t number = table->index_length == 0 ? 0 :
	    *place_find(table, entry, letters);

	if (number == 0)
		return table_append(table, entry, letters);
	table->words[number - 1].entry.count += entry->count;
	return true;
}

uint64_t
table_add_bundle(struct table *table, ths_bytes bundle)
{
	struct entry entry;
	const char *letters;
	uint64_t lost = 0;

	while ((letters = bundle_take(&bundle, &entry)) != NULL)
		if (!table_add(table, &entry, letters))
			lost += entry.count;
	return lost;
}

uint64_t
table_sum(const struct table *table)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < table->words_length; i++)
		sum += table->words[i].entry.count;
	return sum;
}

static int
compare_letters(const void *left, const void *right)
{
	const struct table_word *a = left;
	const struct table_word *b = right;
	uint32_t shorter = a->entry.length < b->entry.length ?
	    a->entry.length : b->entry.length;
	int order = memcmp(a->letters, b->letters, shorter);

	if (order != 0)
		return order;
	return (a->entry.length > b->entry.length) -
	    (a->entry.length < b->entry.length);
}

static int
compare_count(const void *left, const void *right)
{
	const struct table_word *a = left;
	const struct table_word *b = right;

	if (a->entry.count != b->entry.count)
		return a->entry.count < b->entry.count ? 1 : -1;
	return compare_letters(left, right);
}

void
table_sort(struct table *table, enum table_order order)
{
	if (table->words_length == 0)
		return;
	qsort(table->words, table->words_length, sizeof(*table->words),
	    order == TABLE_BY_COUNT ? compare_count : compare_letters);
}

uint32_t
table_pack(const struct table *table, uint32_t first, uint32_t end,
    struct bundle *bundle)
{
	const struct table_word *word;

	bundle->size = 0;
	if (end > table->words_length)
		end = table->words_length;
	for (; first < end; first++) {
		word = &table->words[first];
		if (!bundle_try_put(bundle, &word->entry, word->letters))
			break;
	}
	return first;
}

void
table_fini(struct table *table)
{
	struct table_block *next;

	for (struct table_block *b = table->blocks; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(table->words);
	free(table->index);
	*table = (struct table){ 0 };
}
