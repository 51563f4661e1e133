/* SPDX-License-Identifier: MIT */
/* layout - what a descriptor says, as one number; see layout.h. */
#include "vm/message/layout.h"

#include <string.h>

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
	return a == b || (a->size == b->size &&
	    strcmp(a->name, b->name) == 0 &&
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
