/* SPDX-License-Identifier: MIT */
/*
 * reader - bytes from outside, read from front to back: the parts that an
 * encoding is made of (codec.h).
 *
 * Nothing is believed.  A read that fails makes the reader fail for good, and
 * from then on there is nothing left: what is read is zero or empty, so callers
 * look at `status` only where they would go on for long.
 *
 * Threads: the owner.  Ownership: the bytes are the caller's; text and raw
 * bytes are returned where they lie.
 * Errors: THS_MALFORMED, in `status`.
 */
#ifndef VM_MESSAGE_READER_H
#define VM_MESSAGE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "thespis/status.h"

struct reader {
	const unsigned char *bytes;
	size_t size;
	size_t at; /* the next byte */
	enum ths_status status;
};

/* Fails, unless it has failed before. */
void reader_refuse(struct reader *reader, enum ths_status status);

/* How many bytes are left; none after a failure. */
size_t reader_left(const struct reader *reader);

/* The next `size` bytes, or NULL. */
const void *reader_raw(struct reader *reader, uint64_t size);

unsigned reader_byte(struct reader *reader);

/* A byte that is 0 or 1. */
bool reader_bool(struct reader *reader);

/* A number of `size` bytes (<= 8), the lowest first. */
uint64_t reader_fixed(struct reader *reader, uint32_t size);

/* A varint in its shortest form. */
uint64_t reader_varint(struct reader *reader);

/* What a field of `size` bytes can hold: a byte, or a varint. */
uint64_t reader_natural(struct reader *reader, uint32_t size);

/* The same with a sign, always as the zigzag of a varint. */
int64_t reader_zigzag(struct reader *reader, uint32_t size);

/* `length` bytes, at most `most`, none of them 0; never NULL. */
const char *reader_text(struct reader *reader, uint64_t length, uint64_t most);

#endif
