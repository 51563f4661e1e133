/* SPDX-License-Identifier: MIT */
/* flat - a message as one block; see flat.h. */
#include "vm/message/flat.h"

#include "mailbox/envelope.h"

_Static_assert((int)THS_FLAT_SIZE_MAX == (int)ENVELOPE_MESSAGE_MAX,
    "the public limit and the envelope's differ");

static size_t
aligned(size_t size)
{
	return (size + FLAT_ALIGNMENT - 1) & ~(size_t)(FLAT_ALIGNMENT - 1);
}

/* Where the part of a field ends that begins at `at`; SIZE_MAX: bad bytes. */
static size_t
end_of_part(const ths_field *field, const void *message, size_t at)
{
	const char *place = (const char *)message + field->offset;

	if (field->kind == THS_KIND_STRING) {
		ths_string text;

		memcpy(&text, place, sizeof(text));
		return text == NULL ? at : at + strlen(text) + 1;
	}
	if (field->kind == THS_KIND_BYTES) {
		ths_bytes bytes;

		memcpy(&bytes, place, sizeof(bytes));
		if (bytes.size == 0)
			return at;
		if (bytes.data == NULL)
			return SIZE_MAX;
		if (bytes.size > THS_FLAT_SIZE_MAX)
			return SIZE_MAX - 1;
		return aligned(at) + bytes.size;
	}
	return at;
}

enum ths_status
flat_measure_parts(const ths_type *type, const void *message, uint32_t *size)
{
	size_t at = type->size;

	for (uint32_t i = 0; i < type->fields_length; i++) {
		at = end_of_part(&type->fields[i], message, at);
		if (at == SIZE_MAX)
			return THS_BAD_ARGUMENT;
		if (at > THS_FLAT_SIZE_MAX)
			return THS_TOO_LARGE;
	}
	*size = (uint32_t)at;
	return THS_OK;
}

/* Copies a string to `at`, cut at `end`; returns where the next may begin. */
static size_t
write_string(char *place, char *block, size_t at, size_t end)
{
	ths_string text;
	ths_string copy = block + at;
	size_t length;

	memcpy(&text, place, sizeof(text));
	if (text == NULL || at == end)
		copy = NULL;
	memcpy(place, &copy, sizeof(copy));
	if (copy == NULL)
		return at;
	length = strnlen(text, end - at - 1);
	memcpy(block + at, text, length);
	block[at + length] = '\0';
	return at + length + 1;
}

/* The same for bytes. */
static size_t
write_bytes(char *place, char *block, size_t at, size_t end)
{
	ths_bytes bytes;

	memcpy(&bytes, place, sizeof(bytes));
	at = aligned(at);
	if (bytes.size == 0 || at >= end) {
		bytes = (ths_bytes){ NULL, 0 };
		memcpy(place, &bytes, sizeof(bytes));
		return at < end ? at : end;
	}
	if (bytes.size > end - at)
		bytes.size = end - at;
	memcpy(block + at, bytes.data, bytes.size);
	bytes.data = block + at;
	memcpy(place, &bytes, sizeof(bytes));
	return at + bytes.size;
}

void
flat_write_parts(const ths_type *type, void *block, uint32_t size)
{
	size_t at = type->size;

	for (uint32_t i = 0; i < type->fields_length; i++) {
		const ths_field *field = &type->fields[i];
		char *place = (char *)block + field->offset;

		if (field->kind == THS_KIND_STRING)
			at = write_string(place, block, at, size);
		else if (field->kind == THS_KIND_BYTES)
			at = write_bytes(place, block, at, size);
	}
}
