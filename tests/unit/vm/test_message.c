/* SPDX-License-Identifier: MIT */
/* message: what the macros declare, told by what they declare. */
#include <stddef.h>

#include "tests/harness.h"
#include "tests/unit/vm/kinds.h"

THS_MESSAGE(all_kinds,
    THS_FIELD(int8_t, i8),
    THS_FIELD(int16_t, i16),
    THS_FIELD(int32_t, i32),
    THS_FIELD(int64_t, i64),
    THS_FIELD(int, i),
    THS_FIELD(uint8_t, u8),
    THS_FIELD(uint16_t, u16),
    THS_FIELD(uint32_t, u32),
    THS_FIELD(uint64_t, u64),
    THS_FIELD(unsigned, u),
    THS_FIELD(size_t, size),
    THS_FIELD(bool, truth),
    THS_FIELD(float, single),
    THS_FIELD(double, twice),
    THS_FIELD(ths_address, address),
    THS_FIELD(ths_string, text),
    THS_FIELD(ths_bytes, bytes))

THS_MESSAGE(one, THS_FIELD(int64_t, value))

THS_SIGNAL(nothing_more)

THS_MESSAGE(widest,
    THS_FIELD(uint32_t, f1), THS_FIELD(uint32_t, f2),
    THS_FIELD(uint32_t, f3), THS_FIELD(uint32_t, f4),
    THS_FIELD(uint32_t, f5), THS_FIELD(uint32_t, f6),
    THS_FIELD(uint32_t, f7), THS_FIELD(uint32_t, f8),
    THS_FIELD(uint32_t, f9), THS_FIELD(uint32_t, f10),
    THS_FIELD(uint32_t, f11), THS_FIELD(uint32_t, f12),
    THS_FIELD(uint32_t, f13), THS_FIELD(uint32_t, f14),
    THS_FIELD(uint32_t, f15), THS_FIELD(uint32_t, f16),
    THS_FIELD(uint32_t, f17), THS_FIELD(uint32_t, f18),
    THS_FIELD(uint32_t, f19), THS_FIELD(uint32_t, f20),
    THS_FIELD(uint32_t, f21), THS_FIELD(uint32_t, f22),
    THS_FIELD(uint32_t, f23), THS_FIELD(uint32_t, f24),
    THS_FIELD(uint32_t, f25), THS_FIELD(uint32_t, f26),
    THS_FIELD(uint32_t, f27), THS_FIELD(uint32_t, f28),
    THS_FIELD(uint32_t, f29), THS_FIELD(uint32_t, f30),
    THS_FIELD(uint32_t, f31), THS_FIELD(uint32_t, f32))

/* What a plain function is given by THS_PAYLOAD. */
static const ths_type *payload_type;
static const void *payload_message;

/* Inlined, it would seem to keep what ends with its caller's statement. */
__attribute__((noinline)) static void
take(const ths_type *type, const void *message)
{
	payload_type = type;
	payload_message = message;
}

Test(message, has_a_descriptor_with_name_size_and_fields)
{
	cr_assert_str_eq(one_type.name, "one");
	cr_assert_eq(one_type.size, sizeof(struct one));
	cr_assert_eq(one_type.fields_length, 1);
	cr_assert_eq(one_type.dynamic_length, 0);
	cr_assert_str_eq(one_type.fields[0].name, "value");
	cr_assert_eq(one_type.fields[0].offset, 0);
	cr_assert_eq(one_type.fields[0].size, 8);
	cr_assert_eq(one_type.fields[0].kind, THS_KIND_INTEGER);
}

Test(message, describes_a_field_of_every_type)
{
	static const uint8_t kinds[] = {
		THS_KIND_INTEGER, THS_KIND_INTEGER, THS_KIND_INTEGER,
		THS_KIND_INTEGER, THS_KIND_INTEGER, THS_KIND_UNSIGNED,
		THS_KIND_UNSIGNED, THS_KIND_UNSIGNED, THS_KIND_UNSIGNED,
		THS_KIND_UNSIGNED, THS_KIND_UNSIGNED, THS_KIND_BOOL,
		THS_KIND_FLOAT, THS_KIND_FLOAT, THS_KIND_ADDRESS,
		THS_KIND_STRING, THS_KIND_BYTES,
	};
	static const uint16_t sizes[] = {
		1, 2, 4, 8, sizeof(int), 1, 2, 4, 8, sizeof(unsigned),
		sizeof(size_t), sizeof(bool), 4, 8, 16, sizeof(char *),
		sizeof(ths_bytes),
	};

	cr_assert_eq(all_kinds_type.fields_length, 17);
	cr_assert_eq(all_kinds_type.dynamic_length, 2);
	for (int i = 0; i < 17; i++) {
		const ths_field *field = &all_kinds_type.fields[i];

		cr_assert_eq(field->kind, kinds[i], "%s", field->name);
		cr_assert_eq(field->size, sizes[i], "%s", field->name);
	}
	cr_assert_str_eq(all_kinds_type.fields[11].name, "truth");
	cr_assert_eq(all_kinds_type.fields[14].offset,
	    offsetof(struct all_kinds, address));
}

Test(message, may_have_thirty_two_fields)
{
	cr_assert_eq((int)widest_type.fields_length, (int)THS_FIELDS_MAX);
	cr_assert_str_eq(widest_type.fields[0].name, "f1");
	cr_assert_str_eq(widest_type.fields[31].name, "f32");
	cr_assert_eq(widest_type.fields[31].offset, 31 * 4);
}

Test(message, can_be_given_all_thirty_two_fields_at_once)
{
	const struct widest *widest;

	take(THS_PAYLOAD(widest, .f1 = 1, .f2 = 2, .f3 = 3, .f4 = 4, .f5 = 5,
	    .f6 = 6, .f7 = 7, .f8 = 8, .f9 = 9, .f10 = 10, .f11 = 11,
	    .f12 = 12, .f13 = 13, .f14 = 14, .f15 = 15, .f16 = 16, .f17 = 17,
	    .f18 = 18, .f19 = 19, .f20 = 20, .f21 = 21, .f22 = 22, .f23 = 23,
	    .f24 = 24, .f25 = 25, .f26 = 26, .f27 = 27, .f28 = 28, .f29 = 29,
	    .f30 = 30, .f31 = 31, .f32 = 32));
	widest = payload_message;
	cr_assert_eq(payload_type, &widest_type);
	cr_assert_eq(widest->f1, 1);
	cr_assert_eq(widest->f31, 31);
	cr_assert_eq(widest->f32, 32);
}

Test(message, may_hold_values_with_commas_of_their_own)
{
	const struct all_kinds *message;

	take(THS_PAYLOAD(all_kinds, .address = { 1, 2, 3 },
	    .bytes = { "ab", 2 }, .u8 = 9));
	message = payload_message;
	cr_assert_eq(message->address.generation, 3);
	cr_assert_eq(message->bytes.size, 2);
	cr_assert_eq(message->u8, 9);
	cr_assert_eq(message->i64, 0);
}

Test(message, is_a_signal_without_fields_and_without_size)
{
	cr_assert_str_eq(nothing_more_type.name, "nothing_more");
	cr_assert_eq(nothing_more_type.size, 0);
	cr_assert_eq(nothing_more_type.fields_length, 0);
	cr_assert_null(nothing_more_type.fields);
}

Test(message, named_alone_has_every_field_zero)
{
	const struct one *message;

	take(THS_PAYLOAD(one));
	message = payload_message;
	cr_assert_eq(payload_type, &one_type);
	cr_assert_eq(message->value, 0);
	take(THS_PAYLOAD(nothing_more));
	cr_assert_eq(payload_type, &nothing_more_type);
}

Test(message, may_hold_enums_arrays_texts_lists_optionals_and_structs)
{
	static const struct { uint8_t kind, form; uint32_t size; } rows[] = {
		{ THS_KIND_ENUM, THS_FORM_ONE, sizeof(enum colour) },
		{ THS_KIND_TIME, THS_FORM_ONE, 8 },
		{ THS_KIND_DURATION, THS_FORM_ONE, 8 },
		{ THS_KIND_TEXT, THS_FORM_ONE, 8 },
		{ THS_KIND_INTEGER, THS_FORM_ARRAY, 2 },
		{ THS_KIND_STRUCT, THS_FORM_ONE, sizeof(struct point) },
		{ THS_KIND_FLOAT, THS_FORM_OPTIONAL, 8 },
		{ THS_KIND_STRUCT, THS_FORM_OPTIONAL, sizeof(struct point) },
	};

	for (int i = 0; i < 8; i++) {
		const ths_field *field = &scalars_type.fields[12 + i];

		cr_assert_eq(field->kind, rows[i].kind, "%s", field->name);
		cr_assert_eq(field->form, rows[i].form, "%s", field->name);
		cr_assert_eq(field->size, rows[i].size, "%s", field->name);
	}
	cr_assert_eq(scalars_type.dynamic_length, 0);
	cr_assert_eq(scalars_type.fields[12].names, &colour_enum);
	cr_assert_eq(scalars_type.fields[16].count, 3);
	cr_assert_eq(scalars_type.fields[17].type, &point_type);
}

Test(message, counts_the_fields_that_have_parts_elsewhere)
{
	/* All but `scalars` and `corners`. */
	cr_assert_eq(everything_type.dynamic_length, 15);
	cr_assert_eq(person_type.dynamic_length, 1);
	cr_assert_eq(point_type.dynamic_length, 0);
}

Test(message, names_the_values_of_an_enum)
{
	cr_assert_str_eq(colour_enum.name, "colour");
	cr_assert_eq(colour_enum.values_length, 3);
	cr_assert_str_eq(colour_enum.values[1].name, "GREEN");
	cr_assert_eq(colour_enum.values[1].value, 5);
	cr_assert_eq(colour_enum.values[2].value, -1);
}

Test(message, may_have_a_wire_name_and_a_parent)
{
	cr_assert_str_eq(everything_type.name, "test.everything");
	cr_assert_eq(ths_type_parent(&everything_type), &person_type);
	cr_assert_eq(everything_type.fields[0].offset, 0);
	cr_assert_null(ths_type_parent(&person_type));
	cr_assert_null(ths_type_parent(&ping_type));
}

Test(message, leaves_an_optional_absent_that_is_not_named)
{
	const struct scalars *message;

	take(THS_PAYLOAD(scalars, .width = THS_SET(2.5)));
	message = payload_message;
	cr_assert(message->width.is_set);
	cr_assert(message->width.value == 2.5);
	cr_assert_not(message->centre.is_set);
}
