/* SPDX-License-Identifier: MIT */
/*
 * codec - a message as bytes that mean the same to every machine.
 *
 * One message has one encoding: numbers take their shortest form, maps stand in
 * the order of their keys, and a decoder takes nothing else.
 *
 *   1. encoding  the byte 1 (CODEC_VERSION), then a message.
 *   2. message   its type's wire name, as a text of at least one byte; the wire
 *                digest of the type's layout in 8 bytes; then its fields.
 *   3. fields    in the order of the type, each by its form:
 *                one, base: the value; array: the values;
 *                list: how many as a varint, then the values;
 *                optional: the byte 0, or the byte 1 and the value.
 *   4. values    by kind:
 *                integer    the byte itself where the field has one byte, else
 *                           its zigzag as a varint
 *                unsigned   the byte, else a varint
 *                bool       the byte 0 or 1
 *                float      IEEE 754, in the field's 4 or 8 bytes
 *                address    8 bytes of VM, then slot and generation as varints
 *                enum, duration   zigzag as a varint
 *                time       8 bytes
 *                text       a text, at most as long as the field
 *                string     the byte 0 for NULL, else the length plus one as a
 *                           varint, then the bytes, none of them 0
 *                bytes      the length as a varint, then the bytes
 *                struct     its fields; the byte 0 when it has none
 *                any        the byte 0 for none, else a message
 *                map        how many pairs as a varint, then pairs in ascending
 *                           order of their keys' bytes: the key as a text, the
 *                           kind in a byte, the value (numbers in 8 bytes of
 *                           memory)
 *   5. text      the length as a varint, then the bytes, none of them 0.
 *   6. varint    seven bits a byte, the lowest first, bit 7 set in all but the
 *                last; the last is not 0 unless it is the only one.
 *   7. All numbers of fixed size stand with their lowest byte first.
 *
 * A digest tells that two sides disagree, before a byte is misread; how they
 * disagree is a matter of their descriptors (ths_type_explain()).
 *
 * Threads: any.  Progress: in proportion to the bytes; maps to the square of
 * their length, which THS_MAP_MAX bounds.  Errors: a decoder trusts no byte:
 * every length is compared with what is left of the input and of the block.
 */
#ifndef VM_MESSAGE_CODEC_H
#define VM_MESSAGE_CODEC_H

#include "thespis/codec.h"

enum {
	CODEC_VERSION = 1,
	CODEC_VARINT_SIZE = 10, /* bytes of the longest */
};

/* Who knows types by their wire names: NULL when nobody does. */
struct codec_types {
	const ths_type *(*find)(const void *context, const char *name,
	    size_t length);
	const void *context;
};

/* As ths_encode() and ths_decode(). */
enum ths_status codec_encode(const ths_type *type, const void *message,
    void *bytes, size_t room, size_t *size);
enum ths_status codec_decode(const void *bytes, size_t size,
    const struct codec_types *types, void *block, size_t room,
    ths_any *message);

#endif
