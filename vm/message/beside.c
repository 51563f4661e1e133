/* SPDX-License-Identifier: MIT */
/*
 * beside - what of a message stands beside its block: blobs, and parts that lie
 * in a blob of the lender's; see flat.h.
 *
 * Measuring counts them; writing holds each and adds it to the burden, which
 * has room for what was counted.  What another thread has added meanwhile is
 * left out.
 */
#include "vm/message/walk.h"

/* Notes something of `size` bytes that stands beside the block; false when
 * measuring foresaw less. */
static bool
add_beside(struct walk *walk, struct blob *blob, size_t size)
{
	if (walk->mode != MEASURES)
		return burden_add(walk->burden, blob);
	if (walk->beside == THS_BLOBS_MAX || size > walk->end - walk->held) {
		walk_refuse(walk, THS_TOO_LARGE);
		return false;
	}
	walk->beside++;
	walk->held += size;
	return true;
}

bool
beside_find(struct walk *walk, const void *part, size_t size)
{
	const struct burden *lender = walk->lender;

	for (uint32_t i = 0; i < lender->length; i++) {
		struct blob *blob = lender->blobs[i];

		if (!blob_has(blob, part, size) ||
		    !add_beside(walk, blob, size))
			continue;
		if (walk->mode != MEASURES)
			blob_hold(blob);
		return true;
	}
	return false;
}

static bool
is_well_formed(const struct walk *walk, const ths_blob *value)
{
	const struct blob *blob = blob_of(*value);

	if (blob == NULL)
		return value->size == 0 ||
		    (value->bytes != NULL && walk->regions == NULL);
	return value->bytes == blob->bytes && value->size == blob->size &&
	    (walk->blobs_of == NULL || walk->blobs_of == blob->blobs);
}

/* The blob to be sent for this one, held; NULL: there is none to be had. */
static struct blob *
blob_to_send(struct walk *walk, const ths_blob *value)
{
	struct blob *blob = blob_of(*value);

	if (blob != NULL && (walk->blobs == NULL ||
	    blob->blobs == walk->blobs)) {
		blob_hold(blob);
	} else {
		enum ths_status status = blob_new(walk->blobs, value->bytes,
		    value->size, &blob);

		if (status != THS_OK) {
			walk->written = status;
			return NULL;
		}
	}
	blob_seal(blob);
	return blob;
}

void
beside_blob(struct walk *walk, char *place)
{
	struct blob *blob = NULL;
	ths_blob value;

	memcpy(&value, place, sizeof(value));
	if (!is_well_formed(walk, &value)) {
		walk_refuse(walk, THS_BAD_ARGUMENT);
	} else if (value.block != NULL || value.size > 0) {
		if (walk->mode == MEASURES) {
			(void)add_beside(walk, NULL, value.size);
			return;
		}
		blob = blob_to_send(walk, &value);
		if (blob != NULL && !add_beside(walk, blob, blob->size)) {
			blob_drop(blob);
			blob = NULL;
		}
	}
	value = blob == NULL ? (ths_blob){ NULL, 0, NULL } : blob_value(blob);
	walk_turn(walk, place, &value, sizeof(value));
}
