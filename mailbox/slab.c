/* SPDX-License-Identifier: MIT */
/* slab - the regions blocks are carved from; see slab.h. */
#include "mailbox/slab.h"

#include <string.h>

#include "base/check.h"
#include "mailbox/poison.h"

enum { TABLE_CAPACITY_MIN = 16 };

/* An inbox keeps this many bits of an address. */
#define ADDRESS_MAX ((uintptr_t)1 << 48)

static size_t
ticket_count(size_t slab_size)
{
	return slab_size / SLAB_BATCH_SIZE_MIN;
}

static size_t
control_size(size_t slab_size)
{
	return sizeof(struct slab) +
	    ticket_count(slab_size) * sizeof(struct depot_ticket);
}

/* How many slabs of the table start at or below this address. */
static uint32_t
table_rank(const struct slabs *slabs, uintptr_t address)
{
	uint32_t low = 0;
	uint32_t high = slabs->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if ((uintptr_t)slabs->table[middle]->pages <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Makes room for one more. */
static bool
table_reserve(struct slabs *slabs)
{
	size_t size = slabs->capacity * sizeof(struct slab *);
	uint32_t capacity = slabs->capacity == 0 ? TABLE_CAPACITY_MIN :
	    slabs->capacity * 2;
	struct slab **table;

	if (slabs->count < slabs->capacity)
		return true;
	table = memory_take(slabs->memory, capacity * sizeof(struct slab *),
	    alignof(struct slab *));
	if (table == NULL)
		return false;
	if (size > 0)
		memcpy(table, slabs->table, size);
	memory_give(slabs->memory, slabs->table, size,
	    alignof(struct slab *));
	slabs->table = table;
	slabs->capacity = capacity;
	return true;
}

static void
table_insert(struct slabs *slabs, struct slab *slab)
{
	uint32_t rank = table_rank(slabs, (uintptr_t)slab->pages);

	memmove(&slabs->table[rank + 1], &slabs->table[rank],
	    (slabs->count - rank) * sizeof(struct slab *));
	slabs->table[rank] = slab;
	slabs->count++;
}

/* A region an inbox can hold the addresses of. */
static void *
pages_map(struct memory *memory, size_t size)
{
	void *pages = memory_map(memory, size, size);

	if (pages != NULL && (uintptr_t)pages > ADDRESS_MAX - size) {
		memory_unmap(memory, pages, size, size);
		return NULL;
	}
	return pages;
}

static struct slab *
slab_new(struct slabs *slabs, size_t size)
{
	struct slab *slab;

	if (!table_reserve(slabs))
		goto fail;
	slab = memory_take(slabs->memory, control_size(size), CACHE_LINE);
	if (slab == NULL)
		goto fail;
	slab->pages = pages_map(slabs->memory, size);
	if (slab->pages == NULL)
		goto give_control;
	slab->size = size;
	table_insert(slabs, slab);
	depot_grow(slabs->depot, slab->tickets, ticket_count(size));
	slabs->bytes += size;
	return slab;

give_control:
	memory_give(slabs->memory, slab, control_size(size), CACHE_LINE);
fail:
	return NULL;
}

static void
slab_free(struct slabs *slabs, struct slab *slab)
{
	poison_none(slab->pages, slab->size);
	memory_unmap(slabs->memory, slab->pages, slab->size, slab->size);
	memory_give(slabs->memory, slab, control_size(slab->size), CACHE_LINE);
}

static struct slab *
blank_take(struct slabs *slabs)
{
	struct slab *slab = slabs->blank;

	if (slab == NULL)
		return NULL;
	slabs->blank = slab->next;
	slab->next = NULL;
	slabs->blank_bytes -= slab->size;
	return slab;
}

/* A fresh slab as large as the class has come to; when that is refused, a small
 * one may still be had. */
static struct slab *
fresh_take(struct slabs *slabs, unsigned size_class)
{
	size_t *next_size = &slabs->next_size[size_class];
	struct slab *slab = slab_new(slabs, *next_size);

	if (slab == NULL && *next_size > SLAB_SIZE_MIN) {
		*next_size = SLAB_SIZE_MIN;
		slab = slab_new(slabs, *next_size);
	}
	if (slab != NULL && *next_size < SLAB_SIZE_MAX)
		*next_size *= 2;
	return slab;
}

void
slabs_init(struct slabs *slabs, struct memory *memory, struct depot *depot)
{
	*slabs = (struct slabs){ .memory = memory, .depot = depot };
	for (unsigned i = 0; i < ENVELOPE_CLASSES; i++)
		slabs->next_size[i] = SLAB_SIZE_MIN;
}

void
slabs_fini(struct slabs *slabs)
{
	for (uint32_t i = 0; i < slabs->count; i++)
		slab_free(slabs, slabs->table[i]);
	memory_give(slabs->memory, slabs->table,
	    slabs->capacity * sizeof(struct slab *), alignof(struct slab *));
}

void *
slabs_carve(struct slabs *slabs, unsigned size_class, size_t size)
{
	struct slab *slab = slabs->open[size_class];
	void *bytes;

	if (slab == NULL || slab->carved == slab->size) {
		slab = blank_take(slabs);
		if (slab == NULL)
			slab = fresh_take(slabs, size_class);
		if (slab == NULL)
			return NULL;
		slab->size_class = size_class;
		slab->carved = 0;
		slab->is_retired = false;
		slabs->open[size_class] = slab;
	}
	bytes = slab->pages + slab->carved;
	slab->carved += size;
	return bytes;
}

struct slab *
slabs_find(const struct slabs *slabs, const void *block)
{
	uint32_t rank = table_rank(slabs, (uintptr_t)block);

	CHECK(rank > 0 && slab_holds(slabs->table[rank - 1], block));
	return slabs->table[rank - 1];
}

struct slab *
slabs_retire(struct slabs *slabs, unsigned size_class)
{
	struct slab *retired = NULL;

	for (uint32_t i = 0; i < slabs->count; i++) {
		struct slab *slab = slabs->table[i];

		if (slab->size_class == size_class && slab->returned > 0 &&
		    slab->returned == slab->carved) {
			if (slabs->open[size_class] == slab)
				slabs->open[size_class] = NULL;
			slab->is_retired = true;
			slab->next = retired;
			retired = slab;
		}
		slab->returned = 0;
	}
	return retired;
}

void
slabs_add_blank(struct slabs *slabs, struct slab *slab)
{
	slab->next = slabs->blank;
	slabs->blank = slab;
	slabs->blank_bytes += slab->size;
}
