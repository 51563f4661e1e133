/* SPDX-License-Identifier: MIT */
/* layout - what a descriptor says, as one number; see layout.h. */
#include "vm/message/layout.h"

#include <string.h>

#include "vm/message/flat.h"

static bool is_sound(const ths_type *type, unsigned depth);

static bool
enum_is_sound(const ths_enum *names)
{
	if (names == NULL || names->name == NULL ||
	    (names->values == NULL && names->values_length > 0))
		return false;
	for (uint32_t i = 0; i < names->values_length; i++) {
		if (names->values[i].name == NULL)
			return false;
	}
	return true;
}

static bool
size_is_a_number(uint32_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

/* A kind's number is not trusted to be one. */
static bool
value_is_sound(const ths_field *field, unsigned depth)
{
	uint32_t size = field->size;

	switch ((ths_kind)field->kind) {
	case THS_KIND_INTEGER:
	case THS_KIND_UNSIGNED:
		return size_is_a_number(size);
	case THS_KIND_ENUM:
		return size_is_a_number(size) && enum_is_sound(field->names);
	case THS_KIND_BOOL:
		return size == sizeof(bool);
	case THS_KIND_FLOAT:
		return size == sizeof(float) || size == sizeof(double);
	case THS_KIND_ADDRESS:
		return size == sizeof(ths_address);
	case THS_KIND_TIME:
	case THS_KIND_DURATION:
		return size == sizeof(int64_t);
	case THS_KIND_TEXT:
		return size > 0;
	case THS_KIND_STRUCT:
		return field->type != NULL && is_sound(field->type, depth) &&
		    size == (field->type->size > 0 ? field->type->size : 1);
	case THS_KIND_STRING:
		return size == sizeof(ths_string);
	case THS_KIND_BYTES:
		return size == sizeof(ths_bytes);
	case THS_KIND_ANY:
		return size == sizeof(ths_any);
	case THS_KIND_MAP:
		return size == sizeof(ths_map);
	case THS_KIND_BLOB:
		return size == sizeof(ths_blob);
	}
	return false;
}

/* The bytes of a field in its struct; 0: its form is none.  Nor is a form's
 * number trusted. */
static uint64_t
extent(const ths_field *field)
{
	switch ((ths_form)field->form) {
	case THS_FORM_ONE:
		return field->size;
	case THS_FORM_BASE:
		return field->offset == 0 && field->kind == THS_KIND_STRUCT ?
		    field->size : 0;
	case THS_FORM_ARRAY:
		return (uint64_t)field->size * field->count;
	case THS_FORM_LIST:
		return sizeof(void *) + sizeof(size_t);
	case THS_FORM_OPTIONAL:
		return (uint64_t)field->size + sizeof(bool);
	}
	return 0;
}

static bool
is_sound(const ths_type *type, unsigned depth)
{
	uint32_t dynamic_length = 0;

	if (type->name == NULL || type->fields_length > THS_FIELDS_MAX ||
	    (type->fields == NULL && type->fields_length > 0) ||
	    depth > THS_DEPTH_MAX)
		return false;
	for (uint32_t i = 0; i < type->fields_length; i++) {
		const ths_field *field = &type->fields[i];
		uint64_t size = extent(field);

		if (field->name == NULL || size == 0 ||
		    size + field->offset > type->size ||
		    (field->form == THS_FORM_BASE && i > 0) ||
		    !value_is_sound(field, depth + 1))
			return false;
		dynamic_length += flat_is_dynamic(field) ||
		    field->form == THS_FORM_LIST;
	}
	return dynamic_length == type->dynamic_length;
}

bool
layout_is_sound(const ths_type *type)
{
	return is_sound(type, 0);
}

struct digest {
	uint64_t value;
	bool of_wire;
	unsigned depth;
};

/* FNV-1a, 64 bits (G. Fowler, L. C. Noll, P. Vo). */
static void
fold(struct digest *digest, const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < size; i++)
		digest->value = (digest->value ^ byte[i]) * 0x100000001b3;
}

/* Four bytes, the lowest first on every machine. */
static void
fold_number(struct digest *digest, uint32_t number)
{
	unsigned char bytes[] = { (unsigned char)number,
		(unsigned char)(number >> 8), (unsigned char)(number >> 16),
		(unsigned char)(number >> 24) };

	fold(digest, bytes, sizeof(bytes));
}

static void
fold_name(struct digest *digest, const char *name)
{
	fold(digest, name, strlen(name) + 1);
}

static void
fold_enum(struct digest *digest, const ths_enum *names)
{
	fold_name(digest, names->name);
	for (uint32_t i = 0; i < names->values_length; i++) {
		uint64_t value = (uint64_t)names->values[i].value;

		fold_name(digest, names->values[i].name);
		fold_number(digest, (uint32_t)value);
		fold_number(digest, (uint32_t)(value >> 32));
	}
}

/* How many bytes a value takes in memory says something to the other side only
 * where the value is not a message or a pointer. */
static bool
has_size_of_its_own(const ths_field *field)
{
	return field->kind < THS_KIND_STRUCT;
}

static void
fold_type(struct digest *digest, const ths_type *type)
{
	fold_name(digest, type->name);
	if (!digest->of_wire)
		fold_number(digest, type->size);
	if (digest->depth == THS_DEPTH_MAX)
		return; /* no message of such a type can be sent */
	digest->depth++;
	for (uint32_t i = 0; i < type->fields_length; i++) {
		const ths_field *field = &type->fields[i];

		fold_name(digest, field->name);
		if (!digest->of_wire)
			fold_number(digest, field->offset);
		if (!digest->of_wire || has_size_of_its_own(field))
			fold_number(digest, field->size);
		fold_number(digest, field->kind);
		fold_number(digest, field->form);
		if (field->form == THS_FORM_ARRAY)
			fold_number(digest, field->count);
		if (field->kind == THS_KIND_STRUCT)
			fold_type(digest, field->type);
		if (field->kind == THS_KIND_ENUM)
			fold_enum(digest, field->names);
	}
	digest->depth--;
}

static uint64_t
digest_of(const ths_type *type, bool of_wire)
{
	struct digest digest = { 0xcbf29ce484222325, of_wire, 0 };

	fold_type(&digest, type);
	return digest.value;
}

uint64_t
layout_digest(const ths_type *type)
{
	return digest_of(type, false);
}

uint64_t
layout_wire_digest(const ths_type *type)
{
	return digest_of(type, true);
}

bool
ths_type_same(const ths_type *a, const ths_type *b)
{
	if (a == NULL || b == NULL)
		return false;
	return a == b || (a->size == b->size && layout_is_sound(a) &&
	    layout_is_sound(b) && strcmp(a->name, b->name) == 0 &&
	    layout_digest(a) == layout_digest(b));
}

bool
ths_type_is(const ths_type *type, const ths_type *ancestor)
{
	for (unsigned depth = 0; type != NULL && depth <= THS_DEPTH_MAX;
	    depth++) {
		if (ths_type_same(type, ancestor))
			return true;
		type = ths_type_parent(type);
	}
	return false;
}
