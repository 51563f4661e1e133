/* SPDX-License-Identifier: MIT */
/*
 * message - declares message types: a struct, and the descriptor that says what
 * is in it.
 *
 *     THS_MESSAGE(deposit,
 *         THS_FIELD(ths_string, owner),
 *         THS_FIELD(int64_t, cents))
 *
 * declares `struct deposit { ths_string owner; int64_t cents; }` and the
 * constant `deposit_type`.  A message without fields is a signal:
 *
 *     THS_SIGNAL(close_account)
 *
 * The elements of the list, for a type T:
 *
 *     THS_FIELD(T, name)         T name;
 *     THS_ARRAY(T, name, count)  T name[count];
 *     THS_LIST(T, name)          struct {
 *                                    const T *items; size_t length;
 *                                } name;
 *     THS_OPTIONAL(T, name)      struct { T value; bool is_set; } name;
 *     THS_TEXT(name, size)       char name[size];  text of at most size bytes
 *     THS_BLOB(name)             ths_blob name;  see thespis/blob.h
 *     THS_BASE(parent)           struct parent base;  see below
 *
 * T is one of: the integers of <stdint.h>, int, unsigned, size_t, bool, float,
 * double, ths_address, ths_time, ths_duration, ths_string, ths_bytes, ths_blob,
 * ths_any, ths_map; `struct point`, where point is a message declared before;
 * or `enum colour`, where THS_ENUM has listed its values.  Another type does
 * not compile.
 *
 *     enum colour { RED, GREEN };
 *     THS_ENUM(colour, RED, GREEN)
 *     THS_MESSAGE(point, THS_FIELD(double, x), THS_FIELD(double, y))
 *     THS_MESSAGE(line,
 *         THS_LIST(struct point, path),
 *         THS_FIELD(enum colour, paint),
 *         THS_OPTIONAL(double, width))
 *
 *     const struct point path[] = { { 0, 0 }, { 3, 4 } };
 *     ths_send(self, to, line, .path = { path, 2 }, .paint = GREEN,
 *         .width = THS_SET(0.5));
 *
 * An optional field is given with THS_SET(value), and absent where it is left
 * out.  Its reader asks `line->width.is_set` before it takes
 * `line->width.value`.
 *
 * A type may have another name on the wire than in C, and may extend a parent:
 *
 *     THS_MESSAGE_AS(deposit, "bank.deposit",
 *         THS_BASE(transaction),
 *         THS_FIELD(int64_t, cents))
 *
 * The parent's struct stands first, so that a deposit may be read as a
 * transaction: an actor without a handler for deposits handles them as
 * transactions if it has one for these, and so on up the line.  ths_type_is()
 * tells.  THS_BASE anywhere else does not compile.
 *
 * The same type may be declared in several source files (through a header):
 * two descriptors with one name and one layout are one type; the same name with
 * another layout is another type, and its mail is refused, never misread.
 *
 * In C++ the declarations work, but a message by value (THS_PAYLOAD and what
 * uses it: ths_send(), ths_call(), ...) is C only: fill a struct and call the
 * plain function, ths_send_message(self, to, &deposit_type, &deposit).
 *
 * Ownership: sending copies the struct and all that it points to, through
 * lists, maps and inner messages too, blobs excepted, which are shared; the
 * sender's own memory stays the sender's, and must not change while the call
 * lasts.  The receiver reads the copy until its handler returns.
 *
 * What the copy takes: one block of THS_FLAT_SIZE_MAX bytes at most; where
 * struct and parts need more, the parts stand in a blob of the message's own,
 * which is then kept, forwarded, returned as poison and told as a dead letter
 * without another copy.  So is a string, bytes, or a list without pointers of
 * at least THS_SHARED_MIN bytes, when an actor sends what it finds in such a
 * blob of the message it handles, in a message that does not fit into a block.
 *
 * Limits: message_max bytes of the VM (thespis/vm.h) with all parts and blobs,
 * THS_FLAT_SIZE_MAX of the struct, THS_BLOBS_MAX blobs: a message beyond them
 * is refused with THS_TOO_LARGE, one that is nested deeper than THS_DEPTH_MAX
 * with THS_BAD_ARGUMENT.  THS_FIELDS_MAX fields, and as many names of an enum.
 */
#ifndef THESPIS_MESSAGE_H
#define THESPIS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "thespis/address.h"
#include "thespis/each.h"
#include "thespis/type.h"
#include "thespis/value.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
	THS_FLAT_SIZE_MAX = 16 * 1024, /* bytes of one message's block */
	THS_SHARED_MIN = 4 * 1024,     /* bytes of a part that is shared */
	THS_BLOBS_MAX = 1023,          /* held by one message */
};

/* The elements of a message; see above. */
#define THS_FIELD(type, name) (THS_AS_ONE, type, name, 1)
#define THS_ARRAY(type, name, count) (THS_AS_ARRAY, type, name, count)
#define THS_LIST(type, name) (THS_AS_LIST, type, name, 1)
#define THS_OPTIONAL(type, name) (THS_AS_OPTIONAL, type, name, 1)
#define THS_TEXT(name, size) (THS_AS_TEXT, ths_char, name, size)
#define THS_BLOB(name) THS_FIELD(ths_blob, name)
#define THS_BASE(parent) (THS_AS_BASE, struct parent, base, 1)

/* Initialises an optional field that is there. */
#define THS_SET(...) { __VA_ARGS__, true }

#define THS_MESSAGE(message, ...) THS_MESSAGE_AS(message, #message, __VA_ARGS__)
#define THS_SIGNAL(message) THS_SIGNAL_AS(message, #message)

/* The same, with a name of their own on the wire. */
#define THS_MESSAGE_AS(message, wire_name, ...) \
	struct message { \
		THS_EACH(THS_FIELD_MEMBER, message, __VA_ARGS__) \
	}; \
	enum { ths_##message##_dynamic = \
		0 THS_EACH(THS_FIELD_DYNAMIC, message, __VA_ARGS__) }; \
	static const ths_field ths_##message##_fields[] = { \
		THS_EACH(THS_FIELD_ROW, message, __VA_ARGS__) \
	}; \
	THS_UNUSED static const ths_type message##_type = { \
		wire_name, (uint32_t)sizeof(struct message), \
		(uint16_t)(sizeof(ths_##message##_fields) / \
		    sizeof(ths_field)), \
		(uint16_t)ths_##message##_dynamic, ths_##message##_fields \
	};

#define THS_SIGNAL_AS(message, wire_name) \
	struct message { char nothing; }; \
	enum { ths_##message##_dynamic = 0 }; \
	THS_UNUSED static const ths_type message##_type = { \
		wire_name, 0, 0, 0, 0 \
	};

/* Lists the values of `enum enumeration`, declared before, so that they
 * have names. */
#define THS_ENUM(enumeration, ...) \
	static const ths_enum_value ths_##enumeration##_values[] = { \
		THS_EACH(THS_ENUM_ROW, enumeration, __VA_ARGS__) \
	}; \
	THS_UNUSED static const ths_enum enumeration##_enum = { \
		#enumeration, ths_##enumeration##_values, \
		(uint32_t)(sizeof(ths_##enumeration##_values) / \
		    sizeof(ths_enum_value)) \
	};

/*
 * THS_PAYLOAD(total, .value = 3): descriptor and struct, the two arguments that
 * the plain functions take.  Without values every field is zero.
 */
#define THS_PAYLOAD(...) \
	THS_JOIN(THS_PAYLOAD_, THS_ONE_OR_MORE(__VA_ARGS__))(__VA_ARGS__)
#define THS_PAYLOAD_ONE(message) \
	&message##_type, &(const struct message){ 0 }
#define THS_PAYLOAD_MORE(message, ...) \
	&message##_type, &(const struct message){ __VA_ARGS__ }

/* A ths_any by value: THS_ANY(range, .from = 1, .to = 9).  C only. */
#define THS_ANY(...) ((ths_any){ THS_PAYLOAD(__VA_ARGS__) })

/* ------------------------------------------------- how THS_MESSAGE works */

#define THS_FIELD_MEMBER(message, field) THS_FIELD_MEMBER_ field
#define THS_FIELD_MEMBER_(as, type, name, count) \
	as##_MEMBER(type, name, count)
#define THS_AS_ONE_MEMBER(type, name, count) type name;
#define THS_AS_BASE_MEMBER(type, name, count) type name;
#define THS_AS_ARRAY_MEMBER(type, name, count) type name[count];
#define THS_AS_TEXT_MEMBER(type, name, count) char name[count];
#define THS_AS_LIST_MEMBER(type, name, count) \
	struct { const type *items; size_t length; } name;
#define THS_AS_OPTIONAL_MEMBER(type, name, count) \
	struct { type value; bool is_set; } name;

/* THS_KIND_OF_ pasted to a type is two words: which macros know its kind, and
 * what they are to be given. */
#define THS_FIELD_ROW(message, field) \
	THS_FIELD_ROW_(message, THS_UNWRAP field)
#define THS_FIELD_ROW_(...) THS_FIELD_ROW__(__VA_ARGS__)
#define THS_FIELD_ROW__(message, as, type, name, count) \
	THS_FIELD_ROW_OF(message, as, type, name, count, THS_KIND_OF_##type)
#define THS_FIELD_ROW_OF(...) THS_FIELD_ROW_OF_(__VA_ARGS__)
#define THS_FIELD_ROW_OF_(message, as, type, name, count, of, what) \
	{ #name, as##_OFFSET(message, name), as##_SIZE(type, count), \
	  (uint8_t)(of##_KIND(what)), as##_FORM, as##_COUNT(count), \
	  of##_TYPE(what), of##_NAMES(what) },

#define THS_FIELD_OFFSET(message, name) \
	(uint32_t)offsetof(struct message, name)
#define THS_AS_ONE_OFFSET(message, name) THS_FIELD_OFFSET(message, name)
#define THS_AS_ARRAY_OFFSET(message, name) THS_FIELD_OFFSET(message, name)
#define THS_AS_TEXT_OFFSET(message, name) THS_FIELD_OFFSET(message, name)
#define THS_AS_LIST_OFFSET(message, name) THS_FIELD_OFFSET(message, name)
#define THS_AS_OPTIONAL_OFFSET(message, name) THS_FIELD_OFFSET(message, name)
/* An array of -1 elements where the base is not the first member. */
#define THS_AS_BASE_OFFSET(message, name) \
	(uint32_t)(0 * sizeof(char[offsetof(struct message, name) ? -1 : 1]))
#define THS_AS_ONE_SIZE(type, count) (uint32_t)sizeof(type)
#define THS_AS_BASE_SIZE(type, count) (uint32_t)sizeof(type)
#define THS_AS_ARRAY_SIZE(type, count) (uint32_t)sizeof(type)
#define THS_AS_LIST_SIZE(type, count) (uint32_t)sizeof(type)
#define THS_AS_OPTIONAL_SIZE(type, count) (uint32_t)sizeof(type)
#define THS_AS_TEXT_SIZE(type, count) (uint32_t)(count)
#define THS_AS_ONE_COUNT(count) 1
#define THS_AS_BASE_COUNT(count) 1
#define THS_AS_LIST_COUNT(count) 1
#define THS_AS_OPTIONAL_COUNT(count) 1
#define THS_AS_TEXT_COUNT(count) 1
/* An array of -1 elements where there are more than a descriptor can say. */
#define THS_AS_ARRAY_COUNT(count) \
	(uint16_t)((count) * sizeof(char[(count) > UINT16_MAX ? -1 : 1]))
#define THS_AS_ONE_FORM THS_FORM_ONE
#define THS_AS_BASE_FORM THS_FORM_BASE
#define THS_AS_ARRAY_FORM THS_FORM_ARRAY
#define THS_AS_TEXT_FORM THS_FORM_ONE
#define THS_AS_LIST_FORM THS_FORM_LIST
#define THS_AS_OPTIONAL_FORM THS_FORM_OPTIONAL

#define THS_FIELD_DYNAMIC(message, field) \
	THS_FIELD_DYNAMIC_(THS_UNWRAP field)
#define THS_FIELD_DYNAMIC_(...) THS_FIELD_DYNAMIC__(__VA_ARGS__)
#define THS_FIELD_DYNAMIC__(as, type, name, count) \
	THS_FIELD_DYNAMIC_OF(as, THS_KIND_OF_##type)
#define THS_FIELD_DYNAMIC_OF(...) THS_FIELD_DYNAMIC_OF_(__VA_ARGS__)
#define THS_FIELD_DYNAMIC_OF_(as, of, what) \
	+ ((int)as##_FORM == (int)THS_FORM_LIST || of##_DYNAMIC(what) ? 1 : 0)

#define THS_OF_SCALAR_KIND(what) what
#define THS_OF_SCALAR_TYPE(what) 0
#define THS_OF_SCALAR_NAMES(what) 0
#define THS_OF_SCALAR_DYNAMIC(what) (int)what >= (int)THS_KIND_STRING
#define THS_OF_STRUCT_KIND(what) THS_KIND_STRUCT
#define THS_OF_STRUCT_TYPE(what) &what##_type
#define THS_OF_STRUCT_NAMES(what) 0
#define THS_OF_STRUCT_DYNAMIC(what) (int)ths_##what##_dynamic > 0
#define THS_OF_ENUM_KIND(what) THS_KIND_ENUM
#define THS_OF_ENUM_TYPE(what) 0
#define THS_OF_ENUM_NAMES(what) &what##_enum
#define THS_OF_ENUM_DYNAMIC(what) false

#define THS_ENUM_ROW(enumeration, name) { #name, (int64_t)name },

#define THS_KIND_OF_struct THS_OF_STRUCT,
#define THS_KIND_OF_enum THS_OF_ENUM,
#define THS_KIND_OF_int8_t THS_OF_SCALAR, THS_KIND_INTEGER
#define THS_KIND_OF_int16_t THS_OF_SCALAR, THS_KIND_INTEGER
#define THS_KIND_OF_int32_t THS_OF_SCALAR, THS_KIND_INTEGER
#define THS_KIND_OF_int64_t THS_OF_SCALAR, THS_KIND_INTEGER
#define THS_KIND_OF_int THS_OF_SCALAR, THS_KIND_INTEGER
#define THS_KIND_OF_uint8_t THS_OF_SCALAR, THS_KIND_UNSIGNED
#define THS_KIND_OF_uint16_t THS_OF_SCALAR, THS_KIND_UNSIGNED
#define THS_KIND_OF_uint32_t THS_OF_SCALAR, THS_KIND_UNSIGNED
#define THS_KIND_OF_uint64_t THS_OF_SCALAR, THS_KIND_UNSIGNED
#define THS_KIND_OF_unsigned THS_OF_SCALAR, THS_KIND_UNSIGNED
#define THS_KIND_OF_size_t THS_OF_SCALAR, THS_KIND_UNSIGNED
#define THS_KIND_OF_bool THS_OF_SCALAR, THS_KIND_BOOL
#define THS_KIND_OF__Bool THS_OF_SCALAR, THS_KIND_BOOL
#define THS_KIND_OF_float THS_OF_SCALAR, THS_KIND_FLOAT
#define THS_KIND_OF_double THS_OF_SCALAR, THS_KIND_FLOAT
#define THS_KIND_OF_ths_address THS_OF_SCALAR, THS_KIND_ADDRESS
#define THS_KIND_OF_ths_time THS_OF_SCALAR, THS_KIND_TIME
#define THS_KIND_OF_ths_duration THS_OF_SCALAR, THS_KIND_DURATION
#define THS_KIND_OF_ths_char THS_OF_SCALAR, THS_KIND_TEXT
#define THS_KIND_OF_ths_string THS_OF_SCALAR, THS_KIND_STRING
#define THS_KIND_OF_ths_bytes THS_OF_SCALAR, THS_KIND_BYTES
#define THS_KIND_OF_ths_blob THS_OF_SCALAR, THS_KIND_BLOB
#define THS_KIND_OF_ths_any THS_OF_SCALAR, THS_KIND_ANY
#define THS_KIND_OF_ths_map THS_OF_SCALAR, THS_KIND_MAP

#ifdef __cplusplus
}
#endif
#endif
