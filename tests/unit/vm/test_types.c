/* SPDX-License-Identifier: MIT */
/* types: one number for each name and layout. */
#include "vm/message/types.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/harness.h"
#include "vm/message/layout.h"

THS_MESSAGE(deposit, THS_FIELD(uint32_t, cents), THS_FIELD(ths_string, owner))
THS_SIGNAL(audit)

/* The same again, as another source file would have it. */
static const ths_field again_fields[] = {
	{ "cents", offsetof(struct deposit, cents), 4, THS_KIND_UNSIGNED },
	{ "owner", offsetof(struct deposit, owner), 8, THS_KIND_STRING },
};
static const ths_type again_type = { "deposit", sizeof(struct deposit), 2, 1,
	again_fields };

struct fixture {
	struct memory memory;
	struct types types;
};

static void
fixture_init(struct fixture *fixture)
{
	memory_init(&fixture->memory, NULL, 0);
	types_init(&fixture->types, &fixture->memory);
}

static void
fixture_fini(struct fixture *fixture)
{
	types_fini(&fixture->types);
	cr_assert_eq(atomic_load(&fixture->memory.bytes), 0);
	memory_fini(&fixture->memory);
}

static uint32_t
number_of(struct fixture *fixture, const ths_type *type)
{
	uint32_t number = 0;

	cr_assert_eq(types_number(&fixture->types, type, &number), THS_OK);
	cr_assert_neq(number, 0);
	return number;
}

Test(types, are_numbered_from_one_in_the_order_of_first_sight)
{
	struct fixture fixture;

	fixture_init(&fixture);
	cr_assert_eq(number_of(&fixture, &deposit_type), 1);
	cr_assert_eq(number_of(&fixture, &audit_type), 2);
	cr_assert_eq(number_of(&fixture, &deposit_type), 1);
	cr_assert_str_eq(types_entry(&fixture.types, 1)->name, "deposit");
	cr_assert_eq(types_entry(&fixture.types, 1)->size,
	    sizeof(struct deposit));
	cr_assert_neq(types_entry(&fixture.types, 1)->name, deposit_type.name);
	cr_assert_eq(types_entry(&fixture.types, 2)->size, 0);
	fixture_fini(&fixture);
}

Test(types, of_one_name_and_layout_are_one_type)
{
	struct fixture fixture;

	fixture_init(&fixture);
	cr_assert_eq(number_of(&fixture, &deposit_type),
	    number_of(&fixture, &again_type));
	cr_assert_eq(layout_digest(&deposit_type), layout_digest(&again_type));
	fixture_fini(&fixture);
}

/* Each differs from `again` in one thing. */
Test(types, of_another_layout_are_other_types)
{
	struct fixture fixture;
	ths_field fields[2];
	ths_type other = { "deposit", sizeof(struct deposit), 2, 1, fields };
	uint32_t first;

	fixture_init(&fixture);
	first = number_of(&fixture, &again_type);
	memcpy(fields, again_fields, sizeof(fields));
	fields[0].kind = THS_KIND_INTEGER;
	cr_assert_eq(number_of(&fixture, &other), first + 1);
	memcpy(fields, again_fields, sizeof(fields));
	fields[0].size = 2;
	cr_assert_eq(number_of(&fixture, &other), first + 2);
	memcpy(fields, again_fields, sizeof(fields));
	fields[0].name = "euros";
	cr_assert_eq(number_of(&fixture, &other), first + 3);
	memcpy(fields, again_fields, sizeof(fields));
	fields[1].offset = 4;
	cr_assert_eq(number_of(&fixture, &other), first + 4);
	memcpy(fields, again_fields, sizeof(fields));
	other.size += 8;
	cr_assert_eq(number_of(&fixture, &other), first + 5);
	other.size -= 8;
	other.name = "withdrawal";
	cr_assert_eq(number_of(&fixture, &other), first + 6);
	other.name = "deposit";
	other.fields_length = 1;
	other.dynamic_length = 0;
	cr_assert_eq(number_of(&fixture, &other), first + 7);
	fixture_fini(&fixture);
}

THS_SIGNAL(event)
THS_MESSAGE(change, THS_BASE(event), THS_FIELD(uint32_t, number))
THS_MESSAGE(birth, THS_BASE(change), THS_FIELD(uint32_t, day))

Test(types, bring_their_ancestors_along)
{
	struct fixture fixture;

	fixture_init(&fixture);
	cr_assert_eq(number_of(&fixture, &birth_type), 3);
	cr_assert_eq(number_of(&fixture, &event_type), 1);
	cr_assert_eq(number_of(&fixture, &change_type), 2);
	cr_assert_eq(types_entry(&fixture.types, 3)->parent, 2);
	cr_assert_eq(types_entry(&fixture.types, 2)->parent, 1);
	cr_assert_eq(types_entry(&fixture.types, 1)->parent, 0);
	cr_assert_eq(types_entry(&fixture.types, 3)->type, &birth_type);
	fixture_fini(&fixture);
}

Test(types, go_on_beyond_one_chunk)
{
	struct fixture fixture;
	char name[16];
	ths_type type = { name, 0, 0, 0, NULL };

	fixture_init(&fixture);
	for (uint32_t i = 1; i <= 2 * TYPES_PER_CHUNK + 1; i++) {
		snprintf(name, sizeof(name), "t%u", (unsigned)i);
		cr_assert_eq(number_of(&fixture, &type), i);
	}
	for (uint32_t i = 1; i <= 2 * TYPES_PER_CHUNK + 1; i++) {
		snprintf(name, sizeof(name), "t%u", (unsigned)i);
		cr_assert_str_eq(types_entry(&fixture.types, i)->name, name);
	}
	fixture_fini(&fixture);
}

/* Fills the table up to `length` without the search that a new type costs. */
static void
fill_up(struct fixture *fixture, uint32_t length)
{
	struct types *types = &fixture->types;

	for (; types->length < length; types->length++) {
		_Atomic(struct type_entry *) *chunk =
		    &types->chunks[types->length / TYPES_PER_CHUNK];
		struct type_entry *entry;

		if (atomic_load(chunk) == NULL)
			atomic_store(chunk, memory_take(&fixture->memory,
			    TYPES_PER_CHUNK * sizeof(struct type_entry),
			    alignof(struct type_entry)));
		entry = &atomic_load(chunk)[types->length % TYPES_PER_CHUNK];
		entry->name = memory_take(&fixture->memory, 1, 1);
		cr_assert_not_null(entry->name);
	}
}

Test(types, end_at_their_limit_and_known_ones_are_found_there)
{
	struct fixture fixture;
	uint32_t number = 77;

	fixture_init(&fixture);
	cr_assert_eq(number_of(&fixture, &deposit_type), 1);
	fill_up(&fixture, TYPES_MAX);
	cr_assert_eq(number_of(&fixture, &audit_type), (uint32_t)TYPES_MAX);
	cr_assert_str_eq(types_entry(&fixture.types, TYPES_MAX)->name, "audit");
	for (int i = 0; i < 2; i++) {
		static const ths_type late = { "late", 0, 0, 0, NULL };

		cr_assert_eq(types_number(&fixture.types, &late, &number),
		    THS_LIMIT);
		cr_assert_eq(number, 77);
	}
	cr_assert_eq(number_of(&fixture, &deposit_type), 1);
	cr_assert_eq(number_of(&fixture, &audit_type), (uint32_t)TYPES_MAX);
	fixture_fini(&fixture);
}

Test(types, survive_a_lack_of_memory_at_every_call)
{
	for (uint64_t nth = 1; nth <= 2; nth++) {
		struct fixture fixture;
		uint32_t number = 77;

		fixture_init(&fixture);
		memory_fault_at(&fixture.memory, nth);
		cr_assert_eq(types_number(&fixture.types, &deposit_type,
		    &number), THS_NO_MEMORY);
		cr_assert_eq(number, 77);
		cr_assert_eq(number_of(&fixture, &audit_type), 1);
		cr_assert_eq(number_of(&fixture, &deposit_type), 2);
		fixture_fini(&fixture);
	}
}
