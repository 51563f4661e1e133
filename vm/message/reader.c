/* SPDX-License-Identifier: MIT */
/* reader - the parts that an encoding is made of; see reader.h. */
#include "vm/message/reader.h"

#include <string.h>

#include "vm/message/codec.h"
#include "vm/message/scalar.h"

void
reader_refuse(struct reader *reader, enum ths_status status)
{
	if (reader->status == THS_OK)
		reader->status = status;
}

size_t
reader_left(const struct reader *reader)
{
	return reader->status == THS_OK ? reader->size - reader->at : 0;
}

const void *
reader_raw(struct reader *reader, uint64_t size)
{
	const unsigned char *at = reader->bytes + reader->at;

	if (size > reader_left(reader)) {
		reader_refuse(reader, THS_MALFORMED);
		return NULL;
	}
	reader->at += (size_t)size;
	return at;
}

unsigned
reader_byte(struct reader *reader)
{
	const unsigned char *byte = reader_raw(reader, 1);

	return byte == NULL ? 0 : *byte;
}

bool
reader_bool(struct reader *reader)
{
	unsigned byte = reader_byte(reader);

	if (byte > 1)
		reader_refuse(reader, THS_MALFORMED);
	return byte == 1;
}

uint64_t
reader_fixed(struct reader *reader, uint32_t size)
{
	const unsigned char *bytes = reader_raw(reader, size);
	uint64_t number = 0;

	for (uint32_t i = 0; bytes != NULL && i < size; i++)
		number |= (uint64_t)bytes[i] << i * 8;
	return number;
}

uint64_t
reader_varint(struct reader *reader)
{
	uint64_t number = 0;

	for (unsigned i = 0; i < CODEC_VARINT_SIZE; i++) {
		unsigned byte = reader_byte(reader);

		number |= (uint64_t)(byte & 0x7f) << i * 7;
		if (byte & 0x80)
			continue;
		/* Not the shortest form, or more than 64 bits. */
		if ((byte == 0 && i > 0) ||
		    (i == CODEC_VARINT_SIZE - 1 && byte > 1))
			break;
		return number;
	}
	reader_refuse(reader, THS_MALFORMED);
	return 0;
}

uint64_t
reader_natural(struct reader *reader, uint32_t size)
{
	uint64_t number = size == 1 ? reader_byte(reader) :
	    reader_varint(reader);

	if (!scalar_fits_natural(number, size)) {
		reader_refuse(reader, THS_MALFORMED);
		return 0;
	}
	return number;
}

int64_t
reader_zigzag(struct reader *reader, uint32_t size)
{
	uint64_t number = reader_varint(reader);
	int64_t value = (int64_t)(number >> 1 ^ (number & 1 ? UINT64_MAX : 0));

	if (!scalar_fits_integer(value, size)) {
		reader_refuse(reader, THS_MALFORMED);
		return 0;
	}
	return value;
}

const char *
reader_text(struct reader *reader, uint64_t length, uint64_t most)
{
	const char *text = length <= most ? reader_raw(reader, length) : NULL;

	if (text == NULL || memchr(text, 0, (size_t)length) != NULL) {
		reader_refuse(reader, THS_MALFORMED);
		return "";
	}
	return text;
}
