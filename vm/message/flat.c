/* SPDX-License-Identifier: MIT */
/*
 * flat - a message as one block; see flat.h.
 *
 * One walk measures and writes, so that both find every part at the same place.
 * Measuring, it reads the sender's memory and adds up; writing, it copies
 * each part to where the next is due, turns the pointer that led there, and
 * goes on inside the copy.
 *
 * A draft that somebody else has filled is looked at in the same way as the
 * sender's memory is measured; then every part must lie in it.  A last walk
 * through it only holds its blobs.
 *
 * What was measured may have been changed by another thread meanwhile: a write
 * never goes beyond the end, cuts what does not fit, and leaves no pointer of
 * the sender's in what it has met.
 */
#include "vm/message/flat.h"

#include "mailbox/envelope.h"
#include "vm/message/layout.h"
#include "vm/message/walk.h"

_Static_assert((int)THS_FLAT_SIZE_MAX == (int)ENVELOPE_MESSAGE_MAX,
    "the public limit and the envelope's differ");

/* What a list is, whatever it is a list of. */
struct list {
	const void *items;
	size_t length;
};

_Static_assert(sizeof(struct list) == sizeof(ths_map),
    "a map is not laid out as a list");

static void walk_fields(struct walk *walk, const ths_type *type, char *place);

/* Only a refused measuring ends a walk early. */
static bool
goes_on(const struct walk *walk)
{
	return walk->status == THS_OK || walk->mode != MEASURES;
}

static void
align(struct walk *walk)
{
	walk->at = (walk->at + FLAT_ALIGNMENT - 1) &
	    ~(size_t)(FLAT_ALIGNMENT - 1);
}

/* How many bytes are left for parts. */
static size_t
room(const struct walk *walk)
{
	return walk->at < walk->end ? walk->end - walk->at : 0;
}

/* How many bytes there are from here to the end of where parts may be, `most`
 * at most; 0 when this is elsewhere. */
static size_t
reach(const struct walk *walk, const void *part, size_t most)
{
	for (int i = 0; walk->regions != NULL && i < 2; i++) {
		const struct flat_region *region = &walk->regions[i];
		uintptr_t at = (uintptr_t)part - (uintptr_t)region->start;

		if (at < region->size)
			return region->size - at < most ? region->size - at :
			    most;
	}
	return walk->regions == NULL ? most : 0;
}

/* A part of `size` bytes, for which there is room: where it is from now on. */
static char *
put(struct walk *walk, const void *part, size_t size)
{
	char *copy;

	if (walk->mode == HOLDS)
		return (char *)(uintptr_t)part;
	if (walk->mode == MEASURES) {
		if (reach(walk, part, size) < size)
			walk_refuse(walk, THS_BAD_ARGUMENT);
		walk->at += size;
		return (char *)(uintptr_t)part; /* only read */
	}
	copy = walk->block + walk->at;
	if (size > 0)
		memcpy(copy, part, size);
	walk->at += size;
	return copy;
}

static void
walk_string(struct walk *walk, char *place)
{
	size_t most = room(walk);
	ths_string text;
	size_t length;
	char *copy;

	memcpy(&text, place, sizeof(text));
	if (text == NULL || walk->mode == HOLDS)
		return;
	if (reach(walk, text, most) < most) {
		most = reach(walk, text, most);
		if (strnlen(text, most) == most)
			walk_refuse(walk, THS_BAD_ARGUMENT);
	}
	length = strnlen(text, most);
	if (length == most) {
		walk_refuse(walk, THS_TOO_LARGE);
		if (walk->mode == MEASURES || most == 0) {
			text = NULL;
			walk_turn(walk, place, &text, sizeof(text));
			return;
		}
		length--;
	} else if (beside_share(walk, text, length + 1)) {
		return;
	}
	copy = put(walk, text, length);
	if (walk->mode == WRITES)
		copy[length] = '\0';
	walk->at++;
	text = copy;
	walk_turn(walk, place, &text, sizeof(text));
}

/* Those of a map are not aligned: so its size does not depend on its order. */
static void
walk_bytes(struct walk *walk, char *place, bool is_aligned)
{
	ths_bytes bytes;

	memcpy(&bytes, place, sizeof(bytes));
	if (bytes.size == 0) {
		bytes.data = NULL;
	} else if (bytes.data == NULL) {
		walk_refuse(walk, THS_BAD_ARGUMENT);
		bytes.size = 0;
	} else if (!beside_share(walk, bytes.data, bytes.size)) {
		if (is_aligned)
			align(walk);
		if (bytes.size > room(walk)) {
			walk_refuse(walk, THS_TOO_LARGE);
			bytes.size = room(walk);
		}
		bytes.data = bytes.size > 0 ?
		    put(walk, bytes.data, bytes.size) : NULL;
	}
	walk_turn(walk, place, &bytes, sizeof(bytes));
}

/* As the bytes that it begins with; nobody's blob then. */
static void
walk_flat_blob(struct walk *walk, char *place)
{
	struct ths_blob_block *nobodys = NULL;

	walk_bytes(walk, place, true);
	walk_turn(walk, place + offsetof(ths_blob, block), &nobodys,
	    sizeof(nobodys));
}

/* True for items that point nowhere, and are shared. */
static bool
share_items(struct walk *walk, const struct list *list, size_t item_size)
{
	return list->length <= SIZE_MAX / item_size &&
	    beside_share(walk, list->items, list->length * item_size);
}

/* The items of a list or map: turned, cut where there is no room. */
static struct list
walk_items(struct walk *walk, char *place, size_t item_size, bool is_dynamic)
{
	struct list list;

	memcpy(&list, place, sizeof(list));
	if (walk->mode == HOLDS)
		return list;
	if (list.length == 0) {
		list.items = NULL;
	} else if (list.items == NULL) {
		walk_refuse(walk, THS_BAD_ARGUMENT);
		list.length = 0;
	} else if (is_dynamic || !share_items(walk, &list, item_size)) {
		align(walk);
		if (list.length > room(walk) / item_size) {
			walk_refuse(walk, THS_TOO_LARGE);
			list.length = room(walk) / item_size;
		}
		list.items = list.length > 0 ?
		    put(walk, list.items, list.length * item_size) : NULL;
	}
	walk_turn(walk, place, &list, sizeof(list));
	return list;
}

static void
walk_pair(struct walk *walk, char *place)
{
	char *value = place + offsetof(ths_pair, value);
	ths_pair pair;

	memcpy(&pair, place, sizeof(pair));
	if (pair.key == NULL)
		walk_refuse(walk, THS_BAD_ARGUMENT);
	walk_string(walk, place + offsetof(ths_pair, key));
	if (pair.value.kind == THS_KIND_STRING)
		walk_string(walk, value + offsetof(ths_variant, string));
	else if (pair.value.kind == THS_KIND_BYTES)
		walk_bytes(walk, value + offsetof(ths_variant, bytes), false);
	else if (!flat_is_variant(pair.value.kind))
		walk_refuse(walk, THS_BAD_ARGUMENT);
}

static void
walk_map(struct walk *walk, char *place)
{
	struct list list = walk_items(walk, place, sizeof(ths_pair), true);
	char *pair = (char *)(uintptr_t)list.items;

	if (list.length > THS_MAP_MAX)
		walk_refuse(walk, THS_TOO_LARGE);
	for (size_t i = 0; i < list.length && goes_on(walk); i++)
		walk_pair(walk, pair + i * sizeof(ths_pair));
}

static void
walk_any(struct walk *walk, char *place)
{
	ths_any any;
	size_t size;

	memcpy(&any, place, sizeof(any));
	if (any.type != NULL && !layout_is_sound(any.type)) {
		walk_refuse(walk, THS_BAD_ARGUMENT);
		any.type = NULL;
	}
	size = any.type == NULL ? 0 : any.type->size;
	if (size == 0) {
		any.message = NULL;
	} else if (any.message == NULL) {
		walk_refuse(walk, THS_BAD_ARGUMENT);
		any.type = NULL;
	} else {
		align(walk);
		if (size > room(walk)) {
			walk_refuse(walk, THS_TOO_LARGE);
			any = (ths_any){ NULL, NULL };
		} else {
			char *copy = put(walk, any.message, size);

			any.message = copy;
			if (any.type->dynamic_length > 0)
				walk_fields(walk, any.type, copy);
		}
	}
	walk_turn(walk, place, &any, sizeof(any));
}

static void
walk_value(struct walk *walk, const ths_field *field, char *place)
{
	switch ((ths_kind)field->kind) {
	case THS_KIND_STRING:
		walk_string(walk, place);
		break;
	case THS_KIND_BYTES:
		if (walk->mode != HOLDS)
			walk_bytes(walk, place, true);
		break;
	case THS_KIND_BLOB:
		if (!walk->is_flat)
			beside_blob(walk, place);
		else
			walk_flat_blob(walk, place);
		break;
	case THS_KIND_STRUCT:
		if (field->type->dynamic_length > 0)
			walk_fields(walk, field->type, place);
		break;
	case THS_KIND_ANY:
		walk_any(walk, place);
		break;
	case THS_KIND_MAP:
		if (walk->mode != HOLDS)
			walk_map(walk, place);
		break;
	case THS_KIND_INTEGER:
	case THS_KIND_UNSIGNED:
	case THS_KIND_BOOL:
	case THS_KIND_FLOAT:
	case THS_KIND_ADDRESS:
	case THS_KIND_ENUM:
	case THS_KIND_TIME:
	case THS_KIND_DURATION:
	case THS_KIND_TEXT:
		break;
	}
}

static void
walk_values(struct walk *walk, const ths_field *field, char *place,
    size_t length)
{
	if (!flat_is_dynamic(field))
		return;
	for (size_t i = 0; i < length && goes_on(walk); i++)
		walk_value(walk, field, place + i * field->size);
}

static void
walk_field(struct walk *walk, const ths_field *field, char *place)
{
	struct list list;

	switch ((ths_form)field->form) {
	case THS_FORM_ONE:
	case THS_FORM_BASE:
		walk_value(walk, field, place);
		break;
	case THS_FORM_ARRAY:
		walk_values(walk, field, place, field->count);
		break;
	case THS_FORM_LIST:
		list = walk_items(walk, place, field->size,
		    flat_is_dynamic(field));
		walk_values(walk, field, (char *)(uintptr_t)list.items,
		    list.length);
		break;
	case THS_FORM_OPTIONAL:
		if (place[field->size] != 0)
			walk_value(walk, field, place);
		else if (walk->mode != MEASURES)
			memset(place, 0, field->size);
		break;
	}
}

static void
walk_fields(struct walk *walk, const ths_type *type, char *place)
{
	if (walk->depth == THS_DEPTH_MAX) {
		walk_refuse(walk, THS_BAD_ARGUMENT);
		return;
	}
	walk->depth++;
	for (uint32_t i = 0; i < type->fields_length && goes_on(walk); i++)
		walk_field(walk, &type->fields[i],
		    place + type->fields[i].offset);
	walk->depth--;
}

enum ths_status
flat_measure_parts(const ths_type *type, const void *message, uint32_t *size)
{
	struct walk walk = { .is_flat = true, .at = type->size,
		.end = THS_FLAT_SIZE_MAX };

	walk_fields(&walk, type, (char *)(uintptr_t)message);
	if (walk.status == THS_OK)
		*size = (uint32_t)walk.at;
	return walk.status;
}

enum ths_status
flat_check_any(const ths_type *type, const void *message)
{
	struct walk walk = { .is_flat = true, .at = type->size,
		.end = SIZE_MAX / 2 };

	if (message == NULL && type->size > 0)
		return THS_BAD_ARGUMENT;
	if (type->size > THS_FLAT_SIZE_MAX)
		return THS_TOO_LARGE;
	if (type->dynamic_length > 0)
		walk_fields(&walk, type, (char *)(uintptr_t)message);
	return walk.status;
}

/* What a measuring walk has found. */
static enum ths_status
need_of(const struct walk *walk, struct flat_need *need)
{
	if (walk->status != THS_OK)
		return walk->status;
	if (walk->held > walk->end - walk->at)
		return THS_TOO_LARGE;
	*need = (struct flat_need){ walk->at, walk->beside };
	return THS_OK;
}

enum ths_status
flat_weigh_parts(const ths_type *type, const void *message,
    const struct burden *lender, size_t max, struct flat_need *need)
{
	struct walk walk = { .at = type->size, .end = max, .lender = lender };

	walk_fields(&walk, type, (char *)(uintptr_t)message);
	return need_of(&walk, need);
}

enum ths_status
flat_check(const ths_type *type, const void *message,
    const struct flat_region regions[2], const struct blobs *blobs, size_t max,
    struct flat_need *need)
{
	struct walk walk = { .at = type->size, .end = max,
		.regions = regions, .blobs_of = blobs };

	if (type->dynamic_length > 0)
		walk_fields(&walk, type, (char *)(uintptr_t)message);
	return need_of(&walk, need);
}

void
flat_write_parts(const ths_type *type, void *block, uint32_t size)
{
	struct walk walk = { .mode = WRITES, .is_flat = true, .block = block,
		.at = type->size, .end = size };

	walk_fields(&walk, type, block);
}

enum ths_status
flat_write_beside(const ths_type *type, const void *message,
    const struct flat_target *target)
{
	struct walk walk = { .mode = WRITES, .block = target->block,
		.at = target->at, .end = target->end,
		.burden = target->burden, .lender = target->lender,
		.blobs = target->blobs };

	if (type->size > 0)
		memcpy(target->place, message, type->size);
	walk_fields(&walk, type, target->place);
	return walk.written;
}

void
flat_hold(const ths_type *type, void *message, struct burden *burden)
{
	struct walk walk = { .mode = HOLDS, .burden = burden,
		.end = SIZE_MAX / 2 };

	if (type->dynamic_length > 0)
		walk_fields(&walk, type, message);
}
