/* SPDX-License-Identifier: MIT */
/*
 * fuzz_codec - any bytes at all, given to the decoder.
 *
 * If it fails, a peer or a broken file can crash a VM, or two encodings mean
 * the same and digests of messages lie.  What the decoder takes must be a
 * message that can be sent and printed, and its encoding must be these very
 * bytes.
 */
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/unit/vm/kinds.h"
#include "thespis/codec.h"
#include "thespis/print.h"

static const ths_type *const types[] = {
	&ping_type, &point_type, &person_type, &parcel_type, &scalars_type,
	&everything_type, &album_type,
};

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	alignas(THS_BLOCK_ALIGNMENT) static char block[THS_FLAT_SIZE_MAX];
	char text[300];
	uint8_t *again;
	size_t again_size;
	ths_any any;

	if (ths_decode(bytes, size, types, sizeof(types) / sizeof(types[0]),
	    block, sizeof(block), &any) != THS_OK)
		return 0;
	again = malloc(size);
	if (again == NULL || ths_encode(any.type, any.message, again, size,
	    &again_size) != THS_OK || again_size != size ||
	    memcmp(again, bytes, size) != 0)
		abort();
	free(again);
	ths_message_print(any.type, any.message, text, sizeof(text));
	ths_message_json(any.type, any.message, text, size % sizeof(text));
	return 0;
}
