/* SPDX-License-Identifier: MIT */
/* Many free envelopes behind one pointer. */

#include <stdalign.h>
#include <string.h>

#include "mailbox/batch.h"
#include "tests/harness.h"

enum { LENGTH_MAX = 64, BLOCK = ENVELOPE_SIZE_MIN };

static alignas(64) unsigned char blocks[LENGTH_MAX][BLOCK];

static struct envelope *
block(uint32_t index)
{
	return (void *)blocks[index];
}

Test(batch, comes_out_in_the_order_in_which_it_went_in)
{
	struct envelope *in[LENGTH_MAX], *out[LENGTH_MAX + 1];

	for (uint32_t length = 1; length <= LENGTH_MAX; length++) {
		for (uint32_t i = 0; i < length; i++)
			in[i] = block(i * 37 % length);
		memset(out, 0, sizeof(out));
		batch_unpack(batch_pack(in, length), out, length);
		for (uint32_t i = 0; i < length; i++)
			cr_assert_eq(out[i], in[i], "%u of %u", i, length);
		cr_assert_null(out[length], "one more than %u", length);
	}
}

Test(batch, leaves_the_messages_alone)
{
	struct envelope *items[LENGTH_MAX];

	memset(blocks, 0x5a, sizeof(blocks));
	for (uint32_t i = 0; i < LENGTH_MAX; i++)
		items[i] = block(i);
	batch_pack(items, LENGTH_MAX);
	for (uint32_t i = 0; i < LENGTH_MAX; i++)
		for (uint32_t j = ENVELOPE_HEADER_SIZE; j < BLOCK; j++)
			cr_assert_eq(blocks[i][j], 0x5a, "block %u byte %u",
			    i, j);
}

/* What the first line of a leaf names must be found without the others. */
Test(batch, touches_one_block_in_six)
{
	struct envelope *items[LENGTH_MAX];
	uint32_t touched = 0;

	memset(blocks, 0, sizeof(blocks));
	for (uint32_t i = 0; i < LENGTH_MAX; i++)
		items[i] = block(i);
	batch_pack(items, LENGTH_MAX);
	for (uint32_t i = 0; i < LENGTH_MAX; i++)
		for (uint32_t j = 0; j < BLOCK; j++)
			if (blocks[i][j] != 0) {
				touched++;
				break;
			}
	cr_assert_eq(touched, (LENGTH_MAX + 5) / 6);
}
