/* SPDX-License-Identifier: MIT */
/* tally - the distinct words of one chunk; see tally.h. */
#include "tally.h"

#include <assert.h>
#include <string.h>

#include "word.h"

static_assert((int)TALLY_WORDS_MAX < (int)TALLY_INDEX_LENGTH,
    "a look-up ends because a place is always free");
static_assert(CHUNK_SIZE <= UINT16_MAX, "places in a chunk fit 16 bits");

/*
 * Counts the word whose letters have just been appended, from `first` on; they
 * stay only if the word is new.
 */
static void
tally_add(struct tally *tally, uint32_t hash, uint32_t first)
{
	const char *letters = tally->letters + first;
	uint32_t length = tally->letters_size - first;
	uint32_t place = hash % TALLY_INDEX_LENGTH;
	struct tally_word *word;

	while (tally->index[place] != 0) {
		word = &tally->words[tally->index[place] - 1];
		if (word->hash == hash && word->length == length &&
		    memcmp(tally->letters + word->first, letters,
		    length) == 0) {
			word->count++;
			tally->letters_size = first;
			return;
		}
		place = (place + 1) % TALLY_INDEX_LENGTH;
	}
	tally->words[tally->words_length++] = (struct tally_word){
		.hash = hash, .count = 1,
		.first = (uint16_t)first, .length = (uint16_t)length,
	};
	tally->index[place] = (uint16_t)tally->words_length;
}

void
tally_text(struct tally *tally, ths_bytes text)
{
	const char *at = text.data;
	const char *end = at + text.size;

	assert(text.size <= CHUNK_SIZE);
	tally->words_length = 0;
	tally->letters_size = 0;
	memset(tally->index, 0, sizeof(tally->index));
	while (at < end) {
		uint32_t first = tally->letters_size;
		uint32_t hash = WORD_HASH_START;
		char letter;

		for (; at < end && (letter = letter_lower(*at)) != 0; at++) {
			tally->letters[tally->letters_size++] = letter;
			hash = word_hash_step(hash, letter);
		}
		if (tally->letters_size > first)
			tally_add(tally, word_hash_end(hash), first);
		at++; /* the byte that ended the word, or the text */
	}
}
