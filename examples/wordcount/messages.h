/* SPDX-License-Identifier: MIT */
/*
 * messages - what the actors of wordcount say to each other.
 *
 *   host --file, files_end--> reader           (the host is the main thread)
 *
 *   reader --chunk--> splitters --words--> counters
 *          <--credit--          <--counted--
 *
 *   counters --words---> ranking --ranked--> host
 *            <--counted--        <---page----
 *                                ---words--->
 *
 * Pacing.  A ticket is the right to one chunk in flight.  Each splitter is born
 * with a few and sends them round: credit{ticket} asks the reader for a chunk,
 * chunk{ticket} brings it, words{ticket} carry its words to the counters, each
 * counter acknowledges with counted{ticket}, and when the last has done so the
 * ticket becomes a credit again.  So what is in flight is bounded by the number
 * of tickets, whoever is slow, and however large the input.
 *
 * The end travels the same way.  When there is no more input the reader answers
 * each credit with chunks_end; a splitter that has all its tickets back says
 * words_end to every counter; a counter that has heard it from every splitter
 * sends its words to the ranking, and then words_end; the ranking that heard it
 * from every counter says ranked to the host.
 *
 * This relies on one promise only: mail from one sender to one target keeps its
 * order.  Between different senders nothing is promised, and nothing assumed.
 */
#ifndef WORDCOUNT_MESSAGES_H
#define WORDCOUNT_MESSAGES_H

#include <thespis/thespis.h>

enum {
	CHUNK_SIZE = 12 * 1024, /* bytes of text in one message at most */
	BUNDLE_SIZE = 15 * 1024, /* bytes of words in one message at most */
	TICKETS = 4,            /* chunks in flight per splitter */
	SPLITTERS_MAX = 256,
	COUNTERS_MAX = 256,
};

/* Host to reader. */
THS_MESSAGE(file, THS_FIELD(ths_string, name))
THS_SIGNAL(files_end)
THS_SIGNAL(stop_reading) /* ends the input here and now */
THS_SIGNAL(how_far)      /* answered with so_far */
THS_MESSAGE(so_far,
    THS_FIELD(uint64_t, bytes),    /* read */
    THS_FIELD(uint64_t, files),    /* read to their end */
    THS_FIELD(uint64_t, troubles)) /* sent */

/* Reader to host: something could not be read, or not counted as it is. */
THS_MESSAGE(trouble,
    THS_FIELD(ths_string, name),
    THS_FIELD(ths_string, reason))

/* Splitter to reader, and its answers. */
THS_MESSAGE(credit, THS_FIELD(uint32_t, ticket))
THS_MESSAGE(chunk,
    THS_FIELD(uint32_t, ticket),
    THS_FIELD(ths_bytes, text)) /* begins and ends at the border of a word */
THS_SIGNAL(chunks_end)

/* Words with their counts, as a bundle; the answer; and after the last. */
THS_MESSAGE(words,
    THS_FIELD(uint32_t, ticket),
    THS_FIELD(ths_bytes, bundle))
THS_MESSAGE(counted, THS_FIELD(uint32_t, ticket))
THS_MESSAGE(words_end,
    THS_FIELD(uint64_t, words),
    THS_FIELD(uint64_t, distinct),
    THS_FIELD(uint64_t, lost)) /* not counted for lack of memory */

/* Ranking to host, when all is counted; the same sums over everything. */
THS_MESSAGE(ranked,
    THS_FIELD(uint64_t, words),
    THS_FIELD(uint64_t, distinct),
    THS_FIELD(uint64_t, lost))

/* Host to ranking: some words, please, the first being number `first` from 0.
 * Answered with words; an empty bundle when there are no more. */
THS_MESSAGE(page, THS_FIELD(uint64_t, first))

#endif
