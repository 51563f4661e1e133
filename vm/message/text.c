/* SPDX-License-Identifier: MIT */
/* text - text in a buffer of fixed size; see text.h. */
#include "vm/message/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { FORMAT_SIZE = 129 };

void
text_add(struct text *text, const char *bytes, size_t length)
{
	if (text->length < text->size) {
		size_t room = text->size - text->length;

		memcpy(text->buffer + text->length, bytes,
		    length < room ? length : room);
	}
	text->length += length;
}

void
text_put(struct text *text, const char *string)
{
	text_add(text, string, strlen(string));
}

void
text_format(struct text *text, const char *format, ...)
{
	char piece[FORMAT_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(piece, sizeof(piece), format, arguments);
	va_end(arguments);
	text_put(text, piece);
}

void
text_add_hex(struct text *text, const void *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < size; i++) {
		char pair[] = { digits[byte[i] >> 4], digits[byte[i] & 15] };

		text_add(text, pair, sizeof(pair));
	}
}

/* How many bytes follow this one in UTF-8; -1: it begins nothing.  C0, C1 and
 * what is above F4 only begin what is longer than need be or too large. */
static int
followers_of(unsigned char first)
{
	if (first < 0x80)
		return 0;
	if (first >= 0xc2 && first < 0xe0)
		return 1;
	if (first >= 0xe0 && first < 0xf0)
		return 2;
	return first >= 0xf0 && first < 0xf5 ? 3 : -1;
}

/* The bytes of the UTF-8 character at the start; 0: there is none.  See RFC
 * 3629, section 4, for what may follow E0, ED, F0 and F4. */
static size_t
character(const unsigned char *bytes, size_t length)
{
	int followers = followers_of(bytes[0]);

	if (followers < 0 || (size_t)followers >= length)
		return 0;
	for (int i = 1; i <= followers; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((bytes[0] == 0xe0 && bytes[1] < 0xa0) ||
	    (bytes[0] == 0xed && bytes[1] > 0x9f) ||
	    (bytes[0] == 0xf0 && bytes[1] < 0x90) ||
	    (bytes[0] == 0xf4 && bytes[1] > 0x8f))
		return 0;
	return (size_t)followers + 1;
}

/* C1 controls, too: a terminal may obey them. */
static bool
is_control(const unsigned char *bytes)
{
	return bytes[0] < 0x20 || bytes[0] == 0x7f ||
	    (bytes[0] == 0xc2 && bytes[1] < 0xa0);
}

static void
quote_control(struct text *text, const unsigned char *bytes, bool is_json)
{
	if (bytes[0] == '\n')
		text_put(text, "\\n");
	else if (bytes[0] == '\t')
		text_put(text, "\\t");
	else if (is_json)
		text_format(text, "\\u%04x",
		    bytes[0] == 0xc2 ? bytes[1] : bytes[0]);
	else if (bytes[0] == 0xc2)
		text_format(text, "\\x%02x\\x%02x", bytes[0], bytes[1]);
	else
		text_format(text, "\\x%02x", bytes[0]);
}

void
text_quote(struct text *text, const char *bytes, size_t length, bool is_json)
{
	const unsigned char *at = (const unsigned char *)bytes;

	text_put(text, "\"");
	while (length > 0) {
		size_t size = character(at, length);

		if (size == 0 && is_json)
			text_put(text, "\\ufffd");
		else if (size == 0)
			text_format(text, "\\x%02x", at[0]);
		else if (is_control(at))
			quote_control(text, at, is_json);
		else if (at[0] == '"' || at[0] == '\\')
			text_format(text, "\\%c", at[0]);
		else
			text_add(text, (const char *)at, size);
		if (size == 0)
			size = 1;
		at += size;
		length -= size;
	}
	text_put(text, "\"");
}

size_t
text_end(struct text *text)
{
	static const char cut[] = "...";

	if (text_fits(text)) {
		text->buffer[text->length] = '\0';
	} else if (text->size > 0) {
		size_t dots = text->size - 1 < 3 ? text->size - 1 : 3;

		memcpy(text->buffer + text->size - 1 - dots, cut, dots);
		text->buffer[text->size - 1] = '\0';
	}
	return text->length;
}
