/* SPDX-License-Identifier: MIT */
/*
 * encode - a message as bytes; see codec.h for the format.
 *
 * A message that can be sent has been checked by flat_check_any(): lengths are
 * sound and pointers lead somewhere.
 */
#include <string.h>

#include "vm/message/codec.h"
#include "vm/message/flat.h"
#include "vm/message/layout.h"
#include "vm/message/scalar.h"

struct writer {
	unsigned char *bytes; /* NULL: only counts */
	size_t room;
	size_t at; /* goes on beyond the room, where nothing is written */
	unsigned depth;
	enum ths_status status;
};

static void write_message(struct writer *writer, const ths_type *type,
    const void *message);
static void write_fields(struct writer *writer, const ths_type *type,
    const char *place);

static void
refuse(struct writer *writer, enum ths_status status)
{
	if (writer->status == THS_OK)
		writer->status = status;
}

static void
write_raw(struct writer *writer, const void *bytes, size_t size)
{
	if (writer->at <= writer->room && size <= writer->room - writer->at &&
	    size > 0)
		memcpy(writer->bytes + writer->at, bytes, size);
	writer->at += size;
}

static void
write_byte(struct writer *writer, unsigned byte)
{
	unsigned char one = (unsigned char)byte;

	write_raw(writer, &one, 1);
}

static void
write_fixed(struct writer *writer, uint64_t number, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++)
		write_byte(writer, (unsigned)(number >> i * 8) & 0xff);
}

static void
write_varint(struct writer *writer, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		write_byte(writer, 0x80 | (unsigned)(number & 0x7f));
	write_byte(writer, (unsigned)number);
}

/* 0, -1, 1, -2, 2 … as 0, 1, 2, 3, 4 … */
static void
write_zigzag(struct writer *writer, int64_t number)
{
	write_varint(writer, (uint64_t)number << 1 ^
	    (number < 0 ? UINT64_MAX : 0));
}

static void
write_text(struct writer *writer, const char *text, size_t length)
{
	write_varint(writer, length);
	write_raw(writer, text, length);
}

static void
write_string(struct writer *writer, ths_string string)
{
	size_t length;

	if (string == NULL) {
		write_byte(writer, 0);
		return;
	}
	length = strlen(string);
	write_varint(writer, (uint64_t)length + 1);
	write_raw(writer, string, length);
}

static void
write_address(struct writer *writer, const char *place)
{
	ths_address address;

	memcpy(&address, place, sizeof(address));
	write_fixed(writer, address.vm, 8);
	write_varint(writer, address.slot);
	write_varint(writer, address.generation);
}

static void
write_bytes(struct writer *writer, const char *place)
{
	ths_bytes bytes;

	memcpy(&bytes, place, sizeof(bytes));
	write_varint(writer, bytes.size);
	write_raw(writer, bytes.data, bytes.size);
}

static void
write_any(struct writer *writer, const char *place)
{
	ths_any any;

	memcpy(&any, place, sizeof(any));
	if (any.type == NULL)
		write_byte(writer, 0);
	else
		write_message(writer, any.type, any.message);
}

static void
write_variant(struct writer *writer, const ths_variant *variant)
{
	uint64_t bits;

	write_byte(writer, variant->kind);
	if (variant->kind == THS_KIND_STRING) {
		write_string(writer, variant->string);
	} else if (variant->kind == THS_KIND_BYTES) {
		write_bytes(writer, (const char *)&variant->bytes);
	} else if (variant->kind == THS_KIND_INTEGER) {
		write_zigzag(writer, variant->integer);
	} else if (variant->kind == THS_KIND_UNSIGNED) {
		write_varint(writer, variant->natural);
	} else if (variant->kind == THS_KIND_BOOL) {
		write_byte(writer, variant->truth);
	} else {
		memcpy(&bits, &variant->number, sizeof(bits));
		write_fixed(writer, bits, 8);
	}
}

/* The pair with the smallest key that comes after `after`, or NULL. */
static const ths_pair *
next_pair(ths_map map, const char *after)
{
	const ths_pair *next = NULL;

	for (size_t i = 0; i < map.length; i++) {
		const ths_pair *pair = &map.pairs[i];

		if ((after == NULL || strcmp(pair->key, after) > 0) &&
		    (next == NULL || strcmp(pair->key, next->key) < 0))
			next = pair;
	}
	return next;
}

static void
write_map(struct writer *writer, const char *place)
{
	const ths_pair *pair;
	size_t written = 0;
	ths_map map;

	memcpy(&map, place, sizeof(map));
	write_varint(writer, map.length);
	for (pair = next_pair(map, NULL); pair != NULL;
	    pair = next_pair(map, pair->key)) {
		write_text(writer, pair->key, strlen(pair->key));
		write_variant(writer, &pair->value);
		written++;
	}
	if (written < map.length)
		refuse(writer, THS_BAD_ARGUMENT); /* a key twice */
}

static void
write_value(struct writer *writer, const ths_field *field, const char *place)
{
	uint32_t size = field->size;
	ths_string string;

	switch ((ths_kind)field->kind) {
	case THS_KIND_INTEGER:
		if (size == 1)
			write_raw(writer, place, 1);
		else
			write_zigzag(writer, scalar_integer(place, size));
		break;
	case THS_KIND_UNSIGNED:
		if (size == 1)
			write_raw(writer, place, 1);
		else
			write_varint(writer, scalar_natural(place, size));
		break;
	case THS_KIND_BOOL:
		write_byte(writer, scalar_natural(place, size) != 0);
		break;
	case THS_KIND_FLOAT:
		write_fixed(writer, scalar_natural(place, size), size);
		break;
	case THS_KIND_ADDRESS:
		write_address(writer, place);
		break;
	case THS_KIND_ENUM:
	case THS_KIND_DURATION:
		write_zigzag(writer, scalar_integer(place, size));
		break;
	case THS_KIND_TIME:
		write_fixed(writer, scalar_natural(place, size), size);
		break;
	case THS_KIND_TEXT:
		write_text(writer, place, strnlen(place, size));
		break;
	case THS_KIND_STRUCT:
		if (field->type->fields_length == 0)
			write_byte(writer, 0);
		else
			write_fields(writer, field->type, place);
		break;
	case THS_KIND_STRING:
		memcpy(&string, place, sizeof(string));
		write_string(writer, string);
		break;
	case THS_KIND_BYTES:
	case THS_KIND_BLOB: /* which begins with the same two members */
		write_bytes(writer, place);
		break;
	case THS_KIND_ANY:
		write_any(writer, place);
		break;
	case THS_KIND_MAP:
		write_map(writer, place);
		break;
	}
}

static void
write_values(struct writer *writer, const ths_field *field, const char *place,
    size_t length)
{
	for (size_t i = 0; i < length && writer->status == THS_OK; i++)
		write_value(writer, field, place + i * field->size);
}

static void
write_field(struct writer *writer, const ths_field *field, const char *place)
{
	ths_bytes list; /* items and how many, as in every list */

	switch ((ths_form)field->form) {
	case THS_FORM_ONE:
	case THS_FORM_BASE:
		write_value(writer, field, place);
		break;
	case THS_FORM_ARRAY:
		write_values(writer, field, place, field->count);
		break;
	case THS_FORM_LIST:
		memcpy(&list, place, sizeof(list));
		write_varint(writer, list.size);
		write_values(writer, field, list.data, list.size);
		break;
	case THS_FORM_OPTIONAL:
		write_byte(writer, place[field->size] != 0);
		if (place[field->size] != 0)
			write_value(writer, field, place);
		break;
	}
}

static void
write_fields(struct writer *writer, const ths_type *type, const char *place)
{
	if (writer->depth == THS_DEPTH_MAX) {
		refuse(writer, THS_BAD_ARGUMENT);
		return;
	}
	writer->depth++;
	for (uint32_t i = 0; i < type->fields_length &&
	    writer->status == THS_OK; i++)
		write_field(writer, &type->fields[i],
		    place + type->fields[i].offset);
	writer->depth--;
}

static void
write_message(struct writer *writer, const ths_type *type, const void *message)
{
	size_t length = strlen(type->name);

	if (length == 0 || length > THS_WIRE_NAME_MAX) {
		refuse(writer, THS_BAD_ARGUMENT);
		return;
	}
	write_text(writer, type->name, length);
	write_fixed(writer, layout_wire_digest(type), 8);
	write_fields(writer, type, message);
}

enum ths_status
codec_encode(const ths_type *type, const void *message, void *bytes,
    size_t room, size_t *size)
{
	struct writer writer = { .bytes = bytes,
		.room = bytes == NULL ? 0 : room };
	enum ths_status status;

	if (type == NULL || !layout_is_sound(type))
		return THS_BAD_ARGUMENT;
	status = flat_check_any(type, message);
	if (status != THS_OK)
		return status;
	write_byte(&writer, CODEC_VERSION);
	write_message(&writer, type, message);
	if (writer.status != THS_OK)
		return writer.status;
	if (bytes != NULL && writer.at > room)
		return THS_TOO_LARGE;
	*size = writer.at;
	return THS_OK;
}

ths_status
ths_encode(const ths_type *type, const void *message, void *bytes, size_t room,
    size_t *size)
{
	if (size == NULL)
		return THS_BAD_ARGUMENT;
	return codec_encode(type, message, bytes, room, size);
}
