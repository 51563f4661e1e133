/* SPDX-License-Identifier: MIT */
/*
 * kinds - messages with fields of every kind and form, to try things with.
 *
 * The files of tests/fuzz/corpus/codec hold such messages: they mean nothing
 * any more when a type here gets another layout, and are then to be made anew.
 */
#ifndef TESTS_UNIT_VM_KINDS_H
#define TESTS_UNIT_VM_KINDS_H

#include "thespis/message.h"

enum colour { RED, GREEN = 5, BLUE = -1 };
THS_ENUM(colour, RED, GREEN, BLUE)

THS_SIGNAL(ping)

THS_MESSAGE(point, THS_FIELD(int32_t, x), THS_FIELD(int32_t, y))

THS_MESSAGE(person,
    THS_FIELD(ths_string, name),
    THS_OPTIONAL(uint8_t, age))

THS_MESSAGE(parcel, THS_FIELD(uint32_t, weight), THS_FIELD(ths_any, content))

THS_MESSAGE(scalars,
    THS_FIELD(int8_t, i8), THS_FIELD(int16_t, i16),
    THS_FIELD(int32_t, i32), THS_FIELD(int64_t, i64),
    THS_FIELD(uint8_t, u8), THS_FIELD(uint16_t, u16),
    THS_FIELD(uint32_t, u32), THS_FIELD(uint64_t, u64),
    THS_FIELD(bool, truth), THS_FIELD(float, single),
    THS_FIELD(double, twice), THS_FIELD(ths_address, address),
    THS_FIELD(enum colour, colour), THS_FIELD(ths_time, time),
    THS_FIELD(ths_duration, duration), THS_TEXT(text, 8),
    THS_ARRAY(int16_t, row, 3), THS_FIELD(struct point, corner),
    THS_OPTIONAL(double, width), THS_OPTIONAL(struct point, centre))

THS_MESSAGE_AS(everything, "test.everything",
    THS_BASE(person),
    THS_FIELD(struct scalars, scalars),
    THS_FIELD(ths_string, string),
    THS_FIELD(ths_bytes, bytes),
    THS_ARRAY(ths_string, lines, 2),
    THS_ARRAY(struct point, corners, 2),
    THS_LIST(uint16_t, numbers),
    THS_LIST(enum colour, colours),
    THS_LIST(ths_string, words),
    THS_LIST(struct point, path),
    THS_LIST(struct person, people),
    THS_OPTIONAL(ths_string, note),
    THS_OPTIONAL(struct person, friend_of),
    THS_FIELD(ths_any, any),
    THS_LIST(ths_any, more),
    THS_OPTIONAL(ths_any, last),
    THS_FIELD(ths_map, map))

THS_MESSAGE(album,
    THS_BLOB(cover), THS_LIST(ths_blob, pictures), THS_ARRAY(ths_blob, ends, 2),
    THS_OPTIONAL(ths_blob, note), THS_FIELD(ths_string, title))

static const uint16_t kinds_numbers[] = { 1, 0, UINT16_MAX };
static const enum colour kinds_colours[] = { BLUE, RED };
static const ths_string kinds_words[] = { "to", NULL, "", "be" };
static const struct point kinds_path[] = { { 1, 2 }, { -3, INT32_MIN } };
static const struct person kinds_people[] = {
	{ "ann", THS_SET(44) }, { NULL, { 0, false } }, { "bob", THS_SET(0) },
};
static const ths_pair kinds_pairs[] = {
	THS_PAIR_UNSIGNED("cores", 8), THS_PAIR_INTEGER("below", -1),
	THS_PAIR_BOOL("fast", true), THS_PAIR_FLOAT("load", 0.25),
	THS_PAIR_STRING("os", "linux"), THS_PAIR_STRING("none", NULL),
	THS_PAIR_BYTES("key", "\0\1\2", 3),
};
static const struct person kinds_ann = { "ann", THS_SET(44) };
static const struct parcel kinds_inner = { 2, { &person_type, &kinds_ann } };
static const struct parcel kinds_outer = { 3, { &parcel_type, &kinds_inner } };
static const struct point kinds_point = { 8, 9 };
static const ths_any kinds_more[] = {
	{ &point_type, &kinds_point }, { NULL, NULL }, { &ping_type, NULL },
};

static const ths_blob kinds_pictures[] = {
	{ "\0\1", 2, NULL }, { NULL, 0, NULL },
	{ "seventeen letters", 17, NULL },
};
THS_UNUSED static const struct album kinds_album = {
	.cover = { "abc", 3, NULL }, .pictures = { kinds_pictures, 3 },
	.ends = { { "z", 1, NULL }, { NULL, 0, NULL } },
	.note = THS_SET({ "n", 1, NULL }), .title = "mine",
};

/* A message with something in every field. */
THS_UNUSED static const struct everything kinds_full = {
	.base = { "carl", THS_SET(7) },
	.scalars = {
		.i8 = INT8_MIN, .i16 = INT16_MIN, .i32 = INT32_MIN,
		.i64 = INT64_MIN, .u8 = UINT8_MAX, .u16 = UINT16_MAX,
		.u32 = UINT32_MAX, .u64 = UINT64_MAX, .truth = true,
		.single = 1.5f, .twice = -0.1, .address = { 1, 2, 3 },
		.colour = GREEN, .time = 1000000001, .duration = -1500000000,
		.text = "eightchr", .row = { 1, -2, 3 }, .corner = { 5, 6 },
		.width = THS_SET(0.5), .centre = THS_SET({ 7, 8 }),
	},
	.string = "a \"string\"\n\x01\xff",
	.bytes = { "\0\xff\x10", 3 },
	.lines = { "first", "second" },
	.corners = { { 1, 1 }, { 2, 2 } },
	.numbers = { kinds_numbers, 3 },
	.colours = { kinds_colours, 2 },
	.words = { kinds_words, 4 },
	.path = { kinds_path, 2 },
	.people = { kinds_people, 3 },
	.note = THS_SET("noted"),
	.friend_of = THS_SET({ "dora", { 0, false } }),
	.any = { &parcel_type, &kinds_outer },
	.more = { kinds_more, 3 },
	.last = THS_SET({ &point_type, &kinds_point }),
	.map = { kinds_pairs, 7 },
};

#endif
