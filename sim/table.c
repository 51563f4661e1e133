/* SPDX-License-Identifier: MIT */
/* table - numbers found by a key, and arrays that grow; see table.h. */
#include "sim/table.h"

#include <stdalign.h>
#include <string.h>

#include "base/check.h"

enum { ROOM_MIN = 64 };

void
table_init(struct table *table, struct memory *memory)
{
	*table = (struct table){ .memory = memory };
}

void
table_fini(struct table *table)
{
	memory_give(table->memory, table->entries,
	    table->room * sizeof(*table->entries), CACHE_LINE);
	*table = (struct table){ .memory = table->memory };
}

/* Where a key is, or is to be. */
static struct table_entry *
find(const struct table *table, uint64_t key)
{
	/* The multiplier of Fibonacci hashing; its upper half is mixed best. */
	uint32_t place = (uint32_t)(key * 0x9e3779b97f4a7c15u >> 32);

	for (;; place++) {
		struct table_entry *entry =
		    &table->entries[place & (table->room - 1)];

		if (entry->key == key || entry->key == 0)
			return entry;
	}
}

static void
grow(struct table *table)
{
	struct table former = *table;

	table->room = former.room == 0 ? ROOM_MIN : 2 * former.room;
	table->entries = memory_take(table->memory,
	    table->room * sizeof(*table->entries), CACHE_LINE);
	CHECK(table->entries != NULL);
	for (uint32_t i = 0; i < former.room; i++) {
		if (former.entries[i].key != 0)
			*find(table, former.entries[i].key) =
			    former.entries[i];
	}
	table_fini(&former);
}

uint32_t *
table_at(struct table *table, uint64_t key)
{
	struct table_entry *entry;

	CHECK(key != 0);
	if (UNLIKELY(2 * table->length >= table->room))
		grow(table);
	entry = find(table, key);
	if (entry->key == 0) {
		entry->key = key;
		table->length++;
	}
	return &entry->number;
}

void
shelf_init(struct shelf *shelf, struct memory *memory, size_t size)
{
	*shelf = (struct shelf){ .memory = memory, .size = size };
}

void
shelf_fini(struct shelf *shelf)
{
	memory_give(shelf->memory, shelf->items, shelf->room * shelf->size,
	    CACHE_LINE);
	shelf_init(shelf, shelf->memory, shelf->size);
}

void
shelf_need(struct shelf *shelf, uint32_t index)
{
	struct shelf former = *shelf;

	if (LIKELY(index < shelf->room))
		return;
	if (shelf->room == 0)
		shelf->room = ROOM_MIN;
	while (shelf->room <= index)
		shelf->room *= 2;
	shelf->items = memory_take(shelf->memory, shelf->room * shelf->size,
	    CACHE_LINE);
	CHECK(shelf->items != NULL);
	if (former.items != NULL)
		memcpy(shelf->items, former.items, former.room * former.size);
	shelf_fini(&former);
}
