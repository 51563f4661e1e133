/* SPDX-License-Identifier: MIT */
/*
 * flat - a message as one block: its struct, then what its strings and bytes
 * point to, with the pointers turned to the copies.
 *
 * Strings follow one another; bytes begin at a multiple of FLAT_ALIGNMENT.
 */
#ifndef VM_MESSAGE_FLAT_H
#define VM_MESSAGE_FLAT_H

#include <stddef.h>
#include <stdint.h>

#include "thespis/message.h"

enum { FLAT_ALIGNMENT = 16 };

/*
 * How many bytes the block of this message takes.
 * THS_OK, THS_BAD_ARGUMENT (no type, no message, bytes without data) or
 * THS_TOO_LARGE.
 */
enum ths_status flat_measure(const ths_type *type, const void *message,
    uint32_t *size);

/* Writes the block; it has the room that flat_measure() told. */
void flat_write(const ths_type *type, const void *message, void *block);

#endif
