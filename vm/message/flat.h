/* SPDX-License-Identifier: MIT */
/*
 * flat - a message as one block: its struct, then what its fields point to, with
 * the pointers turned to the copies.
 *
 * Parts stand in the order of the fields, the parts of a part behind it.
 * Strings, and what is in a map, follow one another; everything else begins at a
 * multiple of FLAT_ALIGNMENT.
 */
#ifndef VM_MESSAGE_FLAT_H
#define VM_MESSAGE_FLAT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/machine.h"
#include "thespis/message.h"

enum { FLAT_ALIGNMENT = 16 };

/* True for what a ths_variant may hold. */
static inline bool
flat_is_variant(ths_kind kind)
{
	return kind == THS_KIND_INTEGER || kind == THS_KIND_UNSIGNED ||
	    kind == THS_KIND_BOOL || kind == THS_KIND_FLOAT ||
	    kind == THS_KIND_STRING || kind == THS_KIND_BYTES;
}

/* True when the values themselves have parts elsewhere, whatever their form. */
static inline bool
flat_is_dynamic(const ths_field *field)
{
	return field->kind >= THS_KIND_STRING ||
	    (field->kind == THS_KIND_STRUCT && field->type->dynamic_length > 0);
}

/* The parts of the functions below that deal with what is elsewhere. */
enum ths_status flat_measure_parts(const ths_type *type, const void *message,
    uint32_t *size);
enum ths_status flat_check_parts(const ths_type *type, const void *block,
    uint32_t size);
void flat_write_parts(const ths_type *type, void *block, uint32_t size);

/*
 * How many bytes the block of this message takes.
 * The type must be sound (layout.h); those of inner messages are looked at.
 * THS_OK, THS_BAD_ARGUMENT (no type, no message, a size or length without data,
 * a map with a nameless value or one of no kind it may have, an inner type that
 * is not sound, nested too deep) or THS_TOO_LARGE.
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

/*
 * Looks at a message that was built in a block of `size` bytes: whether it could
 * be sent as it lies.  THS_OK; THS_BAD_ARGUMENT, as flat_measure(), and when it
 * leads out of the block; or THS_TOO_LARGE.
 */
static inline enum ths_status
flat_check(const ths_type *type, const void *block, uint32_t size)
{
	return type->dynamic_length == 0 ? THS_OK :
	    flat_check_parts(type, block, size);
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
