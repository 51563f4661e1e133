/* SPDX-License-Identifier: MIT */
/*
 * flat - a message as one block: its struct, then what its fields point to,
 * with the pointers turned to the copies.
 *
 * Parts stand in the order of the fields, the parts of a part behind it.
 * Strings, and what is in a map, follow one another; everything else begins at
 * a multiple of FLAT_ALIGNMENT.
 *
 * In two forms.  Flat: everything is in the block, blobs too, which are
 * nobody's there.  As it is sent: blobs stand beside it, in the envelope's
 * burden, and so do parts that lie in a blob of `lender`; the rest may be
 * elsewhere than the struct (vm/actor/heavy.h).
 */
#ifndef VM_MESSAGE_FLAT_H
#define VM_MESSAGE_FLAT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/machine.h"
#include "mailbox/burden.h"
#include "thespis/message.h"
#include "vm/message/blob.h"

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

/* What a message needs, as it is sent. */
struct flat_need {
	size_t size;    /* bytes of struct and parts, as one block */
	uint32_t blobs; /* that stand beside it */
};

/* Where what a draft points to may lie. */
struct flat_region {
	const void *start;
	size_t size;
};

/* The parts of the functions below that deal with what is elsewhere. */
enum ths_status flat_measure_parts(const ths_type *type, const void *message,
    uint32_t *size);
enum ths_status flat_weigh_parts(const ths_type *type, const void *message,
    const struct burden *lender, size_t max, struct flat_need *need);
void flat_write_parts(const ths_type *type, void *block, uint32_t size);

/*
 * How many bytes the block of this message takes, flat.
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

/* The same for a message that goes into no block, of any size. */
enum ths_status flat_check_any(const ths_type *type, const void *message);

/*
 * What it needs as it is sent, `max` bytes in all at most.  lender is NULL, or
 * holds blobs of which the message may point to parts.  Answers as
 * flat_measure(), THS_BAD_ARGUMENT also for a blob that is none, and
 * THS_TOO_LARGE for more than THS_BLOBS_MAX of them.
 */
static inline enum ths_status
flat_weigh(const ths_type *type, const void *message,
    const struct burden *lender, size_t max, struct flat_need *need)
{
	if (UNLIKELY(type == NULL || (message == NULL && type->size > 0)))
		return THS_BAD_ARGUMENT;
	if (UNLIKELY(type->size > THS_FLAT_SIZE_MAX || type->size > max))
		return THS_TOO_LARGE;
	if (type->dynamic_length > 0)
		return flat_weigh_parts(type, message, lender, max, need);
	*need = (struct flat_need){ type->size, 0 };
	return THS_OK;
}

/* Where a message is written as it is sent. */
struct flat_target {
	void *place; /* of its struct */
	char *block; /* of its parts, */
	size_t at;   /* from here */
	size_t end;  /* to here */
	struct burden *burden; /* takes the blobs, which it holds then */
	const struct burden *lender; /* as for flat_weigh() */
	struct blobs *blobs; /* where bytes become blobs */
};

/* Writes it as flat_weigh() told.  THS_OK; or THS_LIMIT or THS_NO_MEMORY for a
 * blob that had to be made.  What another thread changes meanwhile is cut. */
enum ths_status flat_write_beside(const ths_type *type, const void *message,
    const struct flat_target *target);

/*
 * Looks at a message that was built in these two regions: whether it could be
 * sent as it lies, with how many blobs of this VM's.  THS_OK; THS_BAD_ARGUMENT,
 * as flat_measure(), and when it leads out of the regions, or holds another
 * blob; or THS_TOO_LARGE.
 */
enum ths_status flat_check(const ths_type *type, const void *message,
    const struct flat_region regions[2], const struct blobs *blobs, size_t max,
    struct flat_need *need);

/* Holds the blobs of a message that was checked. */
void flat_hold(const ths_type *type, void *message, struct burden *burden);

/* Writes the block of `room` bytes, as flat_measure() told.  A text that
 * another thread makes longer meanwhile is cut. */
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
