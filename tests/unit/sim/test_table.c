/* SPDX-License-Identifier: MIT */
/* table: numbers found by a key, and arrays that grow. */
#include "sim/table.h"

#include "tests/harness.h"

enum { MANY = 5000 };

Test(table, finds_what_was_put_under_a_key)
{
	struct memory memory;
	struct table table;

	memory_init(&memory, NULL, 0);
	table_init(&table, &memory);
	for (uint32_t i = 1; i <= MANY; i++) {
		cr_assert_eq(*table_at(&table, (uint64_t)i << 32), 0);
		*table_at(&table, (uint64_t)i << 32) = i;
	}
	for (uint32_t i = 1; i <= MANY; i++)
		cr_assert_eq(*table_at(&table, (uint64_t)i << 32), i);
	cr_assert_eq(table.length, MANY);
	cr_assert_leq(2 * table.length, table.room + 2);
	table_fini(&table);
	memory_fini(&memory);
}

Test(table, has_arrays_that_keep_their_items_as_they_grow)
{
	struct memory memory;
	struct shelf shelf;
	uint32_t *items;

	memory_init(&memory, NULL, 0);
	shelf_init(&shelf, &memory, sizeof(*items));
	for (uint32_t i = 0; i < MANY; i++) {
		shelf_need(&shelf, i);
		items = shelf.items;
		cr_assert_eq(items[i], 0);
		items[i] = i + 1;
	}
	items = shelf.items;
	for (uint32_t i = 0; i < MANY; i++)
		cr_assert_eq(items[i], i + 1);
	shelf_fini(&shelf);
	memory_fini(&memory);
}
