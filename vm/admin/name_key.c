/* SPDX-License-Identifier: MIT */
/* name_key - the text of a name; see name_key.h. */
#include "vm/admin/name_key.h"

#include <string.h>

enum { DELETE = 0x7f /* the control character that is not below the blank */ };

_Static_assert(NAME_KEY_SIZE % sizeof(uint64_t) == 0, "a name is whole words");

/* The finalizer of splitmix64, once a word. */
static uint32_t
hash_of(const struct name_key *key)
{
	uint64_t hash = 0;

	for (uint32_t i = 0; i < key->used; i++) {
		hash = (hash ^ key->words[i]) * UINT64_C(0xbf58476d1ce4e5b9);
		hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
		hash ^= hash >> 31;
	}
	return (uint32_t)hash;
}

enum ths_status
name_key_make(struct name_key *key, const char *text)
{
	size_t length;

	if (text == NULL || text[0] == '\0')
		return THS_BAD_ARGUMENT;
	for (length = 0; text[length] != '\0'; length++) {
		if (length == THS_NAME_LENGTH_MAX)
			return THS_LIMIT;
		if ((unsigned char)text[length] < ' ' || text[length] == DELETE)
			return THS_BAD_ARGUMENT;
	}
	memset(key->words, 0, sizeof(key->words));
	memcpy(key->words, text, length);
	key->used = (uint32_t)(length / sizeof(uint64_t)) + 1;
	key->hash = hash_of(key);
	return THS_OK;
}
