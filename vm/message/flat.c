/* SPDX-License-Identifier: MIT */
/*
 * flat - a message as one block; see flat.h.
 *
 * One walk measures and writes, so that both find every part at the same place.
 * Without a block it reads the sender's memory and adds up; with one it copies
 * each part to where the next is due, turns the pointer that led there, and goes
 * on inside the copy.
 *
 * A block that somebody else has filled is looked at in the same way as the sender's
 * memory is measured; then every part must lie in it.
 *
 * What was measured may have been changed by another thread meanwhile: a write
 * never goes beyond the end, cuts what does not fit, and leaves no pointer of the
 * sender's in what it has met.
 */
#include "vm/message/flat.h"

#include "mailbox/envelope.h"
#include "vm/message/layout.h"

_Static_assert((int)THS_FLAT_SIZE_MAX == (int)ENVELOPE_MESSAGE_MAX,
    "the public limit and the envelope's differ");

struct walk {
	char *block; /* NULL: only measures */
	size_t at;   /* where the next part begins */
	size_t end;  /* where the last one must end */
	unsigned depth;
	enum ths_status status; /* of measuring */
	const char *within; /* no part may be elsewhere; NULL: anywhere */
	size_t within_size;
};

/* What a list is, whatever it is a list of. */
struct list {
	const void *items;
	size_t length;
};

_Static_assert(sizeof(struct list) == sizeof(ths_map),
    "a map is not laid out as a list");

static void walk_fields(struct walk *walk, const ths_type *type, char *place);

static void
refuse(struct walk *walk, enum ths_status status)
{
	if (walk->status == THS_OK)
		walk->status = status;
}

/* Only a refused measuring ends a walk early. */
static bool
goes_on(const struct walk *walk)
{
	return walk->status == THS_OK || walk->block != NULL;
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

/* How many bytes there are from here to the end of where parts may be, `most` at
 * most; 0 when this is elsewhere. */
static size_t
reach(const struct walk *walk, const void *part, size_t most)
{
	uintptr_t at = (uintptr_t)part - (uintptr_t)walk->within;

	if (walk->within == NULL)
		return most;
	if (at >= walk->within_size)
		return 0;
	return walk->within_size - at < most ? walk->within_size - at : most;
}

/* A part of `size` bytes, for which there is room: where it is from now on. */
static char *
put(struct walk *walk, const void *part, size_t size)
{
	char *copy;

	if (walk->block == NULL) {
		if (reach(walk, part, size) < size)
			refuse(walk, THS_BAD_ARGUMENT);
		walk->at += size;
		return (char *)(uintptr_t)part; /* only read */
	}
	copy = walk->block + walk->at;
	if (size > 0)
		memcpy(copy, part, size);
	walk->at += size;
	return copy;
}

/* Writes a pointer, or what begins with one, back to its place in the block. */
static void
turn(const struct walk *walk, char *place, const void *value, size_t size)
{
	if (walk->block != NULL)
		memcpy(place, value, size);
}

static void
walk_string(struct walk *walk, char *place)
{
	size_t most = room(walk);
	ths_string text;
	size_t length;
	char *copy;

	memcpy(&text, place, sizeof(text));
	if (text == NULL)
		return;
	if (reach(walk, text, most) < most) {
		most = reach(walk, text, most);
		if (strnlen(text, most) == most)
			refuse(walk, THS_BAD_ARGUMENT);
	}
	length = strnlen(text, most);
	if (length == most) {
		refuse(walk, THS_TOO_LARGE);
		if (walk->block == NULL || most == 0) {
			text = NULL;
			turn(walk, place, &text, sizeof(text));
			return;
		}
		length--;
	}
	copy = put(walk, text, length);
	if (walk->block != NULL)
		copy[length] = '\0';
	walk->at++;
	text = copy;
	turn(walk, place, &text, sizeof(text));
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
		refuse(walk, THS_BAD_ARGUMENT);
		bytes.size = 0;
	} else {
		if (is_aligned)
			align(walk);
		if (bytes.size > room(walk)) {
			refuse(walk, THS_TOO_LARGE);
			bytes.size = room(walk);
		}
		bytes.data = bytes.size > 0 ?
		    put(walk, bytes.data, bytes.size) : NULL;
	}
	turn(walk, place, &bytes, sizeof(bytes));
}

/* The items of a list or map: turned, cut where there is no room. */
static struct list
walk_items(struct walk *walk, char *place, size_t item_size)
{
	struct list list;

	memcpy(&list, place, sizeof(list));
	if (list.length == 0) {
		list.items = NULL;
	} else if (list.items == NULL) {
		refuse(walk, THS_BAD_ARGUMENT);
		list.length = 0;
	} else {
		align(walk);
		if (list.length > room(walk) / item_size) {
			refuse(walk, THS_TOO_LARGE);
			list.length = room(walk) / item_size;
		}
		list.items = list.length > 0 ?
		    put(walk, list.items, list.length * item_size) : NULL;
	}
	turn(walk, place, &list, sizeof(list));
	return list;
}

static void
walk_pair(struct walk *walk, char *place)
{
	char *value = place + offsetof(ths_pair, value);
	ths_pair pair;

	memcpy(&pair, place, sizeof(pair));
	if (pair.key == NULL)
		refuse(walk, THS_BAD_ARGUMENT);
	walk_string(walk, place + offsetof(ths_pair, key));
	if (pair.value.kind == THS_KIND_STRING)
		walk_string(walk, value + offsetof(ths_variant, string));
	else if (pair.value.kind == THS_KIND_BYTES)
		walk_bytes(walk, value + offsetof(ths_variant, bytes), false);
	else if (!flat_is_variant(pair.value.kind))
		refuse(walk, THS_BAD_ARGUMENT);
}

static void
walk_map(struct walk *walk, char *place)
{
	struct list list = walk_items(walk, place, sizeof(ths_pair));
	char *pair = (char *)(uintptr_t)list.items;

	if (list.length > THS_MAP_MAX)
		refuse(walk, THS_TOO_LARGE);
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
		refuse(walk, THS_BAD_ARGUMENT);
		any.type = NULL;
	}
	size = any.type == NULL ? 0 : any.type->size;
	if (size == 0) {
		any.message = NULL;
	} else if (any.message == NULL) {
		refuse(walk, THS_BAD_ARGUMENT);
		any.type = NULL;
	} else {
		align(walk);
		if (size > room(walk)) {
			refuse(walk, THS_TOO_LARGE);
			any = (ths_any){ NULL, NULL };
		} else {
			char *copy = put(walk, any.message, size);

			any.message = copy;
			if (any.type->dynamic_length > 0)
				walk_fields(walk, any.type, copy);
		}
	}
	turn(walk, place, &any, sizeof(any));
}

static void
walk_value(struct walk *walk, const ths_field *field, char *place)
{
	switch ((ths_kind)field->kind) {
	case THS_KIND_STRING:
		walk_string(walk, place);
		break;
	case THS_KIND_BYTES:
		walk_bytes(walk, place, true);
		break;
	case THS_KIND_STRUCT:
		if (field->type->dynamic_length > 0)
			walk_fields(walk, field->type, place);
		break;
	case THS_KIND_ANY:
		walk_any(walk, place);
		break;
	case THS_KIND_MAP:
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
		list = walk_items(walk, place, field->size);
		walk_values(walk, field, (char *)(uintptr_t)list.items,
		    list.length);
		break;
	case THS_FORM_OPTIONAL:
		if (place[field->size] != 0)
			walk_value(walk, field, place);
		else if (walk->block != NULL)
			memset(place, 0, field->size);
		break;
	}
}

static void
walk_fields(struct walk *walk, const ths_type *type, char *place)
{
	if (walk->depth == THS_DEPTH_MAX) {
		refuse(walk, THS_BAD_ARGUMENT);
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
	struct walk walk = { .at = type->size, .end = THS_FLAT_SIZE_MAX };

	walk_fields(&walk, type, (char *)(uintptr_t)message);
	if (walk.status == THS_OK)
		*size = (uint32_t)walk.at;
	return walk.status;
}

enum ths_status
flat_check_parts(const ths_type *type, const void *block, uint32_t size)
{
	struct walk walk = { .at = type->size, .end = THS_FLAT_SIZE_MAX,
		.within = block, .within_size = size };

	walk_fields(&walk, type, (char *)(uintptr_t)block);
	return walk.status;
}

void
flat_write_parts(const ths_type *type, void *block, uint32_t size)
{
	struct walk walk = { .block = block, .at = type->size, .end = size };

	walk_fields(&walk, type, block);
}
