/* SPDX-License-Identifier: MIT */
/*
 * type - the descriptor of a message type: what is in the struct, and where.
 *
 * The macros of thespis/message.h make descriptors; a program that makes one
 * itself fills in the same members.  A descriptor is a constant and must
 * outlive the VMs that see it; so must what it points to.  One that describes
 * no possible struct is refused with THS_BAD_ARGUMENT.
 *
 * Two descriptors of one wire name and one layout are the same type, wherever
 * they stand in memory.
 *
 * Threads: constants; any thread.
 */
#ifndef THESPIS_TYPE_H
#define THESPIS_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "thespis/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
	THS_FIELDS_MAX = 32, /* of one type */
	THS_DEPTH_MAX = 16,  /* messages inside messages inside … */
};

/* What a value is.  From THS_KIND_STRING on it has parts outside the struct.
 * The numbers stand on the wire: they never change. */
typedef enum ths_kind {
	THS_KIND_INTEGER,
	THS_KIND_UNSIGNED,
	THS_KIND_BOOL,
	THS_KIND_FLOAT,
	THS_KIND_ADDRESS,
	THS_KIND_ENUM,     /* one of a list of names */
	THS_KIND_TIME,     /* ths_time */
	THS_KIND_DURATION, /* ths_duration */
	THS_KIND_TEXT,     /* char[size], up to the first NUL if there is one */
	THS_KIND_STRUCT,   /* another message, by value */
	THS_KIND_STRING = 32,
	THS_KIND_BYTES,
	THS_KIND_ANY,      /* ths_any */
	THS_KIND_MAP,      /* ths_map */
	THS_KIND_BLOB,     /* ths_blob */
} ths_kind;

/* How a value stands in its field.  On the wire, too. */
typedef enum ths_form {
	THS_FORM_ONE,      /* by itself */
	THS_FORM_BASE,     /* by itself: the parent type's struct, at 0 */
	THS_FORM_ARRAY,    /* `count` of them, one after the other */
	THS_FORM_LIST,     /* struct { const T *items; size_t length; } */
	THS_FORM_OPTIONAL, /* struct { T value; bool is_set; } */
} ths_form;

struct ths_type;
struct ths_enum;

typedef struct ths_field {
	const char *name;
	uint32_t offset; /* bytes from the start of the struct */
	uint32_t size;   /* bytes of one value */
	uint8_t kind;    /* enum ths_kind */
	uint8_t form;    /* enum ths_form */
	uint16_t count;  /* of THS_FORM_ARRAY */
	const struct ths_type *type;  /* of THS_KIND_STRUCT */
	const struct ths_enum *names; /* of THS_KIND_ENUM */
} ths_field;

/* Describes one message type. */
typedef struct ths_type {
	const char *name;       /* on the wire; dots group: "bank.deposit" */
	uint32_t size;          /* bytes of the struct; 0 for a signal */
	uint16_t fields_length;
	uint16_t dynamic_length; /* how many fields have parts elsewhere */
	const ths_field *fields;
} ths_type;

/* One name of an enum. */
typedef struct ths_enum_value {
	const char *name;
	int64_t value;
} ths_enum_value;

/* Describes an enum. */
typedef struct ths_enum {
	const char *name;
	const ths_enum_value *values;
	uint32_t values_length;
} ths_enum;

/* The type that this one extends, or NULL. */
static inline const ths_type *
ths_type_parent(const ths_type *type)
{
	return type->fields_length > 0 &&
	    type->fields[0].form == THS_FORM_BASE ? type->fields[0].type : NULL;
}

/* True when both are one type: the same name and the same layout.  False
 * for NULL. */
THS_PUBLIC bool ths_type_same(const ths_type *a, const ths_type *b);

/*
 * True when type is ancestor, or extends it over any number of steps; a message
 * of such a type may then be read as one of its ancestor's.
 */
THS_PUBLIC bool ths_type_is(const ths_type *type, const ths_type *ancestor);

/*
 * Says how two types differ, by the first thing that does, and returns how long
 * that is, as snprintf() does; nothing and 0 where they are the same.
 *     bank.deposit: field 2 is cents (integer of 8 at byte 8) here and
 *     cents (string of 8 at byte 8) there
 */
THS_PUBLIC size_t ths_type_explain(const ths_type *here, const ths_type *there,
    char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif
