/* SPDX-License-Identifier: MIT */
/* report - text that is put together in a buffer; see report.h. */
#include "vm/admin/report.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const ths_report_options no_options;

void
report_init(struct report *report, const ths_report_options *options,
    char *buffer, size_t room, int descriptor)
{
	*report = (struct report){
		.buffer = buffer,
		.room = room,
		.descriptor = descriptor,
		.is_first = true,
		.options = options != NULL ? options : &no_options,
	};
	if (room > 0)
		buffer[0] = '\0';
}

void
report_flush(struct report *report)
{
	size_t done = 0;

	while (report->descriptor >= 0 && done < report->length) {
		ssize_t written = write(report->descriptor,
		    report->buffer + done, report->length - done);

		if (written < 0 && errno != EINTR)
			break; /* nobody to be told */
		if (written > 0)
			done += (size_t)written;
	}
	report->length = 0;
}

/* --------------------------------------------------------------------- text */

void
report_bytes(struct report *report, const char *bytes, size_t size)
{
	report->size += size;
	while (size > 0 && report->room > 0) {
		size_t left = report->room - 1 - report->length;
		size_t part = size < left ? size : left;

		memcpy(report->buffer + report->length, bytes, part);
		report->length += part;
		report->buffer[report->length] = '\0';
		bytes += part;
		size -= part;
		if (size == 0 || report->descriptor < 0)
			return;
		report_flush(report);
	}
}

void
report_text(struct report *report, const char *text)
{
	report_bytes(report, text, strlen(text));
}

char *
report_digits(uint64_t number, char text[21])
{
	char backwards[20];
	int length = 0;

	do {
		backwards[length++] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	for (int i = 0; i < length; i++)
		text[i] = backwards[length - 1 - i];
	text[length] = '\0';
	return text;
}

void
report_number(struct report *report, uint64_t number)
{
	char text[21];

	report_text(report, report_digits(number, text));
}

void
report_integer(struct report *report, int64_t number)
{
	if (number < 0)
		report_text(report, "-");
	report_number(report, number < 0 ? -(uint64_t)number :
	    (uint64_t)number);
}

const char *
report_show(const struct report *report, ths_address address,
    char text[THS_ADDRESS_TEXT_SIZE])
{
	const ths_report_options *options = report->options;
	const char *shown;

	if (options->address == NULL)
		return ths_address_print(address, text);
	text[0] = '\0';
	shown = options->address(options->context, address, text);
	return shown != NULL ? shown : "";
}

void
report_address(struct report *report, ths_address address)
{
	char text[THS_ADDRESS_TEXT_SIZE];

	report_text(report, report_show(report, address, text));
}

void
report_hexadecimal(struct report *report, const void *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *at = bytes;

	report_text(report, "\"");
	for (size_t i = 0; i < size; i++) {
		const char pair[] = { digits[at[i] >> 4], digits[at[i] & 15] };

		report_bytes(report, pair, sizeof(pair));
	}
	report_text(report, "\"");
}

static void
fill(struct report *report, size_t used, size_t width)
{
	for (; used < width; used++)
		report_bytes(report, " ", 1);
}

void
report_right(struct report *report, const char *text, size_t width)
{
	fill(report, strlen(text), width);
	report_text(report, text);
}

void
report_left(struct report *report, const char *text, size_t width)
{
	report_text(report, text);
	fill(report, strlen(text), width);
}

/* --------------------------------------------------------------------- JSON */

/* Bytes of the UTF-8 character that text begins with; 0: it is none. */
static size_t
utf8_length(const unsigned char *text)
{
	unsigned char first = text[0];
	size_t length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 :
	    first < 0xf5 ? 4 : 0;

	if (first < 0x80)
		return 1;
	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	}
	/* Longer than need be, a surrogate, or beyond the last. */
	if ((first == 0xe0 && text[1] < 0xa0) ||
	    (first == 0xed && text[1] > 0x9f) ||
	    (first == 0xf0 && text[1] < 0x90) ||
	    (first == 0xf4 && text[1] > 0x8f))
		return 0;
	return length;
}

static void
escape(struct report *report, unsigned char byte)
{
	static const char digits[] = "0123456789abcdef";
	char text[] = "\\u0000";

	if (byte == '"' || byte == '\\') {
		text[1] = (char)byte;
		report_bytes(report, text, 2);
		return;
	}
	text[4] = digits[byte >> 4];
	text[5] = digits[byte & 15];
	report_bytes(report, text, 6);
}

void
report_quoted(struct report *report, const char *text)
{
	if (text == NULL) {
		report_text(report, "null");
		return;
	}
	report_text(report, "\"");
	while (*text != '\0') {
		size_t length = utf8_length((const unsigned char *)text);

		if (length == 0) {
			report_text(report, "\xef\xbf\xbd");
			text++;
			continue;
		}
		if (*text == '"' || *text == '\\' ||
		    (unsigned char)*text < ' ')
			escape(report, (unsigned char)*text);
		else
			report_bytes(report, text, length);
		text += length;
	}
	report_text(report, "\"");
}

void
report_quoted_address(struct report *report, ths_address address)
{
	char text[THS_ADDRESS_TEXT_SIZE];

	report_quoted(report, report_show(report, address, text));
}

void
report_member(struct report *report, const char *key)
{
	if (!report->is_first)
		report_text(report, ",");
	report->is_first = false;
	if (key == NULL)
		return;
	report_quoted(report, key);
	report_text(report, ":");
}

void
report_open(struct report *report, const char *bracket)
{
	report_text(report, bracket);
	report->is_first = true;
}

void
report_close(struct report *report, const char *bracket)
{
	report_text(report, bracket);
	report->is_first = false;
}

void
report_member_text(struct report *report, const char *key, const char *text)
{
	report_member(report, key);
	report_quoted(report, text);
}

void
report_member_number(struct report *report, const char *key, uint64_t number)
{
	report_member(report, key);
	report_number(report, number);
}

void
report_member_bool(struct report *report, const char *key, bool truth)
{
	report_member(report, key);
	report_text(report, truth ? "true" : "false");
}

void
report_member_address(struct report *report, const char *key,
    ths_address address)
{
	report_member(report, key);
	report_quoted_address(report, address);
}
