/* SPDX-License-Identifier: MIT */
/* print: what a message looks like, within its room. */
#include "thespis/print.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"
#include "tests/unit/vm/kinds.h"
#include "thespis/codec.h"

THS_MESSAGE(note, THS_FIELD(ths_string, text))
THS_MESSAGE(moment, THS_FIELD(ths_time, at), THS_FIELD(ths_duration, took))
THS_MESSAGE(numbers, THS_FIELD(double, twice), THS_FIELD(float, single))
THS_MESSAGE(paint, THS_FIELD(enum colour, colour))

enum { TEXT_SIZE = 4096 };

static char text[TEXT_SIZE];

static const char *
printed(const ths_type *type, const void *message)
{
	cr_assert_eq(ths_message_print(type, message, text, sizeof(text)),
	    strlen(text));
	return text;
}

static const char *
json(const ths_type *type, const void *message)
{
	cr_assert_eq(ths_message_json(type, message, text, sizeof(text)),
	    strlen(text));
	return text;
}

Test(print, shows_every_kind_to_a_person)
{
	cr_assert_str_eq(printed(&scalars_type, &kinds_full.scalars),
	    "scalars{i8=-128, i16=-32768, i32=-2147483648, "
	    "i64=-9223372036854775808, u8=255, u16=65535, u32=4294967295, "
	    "u64=18446744073709551615, truth=true, single=1.5, twice=-0.1, "
	    "address=0000000000000001:2.3, colour=GREEN, "
	    "time=1970-01-01T00:00:01.000000001Z, duration=-1.5s, "
	    "text=\"eightchr\", row=[1, -2, 3], corner={x=5, y=6}, width=0.5, "
	    "centre={x=7, y=8}}");
	printed(&everything_type, &kinds_full);
	cr_assert_eq(strstr(text,
	    "test.everything{base={name=\"carl\", age=7}, "
	    "scalars={i8=-128, "), text);
	cr_assert_not_null(strstr(text,
	    "string=\"a \\\"string\\\"\\n\\x01\\xff\", bytes=<00ff10>, "
	    "lines=[\"first\", \"second\"], corners=[{x=1, y=1}, {x=2, y=2}], "
	    "numbers=[1, 0, 65535], colours=[BLUE, RED], "
	    "words=[\"to\", none, \"\", \"be\"], "
	    "path=[{x=1, y=2}, {x=-3, y=-2147483648}], "
	    "people=[{name=\"ann\", age=44}, {name=none, age=none}, "
	    "{name=\"bob\", age=0}], note=\"noted\", "
	    "friend_of={name=\"dora\", age=none}, "
	    "any=parcel{weight=3, content=parcel{weight=2, "
	    "content=person{name=\"ann\", age=44}}}, "
	    "more=[point{x=8, y=9}, none, ping{}], last=point{x=8, y=9}, "
	    "map={\"cores\"=8, \"below\"=-1, \"fast\"=true, \"load\"=0.25, "
	    "\"os\"=\"linux\", \"none\"=none, \"key\"=<000102>}}"));
}

Test(print, shows_of_a_blob_its_size_and_how_it_begins)
{
	cr_assert_str_eq(printed(&album_type, &kinds_album),
	    "album{cover=<3 bytes: 616263>, pictures=[<2 bytes: 0001>, none, "
	    "<17 bytes: 736576656e7465656e206c6574746572...>], "
	    "ends=[<1 bytes: 7a>, none], note=<1 bytes: 6e>, "
	    "title=\"mine\"}");
	cr_assert_str_eq(json(&album_type, &kinds_album),
	    "{\"cover\":{\"size\":3,\"begins\":\"616263\"},"
	    "\"pictures\":[{\"size\":2,\"begins\":\"0001\"},null,"
	    "{\"size\":17,\"begins\":\"736576656e7465656e206c6574746572\"}],"
	    "\"ends\":[{\"size\":1,\"begins\":\"7a\"},null],"
	    "\"note\":{\"size\":1,\"begins\":\"6e\"},\"title\":\"mine\"}");
}

Test(print, writes_every_kind_as_json)
{
	cr_assert_str_eq(json(&scalars_type, &kinds_full.scalars),
	    "{\"i8\":-128,\"i16\":-32768,\"i32\":-2147483648,"
	    "\"i64\":-9223372036854775808,\"u8\":255,\"u16\":65535,"
	    "\"u32\":4294967295,\"u64\":18446744073709551615,\"truth\":true,"
	    "\"single\":1.5,\"twice\":-0.1,"
	    "\"address\":\"0000000000000001:2.3\",\"colour\":\"GREEN\","
	    "\"time\":\"1970-01-01T00:00:01.000000001Z\","
	    "\"duration\":-1500000000,\"text\":\"eightchr\","
	    "\"row\":[1,-2,3],\"corner\":{\"x\":5,\"y\":6},\"width\":0.5,"
	    "\"centre\":{\"x\":7,\"y\":8}}");
	json(&everything_type, &kinds_full);
	cr_assert_not_null(strstr(text,
	    "\"string\":\"a \\\"string\\\"\\n\\u0001\\ufffd\","
	    "\"bytes\":\"00ff10\","));
	cr_assert_not_null(strstr(text, "\"note\":\"noted\","
	    "\"friend_of\":{\"name\":\"dora\",\"age\":null},"
	    "\"any\":{\"type\":\"parcel\",\"message\":{\"weight\":3,"
	    "\"content\":{\"type\":\"parcel\",\"message\":{\"weight\":2,"
	    "\"content\":{\"type\":\"person\",\"message\":{\"name\":\"ann\","
	    "\"age\":44}}}}}},\"more\":[{\"type\":\"point\","
	    "\"message\":{\"x\":8,\"y\":9}},null,"
	    "{\"type\":\"ping\",\"message\":{}}]"));
	cr_assert_not_null(strstr(text, "\"map\":{\"cores\":8,\"below\":-1,"
	    "\"fast\":true,\"load\":0.25,\"os\":\"linux\",\"none\":null,"
	    "\"key\":\"000102\"}}"));
}

Test(print, shows_what_is_missing)
{
	cr_assert_str_eq(printed(NULL, NULL), "none");
	cr_assert_str_eq(json(NULL, NULL), "null");
	cr_assert_str_eq(printed(&point_type, NULL), "none");
	cr_assert_str_eq(printed(&ping_type, NULL), "ping{}");
	cr_assert_str_eq(json(&ping_type, NULL), "{}");
	cr_assert_str_eq(printed(&parcel_type, &(struct parcel){ 0 }),
	    "parcel{weight=0, content=none}");
}

Test(print, says_when_it_happened)
{
	static const struct { int64_t at; const char *text; } times[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ -1, "1969-12-31T23:59:59.999999999Z" },
		{ 951782400 * INT64_C(1000000000), "2000-02-29T00:00:00Z" },
		{ 1709251199 * INT64_C(1000000000), "2024-02-29T23:59:59Z" },
		{ 4107542400 * INT64_C(1000000000), "2100-03-01T00:00:00Z" },
		{ INT64_MAX, "2262-04-11T23:47:16.854775807Z" },
		{ INT64_MIN, "1677-09-21T00:12:43.145224192Z" },
	};

	for (int i = 0; i < 7; i++) {
		struct moment moment = { .at = times[i].at };

		printed(&moment_type, &moment);
		cr_assert_not_null(strstr(text, times[i].text), "%s", text);
	}
	printed(&moment_type, &(struct moment){ .took = INT64_MIN });
	cr_assert_not_null(strstr(text, "took=-9223372036.854775808s"));
	printed(&moment_type, &(struct moment){ .took = 20 });
	cr_assert_not_null(strstr(text, "took=0.00000002s"));
}

Test(print, writes_numbers_that_read_back_as_the_same)
{
	static const double doubles[] = { 0.1, 1e300, DBL_MIN, DBL_MAX, 1 / 3.0,
		-5e-324, 123456789012345678.0 };

	for (int i = 0; i < 7; i++) {
		struct numbers numbers = { doubles[i], 0.1f };

		printed(&numbers_type, &numbers);
		cr_assert(strtod(text + strlen("numbers{twice="), NULL) ==
		    doubles[i], "%s", text);
		cr_assert_not_null(strstr(text, "single=0.1}"), "%s", text);
	}
	cr_assert_str_eq(printed(&numbers_type,
	    &(struct numbers){ NAN, -INFINITY }),
	    "numbers{twice=nan, single=-inf}");
	cr_assert_str_eq(json(&numbers_type,
	    &(struct numbers){ NAN, -INFINITY }),
	    "{\"twice\":null,\"single\":null}");
}

Test(print, gives_an_enum_its_name_or_its_number)
{
	cr_assert_str_eq(printed(&paint_type, &(struct paint){ BLUE }),
	    "paint{colour=BLUE}");
	cr_assert_str_eq(printed(&paint_type,
	    &(struct paint){ (enum colour)77 }), "paint{colour=77}");
	cr_assert_str_eq(json(&paint_type,
	    &(struct paint){ (enum colour)77 }), "{\"colour\":77}");
}

/* What `string` is in JSON. */
static const char *
json_of(const char *string)
{
	return json(&note_type, &(struct note){ string });
}

Test(print, makes_valid_json_of_any_bytes)
{
	cr_assert_str_eq(json_of("\"\\\b\x1f\x7f"),
	    "{\"text\":\"\\\"\\\\\\u0008\\u001f\\u007f\"}");
	cr_assert_str_eq(json_of("\xc3\xa4\xe2\x82\xac\xf0\x9f\x8e\xad"),
	    "{\"text\":\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x8e\xad\"}");
	cr_assert_str_eq(json_of("\xc2\x9b"), "{\"text\":\"\\u009b\"}");
	cr_assert_str_eq(json_of("\xc0\x80"),
	    "{\"text\":\"\\ufffd\\ufffd\"}", "a NUL that is too long");
	cr_assert_str_eq(json_of("\xed\xa0\x80"),
	    "{\"text\":\"\\ufffd\\ufffd\\ufffd\"}", "half a pair");
	cr_assert_str_eq(json_of("\xf4\x90\x80\x80"),
	    "{\"text\":\"\\ufffd\\ufffd\\ufffd\\ufffd\"}", "too large");
	cr_assert_str_eq(json_of("\xe2\x82"),
	    "{\"text\":\"\\ufffd\\ufffd\"}", "not all there");
	cr_assert_str_eq(json_of("\xff"), "{\"text\":\"\\ufffd\"}");
}

Test(print, stays_in_its_room_and_says_that_it_was_cut)
{
	size_t length = ths_message_print(&everything_type, &kinds_full, NULL,
	    0);

	cr_assert_eq(ths_message_print(&everything_type, &kinds_full, text,
	    sizeof(text)), length);
	for (size_t size = 1; size <= length + 1; size++) {
		char *small = malloc(size); /* a sanitizer sees its end */

		cr_assert_not_null(small);
		cr_assert_eq(ths_message_print(&everything_type, &kinds_full,
		    small, size), length);
		cr_assert_eq(strlen(small), size - 1);
		if (size <= length && size >= 4)
			cr_assert_str_eq(small + size - 4, "...");
		if (size > length)
			cr_assert_str_eq(small, text);
		free(small);
	}
}

Test(print, replaces_json_that_does_not_fit)
{
	size_t length = ths_message_json(&everything_type, &kinds_full, NULL,
	    0);

	for (size_t size = 1; size <= length; size++) {
		char *small = malloc(size);

		cr_assert_not_null(small);
		cr_assert_eq(ths_message_json(&everything_type, &kinds_full,
		    small, size), length);
		cr_assert_str_eq(small, size > strlen("{\"cut\":true}") ?
		    "{\"cut\":true}" : "");
		free(small);
	}
}

Test(print, ends_where_messages_nest_too_deep)
{
	struct parcel parcel = { 1, { &parcel_type, &parcel } };

	printed(&parcel_type, &parcel);
	cr_assert_not_null(strstr(text, "content=parcel...}"));
	json(&parcel_type, &parcel);
	cr_assert_not_null(strstr(text,
	    "\"content\":{\"type\":\"parcel\",\"message\":null}}"));
}

THS_MESSAGE(crowd, THS_LIST(ths_any, members), THS_FIELD(ths_map, notes))

/* Each of many holds them all: no depth is a bound to that. */
Test(print, comes_to_an_end_whatever_contains_itself, .timeout = 60)
{
	struct crowd crowd;
	ths_any members[50];
	ths_pair pair = THS_PAIR_INTEGER("n", 1);
	size_t size;

	for (size_t i = 0; i < 50; i++)
		members[i] = (ths_any){ &crowd_type, &crowd };
	crowd.members.items = members;
	crowd.members.length = 50;
	crowd.notes = (ths_map){ &pair, 1 };
	cr_assert_gt(ths_message_print(&crowd_type, &crowd, text, sizeof(text)),
	    sizeof(text));
	cr_assert_str_eq(text + sizeof(text) - 4, "...");
	cr_assert_str_eq(json(&crowd_type, &crowd), "{\"cut\":true}");
	cr_assert_neq(ths_encode(&crowd_type, &crowd, NULL, 0, &size), THS_OK);
}

static const ths_enum_value odd_values[] = { { "a \"b\"\n", 1 } };
static const ths_enum odd_enum = { "odd", odd_values, 1 };
static const ths_field odd_fields[] = {
	{ "field\n\"", 0, 4, THS_KIND_ENUM, THS_FORM_ONE, 1, NULL, &odd_enum },
};
static const ths_type odd_type = { "odd\033[2J", 4, 1, 0, odd_fields };

/* Names, too, that no C program would give. */
Test(print, stays_on_its_line_whatever_the_names)
{
	const int32_t value = 1;

	printed(&odd_type, &value);
	cr_assert_str_eq(text,
	    "\"odd\\x1b[2J\"{\"field\\n\\\"\"=\"a \\\"b\\\"\\n\"}");
	json(&odd_type, &value);
	cr_assert_str_eq(text, "{\"field\\n\\\"\":\"a \\\"b\\\"\\n\"}");
}
