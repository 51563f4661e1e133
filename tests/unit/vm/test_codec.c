/* SPDX-License-Identifier: MIT */
/* codec: one encoding for each message, and nothing else is taken. */
#include "thespis/codec.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"
#include "tests/unit/vm/kinds.h"
#include "vm/message/flat.h"

THS_MESSAGE(tiny,
    THS_FIELD(int32_t, number), THS_FIELD(bool, truth),
    THS_FIELD(uint8_t, byte), THS_FIELD(ths_string, string))
THS_MESSAGE(tagged, THS_FIELD(ths_map, map))
THS_MESSAGE(listed, THS_LIST(uint16_t, list), THS_TEXT(text, 4))
THS_MESSAGE(crowd, THS_LIST(struct ping, pings))

static const ths_type *const types[] = {
	&ping_type, &point_type, &person_type, &parcel_type, &scalars_type,
	&everything_type, &tiny_type, &tagged_type, &listed_type, &crowd_type,
	&album_type,
};
enum { TYPES_LENGTH = sizeof(types) / sizeof(types[0]) };

enum { ENCODED_MAX = 4096 };

struct encoded {
	unsigned char bytes[ENCODED_MAX];
	size_t size;
};

static struct encoded
encode(const ths_type *type, const void *message)
{
	struct encoded encoded;
	size_t size;

	cr_assert_eq(ths_encode(type, message, encoded.bytes, ENCODED_MAX,
	    &encoded.size), THS_OK);
	cr_assert_eq(ths_encode(type, message, NULL, 0, &size), THS_OK);
	cr_assert_eq(size, encoded.size);
	return encoded;
}

static alignas(THS_BLOCK_ALIGNMENT) char block[THS_FLAT_SIZE_MAX];

/* From memory of just that size, so that a sanitizer sees what is read. */
static ths_status
decode(const unsigned char *bytes, size_t size, ths_any *message)
{
	unsigned char *copy = malloc(size > 0 ? size : 1);
	ths_status status;

	cr_assert_not_null(copy);
	memcpy(copy, bytes, size);
	status = ths_decode(copy, size, types, TYPES_LENGTH, block,
	    sizeof(block), message);
	free(copy);
	return status;
}

/* Where the fields of a message begin. */
static size_t
fields_at(const ths_type *type)
{
	return 1 + 1 + strlen(type->name) + 8;
}

static void
check_round_trip(const ths_type *type, const void *message)
{
	struct encoded encoded = encode(type, message);
	struct encoded again;
	ths_any any = { NULL, NULL };

	cr_assert_eq(decode(encoded.bytes, encoded.size, &any), THS_OK);
	cr_assert_eq(any.type, type);
	again = encode(any.type, any.message);
	cr_assert_eq(again.size, encoded.size);
	cr_assert_eq(memcmp(again.bytes, encoded.bytes, again.size), 0);
}

Test(codec, brings_back_a_message_of_every_kind)
{
	struct encoded encoded = encode(&everything_type, &kinds_full);
	const struct everything *copy;
	const struct parcel *parcel;
	ths_any any = { NULL, NULL };

	cr_assert_eq(decode(encoded.bytes, encoded.size, &any), THS_OK);
	copy = ths_any_as(any, everything);
	cr_assert_eq(memcmp(&copy->scalars, &kinds_full.scalars,
	    sizeof(struct scalars)), 0);
	cr_assert_str_eq(copy->base.name, "carl");
	cr_assert_eq(copy->base.age.value, 7);
	cr_assert_str_eq(copy->string, kinds_full.string);
	cr_assert_eq(copy->bytes.size, 3);
	cr_assert_eq(memcmp(copy->bytes.data, "\0\xff\x10", 3), 0);
	cr_assert_str_eq(copy->lines[1], "second");
	cr_assert_eq(copy->corners[1].y, 2);
	cr_assert_eq(copy->numbers.length, 3);
	cr_assert_eq(copy->numbers.items[2], UINT16_MAX);
	cr_assert_eq(copy->colours.items[0], BLUE);
	cr_assert_null(copy->words.items[1]);
	cr_assert_str_eq(copy->words.items[3], "be");
	cr_assert_eq(copy->path.items[1].y, INT32_MIN);
	cr_assert_str_eq(copy->people.items[2].name, "bob");
	cr_assert_not(copy->people.items[1].age.is_set);
	cr_assert_str_eq(copy->note.value, "noted");
	cr_assert_str_eq(copy->friend_of.value.name, "dora");
	parcel = ths_any_as(ths_any_as(copy->any, parcel)->content, parcel);
	cr_assert_str_eq(ths_any_as(parcel->content, person)->name, "ann");
	cr_assert_null(copy->more.items[1].type);
	cr_assert_not_null(ths_any_as(copy->more.items[2], ping));
	cr_assert_eq(ths_any_as(copy->last.value, point)->x, 8);
	cr_assert_eq(copy->map.length, 7);
	cr_assert_eq(ths_map_get(copy->map, "below")->integer, -1);
	cr_assert(ths_map_get(copy->map, "load")->number == 0.25);
	cr_assert_null(ths_map_get(copy->map, "none")->string);
	cr_assert_eq(ths_map_get(copy->map, "key")->bytes.size, 3);
}

Test(codec, brings_back_what_is_empty)
{
	static const struct ping pings[3];
	struct crowd crowd = { { pings, 3 } };

	check_round_trip(&ping_type, NULL);
	check_round_trip(&everything_type, &(struct everything){ 0 });
	check_round_trip(&scalars_type, &(struct scalars){ 0 });
	check_round_trip(&scalars_type, &kinds_full.scalars);
	check_round_trip(&parcel_type, &kinds_outer);
	check_round_trip(&crowd_type, &crowd);
	check_round_trip(&album_type, &kinds_album);
	check_round_trip(&album_type, &(struct album){ .title = NULL });
}

Test(codec, writes_a_blob_as_its_bytes_and_reads_it_as_nobodys)
{
	struct encoded encoded = encode(&album_type, &kinds_album);
	static const char fields[] = "\3abc" "\3" "\2\0\1" "\0"
	    "\21seventeen letters" "\1z" "\0" "\1\1n" "\5mine";
	const struct album *album;
	ths_any any;

	cr_assert_eq(encoded.size, fields_at(&album_type) + sizeof(fields) - 1);
	cr_assert_eq(memcmp(encoded.bytes + fields_at(&album_type), fields,
	    sizeof(fields) - 1), 0);
	cr_assert_eq(decode(encoded.bytes, encoded.size, &any), THS_OK);
	album = ths_any_as(any, album);
	cr_assert_eq(album->pictures.length, 3);
	cr_assert_eq(album->pictures.items[2].size, 17);
	cr_assert_eq(memcmp(album->pictures.items[2].bytes,
	    "seventeen letters", 17), 0);
	cr_assert_eq((uintptr_t)album->pictures.items[2].bytes % 16, 0);
	cr_assert_null(album->pictures.items[2].block);
	cr_assert_null(album->ends[1].bytes);
	for (size_t cut = 0; cut < encoded.size; cut++)
		cr_assert_eq(decode(encoded.bytes, cut, &any), THS_MALFORMED);
	/* A length that goes beyond what there is, and beyond any memory. */
	encoded.bytes[fields_at(&album_type)] = 120;
	cr_assert_eq(decode(encoded.bytes, encoded.size, &any), THS_MALFORMED);
}

Test(codec, writes_the_bytes_that_its_format_says)
{
	struct tiny tiny = { -2, true, 200, "ab" };
	struct encoded encoded = encode(&tiny_type, &tiny);
	const unsigned char *fields = encoded.bytes + fields_at(&tiny_type);

	cr_assert_eq(memcmp(encoded.bytes, "\x01\x04tiny", 6), 0);
	cr_assert_eq(encoded.size, fields_at(&tiny_type) + 6);
	cr_assert_eq(memcmp(fields, "\x03\x01\xc8\x03" "ab", 6), 0);
	tiny = (struct tiny){ 64, false, 0, NULL };
	encoded = encode(&tiny_type, &tiny);
	cr_assert_eq(memcmp(fields, "\x80\x01\x00\x00\x00", 5), 0);
}

/* The digest of a type as it has always been: another number here means that
 * files and machines of yesterday are not understood any more. */
Test(codec, names_a_layout_by_the_same_digest_for_ever)
{
	struct encoded encoded = encode(&point_type, &kinds_point);
	uint64_t digest = 0;

	for (int i = 0; i < 8; i++)
		digest |= (uint64_t)encoded.bytes[7 + i] << i * 8;
	cr_assert_eq(digest, 0x3e30392022f68c4a);
}

Test(codec, puts_a_map_into_the_order_of_its_names)
{
	ths_pair there[] = { THS_PAIR_BOOL("a", true),
		THS_PAIR_UNSIGNED("b", 300), THS_PAIR_STRING("ba", "x") };
	ths_pair back[] = { there[2], there[1], there[0] };
	struct tagged tagged = { { there, 3 } };
	struct encoded first = encode(&tagged_type, &tagged);
	struct encoded second;

	tagged.map.pairs = back;
	second = encode(&tagged_type, &tagged);
	cr_assert_eq(first.size, second.size);
	cr_assert_eq(memcmp(first.bytes, second.bytes, first.size), 0);
	back[0].key = "a";
	cr_assert_eq(ths_encode(&tagged_type, &tagged, NULL, 0, &first.size),
	    THS_BAD_ARGUMENT);
}

Test(codec, refuses_to_encode_what_cannot_be_sent)
{
	static const ths_type nameless = { "", 0, 0, 0, NULL };
	struct listed listed = { .list = { NULL, 1 } };
	unsigned char bytes[64];
	size_t size = 77;

	cr_assert_eq(ths_encode(&listed_type, &listed, bytes, 64, &size),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_encode(NULL, &listed, bytes, 64, &size),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_encode(&listed_type, NULL, bytes, 64, &size),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_encode(&nameless, NULL, bytes, 64, &size),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_encode(&ping_type, NULL, bytes, 64, NULL),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(size, 77);
}

Test(codec, writes_no_byte_beyond_its_room)
{
	struct encoded encoded = encode(&everything_type, &kinds_full);

	for (size_t room = 0; room < encoded.size; room++) {
		unsigned char *bytes = malloc(room > 0 ? room : 1);
		size_t size = 77;

		cr_assert_not_null(bytes);
		cr_assert_eq(ths_encode(&everything_type, &kinds_full, bytes,
		    room, &size), THS_TOO_LARGE);
		cr_assert_eq(size, 77);
		free(bytes);
	}
}

Test(codec, takes_no_beginning_of_a_message_for_a_message)
{
	struct encoded encoded = encode(&everything_type, &kinds_full);
	ths_any any = { NULL, NULL };

	for (size_t size = 0; size < encoded.size; size++)
		cr_assert_eq(decode(encoded.bytes, size, &any), THS_MALFORMED,
		    "%zu bytes", size);
	encoded.bytes[encoded.size] = 0;
	cr_assert_eq(decode(encoded.bytes, encoded.size + 1, &any),
	    THS_MALFORMED);
	cr_assert_null(any.type);
}

Test(codec, takes_a_block_that_is_just_large_enough_and_no_smaller_one)
{
	struct encoded encoded = encode(&everything_type, &kinds_full);
	uint32_t least;
	ths_any any;

	cr_assert_eq(flat_measure(&everything_type, &kinds_full, &least),
	    THS_OK);
	for (uint32_t room = 0; room <= least; room++) {
		char *small = aligned_alloc(THS_BLOCK_ALIGNMENT,
		    (least + THS_BLOCK_ALIGNMENT) & ~15u);
		ths_status status;

		cr_assert_not_null(small);
		memset(small, 0x5a, least);
		status = ths_decode(encoded.bytes, encoded.size, types,
		    TYPES_LENGTH, small, room, &any);
		cr_assert_eq(status, room < least ? THS_TOO_LARGE : THS_OK,
		    "%u", (unsigned)room);
		for (uint32_t i = room; i < least; i++)
			cr_assert_eq(small[i], 0x5a);
		free(small);
	}
}

Test(codec, knows_only_the_types_that_it_is_given_and_their_layout)
{
	static const ths_field fields[] = {
		{ .name = "x", .offset = 0, .size = 4, .kind = THS_KIND_FLOAT },
		{ .name = "y", .offset = 4, .size = 4, .kind = THS_KIND_FLOAT },
	};
	static const ths_type other = { "point", 8, 2, 0, fields };
	static const ths_type *const others[] = { &other };
	struct encoded encoded = encode(&point_type, &kinds_point);
	struct parcel parcel = { 1, { &other, &kinds_point } };
	ths_any any = { NULL, NULL };

	cr_assert_eq(ths_decode(encoded.bytes, encoded.size, others, 1, block,
	    sizeof(block), &any), THS_MISMATCH);
	cr_assert_eq(ths_decode(encoded.bytes, encoded.size, NULL, 0, block,
	    sizeof(block), &any), THS_MISMATCH);
	encoded = encode(&parcel_type, &parcel);
	cr_assert_eq(decode(encoded.bytes, encoded.size, &any), THS_MISMATCH);
	cr_assert_null(any.type);
}

/* Decodes the fields given, behind the right name and digest. */
static ths_status
decode_fields(const ths_type *type, const void *fields, size_t size)
{
	struct encoded encoded;
	ths_any any;

	memset(block, 0, sizeof(block));
	encoded = encode(type, type == &tiny_type ?
	    (const void *)&(struct tiny){ 0 } : block);
	memcpy(encoded.bytes + fields_at(type), fields, size);
	return decode(encoded.bytes, fields_at(type) + size, &any);
}

#define FIELDS(type, text) decode_fields(&type, text, sizeof(text) - 1)

Test(codec, takes_one_encoding_of_a_value_only)
{
	cr_assert_eq(FIELDS(tiny_type, "\x02\x01\x07\x02" "a"), THS_OK);
	cr_assert_eq(FIELDS(tiny_type, "\x82\x00\x01\x07\x02" "a"),
	    THS_MALFORMED, "a varint that is too long");
	cr_assert_eq(FIELDS(tiny_type, "\x02\x02\x07\x02" "a"),
	    THS_MALFORMED, "a truth that is neither");
	cr_assert_eq(FIELDS(tiny_type, "\x02\x01\x07\x03" "a\0"),
	    THS_MALFORMED, "a NUL in a string");
	cr_assert_eq(FIELDS(tiny_type, "\xff\xff\xff\xff\x1f\x01\x07\x00"),
	    THS_MALFORMED, "a number that is too large");
	cr_assert_eq(FIELDS(tiny_type, "\xff\xff\xff\xff\xff\xff\xff\xff\xff"
	    "\x02\x01\x07\x00"), THS_MALFORMED, "more than 64 bits");
	cr_assert_eq(FIELDS(listed_type, "\x01\xff\xff\x03\x02" "ab"), THS_OK);
	cr_assert_eq(FIELDS(listed_type, "\x01\xff\xff\x07\x02" "ab"),
	    THS_MALFORMED, "a number that is too large");
	cr_assert_eq(FIELDS(listed_type, "\x00\x05" "abcde"), THS_MALFORMED,
	    "a text that is too long");
	cr_assert_eq(FIELDS(listed_type, "\x00\x02" "a\0"), THS_MALFORMED,
	    "a NUL in a text");
	cr_assert_eq(FIELDS(crowd_type, "\x02\x00\x00"), THS_OK);
	cr_assert_eq(FIELDS(crowd_type, "\x02\x00\x01"), THS_MALFORMED);
}

Test(codec, takes_a_map_in_its_order_only)
{
	cr_assert_eq(FIELDS(tagged_type,
	    "\x02\x01" "a\x02\x01\x01" "b\x02\x00"), THS_OK);
	cr_assert_eq(FIELDS(tagged_type,
	    "\x02\x01" "b\x02\x01\x01" "a\x02\x00"), THS_MALFORMED);
	cr_assert_eq(FIELDS(tagged_type,
	    "\x02\x01" "a\x02\x01\x01" "a\x02\x00"), THS_MALFORMED);
	cr_assert_eq(FIELDS(tagged_type, "\x01\x01" "a\x04\x01"),
	    THS_MALFORMED, "a kind that is none");
}

/* What a length promises must be there before memory is taken for it. */
Test(codec, believes_no_length)
{
	static const char *const lengths[] = {
		"\x05", "\xff\x7f", "\xff\xff\xff\xff\x0f",
		"\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
	};

	for (int i = 0; i < 5; i++) {
		size_t size = strlen(lengths[i]);

		cr_assert_eq(decode_fields(&listed_type, lengths[i], size),
		    THS_MALFORMED);
		cr_assert_eq(decode_fields(&tagged_type, lengths[i], size),
		    THS_MALFORMED);
		cr_assert_eq(decode_fields(&crowd_type, lengths[i], size),
		    THS_MALFORMED);
	}
}

/* A parcel in a parcel in a parcel …, as many as asked for, by hand. */
static ths_status
decode_nested(int levels)
{
	struct parcel parcel = { 0 };
	struct encoded one = encode(&parcel_type, &parcel);
	size_t head = fields_at(&parcel_type) - 1;
	struct encoded all = { .bytes = { 1 }, .size = 1 };
	ths_any any;

	for (int i = 0; i < levels; i++) {
		memcpy(all.bytes + all.size, one.bytes + 1, head);
		all.size += head;
		all.bytes[all.size++] = 0;
	}
	all.bytes[all.size++] = 0;
	return decode(all.bytes, all.size, &any);
}

Test(codec, follows_messages_as_deep_as_they_may_nest)
{
	cr_assert_eq(decode_nested(THS_DEPTH_MAX), THS_OK);
	cr_assert_eq(decode_nested(THS_DEPTH_MAX + 1), THS_MALFORMED);
	cr_assert_eq(decode_nested(200), THS_MALFORMED);
}

Test(codec, refuses_arguments_that_make_no_sense)
{
	struct encoded encoded = encode(&ping_type, NULL);
	ths_any any;

	cr_assert_eq(ths_decode(NULL, 1, types, 1, block, 16, &any),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_decode(encoded.bytes, encoded.size, NULL, 1, block, 16,
	    &any), THS_BAD_ARGUMENT);
	cr_assert_eq(ths_decode(encoded.bytes, encoded.size, types, 1,
	    block + 1, 16, &any), THS_BAD_ARGUMENT);
	cr_assert_eq(ths_decode(encoded.bytes, encoded.size, types, 1, NULL, 16,
	    &any), THS_BAD_ARGUMENT);
	cr_assert_eq(ths_decode(encoded.bytes, encoded.size, types, 1, block,
	    16, NULL), THS_BAD_ARGUMENT);
	cr_assert_eq(ths_decode(NULL, 0, types, 1, block, 16, &any),
	    THS_MALFORMED);
	cr_assert_eq(ths_decode(encoded.bytes, encoded.size, types, 1, NULL, 0,
	    &any), THS_OK);
}

/* xorshift64 (G. Marsaglia): the same mutations in every run. */
static uint64_t
next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Changes, inserts or removes a few bytes, mostly behind the digest. */
static void
mutate(struct encoded *encoded, size_t head, uint64_t *state)
{
	for (uint64_t i = next_random(state) % 3 + 1; i > 0; i--) {
		uint64_t r = next_random(state);
		size_t from = r % 16 == 0 || encoded->size <= head ? 0 : head;
		size_t at = from + (r >> 8) % (encoded->size - from);
		size_t after = encoded->size - at;
		unsigned char *byte = encoded->bytes + at;

		if (r % 4 == 1 && encoded->size < ENCODED_MAX) {
			memmove(byte + 1, byte, after);
			encoded->size++;
		} else if (r % 4 == 2 && encoded->size > 1) {
			memmove(byte, byte + 1, after - 1);
			encoded->size--;
			continue;
		}
		if (r & 64)
			*byte = (unsigned char)(r >> 48);
		else
			*byte = (unsigned char)(*byte ^ 1u << (r >> 56) % 8);
	}
}

/* Whatever is taken is a message, and has just these bytes. */
Test(codec, survives_a_million_mutations, .timeout = 100)
{
	const struct parcel person = { 2, { &person_type, &kinds_ann } };
	const ths_any seeds[] = {
		{ &person_type, &kinds_ann }, { &parcel_type, &person },
		{ &scalars_type, &kinds_full.scalars },
		{ &tagged_type, &kinds_full.map },
		{ &listed_type,
		    &(struct listed){ { kinds_numbers, 3 }, "ab" } },
		{ &album_type, &kinds_album },
		{ &everything_type, &kinds_full },
	};
	uint64_t state = 0x9e3779b97f4a7c15;
	struct encoded originals[7], mutant, again;
	unsigned taken = 0;
	ths_any any;

	for (int i = 0; i < 7; i++)
		originals[i] = encode(seeds[i].type, seeds[i].message);
	for (int i = 0; i < 1000000; i++) {
		/* The large one is slow, and seldom survives. */
		int which = i % 16 == 0 ? 6 : i % 6;

		mutant.size = originals[which].size;
		memcpy(mutant.bytes, originals[which].bytes, mutant.size);
		mutate(&mutant, fields_at(seeds[which].type), &state);
		if (decode(mutant.bytes, mutant.size, &any) != THS_OK)
			continue;
		taken++;
		cr_assert_eq(ths_encode(any.type, any.message, again.bytes,
		    ENCODED_MAX, &again.size), THS_OK);
		cr_assert_eq(again.size, mutant.size);
		cr_assert_eq(memcmp(again.bytes, mutant.bytes, again.size), 0);
	}
	cr_assert_gt(taken, 100000);
}
