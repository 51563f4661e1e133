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
#include <string.h>

#include "base/machine.h"
#include "thespis/message.h"

enum { FLAT_ALIGNMENT = 16 };

/* The parts of the two functions below that deal with strings and bytes. */
enum ths_status flat_measure_parts(const ths_type *type, const void *message,
    uint32_t *size);
void flat_write_parts(const ths_type *type, void *block, uint32_t size);

/*
 * How many bytes the block of this message takes.
 * THS_OK, THS_BAD_ARGUMENT (no type, no message, bytes without data) or
 * THS_TOO_LARGE.
 */
static inline enum ths_status
flat_measure(const ths_type *type, const void *message, uint32_t *size)
{
	if (UNLIKELY(type == NULL || (message == NULL && type->size > 0)))
		return THS_BAD_ARGUMENT;
	if (UNLIKELY(type->size > THS_FLAT_SIZE_MAX))
		return THS_TOO_LARGE;
	if (UNLIKELY(type->dynamic_length > 0))
		return flat_measure_parts(type, message, size);
	*size = type->size;
	return THS_OK;
}

/* Writes the block of `room` bytes, as flat_measure() told.  A text that another
 * thread makes longer meanwhile is cut. */
static inline void
flat_write(const ths_type *type, const void *message, void *block,
    uint32_t room)
{
	uint32_t size = type->size;

	if (size > 0)
		memcpy(block, message, size);
	if (UNLIKELY(type->dynamic_length > 0))
		flat_write_parts(type, block, room);
}

#endif
