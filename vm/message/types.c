/* SPDX-License-Identifier: MIT */
/*
 * types - the message types a VM has met; see types.h.
 *
 * Taking in looks through all entries: it happens once per descriptor and crew,
 * and a program has tens of types, not thousands.
 */
#include "vm/message/types.h"

#include <string.h>

#include "base/check.h"
#include "vm/message/layout.h"

void
types_init(struct types *types, struct memory *memory)
{
	types->memory = memory;
	types->length = 1;
	pthread_mutex_init(&types->mutex, NULL);
	for (int i = 0; i < TYPES_CHUNKS; i++)
		atomic_init(&types->chunks[i], NULL);
}

static struct type_entry *
entry_at(const struct types *types, uint32_t number)
{
	/* [C] */
	struct type_entry *chunk = atomic_load_explicit(
	    &types->chunks[number / TYPES_PER_CHUNK], memory_order_acquire);

	return &chunk[number % TYPES_PER_CHUNK];
}

void
types_fini(struct types *types)
{
	for (uint32_t i = 1; i < types->length; i++) {
		struct type_entry *entry = entry_at(types, i);

		memory_give(types->memory, entry->name,
		    strlen(entry->name) + 1, 1);
	}
	for (int i = 0; i < TYPES_CHUNKS; i++) {
		/* Relaxed: nobody else is here any more. */
		memory_give(types->memory, atomic_load_explicit(
		    &types->chunks[i], memory_order_relaxed),
		    TYPES_PER_CHUNK * sizeof(struct type_entry),
		    alignof(struct type_entry));
	}
	pthread_mutex_destroy(&types->mutex);
}

/* Makes room for one more entry; under the mutex. */
static enum ths_status
reserve(struct types *types)
{
	uint32_t chunk = types->length / TYPES_PER_CHUNK;
	struct type_entry *entries;

	if (types->length > TYPES_MAX)
		return THS_LIMIT;
	/* Relaxed: only written under the mutex. */
	if (atomic_load_explicit(&types->chunks[chunk],
	    memory_order_relaxed) != NULL)
		return THS_OK;
	entries = memory_take(types->memory,
	    TYPES_PER_CHUNK * sizeof(struct type_entry),
	    alignof(struct type_entry));
	if (entries == NULL)
		return THS_NO_MEMORY;
	/* [C] */
	atomic_store_explicit(&types->chunks[chunk], entries,
	    memory_order_release);
	return THS_OK;
}

/* Copies name, with its NUL; NULL without memory. */
static char *
copy_name(struct types *types, const char *name)
{
	size_t size = strlen(name) + 1;
	char *copy = memory_take(types->memory, size, 1);

	return copy == NULL ? NULL : memcpy(copy, name, size);
}

static enum ths_status
take_in(struct types *types, const ths_type *type, uint64_t digest,
    uint32_t parent, uint32_t *number)
{
	enum ths_status status = reserve(types);
	struct type_entry *entry;
	char *name;

	if (status != THS_OK)
		return status;
	name = copy_name(types, type->name);
	if (name == NULL)
		return THS_NO_MEMORY;
	entry = entry_at(types, types->length);
	*entry = (struct type_entry){ .name = name, .type = type,
		.digest = digest, .size = type->size, .parent = parent };
	*number = types->length++;
	return THS_OK;
}

/* The number of a type that is known, or 0; under the mutex. */
static uint32_t
find(const struct types *types, const ths_type *type, uint64_t digest)
{
	for (uint32_t i = 1; i < types->length; i++) {
		const struct type_entry *entry = entry_at(types, i);

		if (entry->digest == digest &&
		    strcmp(entry->name, type->name) == 0)
			return i;
	}
	return 0;
}

/* A type's parent is taken in before it; under the mutex.  It ends: a sound
 * type is no ancestor of its own. */
static enum ths_status
number_of(struct types *types, const ths_type *type, uint32_t *number)
{
	uint64_t digest = layout_digest(type);
	const ths_type *parent = ths_type_parent(type);
	uint32_t parent_number = 0;
	enum ths_status status = THS_OK;
	uint32_t known = find(types, type, digest);

	if (known != 0) {
		*number = known;
		return THS_OK;
	}
	if (parent != NULL)
		status = number_of(types, parent, &parent_number);
	return status != THS_OK ? status :
	    take_in(types, type, digest, parent_number, number);
}

enum ths_status
types_number(struct types *types, const ths_type *type, uint32_t *number)
{
	enum ths_status status;

	if (!layout_is_sound(type))
		return THS_BAD_ARGUMENT;
	pthread_mutex_lock(&types->mutex);
	status = number_of(types, type, number);
	pthread_mutex_unlock(&types->mutex);
	return status;
}

const struct type_entry *
types_entry(const struct types *types, uint32_t number)
{
	return entry_at(types, number);
}
