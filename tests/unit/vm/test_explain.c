/* SPDX-License-Identifier: MIT */
/* explain: what is said of two types that differ. */
#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"
#include "tests/unit/vm/kinds.h"
#include "vm/message/layout.h"

/* A type as another source file would have it, to be changed by a test. */
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

static char text[512];

static const char *
explained(const ths_type *here, const ths_type *there)
{
	cr_assert_eq(ths_type_explain(here, there, text, sizeof(text)),
	    strlen(text));
	return text;
}

Test(explain, says_nothing_of_one_type)
{
	struct copy copy;

	copy_of(&copy, &everything_type);
	cr_assert_str_eq(explained(&everything_type, &copy.type), "");
	cr_assert_str_eq(explained(&ping_type, &ping_type), "");
}

Test(explain, tells_two_names_apart_and_no_type_at_all)
{
	cr_assert_str_eq(explained(&ping_type, &everything_type),
	    "ping here is test.everything there");
	cr_assert_str_eq(explained(NULL, &ping_type), "there is no type");
	cr_assert_str_eq(explained(&ping_type, NULL), "there is no type");
}

Test(explain, names_the_field_that_differs_and_how)
{
	struct copy copy;

	copy_of(&copy, &person_type);
	copy.fields[1].size = 2;
	cr_assert_str_eq(explained(&person_type, &copy.type),
	    "person: field 2 is age (optional unsigned integer of 1 at byte 8) "
	    "here and age (optional unsigned integer of 2 at byte 8) there");
	copy_of(&copy, &person_type);
	copy.fields[0].name = "called";
	cr_assert_str_eq(explained(&person_type, &copy.type),
	    "person: field 1 is name (string of 8 at byte 0) here and "
	    "called (string of 8 at byte 0) there");
	copy_of(&copy, &person_type);
	copy.type.fields_length = 1;
	cr_assert_str_eq(explained(&person_type, &copy.type),
	    "person: field 2 is age (optional unsigned integer of 1 at byte 8) "
	    "here and missing there");
	cr_assert_str_eq(explained(&copy.type, &person_type),
	    "person: field 2 is missing here and "
	    "age (optional unsigned integer of 1 at byte 8) there");
	copy_of(&copy, &person_type);
	copy.type.size = 24;
	cr_assert_str_eq(explained(&person_type, &copy.type),
	    "person has 16 bytes here and 24 there");
}

Test(explain, looks_into_what_is_nested)
{
	static const ths_enum_value values[] = { { "RED", 0 }, { "GREEN", 4 } };
	static const ths_enum names = { "colour", values, 2 };
	struct copy inner, outer;

	copy_of(&inner, &point_type);
	inner.fields[1].kind = THS_KIND_FLOAT;
	copy_of(&outer, &scalars_type);
	outer.fields[17].type = &inner.type;
	cr_assert_str_eq(explained(&scalars_type, &outer.type),
	    "point: field 2 is y (integer of 4 at byte 4) here and "
	    "y (float of 4 at byte 4) there");
	copy_of(&outer, &scalars_type);
	outer.fields[12].names = &names;
	cr_assert_str_eq(explained(&scalars_type, &outer.type),
	    "colour: value 2 is GREEN = 5 here and GREEN = 4 there");
}

/* Whatever makes two digests differ has words. */
Test(explain, has_words_for_each_difference_of_digests)
{
	struct copy copy;

#define HAS_WORDS(index, member, value) do { \
	copy_of(&copy, &scalars_type); \
	copy.fields[index].member = value; \
	cr_assert_neq(layout_digest(&copy.type), \
	    layout_digest(&scalars_type)); \
	cr_assert_neq(explained(&scalars_type, &copy.type)[0], '\0'); \
} while (0)
	HAS_WORDS(0, name, "other");
	HAS_WORDS(0, offset, 1);
	HAS_WORDS(1, size, 1);
	HAS_WORDS(0, kind, THS_KIND_UNSIGNED);
	HAS_WORDS(18, form, THS_FORM_ONE);
	HAS_WORDS(16, count, 2);
	HAS_WORDS(17, type, &person_type);
#undef HAS_WORDS
}

Test(explain, stays_in_its_room)
{
	size_t length = ths_type_explain(&ping_type, &point_type, NULL, 0);

	for (size_t size = 1; size <= length + 1; size++) {
		char *small = malloc(size);

		cr_assert_not_null(small);
		cr_assert_eq(ths_type_explain(&ping_type, &point_type, small,
		    size), length);
		cr_assert_eq(strlen(small), size - 1);
		free(small);
	}
}
