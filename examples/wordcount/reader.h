/* SPDX-License-Identifier: MIT */
/*
 * reader - the actor that reads files and deals them out in chunks.
 *
 * The files are read as one text, with a newline after each, so that no word
 * ever joins across two files.  A chunk ends at the border of a word: what is
 * left of a word at the end of the buffer is carried over to the next chunk.
 *
 * Limits: a word has CHUNK_SIZE letters at most; a longer one is counted in
 * pieces, and the host is told which file it was in.
 */
#ifndef WORDCOUNT_READER_H
#define WORDCOUNT_READER_H

#include <thespis/thespis.h>

/* Starts a reader that reports its troubles to host.  As ths_spawn(). */
ths_status reader_spawn(ths_vm *vm, ths_address *reader, ths_address host);

#endif
