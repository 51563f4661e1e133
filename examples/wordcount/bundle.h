/* SPDX-License-Identifier: MIT */
/*
 * bundle - many words with their counts, packed to travel in one message.
 *
 *   | count, hash, length | letters | count, hash, length | letters | ...
 *
 * Not aligned, so entries are copied out and in.  The bytes stay inside the
 * process; between machines the fields would need a fixed byte order.
 */
#ifndef WORDCOUNT_BUNDLE_H
#define WORDCOUNT_BUNDLE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "messages.h"

struct entry {
	uint64_t count;
	uint32_t hash;
	uint32_t length; /* letters */
};

static_assert(sizeof(struct entry) + CHUNK_SIZE <= BUNDLE_SIZE,
    "the longest word fits into a bundle");
static_assert(BUNDLE_SIZE + sizeof(struct words) + 64 <= THS_FLAT_SIZE_MAX,
    "a bundle fits into a message");

struct bundle {
	size_t size; /* bytes used */
	char bytes[BUNDLE_SIZE];
};

/* Appends a word; false, and nothing done, if there is no room. */
static inline bool
bundle_try_put(struct bundle *bundle, const struct entry *entry,
    const char *letters)
{
	char *at = bundle->bytes + bundle->size;

	if (sizeof(*entry) + entry->length > BUNDLE_SIZE - bundle->size)
		return false;
	memcpy(at, entry, sizeof(*entry));
	memcpy(at + sizeof(*entry), letters, entry->length);
	bundle->size += sizeof(*entry) + entry->length;
	return true;
}

/*
 * Takes the next word from the bytes of a bundle and moves *bytes behind it.
 * Returns its letters, which lie in the bundle; NULL after the last.
 */
static inline const char *
bundle_take(ths_bytes *bytes, struct entry *entry)
{
	const char *at = bytes->data;
	size_t size;

	if (bytes->size == 0)
		return NULL;
	memcpy(entry, at, sizeof(*entry));
	size = sizeof(*entry) + entry->length;
	bytes->data = at + size;
	bytes->size -= size;
	return at + sizeof(*entry);
}

/* The bytes, as a message carries them. */
static inline ths_bytes
bundle_bytes(const struct bundle *bundle)
{
	return (ths_bytes){ bundle->bytes, bundle->size };
}

#endif
