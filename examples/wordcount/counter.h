/* SPDX-License-Identifier: MIT */
/*
 * counter - the actor that owns a share of all words and counts them.
 *
 * Every occurrence of a word, from whichever splitter, comes to one counter.
 * So nothing is shared and nothing is locked; and the first N of all words are
 * among the first N of each counter, which is all that the ranking needs.
 */
#ifndef WORDCOUNT_COUNTER_H
#define WORDCOUNT_COUNTER_H

#include <thespis/thespis.h>

/*
 * Starts a counter that hears of the end from `splitters` splitters and then
 * sends its `top` most frequent words to the ranking.  As ths_spawn().
 */
ths_status counter_spawn(ths_vm *vm, ths_address *counter,
    ths_address ranking, uint32_t splitters, uint32_t top);

#endif
