/* SPDX-License-Identifier: MIT */
/*
 * report - text that is put together in a buffer: lines, or JSON.
 *
 * What does not fit is cut and counted, or written to a descriptor when there
 * is one.  Nothing is allocated, no lock is taken and no printf is called, so
 * that a signal handler may use it.
 *
 * Threads: the owner.
 */
#ifndef VM_ADMIN_REPORT_H
#define VM_ADMIN_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "thespis/inspect.h"

struct report {
	char *buffer;
	size_t room;     /* of the buffer, a NUL included */
	size_t length;   /* in the buffer */
	size_t size;     /* of all text so far */
	int descriptor;  /* takes what is in a full buffer; -1: none */
	bool is_first;   /* in JSON: no comma before the next member */
	const ths_report_options *options;
};

/* options may be NULL. */
void report_init(struct report *report, const ths_report_options *options,
    char *buffer, size_t room, int descriptor);

/* Writes what is left to the descriptor. */
void report_flush(struct report *report);

void report_bytes(struct report *report, const char *bytes, size_t size);
void report_text(struct report *report, const char *text);
void report_number(struct report *report, uint64_t number);
void report_integer(struct report *report, int64_t number);
void report_address(struct report *report, ths_address address);

/* The same text, in `text` or where options put it. */
const char *report_show(const struct report *report, ths_address address,
    char text[THS_ADDRESS_TEXT_SIZE]);

/* Bytes in quotation marks, as hexadecimal digits. */
void report_hexadecimal(struct report *report, const void *bytes, size_t size);

/* Text, filled up with blanks to `width` characters: before it, or behind. */
void report_right(struct report *report, const char *text, size_t width);
void report_left(struct report *report, const char *text, size_t width);

/* The decimal digits of a number.  Returns text. */
char *report_digits(uint64_t number, char text[21]);

/* --------------------------------------------------------------------- JSON */

/* Text in quotation marks; what is not UTF-8 becomes U+FFFD.  NULL: null. */
void report_quoted(struct report *report, const char *text);

void report_quoted_address(struct report *report, ths_address address);

/* Begins a member of an object, or with NULL an element of a list, with a comma
 * if one is needed. */
void report_member(struct report *report, const char *key);

/* '{' or '[', and its end. */
void report_open(struct report *report, const char *bracket);
void report_close(struct report *report, const char *bracket);

/* Whole members. */
void report_member_text(struct report *report, const char *key,
    const char *text);
void report_member_number(struct report *report, const char *key,
    uint64_t number);
void report_member_bool(struct report *report, const char *key, bool truth);
void report_member_address(struct report *report, const char *key,
    ths_address address);

#endif
