/* SPDX-License-Identifier: MIT */
/* heavy - messages that do not fit into a block, or hold blobs; see heavy.h. */
#include "vm/actor/heavy.h"

#include <string.h>

#include "vm/message/blob.h"
#include "vm/vm.h"

/* Gives the envelope a blob of its own for parts: its bytes, or NULL. */
static char *
add_parts(struct crew *crew, struct envelope *envelope, size_t size)
{
	struct blob *blob;

	if (blob_new(&crew->vm->blobs, NULL, size, &blob) != THS_OK)
		return NULL;
	blob_seal(blob);
	(void)burden_add(burden_of(envelope), blob);
	return (char *)blob->bytes;
}

/* ------------------------------------------------------------------ sealing */

/* Writes the message into an envelope made for it. */
static enum ths_status
fill(struct crew *crew, const struct burden *lender, const ths_type *type,
    const void *message, const struct flat_need *need,
    struct envelope *envelope)
{
	struct flat_target target = {
		.place = envelope->message,
		.block = (char *)envelope->message,
		.at = type->size,
		.end = need->size,
		.burden = burden_of(envelope),
		.lender = lender,
		.blobs = &crew->vm->blobs,
	};

	if (need->size > THS_FLAT_SIZE_MAX) {
		/* Parts are aligned as if they stood behind the struct. */
		target.at = type->size % FLAT_ALIGNMENT;
		target.end = need->size - type->size + target.at;
		target.block = add_parts(crew, envelope, target.end);
		if (target.block == NULL)
			return THS_NO_MEMORY;
	}
	return flat_write_beside(type, message, &target) == THS_OK ? THS_OK :
	    THS_NO_MEMORY;
}

enum ths_status
heavy_seal(struct crew *crew, const struct burden *lender,
    const ths_type *type, const void *message, struct flat_need need,
    struct envelope **sealed)
{
	struct envelope *envelope;
	enum ths_status status = THS_OK;
	bool is_beside;

	/* What is small is copied rather than shared: it would keep what is
	 * large from being freed. */
	if (need.size <= THS_FLAT_SIZE_MAX)
		lender = NULL;
	if (lender != NULL)
		status = flat_weigh(type, message, lender,
		    crew->vm->config.message_max, &need);
	if (status != THS_OK)
		return status;
	is_beside = need.size > THS_FLAT_SIZE_MAX;
	envelope = pool_take_burdened(&crew->cache,
	    is_beside ? type->size : (uint32_t)need.size,
	    need.blobs + is_beside);
	if (envelope == NULL)
		return THS_NO_MEMORY;
	status = fill(crew, lender, type, message, &need, envelope);
	if (status == THS_OK)
		*sealed = envelope;
	else
		pool_give(&crew->cache, envelope);
	return status;
}

/* ------------------------------------------------------------------- drafts */

/* True when a message of this type can hold blobs. */
static bool
may_hold_blobs(const ths_type *type)
{
	if (type->dynamic_length == 0)
		return false;
	for (uint32_t i = 0; i < type->fields_length; i++) {
		const ths_field *field = &type->fields[i];

		/* It is sound, so this ends. */
		if (field->kind == THS_KIND_BLOB ||
		    field->kind == THS_KIND_ANY ||
		    (field->kind == THS_KIND_STRUCT &&
		    may_hold_blobs(field->type)))
			return true;
	}
	return false;
}

/* Extra bytes begin at a multiple of FLAT_ALIGNMENT. */
static uint32_t
aligned(uint32_t size)
{
	return (size + FLAT_ALIGNMENT - 1) & ~(uint32_t)(FLAT_ALIGNMENT - 1);
}

struct envelope *
heavy_draft(struct crew *crew, const ths_type *type, size_t extra)
{
	size_t max = crew->vm->config.message_max;
	struct envelope *envelope;
	uint32_t room = 0;
	size_t whole;

	if (type->size > THS_FLAT_SIZE_MAX || type->size > max ||
	    extra > max - type->size)
		return NULL;
	whole = extra == 0 ? type->size : aligned(type->size) + extra;
	if (may_hold_blobs(type))
		room = whole / sizeof(ths_blob) < THS_BLOBS_MAX ?
		    (uint32_t)(whole / sizeof(ths_blob)) : THS_BLOBS_MAX;
	if (whole > THS_FLAT_SIZE_MAX) {
		envelope = pool_take_burdened(&crew->cache, type->size,
		    room + 1);
		if (envelope != NULL &&
		    add_parts(crew, envelope, extra) == NULL) {
			pool_give(&crew->cache, envelope);
			return NULL;
		}
	} else if (room > 0) {
		envelope = pool_take_burdened(&crew->cache, (uint32_t)whole,
		    room);
	} else {
		envelope = pool_take(&crew->cache, (uint32_t)whole);
	}
	if (envelope != NULL)
		memset(envelope->message, 0, type->size);
	return envelope;
}

struct flat_region
heavy_draft_extra(const struct envelope *draft, const ths_type *type)
{
	const struct burden *burden = burden_of(draft);
	uint32_t at = aligned(type->size);

	if (burden != NULL && burden->length > 0)
		return (struct flat_region){ burden->blobs[0]->bytes,
			burden->blobs[0]->size };
	if (draft->size <= at)
		return (struct flat_region){ NULL, 0 };
	return (struct flat_region){ draft->message + at, draft->size - at };
}

enum ths_status
heavy_draft_seal(struct crew *crew, const ths_type *type,
    struct envelope *draft)
{
	struct burden *burden = burden_of(draft);
	bool is_large = burden != NULL && burden->length > 0;
	const struct flat_region regions[2] = {
		{ draft->message, draft->size },
		heavy_draft_extra(draft, type),
	};
	struct flat_need need;
	enum ths_status status = flat_check(type, draft->message, regions,
	    &crew->vm->blobs, crew->vm->config.message_max, &need);

	if (status != THS_OK)
		return status;
	/* It points to the same part, or to the same blobs, too often. */
	if ((!is_large && need.size > THS_FLAT_SIZE_MAX) || need.blobs >
	    (burden == NULL ? 0 : (uint32_t)(burden->room - burden->length)))
		return THS_TOO_LARGE;
	if (need.blobs > 0)
		flat_hold(type, draft->message, burden);
	else if (burden != NULL && !is_large)
		burden_end(draft, burden);
	return THS_OK;
}
