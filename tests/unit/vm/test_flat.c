/* SPDX-License-Identifier: MIT */
/* flat: a message as one block, whose pointers stay inside it. */
#include "vm/message/flat.h"

#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"
#include "tests/unit/vm/kinds.h"

THS_MESSAGE(plain, THS_FIELD(uint32_t, a), THS_FIELD(double, b))
THS_MESSAGE(named, THS_FIELD(ths_string, text), THS_FIELD(uint8_t, n))
THS_MESSAGE(chunk, THS_FIELD(ths_bytes, bytes))
THS_MESSAGE(both, THS_FIELD(ths_string, first), THS_FIELD(ths_bytes, bytes),
    THS_FIELD(ths_string, last))
THS_SIGNAL(empty)

/* Exactly as many bytes as the message takes, so that a sanitizer sees more. */
struct block {
	uint32_t size;
	char *bytes;
};

static struct block
flatten(const ths_type *type, const void *message)
{
	struct block block;

	cr_assert_eq(flat_measure(type, message, &block.size), THS_OK);
	block.bytes = aligned_alloc(FLAT_ALIGNMENT,
	    (block.size + FLAT_ALIGNMENT) & ~(size_t)(FLAT_ALIGNMENT - 1));
	cr_assert_not_null(block.bytes);
	flat_write(type, message, block.bytes, block.size);
	return block;
}

static bool
is_inside(const struct block *block, const void *pointer, size_t size)
{
	uintptr_t at = (uintptr_t)pointer - (uintptr_t)block->bytes;

	return at <= block->size && size <= block->size - at;
}

Test(flat, a_plain_message_is_its_struct)
{
	struct plain plain = { 7, 2.5 };
	struct block block = flatten(&plain_type, &plain);

	cr_assert_eq(block.size, sizeof(plain));
	cr_assert_eq(((struct plain *)(void *)block.bytes)->a, 7);
	cr_assert(((struct plain *)(void *)block.bytes)->b == 2.5);
	free(block.bytes);
}

Test(flat, a_signal_takes_no_bytes)
{
	uint32_t size = 99;

	cr_assert_eq(flat_measure(&empty_type, NULL, &size), THS_OK);
	cr_assert_eq(size, 0);
}

Test(flat, a_string_is_copied_into_the_block)
{
	char text[] = "hello";
	struct named named = { text, 3 };
	struct block block = flatten(&named_type, &named);
	const struct named *copy = (const void *)block.bytes;

	memset(text, 'x', sizeof(text) - 1);
	cr_assert_eq(block.size, sizeof(named) + 6);
	cr_assert(is_inside(&block, copy->text, 6));
	cr_assert_str_eq(copy->text, "hello");
	cr_assert_eq(copy->n, 3);
	free(block.bytes);
}

Test(flat, a_string_that_is_null_stays_null_and_an_empty_one_empty)
{
	struct both both = { NULL, { NULL, 0 }, "" };
	struct block block = flatten(&both_type, &both);
	const struct both *copy = (const void *)block.bytes;

	cr_assert_null(copy->first);
	cr_assert_eq(copy->bytes.size, 0);
	cr_assert_null(copy->bytes.data);
	cr_assert(is_inside(&block, copy->last, 1));
	cr_assert_str_eq(copy->last, "");
	free(block.bytes);
}

Test(flat, bytes_of_size_zero_lose_their_pointer)
{
	struct chunk chunk = { { "sender's own", 0 } };
	struct block block = flatten(&chunk_type, &chunk);
	const struct chunk *copy = (const void *)block.bytes;

	cr_assert_eq(block.size, sizeof(chunk));
	cr_assert_eq(copy->bytes.size, 0);
	cr_assert_null(copy->bytes.data);
	free(block.bytes);
}

Test(flat, bytes_are_aligned_whatever_stands_before_them)
{
	char text[] = "0123456789abcdef";

	for (size_t length = 0; length < sizeof(text); length++) {
		struct both both = { text + sizeof(text) - 1 - length,
			{ "\0\1\2", 3 }, "end" };
		struct block block = flatten(&both_type, &both);
		const struct both *copy = (const void *)block.bytes;

		cr_assert_eq((uintptr_t)copy->bytes.data % FLAT_ALIGNMENT, 0);
		cr_assert(is_inside(&block, copy->bytes.data, 3));
		cr_assert_eq(memcmp(copy->bytes.data, "\0\1\2", 3), 0);
		cr_assert_eq(strlen(copy->first), length);
		cr_assert(is_inside(&block, copy->first, length + 1));
		cr_assert(is_inside(&block, copy->last, 4));
		cr_assert_str_eq(copy->last, "end");
		free(block.bytes);
	}
}

Test(flat, the_largest_bytes_fit_and_one_more_is_too_large)
{
	static char data[THS_FLAT_SIZE_MAX];
	size_t most = THS_FLAT_SIZE_MAX - sizeof(struct chunk);
	struct chunk chunk = { { data, most } };
	struct block block;
	uint32_t size;

	memset(data, 0x5a, sizeof(data));
	block = flatten(&chunk_type, &chunk);
	cr_assert_eq(block.size, (uint32_t)THS_FLAT_SIZE_MAX);
	cr_assert_eq(memcmp(((struct chunk *)(void *)block.bytes)->bytes.data,
	    data, most), 0);
	free(block.bytes);
	chunk.bytes.size = most + 1;
	cr_assert_eq(flat_measure(&chunk_type, &chunk, &size), THS_TOO_LARGE);
	chunk.bytes.size = SIZE_MAX;
	cr_assert_eq(flat_measure(&chunk_type, &chunk, &size), THS_TOO_LARGE);
}

Test(flat, the_longest_string_fits_and_one_more_is_too_large)
{
	static char text[THS_FLAT_SIZE_MAX];
	size_t most = THS_FLAT_SIZE_MAX - sizeof(struct named) - 1;
	struct named named = { text, 0 };
	struct block block;
	uint32_t size;

	memset(text, 'a', most);
	block = flatten(&named_type, &named);
	cr_assert_eq(block.size, (uint32_t)THS_FLAT_SIZE_MAX);
	cr_assert_eq(strlen(((struct named *)(void *)block.bytes)->text), most);
	free(block.bytes);
	text[most] = 'a';
	cr_assert_eq(flat_measure(&named_type, &named, &size), THS_TOO_LARGE);
}

Test(flat, a_struct_larger_than_a_block_is_too_large)
{
	static const ths_type giant_type = { "giant", THS_FLAT_SIZE_MAX + 1, 0,
		0, NULL };
	static const char giant[THS_FLAT_SIZE_MAX + 1];
	uint32_t size;

	cr_assert_eq(flat_measure(&giant_type, giant, &size), THS_TOO_LARGE);
}

Test(flat, what_is_missing_is_a_bad_argument)
{
	struct chunk chunk = { { NULL, 1 } };
	struct plain plain = { 0 };
	uint32_t size = 77;

	cr_assert_eq(flat_measure(&chunk_type, &chunk, &size),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(flat_measure(NULL, &plain, &size), THS_BAD_ARGUMENT);
	cr_assert_eq(flat_measure(&plain_type, NULL, &size), THS_BAD_ARGUMENT);
	cr_assert_eq(size, 77);
}

THS_MESSAGE(packet, THS_FIELD(ths_any, content), THS_FIELD(ths_string, to))
THS_MESSAGE(wish,
    THS_OPTIONAL(int64_t, cents), THS_OPTIONAL(ths_string, note),
    THS_OPTIONAL(struct named, from))
THS_MESSAGE(tags, THS_FIELD(ths_map, map))
THS_MESSAGE(names, THS_LIST(struct named, list))

Test(flat, a_message_inside_a_message_is_copied_with_all_its_parts)
{
	char text[] = "inner";
	struct named named = { text, 9 };
	struct packet inner = { { &named_type, &named }, "you" };
	struct packet outer = { { &packet_type, &inner }, "me" };
	struct block block = flatten(&packet_type, &outer);
	const struct packet *copy = (const void *)block.bytes;
	const struct packet *packet;
	const struct named *content;

	memset(text, 'x', sizeof(text) - 1);
	memset(&named, 0, sizeof(named));
	memset(&inner, 0, sizeof(inner));
	packet = ths_any_as(copy->content, packet);
	cr_assert(is_inside(&block, packet, sizeof(*packet)));
	cr_assert_eq((uintptr_t)packet % FLAT_ALIGNMENT, 0);
	cr_assert_str_eq(packet->to, "you");
	content = ths_any_as(packet->content, named);
	cr_assert(is_inside(&block, content, sizeof(*content)));
	cr_assert(is_inside(&block, content->text, 6));
	cr_assert_str_eq(content->text, "inner");
	cr_assert_eq(content->n, 9);
	cr_assert_null(ths_any_as(packet->content, plain));
	cr_assert_str_eq(copy->to, "me");
	free(block.bytes);
}

Test(flat, an_inner_message_may_be_missing_or_a_signal)
{
	struct packet packet = { { NULL, "nothing" }, NULL };
	struct block block = flatten(&packet_type, &packet);
	const struct packet *copy = (const void *)block.bytes;

	cr_assert_eq(block.size, sizeof(packet));
	cr_assert_null(copy->content.type);
	cr_assert_null(copy->content.message);
	free(block.bytes);
	packet.content = THS_ANY(empty);
	block = flatten(&packet_type, &packet);
	copy = (const void *)block.bytes;
	cr_assert_eq(block.size, sizeof(packet));
	cr_assert_eq(copy->content.type, &empty_type);
	cr_assert_null(copy->content.message);
	cr_assert_not_null(ths_any_as(copy->content, empty));
	free(block.bytes);
}

Test(flat, messages_nest_as_deep_as_they_may_and_no_deeper)
{
	struct packet packets[THS_DEPTH_MAX + 1] = { 0 };
	uint32_t size;

	packets[0].content = (ths_any){ &packet_type, packets };
	cr_assert_eq(flat_measure(&packet_type, packets, &size),
	    THS_BAD_ARGUMENT);
	packets[0].content = (ths_any){ NULL, NULL };
	for (int i = 1; i <= THS_DEPTH_MAX; i++)
		packets[i].content = (ths_any){ &packet_type,
			&packets[i - 1] };
	cr_assert_eq(flat_measure(&packet_type, &packets[THS_DEPTH_MAX - 1],
	    &size), THS_OK);
	cr_assert_eq(flat_measure(&packet_type, &packets[THS_DEPTH_MAX],
	    &size), THS_BAD_ARGUMENT);
}

Test(flat, an_optional_that_is_absent_takes_nothing_and_keeps_no_pointer)
{
	struct wish wish = {
		.note = { "dangling", false },
		.from = { { "dangling", 1 }, false },
	};
	struct block block = flatten(&wish_type, &wish);
	const struct wish *copy = (const void *)block.bytes;

	cr_assert_eq(block.size, sizeof(wish));
	cr_assert_not(copy->cents.is_set);
	cr_assert_not(copy->note.is_set);
	cr_assert_null(copy->note.value);
	cr_assert_null(copy->from.value.text);
	free(block.bytes);
}

Test(flat, an_optional_that_is_there_brings_its_parts)
{
	struct wish wish = {
		.cents = THS_SET(5), .note = THS_SET("soon"),
		.from = THS_SET({ "ann", 3 }),
	};
	struct block block = flatten(&wish_type, &wish);
	const struct wish *copy = (const void *)block.bytes;

	cr_assert(copy->cents.is_set && copy->note.is_set &&
	    copy->from.is_set);
	cr_assert_eq(copy->cents.value, 5);
	cr_assert(is_inside(&block, copy->note.value, 5));
	cr_assert_str_eq(copy->note.value, "soon");
	cr_assert(is_inside(&block, copy->from.value.text, 4));
	cr_assert_str_eq(copy->from.value.text, "ann");
	cr_assert_eq(copy->from.value.n, 3);
	free(block.bytes);
}

Test(flat, a_list_is_copied_and_so_is_what_its_items_point_to)
{
	const struct named items[] = { { "a", 1 }, { NULL, 2 }, { "ccc", 3 } };
	struct names names = { { items, 3 } };
	struct block block = flatten(&names_type, &names);
	const struct names *copy = (const void *)block.bytes;

	cr_assert_eq(copy->list.length, 3);
	cr_assert(is_inside(&block, copy->list.items, sizeof(items)));
	cr_assert_eq((uintptr_t)copy->list.items % FLAT_ALIGNMENT, 0);
	cr_assert_str_eq(copy->list.items[0].text, "a");
	cr_assert_null(copy->list.items[1].text);
	cr_assert(is_inside(&block, copy->list.items[2].text, 4));
	cr_assert_str_eq(copy->list.items[2].text, "ccc");
	cr_assert_eq(copy->list.items[2].n, 3);
	free(block.bytes);
	names.list.length = 0;
	block = flatten(&names_type, &names);
	cr_assert_eq(block.size, sizeof(names));
	cr_assert_null(((struct names *)(void *)block.bytes)->list.items);
	free(block.bytes);
}

Test(flat, a_list_that_is_too_long_or_is_nowhere_is_refused)
{
	static const struct named items[2];
	struct names names = { { items, SIZE_MAX } };
	uint32_t size;

	cr_assert_eq(flat_measure(&names_type, &names, &size), THS_TOO_LARGE);
	names.list.length = SIZE_MAX / sizeof(items[0]) + 2;
	cr_assert_eq(flat_measure(&names_type, &names, &size), THS_TOO_LARGE);
	names.list.items = NULL;
	names.list.length = 1;
	cr_assert_eq(flat_measure(&names_type, &names, &size),
	    THS_BAD_ARGUMENT);
}

Test(flat, a_map_is_copied_with_its_names_and_values)
{
	struct tags tags = { { kinds_pairs, 7 } };
	struct block block = flatten(&tags_type, &tags);
	const ths_map map = ((struct tags *)(void *)block.bytes)->map;

	cr_assert(is_inside(&block, map.pairs, sizeof(kinds_pairs)));
	for (int i = 0; i < 7; i++)
		cr_assert(is_inside(&block, map.pairs[i].key, 1));
	cr_assert(is_inside(&block, ths_map_get(map, "os")->string, 6));
	cr_assert_str_eq(ths_map_get(map, "os")->string, "linux");
	cr_assert(is_inside(&block, ths_map_get(map, "key")->bytes.data, 3));
	cr_assert_eq(ths_map_get(map, "cores")->natural, 8);
	free(block.bytes);
}

Test(flat, a_map_that_makes_no_sense_is_refused)
{
	static ths_pair pairs[THS_MAP_MAX + 1];
	struct tags tags = { { pairs, 1 } };
	uint32_t size;

	pairs[0] = (ths_pair)THS_PAIR_BOOL(NULL, true);
	cr_assert_eq(flat_measure(&tags_type, &tags, &size), THS_BAD_ARGUMENT);
	pairs[0] = (ths_pair){ "a", { .kind = THS_KIND_ADDRESS } };
	cr_assert_eq(flat_measure(&tags_type, &tags, &size), THS_BAD_ARGUMENT);
	for (int i = 0; i <= THS_MAP_MAX; i++)
		pairs[i] = (ths_pair)THS_PAIR_BOOL("a", true);
	tags.map.length = THS_MAP_MAX;
	cr_assert_eq(flat_measure(&tags_type, &tags, &size), THS_OK);
	tags.map.length++;
	cr_assert_eq(flat_measure(&tags_type, &tags, &size), THS_TOO_LARGE);
}

/* Every room from the struct alone to one byte too few: as if another thread
 * had made the parts longer after they were measured. */
Test(flat, writes_no_byte_beyond_its_room_and_keeps_no_outside_pointer)
{
	uint32_t size;

	cr_assert_eq(flat_measure(&everything_type, &kinds_full, &size),
	    THS_OK);
	for (uint32_t less = everything_type.size; less < size; less++) {
		char *bytes = aligned_alloc(FLAT_ALIGNMENT,
		    (size + FLAT_ALIGNMENT) & ~(size_t)(FLAT_ALIGNMENT - 1));
		struct block block = { less, bytes };
		const struct everything *copy = (const void *)bytes;

		cr_assert_not_null(bytes);
		memset(bytes + less, 0x5a, size - less);
		flat_write(&everything_type, &kinds_full, bytes, less);
		for (uint32_t i = less; i < size; i++)
			cr_assert_eq(bytes[i], 0x5a);
		cr_assert(copy->words.items == NULL ||
		    is_inside(&block, copy->words.items, 8));
		for (size_t i = 0; i < copy->people.length; i++)
			cr_assert(copy->people.items[i].name == NULL ||
			    is_inside(&block, copy->people.items[i].name, 1));
		free(bytes);
	}
}

Test(flat, brings_every_kind_over)
{
	struct block block = flatten(&everything_type, &kinds_full);
	const struct everything *copy = (const void *)block.bytes;
	const struct parcel *parcel = ths_any_as(copy->any, parcel);

	cr_assert_eq(memcmp(&copy->scalars, &kinds_full.scalars,
	    sizeof(struct scalars)), 0);
	cr_assert_str_eq(copy->base.name, "carl");
	cr_assert(is_inside(&block, copy->base.name, 5));
	cr_assert_str_eq(copy->lines[1], "second");
	cr_assert(is_inside(&block, copy->lines[1], 7));
	cr_assert_eq(copy->numbers.items[2], UINT16_MAX);
	cr_assert_eq(copy->colours.items[0], BLUE);
	cr_assert_str_eq(copy->words.items[3], "be");
	cr_assert_str_eq(copy->friend_of.value.name, "dora");
	parcel = ths_any_as(parcel->content, parcel);
	cr_assert(is_inside(&block, parcel, sizeof(*parcel)));
	cr_assert_str_eq(ths_any_as(parcel->content, person)->name, "ann");
	cr_assert_eq(ths_any_as(copy->more.items[0], point)->y, 9);
	cr_assert_eq(copy->more.items[2].type, &ping_type);
	cr_assert_eq(ths_any_as(copy->last.value, point)->x, 8);
	free(block.bytes);
}
