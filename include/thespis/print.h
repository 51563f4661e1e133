/* SPDX-License-Identifier: MIT */
/*
 * print - a message as text: for a person, or as JSON for a program.
 *
 *     deposit{owner="ann", cents=42, note=none, paint=GREEN}
 *     {"owner":"ann","cents":42,"note":null,"paint":"GREEN"}
 *
 * What is printed fits on one line, in ASCII but for what is UTF-8 in strings;
 * bytes stand in hexadecimal, of a blob its size and the first 16, times in
 * UTC, durations in seconds (JSON: as their number of nanoseconds).  A message
 * of any type inside another is {"type":"deposit","message":{...}} in JSON.
 * JSON is valid whatever the strings hold: a byte that is no UTF-8 becomes
 * U+FFFD, a number that is not finite null.
 *
 * Both write at most `size` bytes into text, the NUL included, and return how
 * long the whole would be, like snprintf().  A text that had to be cut ends in
 * "..."; JSON is not cut but replaced by {"cut":true}, or "" where even that
 * finds no room.  text may be NULL when size is 0.
 *
 * A message printed before it was sent may hold anything, itself included.
 *
 * Threads: any.  Limits: messages nested deeper than THS_DEPTH_MAX print as
 * "...", and as null in JSON; one of THS_PRINT_VALUES_MAX values or more ends
 * there in "...", and as JSON is replaced as if it had been too long.
 */
#ifndef THESPIS_PRINT_H
#define THESPIS_PRINT_H

#include "thespis/message.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { THS_PRINT_VALUES_MAX = 1 << 20 }; /* in one text */

/* Prints for a person.  A message of no type is "none". */
THS_PUBLIC size_t ths_message_print(const ths_type *type, const void *message,
    char *text, size_t size);

/* Prints as JSON.  A message of no type is null. */
THS_PUBLIC size_t ths_message_json(const ths_type *type, const void *message,
    char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif
