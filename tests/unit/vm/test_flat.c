/* SPDX-License-Identifier: MIT */
/* flat: a message as one block, whose pointers stay inside it. */
#include "vm/message/flat.h"

#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"

THS_MESSAGE(plain, THS_FIELD(uint32_t, a), THS_FIELD(double, b))
THS_MESSAGE(named, THS_FIELD(ths_string, text), THS_FIELD(uint8_t, n))
THS_MESSAGE(blob, THS_FIELD(ths_bytes, bytes))
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
	struct blob blob = { { "sender's own", 0 } };
	struct block block = flatten(&blob_type, &blob);
	const struct blob *copy = (const void *)block.bytes;

	cr_assert_eq(block.size, sizeof(blob));
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
	size_t most = THS_FLAT_SIZE_MAX - sizeof(struct blob);
	struct blob blob = { { data, most } };
	struct block block;
	uint32_t size;

	memset(data, 0x5a, sizeof(data));
	block = flatten(&blob_type, &blob);
	cr_assert_eq(block.size, (uint32_t)THS_FLAT_SIZE_MAX);
	cr_assert_eq(memcmp(((struct blob *)(void *)block.bytes)->bytes.data,
	    data, most), 0);
	free(block.bytes);
	blob.bytes.size = most + 1;
	cr_assert_eq(flat_measure(&blob_type, &blob, &size), THS_TOO_LARGE);
	blob.bytes.size = SIZE_MAX;
	cr_assert_eq(flat_measure(&blob_type, &blob, &size), THS_TOO_LARGE);
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
	struct blob blob = { { NULL, 1 } };
	struct plain plain = { 0 };
	uint32_t size = 77;

	cr_assert_eq(flat_measure(&blob_type, &blob, &size), THS_BAD_ARGUMENT);
	cr_assert_eq(flat_measure(NULL, &plain, &size), THS_BAD_ARGUMENT);
	cr_assert_eq(flat_measure(&plain_type, NULL, &size), THS_BAD_ARGUMENT);
	cr_assert_eq(size, 77);
}
