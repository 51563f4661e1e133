/* SPDX-License-Identifier: MIT */
/* layout: when two descriptors are one type, and which is whose parent. */
#include "vm/message/layout.h"

#include <stddef.h>
#include <string.h>

#include "tests/harness.h"
#include "tests/unit/vm/kinds.h"

THS_SIGNAL_AS(account_event, "bank.event")
THS_MESSAGE_AS(transaction, "bank.transaction", THS_BASE(account_event),
    THS_FIELD(uint64_t, number))
THS_MESSAGE_AS(deposit, "bank.deposit", THS_BASE(transaction),
    THS_FIELD(int64_t, cents))
THS_MESSAGE_AS(withdrawal, "bank.withdrawal", THS_BASE(transaction),
    THS_FIELD(int64_t, cents))

/* deposit as another source file would have it, to be changed by a test. */
struct copy {
	ths_type type;
	ths_field fields[20];
};

static void
copy_of(struct copy *copy, const ths_type *type)
{
	copy->type = *type;
	memcpy(copy->fields, type->fields,
	    type->fields_length * sizeof(ths_field));
	copy->type.fields = copy->fields;
}

Test(layout, of_a_copy_is_the_same)
{
	struct copy copy;

	copy_of(&copy, &everything_type);
	cr_assert(ths_type_same(&copy.type, &everything_type));
	cr_assert_eq(layout_digest(&copy.type),
	    layout_digest(&everything_type));
	cr_assert_not(ths_type_same(NULL, &everything_type));
	cr_assert_not(ths_type_same(NULL, NULL));
}

/* Each changes one thing that a reader depends on. */
Test(layout, differs_by_each_single_thing)
{
	static const ths_enum_value values[] = { { "RED", 0 }, { "GREEN", 4 } };
	static const ths_enum names = { "colour", values, 2 };
	struct copy copy;

#define DIFFERS(index, member, value) do { \
	copy_of(&copy, &scalars_type); \
	copy.fields[index].member = value; \
	cr_assert_not(ths_type_same(&copy.type, &scalars_type)); \
} while (0)
	DIFFERS(0, name, "other");
	DIFFERS(0, offset, 1);
	DIFFERS(1, size, 1);
	DIFFERS(0, kind, THS_KIND_UNSIGNED);
	DIFFERS(18, form, THS_FORM_ONE);
	DIFFERS(16, count, 2);
	DIFFERS(17, type, &person_type);
	DIFFERS(12, names, &names);
#undef DIFFERS
}

Test(layout, on_the_wire_knows_nothing_of_places_in_memory)
{
	struct copy copy;

	copy_of(&copy, &person_type);
	copy.fields[1].offset += 8;
	copy.type.size += 8;
	cr_assert_neq(layout_digest(&copy.type), layout_digest(&person_type));
	cr_assert_eq(layout_wire_digest(&copy.type),
	    layout_wire_digest(&person_type));
	copy.fields[1].kind = THS_KIND_INTEGER;
	cr_assert_neq(layout_wire_digest(&copy.type),
	    layout_wire_digest(&person_type));
}

/* Each makes a descriptor that describes no struct. */
Test(layout, is_looked_at_before_it_is_believed)
{
	static const ths_enum no_values = { "colour", NULL, 1 };
	ths_type endless = { "endless", 8, 1, 0, NULL };
	ths_field itself = { "self", 0, 8, THS_KIND_STRUCT, THS_FORM_ONE, 1,
		&endless, NULL };
	struct copy copy;

	cr_assert(layout_is_sound(&everything_type));
	cr_assert(layout_is_sound(&scalars_type));
	cr_assert(layout_is_sound(&ping_type));
	cr_assert(layout_is_sound(&deposit_type));
#define UNSOUND(index, member, value) do { \
	copy_of(&copy, &scalars_type); \
	copy.fields[index].member = value; \
	cr_assert_not(layout_is_sound(&copy.type)); \
} while (0)
	UNSOUND(0, name, NULL);
	UNSOUND(0, size, 3);
	UNSOUND(0, kind, 99);
	UNSOUND(0, form, 99);
	UNSOUND(0, form, THS_FORM_BASE);
	UNSOUND(0, offset, UINT32_MAX);
	UNSOUND(16, count, 0);
	UNSOUND(16, count, UINT16_MAX);
	UNSOUND(17, type, NULL);
	UNSOUND(17, type, &person_type);
	UNSOUND(12, names, NULL);
	UNSOUND(12, names, &no_values);
	UNSOUND(12, kind, THS_KIND_STRING);
	UNSOUND(9, size, 2);
#undef UNSOUND
	cr_assert(layout_is_sound(&album_type));
	copy_of(&copy, &album_type);
	copy.fields[0].size = sizeof(ths_bytes);
	cr_assert_not(layout_is_sound(&copy.type));
	/* As long as bytes are, it is another type on the wire, too. */
	copy_of(&copy, &album_type);
	copy.fields[0].kind = THS_KIND_BYTES;
	cr_assert_neq(layout_wire_digest(&copy.type),
	    layout_wire_digest(&album_type));
	copy_of(&copy, &person_type);
	copy.type.dynamic_length = 0;
	cr_assert_not(layout_is_sound(&copy.type));
	endless.fields = &itself;
	cr_assert_not(layout_is_sound(&endless));
}

Test(layout, makes_a_type_a_child_of_all_its_ancestors)
{
	cr_assert(ths_type_is(&deposit_type, &deposit_type));
	cr_assert(ths_type_is(&deposit_type, &transaction_type));
	cr_assert(ths_type_is(&deposit_type, &account_event_type));
	cr_assert_not(ths_type_is(&deposit_type, &withdrawal_type));
	cr_assert_not(ths_type_is(&transaction_type, &deposit_type));
	cr_assert_not(ths_type_is(NULL, &deposit_type));
	cr_assert_not(ths_type_is(&deposit_type, NULL));
}

Test(layout, puts_a_parent_first_so_that_a_child_reads_as_one)
{
	const struct deposit deposit = {
		.base = { .number = 17 }, .cents = 100
	};
	const struct transaction *transaction = (const void *)&deposit;

	cr_assert_eq(transaction->number, 17);
	cr_assert_str_eq(deposit_type.fields[0].name, "base");
}
