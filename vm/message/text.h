/* SPDX-License-Identifier: MIT */
/*
 * text - text that is written into a buffer of fixed size and goes on being
 * counted where the buffer ends.
 *
 * Threads: the owner.  Ownership: the buffer is the caller's.
 */
#ifndef VM_MESSAGE_TEXT_H
#define VM_MESSAGE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "thespis/status.h"

struct text {
	char *buffer;  /* may be NULL when size is 0 */
	size_t size;   /* of the buffer */
	size_t length; /* of the whole, cut or not */
};

void text_add(struct text *text, const char *bytes, size_t length);

/* The same with a string. */
void text_put(struct text *text, const char *string);

/* The same, of at most 128 bytes. */
void text_format(struct text *text, const char *format, ...)
    THS_PRINTF(2, 3);

/*
 * Adds `length` bytes in double quotes, so that they can be told from what
 * stands around them: quotes, backslashes and control characters escaped, UTF-8
 * as it is.  What is no UTF-8 is \xNN, or in JSON, which has no such thing,
 * \ufffd.
 */
void text_quote(struct text *text, const char *bytes, size_t length,
    bool is_json);

/* Adds bytes as pairs of hexadecimal digits. */
void text_add_hex(struct text *text, const void *bytes, size_t size);

/* True when the whole and its NUL fit. */
static inline bool
text_fits(const struct text *text)
{
	return text->length < text->size;
}

/* Writes the NUL; a text that was cut ends in "..." (as much of it as there is
 * room for).  Returns how long the whole is. */
size_t text_end(struct text *text);

#endif
