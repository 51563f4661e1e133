/* SPDX-License-Identifier: MIT */
/*
 * codec - a message as bytes, to be kept in a file or given to another machine.
 *
 *     unsigned char bytes[256];
 *     size_t size;
 *     ths_encode(&deposit_type, &deposit, bytes, sizeof(bytes), &size);
 *
 *     static const ths_type *const types[] = { &deposit_type, &close_type };
 *     alignas(THS_BLOCK_ALIGNMENT) char block[THS_FLAT_SIZE_MAX];
 *     ths_any any;
 *     if (ths_decode(bytes, size, types, 2, block, sizeof(block), &any) == 0 &&
 *         (deposit = ths_any_as(any, deposit)) != NULL)
 *
 * The bytes begin with the type's wire name and a digest of its fields, so that
 * they are never read as something else: a reader whose type of that name has
 * other fields is refused.  Equal messages have equal bytes, on every machine;
 * the pairs of a map are brought into the order of their names.
 *
 * A blob is encoded as its bytes.  Decoded, it stands in the block like
 * everything else: its `block` is NULL, and it becomes a blob of a VM's when it
 * is sent.
 *
 * Threads: any.  Ownership: everything is the caller's; nothing is allocated.
 * Limits: a wire name of THS_WIRE_NAME_MAX bytes.
 */
#ifndef THESPIS_CODEC_H
#define THESPIS_CODEC_H

#include "thespis/message.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
	THS_WIRE_NAME_MAX = 255,  /* bytes, the NUL not counted */
	THS_BLOCK_ALIGNMENT = 16, /* bytes */
};

/*
 * Encodes a message into bytes, which has `room`, and tells how many it takes;
 * with bytes NULL it only tells.
 * Returns THS_OK, THS_TOO_LARGE (more than room, or a struct larger than one
 * may be) or THS_BAD_ARGUMENT (as ths_send(); a map with one name twice; a wire
 * name that is empty or too long).
 */
THS_NODISCARD THS_PUBLIC ths_status ths_encode(const ths_type *type,
    const void *message, void *bytes, size_t room, size_t *size);

/*
 * Decodes what ths_encode() wrote, whoever brings it, into a block of `room`
 * bytes, aligned to THS_BLOCK_ALIGNMENT; THS_FLAT_SIZE_MAX bytes are enough for
 * what fits into one block, blobs included.  types are those the caller knows,
 * of messages inside messages too.
 * message and all that it points to lie in the block; its type is one of types.
 * Returns THS_OK, THS_MALFORMED, THS_MISMATCH (a type is not among types, or
 * has another layout there), THS_TOO_LARGE (for the block) or THS_BAD_ARGUMENT.
 * After a failure the block holds anything.
 */
THS_NODISCARD THS_PUBLIC ths_status ths_decode(const void *bytes, size_t size,
    const ths_type *const *types, size_t types_length, void *block,
    size_t room, ths_any *message);

#ifdef __cplusplus
}
#endif
#endif
