/* SPDX-License-Identifier: MIT */
/*
 * splitter - the actor that splits chunks into words and sends each word to the
 * counter that owns it.
 */
#ifndef WORDCOUNT_SPLITTER_H
#define WORDCOUNT_SPLITTER_H

#include <thespis/thespis.h>

/*
 * Starts a splitter, which at once asks the reader for its first chunks.
 * counters has counters_length addresses, COUNTERS_MAX at most, and is copied.
 * As ths_spawn().
 */
ths_status splitter_spawn(ths_vm *vm, ths_address *splitter,
    ths_address reader, const ths_address *counters, uint32_t counters_length);

#endif
