/* SPDX-License-Identifier: MIT */
/*
 * name_key - the text of a name, as tables of names look it up.
 *
 * Threads: any.
 */
#ifndef VM_ADMIN_NAME_KEY_H
#define VM_ADMIN_NAME_KEY_H

#include <stdint.h>

#include "thespis/name.h"

enum {
	NAME_KEY_SIZE = THS_NAME_LENGTH_MAX + 1,
	NAME_KEY_WORDS = NAME_KEY_SIZE / sizeof(uint64_t),
};

struct name_key {
	uint64_t words[NAME_KEY_WORDS]; /* the text; the rest is zero */
	uint32_t used; /* words that hold text or its NUL */
	uint32_t hash;
};

/* THS_OK, THS_BAD_ARGUMENT (NULL, empty, or with a control character) or
 * THS_LIMIT (too long). */
enum ths_status name_key_make(struct name_key *key, const char *text);

/* As a string. */
static inline const char *
name_key_text(const struct name_key *key)
{
	return (const char *)key->words;
}

#endif
