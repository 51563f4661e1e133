/* SPDX-License-Identifier: MIT */
/*
 * decode - bytes as a message again; see codec.h for the format.
 *
 * The message is laid into the block as flat.h says.  Whatever fails makes the
 * reader fail, which then gives nothing but zeros; see reader.h.
 */
#include <string.h>

#include "vm/message/codec.h"
#include "vm/message/flat.h"
#include "vm/message/layout.h"
#include "vm/message/reader.h"
#include "vm/message/scalar.h"

struct decoder {
	struct reader in;
	char *block;
	size_t room;
	size_t used; /* of the block */
	unsigned depth;
	const struct codec_types *types;
};

static void decode_message(struct decoder *decoder, ths_any *any);
static void decode_fields(struct decoder *decoder, const ths_type *type,
    char *place);

/* Room for `length` items of `size` bytes in the block, or NULL. */
static void *
reserve(struct decoder *decoder, uint64_t length, size_t size, size_t alignment)
{
	size_t at = (decoder->used + alignment - 1) & ~(alignment - 1);

	if (decoder->in.status != THS_OK)
		return NULL;
	if (at > decoder->room ||
	    (size > 0 && length > (decoder->room - at) / size)) {
		reader_refuse(&decoder->in, THS_TOO_LARGE);
		return NULL;
	}
	decoder->used = at + (size_t)length * size;
	return decoder->block + at;
}

/* The same, zeroed. */
static void *
reserve_zeroed(struct decoder *decoder, uint64_t length, size_t size)
{
	void *items = reserve(decoder, length, size, FLAT_ALIGNMENT);

	if (items != NULL)
		memset(items, 0, (size_t)length * size);
	return items;
}

/* A copy of text in the block; NULL after a failure. */
static ths_string
keep_text(struct decoder *decoder, uint64_t length)
{
	const char *text = reader_text(&decoder->in, length, UINT64_MAX);
	char *copy = reserve(decoder, length + 1, 1, 1);

	if (copy == NULL)
		return NULL;
	memcpy(copy, text, (size_t)length);
	copy[length] = '\0';
	return copy;
}

static ths_string
decode_string(struct decoder *decoder)
{
	uint64_t length = reader_varint(&decoder->in);

	return length == 0 ? NULL : keep_text(decoder, length - 1);
}

static ths_bytes
decode_bytes(struct decoder *decoder, size_t alignment)
{
	uint64_t size = reader_varint(&decoder->in);
	const void *data = reader_raw(&decoder->in, size);
	void *copy;

	if (data == NULL || size == 0)
		return (ths_bytes){ NULL, 0 };
	copy = reserve(decoder, size, 1, alignment);
	if (copy == NULL)
		return (ths_bytes){ NULL, 0 };
	memcpy(copy, data, (size_t)size);
	return (ths_bytes){ copy, (size_t)size };
}

static void
decode_variant(struct decoder *decoder, ths_variant *variant)
{
	uint64_t bits;

	variant->kind = (ths_kind)reader_byte(&decoder->in);
	if (!flat_is_variant(variant->kind)) {
		reader_refuse(&decoder->in, THS_MALFORMED);
	} else if (variant->kind == THS_KIND_STRING) {
		variant->string = decode_string(decoder);
	} else if (variant->kind == THS_KIND_BYTES) {
		variant->bytes = decode_bytes(decoder, 1);
	} else if (variant->kind == THS_KIND_INTEGER) {
		variant->integer = reader_zigzag(&decoder->in, 8);
	} else if (variant->kind == THS_KIND_UNSIGNED) {
		variant->natural = reader_varint(&decoder->in);
	} else if (variant->kind == THS_KIND_BOOL) {
		variant->truth = reader_bool(&decoder->in);
	} else {
		bits = reader_fixed(&decoder->in, 8);
		memcpy(&variant->number, &bits, sizeof(bits));
	}
}

static void
decode_map(struct decoder *decoder, char *place)
{
	uint64_t length = reader_varint(&decoder->in);
	ths_pair *pairs = NULL;
	ths_map map;

	if (length > THS_MAP_MAX || length > reader_left(&decoder->in))
		reader_refuse(&decoder->in, THS_MALFORMED);
	if (length > 0)
		pairs = reserve_zeroed(decoder, length, sizeof(*pairs));
	for (uint64_t i = 0; pairs != NULL && i < length; i++) {
		pairs[i].key = keep_text(decoder, reader_varint(&decoder->in));
		if (pairs[i].key == NULL || (i > 0 &&
		    strcmp(pairs[i - 1].key, pairs[i].key) >= 0)) {
			reader_refuse(&decoder->in, THS_MALFORMED);
			return;
		}
		decode_variant(decoder, &pairs[i].value);
	}
	map = (ths_map){ pairs, (size_t)length };
	memcpy(place, &map, sizeof(map));
}

static void
decode_any(struct decoder *decoder, char *place)
{
	ths_any any = { NULL, NULL };

	decode_message(decoder, &any);
	memcpy(place, &any, sizeof(any));
}

static void
decode_address(struct decoder *decoder, char *place)
{
	ths_address address;

	address.vm = reader_fixed(&decoder->in, 8);
	address.slot = (uint32_t)reader_natural(&decoder->in, 4);
	address.generation = (uint32_t)reader_natural(&decoder->in, 4);
	memcpy(place, &address, sizeof(address));
}

static void
decode_fixed_text(struct decoder *decoder, char *place, uint32_t size)
{
	uint64_t length = reader_varint(&decoder->in);
	const char *text = reader_text(&decoder->in, length, size);

	if (decoder->in.status == THS_OK)
		memcpy(place, text, (size_t)length);
}

static void
decode_struct(struct decoder *decoder, const ths_type *type, char *place)
{
	if (type->fields_length > 0)
		decode_fields(decoder, type, place);
	else if (reader_byte(&decoder->in) != 0)
		reader_refuse(&decoder->in, THS_MALFORMED);
}

static void
decode_value(struct decoder *decoder, const ths_field *field, char *place)
{
	uint32_t size = field->size;
	ths_string string;
	ths_bytes bytes;

	switch ((ths_kind)field->kind) {
	case THS_KIND_INTEGER:
		scalar_put(place, size, size == 1 ? reader_byte(&decoder->in) :
		    (uint64_t)reader_zigzag(&decoder->in, size));
		break;
	case THS_KIND_UNSIGNED:
		scalar_put(place, size, reader_natural(&decoder->in, size));
		break;
	case THS_KIND_BOOL:
		scalar_put(place, size, reader_bool(&decoder->in));
		break;
	case THS_KIND_FLOAT:
	case THS_KIND_TIME:
		scalar_put(place, size, reader_fixed(&decoder->in, size));
		break;
	case THS_KIND_ADDRESS:
		decode_address(decoder, place);
		break;
	case THS_KIND_ENUM:
	case THS_KIND_DURATION:
		scalar_put(place, size,
		    (uint64_t)reader_zigzag(&decoder->in, size));
		break;
	case THS_KIND_TEXT:
		decode_fixed_text(decoder, place, size);
		break;
	case THS_KIND_STRUCT:
		decode_struct(decoder, field->type, place);
		break;
	case THS_KIND_STRING:
		string = decode_string(decoder);
		memcpy(place, &string, sizeof(string));
		break;
	case THS_KIND_BYTES:
		bytes = decode_bytes(decoder, FLAT_ALIGNMENT);
		memcpy(place, &bytes, sizeof(bytes));
		break;
	case THS_KIND_BLOB:
		/* The block's, and nobody's blob: the rest of it is zero. */
		bytes = decode_bytes(decoder, FLAT_ALIGNMENT);
		memcpy(place, &bytes, sizeof(bytes));
		break;
	case THS_KIND_ANY:
		decode_any(decoder, place);
		break;
	case THS_KIND_MAP:
		decode_map(decoder, place);
		break;
	}
}

static void
decode_values(struct decoder *decoder, const ths_field *field, char *place,
    size_t length)
{
	for (size_t i = 0; i < length && decoder->in.status == THS_OK; i++)
		decode_value(decoder, field, place + i * field->size);
}

static void
decode_list(struct decoder *decoder, const ths_field *field, char *place)
{
	uint64_t length = reader_varint(&decoder->in);
	char *items = NULL;
	ths_bytes list; /* items and how many, as in every list */

	/* Every value has one byte at least. */
	if (length > reader_left(&decoder->in))
		reader_refuse(&decoder->in, THS_MALFORMED);
	if (length > 0)
		items = reserve_zeroed(decoder, length, field->size);
	if (items != NULL)
		decode_values(decoder, field, items, (size_t)length);
	list = (ths_bytes){ items, (size_t)length };
	memcpy(place, &list, sizeof(list));
}

static void
decode_field(struct decoder *decoder, const ths_field *field, char *place)
{
	switch ((ths_form)field->form) {
	case THS_FORM_ONE:
	case THS_FORM_BASE:
		decode_value(decoder, field, place);
		break;
	case THS_FORM_ARRAY:
		decode_values(decoder, field, place, field->count);
		break;
	case THS_FORM_LIST:
		decode_list(decoder, field, place);
		break;
	case THS_FORM_OPTIONAL:
		place[field->size] = reader_bool(&decoder->in);
		if (place[field->size] != 0)
			decode_value(decoder, field, place);
		break;
	}
}

static void
decode_fields(struct decoder *decoder, const ths_type *type, char *place)
{
	if (decoder->depth == THS_DEPTH_MAX) {
		reader_refuse(&decoder->in, THS_MALFORMED);
		return;
	}
	decoder->depth++;
	for (uint32_t i = 0; i < type->fields_length &&
	    decoder->in.status == THS_OK; i++)
		decode_field(decoder, &type->fields[i],
		    place + type->fields[i].offset);
	decoder->depth--;
}

/* The type that a message names; NULL: none, or a failure. */
static const ths_type *
decode_type(struct decoder *decoder)
{
	uint64_t length = reader_varint(&decoder->in);
	const char *name = reader_text(&decoder->in, length, THS_WIRE_NAME_MAX);
	const ths_type *type = NULL;
	uint64_t digest;

	if (length == 0 || decoder->in.status != THS_OK)
		return NULL;
	digest = reader_fixed(&decoder->in, 8);
	if (decoder->in.status == THS_OK)
		type = decoder->types->find(decoder->types->context, name,
		    (size_t)length);
	if (type == NULL || !layout_is_sound(type) ||
	    layout_wire_digest(type) != digest) {
		reader_refuse(&decoder->in, THS_MISMATCH);
		return NULL;
	}
	return type;
}

/* Leaves `any` as it is where there is no message. */
static void
decode_message(struct decoder *decoder, ths_any *any)
{
	const ths_type *type = decode_type(decoder);
	void *message = NULL;

	if (type == NULL)
		return;
	if (type->size > 0) {
		message = reserve_zeroed(decoder, 1, type->size);
		if (message == NULL)
			return;
	}
	if (type->fields_length > 0)
		decode_fields(decoder, type, message);
	*any = (ths_any){ type, message };
}

enum ths_status
codec_decode(const void *bytes, size_t size, const struct codec_types *types,
    void *block, size_t room, ths_any *message)
{
	struct decoder decoder = { .in = { .bytes = bytes, .size = size },
		.block = block, .room = room, .types = types };
	ths_any any = { NULL, NULL };

	if (reader_byte(&decoder.in) != CODEC_VERSION)
		return THS_MALFORMED;
	decode_message(&decoder, &any);
	if (decoder.in.status == THS_OK &&
	    (any.type == NULL || decoder.in.at < decoder.in.size))
		return THS_MALFORMED;
	if (decoder.in.status == THS_OK)
		*message = any;
	return decoder.in.status;
}

/* What ths_decode() was given. */
struct known {
	const ths_type *const *types;
	size_t length;
};

static const ths_type *
find_known(const void *context, const char *name, size_t length)
{
	const struct known *known = context;

	for (size_t i = 0; i < known->length; i++) {
		const ths_type *type = known->types[i];

		if (type != NULL && strncmp(type->name, name, length) == 0 &&
		    type->name[length] == '\0')
			return type;
	}
	return NULL;
}

ths_status
ths_decode(const void *bytes, size_t size, const ths_type *const *types,
    size_t types_length, void *block, size_t room, ths_any *message)
{
	struct known known = { types, types_length };
	struct codec_types codec_types = { find_known, &known };

	if ((bytes == NULL && size > 0) ||
	    (types == NULL && types_length > 0) || message == NULL ||
	    (block == NULL && room > 0) ||
	    (uintptr_t)block % THS_BLOCK_ALIGNMENT != 0)
		return THS_BAD_ARGUMENT;
	return codec_decode(bytes, size, &codec_types, block, room, message);
}
