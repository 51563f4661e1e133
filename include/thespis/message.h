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
 * Field types: the integers of <stdint.h>, int, unsigned, size_t, bool, float,
 * double, ths_address, ths_string and ths_bytes.  Another type does not
 * compile.
 *
 * The same type may be declared in several source files (through a header):
 * two descriptors with one name and one layout are one type; the same name with
 * another layout is another type, and its mail is refused, never misread.
 *
 * In C++ the declarations work, but a message by value (THS_PAYLOAD and what uses
 * it: ths_send(), ths_call(), ...) is C only: fill a struct and call the plain
 * function, ths_send_message(self, to, &deposit_type, &deposit).
 *
 * Ownership: sending copies the struct and what its strings and bytes reach into
 * one block; the sender's own memory stays the sender's.  The receiver reads
 * the block until its handler returns; the pointers in it point into the block.
 *
 * Limits: the block, strings and bytes included, holds THS_FLAT_SIZE_MAX bytes;
 * a larger message is refused with THS_TOO_LARGE.  THS_FIELDS_MAX fields.
 */
#ifndef THESPIS_MESSAGE_H
#define THESPIS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "thespis/address.h"
#include "thespis/each.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
	THS_FLAT_SIZE_MAX = 16 * 1024, /* bytes of one message's block */
	THS_FIELDS_MAX = 32,
};

/* Text that ends with a NUL; may be NULL.  Copied at send. */
typedef const char *ths_string;

/* Bytes of a known size; data may be NULL when size is 0.  Copied at send. */
typedef struct ths_bytes {
	const void *data;
	size_t size;
} ths_bytes;

typedef enum ths_kind {
	THS_KIND_INTEGER,
	THS_KIND_UNSIGNED,
	THS_KIND_BOOL,
	THS_KIND_FLOAT,
	THS_KIND_ADDRESS,
	THS_KIND_STRING,
	THS_KIND_BYTES,
} ths_kind;

typedef struct ths_field {
	const char *name;
	uint32_t offset; /* bytes from the start of the struct */
	uint16_t size;   /* bytes in the struct */
	uint8_t kind;    /* enum ths_kind */
} ths_field;

/* Describes one message type.  A constant; must outlive the VMs that see it. */
typedef struct ths_type {
	const char *name;
	uint32_t size;          /* bytes of the struct; 0 for a signal */
	uint16_t fields_length;
	uint16_t dynamic_length; /* how many fields are strings or bytes */
	const ths_field *fields;
} ths_type;

/* ------------------------------------------------- how THS_MESSAGE works */

#define THS_FIELD(type, name) (type, name)

#define THS_MESSAGE(message, ...) \
	struct message { \
		THS_EACH(THS_FIELD_MEMBER, message, __VA_ARGS__) \
	}; \
	static const ths_field ths_##message##_fields[] = { \
		THS_EACH(THS_FIELD_ROW, message, __VA_ARGS__) \
	}; \
	THS_UNUSED static const ths_type message##_type = { \
		#message, (uint32_t)sizeof(struct message), \
		(uint16_t)(sizeof(ths_##message##_fields) / sizeof(ths_field)), \
		(uint16_t)(0 THS_EACH(THS_FIELD_DYNAMIC, message, __VA_ARGS__)), \
		ths_##message##_fields \
	};

#define THS_SIGNAL(message) \
	struct message { char nothing; }; \
	THS_UNUSED static const ths_type message##_type = { \
		#message, 0, 0, 0, 0 \
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

#define THS_FIELD_MEMBER(message, field) THS_FIELD_MEMBER_ field
#define THS_FIELD_MEMBER_(type, name) type name;
#define THS_FIELD_ROW(message, field) \
	THS_FIELD_ROW_(message, THS_FIELD_NAME field, THS_FIELD_KIND field)
#define THS_FIELD_ROW_(message, name, kind) \
	THS_FIELD_ROW__(message, name, kind)
#define THS_FIELD_ROW__(message, name, kind) \
	{ #name, (uint32_t)offsetof(struct message, name), \
	  (uint16_t)sizeof(((struct message *)0)->name), kind },
#define THS_FIELD_DYNAMIC(message, field) \
	+ (THS_FIELD_KIND field >= THS_KIND_STRING ? 1 : 0)
#define THS_FIELD_NAME(type, name) name
#define THS_FIELD_KIND(type, name) THS_KIND_OF_##type

#define THS_KIND_OF_int8_t THS_KIND_INTEGER
#define THS_KIND_OF_int16_t THS_KIND_INTEGER
#define THS_KIND_OF_int32_t THS_KIND_INTEGER
#define THS_KIND_OF_int64_t THS_KIND_INTEGER
#define THS_KIND_OF_int THS_KIND_INTEGER
#define THS_KIND_OF_uint8_t THS_KIND_UNSIGNED
#define THS_KIND_OF_uint16_t THS_KIND_UNSIGNED
#define THS_KIND_OF_uint32_t THS_KIND_UNSIGNED
#define THS_KIND_OF_uint64_t THS_KIND_UNSIGNED
#define THS_KIND_OF_unsigned THS_KIND_UNSIGNED
#define THS_KIND_OF_size_t THS_KIND_UNSIGNED
#define THS_KIND_OF_bool THS_KIND_BOOL
#define THS_KIND_OF__Bool THS_KIND_BOOL
#define THS_KIND_OF_float THS_KIND_FLOAT
#define THS_KIND_OF_double THS_KIND_FLOAT
#define THS_KIND_OF_ths_address THS_KIND_ADDRESS
#define THS_KIND_OF_ths_string THS_KIND_STRING
#define THS_KIND_OF_ths_bytes THS_KIND_BYTES

#ifdef __cplusplus
}
#endif
#endif
