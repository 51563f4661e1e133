/* SPDX-License-Identifier: MIT */
/*
 * table - numbers found by a key, and arrays that grow: what the simulator
 * notes for each message is found in it, so there is no memory to be had for
 * one message, only for twice as many as before.
 *
 * A key is never taken out; its number may be set to 0, which means nothing.
 * Linear probing, at most half full.
 *
 * Threads: one real thread at a time.  Ownership: the memory port's user gives
 * all back by table_fini() and shelf_fini().  Errors: without memory the
 * process stops; it is the host's own, and no fault is injected here.
 */
#ifndef SIM_TABLE_H
#define SIM_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

struct table_entry {
	uint64_t key; /* 0: nothing here */
	uint32_t number;
};

struct table {
	struct memory *memory;
	struct table_entry *entries;
	uint32_t room; /* a power of two, or 0 */
	uint32_t length;
};

void table_init(struct table *table, struct memory *memory);
void table_fini(struct table *table);

/* Where the number of a key stands, 0 for a new one; until the next call.
 * key is not 0. */
uint32_t *table_at(struct table *table, uint64_t key);

/* An array of `room` items of `size` bytes each. */
struct shelf {
	struct memory *memory;
	void *items;
	size_t size;
	uint32_t room;
};

void shelf_init(struct shelf *shelf, struct memory *memory, size_t size);
void shelf_fini(struct shelf *shelf);

/* Makes room for item number `index`; new ones are zeroed, all may move. */
void shelf_need(struct shelf *shelf, uint32_t index);

#endif
