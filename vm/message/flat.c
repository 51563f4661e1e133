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

/* Copies one string or bytes behind `at`; returns where the next may begin. */
static size_t
write_part(const ths_field *field, char *block, size_t at)
{
	char *place = block + field->offset;
	size_t size;

	if (field->kind == THS_KIND_STRING) {
		ths_string text;
		ths_string copy = block + at;

		memcpy(&text, place, sizeof(text));
		if (text == NULL)
			return at;
		size = strlen(text) + 1;
		memcpy(block + at, text, size);
		memcpy(place, &copy, sizeof(copy));
		return at + size;
	}
	if (field->kind == THS_KIND_BYTES) {
		ths_bytes bytes;

		memcpy(&bytes, place, sizeof(bytes));
		size = bytes.size;
		if (size > 0) {
			at = aligned(at);
			memcpy(block + at, bytes.data, size);
		}
		/* The sender's pointer means nothing to the receiver. */
		bytes.data = size > 0 ? block + at : NULL;
		memcpy(place, &bytes, sizeof(bytes));
		return at + size;
	}
	return at;
}

void
flat_write_parts(const ths_type *type, void *block)
{
	size_t at = type->size;

	for (uint32_t i = 0; i < type->fields_length; i++)
		at = write_part(&type->fields[i], block, at);
}
