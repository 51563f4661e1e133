/* SPDX-License-Identifier: MIT */
/*
 * tally - the distinct words of one chunk and how often each occurs there.
 *
 * It makes messages few: a page of prose has three times as many words as it
 * has distinct ones.  A fixed size, large enough for any chunk; no allocation.
 *
 * Threads: its owner.
 */
#ifndef WORDCOUNT_TALLY_H
#define WORDCOUNT_TALLY_H

#include <stdint.h>

#include "messages.h"

enum {
	/* One letter and one byte that is none, at the least, for each word. */
	TALLY_WORDS_MAX = (CHUNK_SIZE + 1) / 2,
	TALLY_INDEX_LENGTH = 16 * 1024, /* a power of two */
};

struct tally_word {
	uint32_t hash;
	uint32_t count;
	uint16_t first;  /* where its letters begin */
	uint16_t length; /* letters */
};

/*
 *   index --+--> words --> letters
 *           hash, open addressing; number of the word plus 1, 0 for none
 */
struct tally {
	uint32_t words_length;
	uint32_t letters_size;
	struct tally_word words[TALLY_WORDS_MAX];
	uint16_t index[TALLY_INDEX_LENGTH];
	char letters[CHUNK_SIZE];
};

/* Forgets what tally held and counts the words of text, CHUNK_SIZE at most. */
void tally_text(struct tally *tally, ths_bytes text);

#endif
