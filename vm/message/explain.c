/* SPDX-License-Identifier: MIT */
/*
 * explain - how two descriptors differ, in words; see thespis/type.h.
 *
 * The first difference is told, in the order in which layout_digest() looks at
 * things, so that there is always one to tell where digests differ.
 */
#include <inttypes.h>
#include <string.h>

#include "thespis/type.h"
#include "vm/message/layout.h"
#include "vm/message/text.h"

static const char *
kind_name(const ths_field *field)
{
	switch ((ths_kind)field->kind) {
	case THS_KIND_INTEGER: return "integer";
	case THS_KIND_UNSIGNED: return "unsigned integer";
	case THS_KIND_BOOL: return "bool";
	case THS_KIND_FLOAT: return "float";
	case THS_KIND_ADDRESS: return "address";
	case THS_KIND_ENUM: return field->names->name;
	case THS_KIND_TIME: return "time";
	case THS_KIND_DURATION: return "duration";
	case THS_KIND_TEXT: return "text";
	case THS_KIND_STRUCT: return field->type->name;
	case THS_KIND_STRING: return "string";
	case THS_KIND_BYTES: return "bytes";
	case THS_KIND_ANY: return "any message";
	case THS_KIND_MAP: return "map";
	case THS_KIND_BLOB: return "blob";
	}
	return "unknown kind";
}

/* What stands before the kind. */
static void
add_form(struct text *text, const ths_field *field)
{
	switch ((ths_form)field->form) {
	case THS_FORM_ONE:
		break;
	case THS_FORM_BASE:
		text_put(text, "base ");
		break;
	case THS_FORM_ARRAY:
		text_format(text, "array of %u ", field->count);
		break;
	case THS_FORM_LIST:
		text_put(text, "list of ");
		break;
	case THS_FORM_OPTIONAL:
		text_put(text, "optional ");
		break;
	}
}

static void
add_field(struct text *text, const ths_type *type, uint32_t index)
{
	const ths_field *field;

	if (index >= type->fields_length) {
		text_put(text, "missing");
		return;
	}
	field = &type->fields[index];
	text_put(text, field->name);
	text_put(text, " (");
	add_form(text, field);
	text_put(text, kind_name(field));
	text_format(text, " of %" PRIu32 " at byte %" PRIu32 ")", field->size,
	    field->offset);
}

static void
add_enum_value(struct text *text, const ths_enum *names, uint32_t index)
{
	if (index >= names->values_length) {
		text_put(text, "missing");
		return;
	}
	text_put(text, names->values[index].name);
	text_format(text, " = %" PRId64, names->values[index].value);
}

/* True when two names of enums mean the same. */
static bool
enum_value_is_same(const ths_enum *a, const ths_enum *b, uint32_t i)
{
	return i < a->values_length && i < b->values_length &&
	    a->values[i].value == b->values[i].value &&
	    strcmp(a->values[i].name, b->values[i].name) == 0;
}

/* False: they are the same. */
static bool
explain_enum(struct text *text, const ths_enum *a, const ths_enum *b)
{
	uint32_t length = a->values_length > b->values_length ?
	    a->values_length : b->values_length;

	for (uint32_t i = 0; i < length; i++) {
		if (enum_value_is_same(a, b, i))
			continue;
		text_put(text, a->name);
		text_format(text, ": value %" PRIu32 " is ", i + 1);
		add_enum_value(text, a, i);
		text_put(text, " here and ");
		add_enum_value(text, b, i);
		text_put(text, " there");
		return true;
	}
	return false;
}

/* All but what the field's own descriptors say. */
static bool
field_is_same(const ths_field *a, const ths_field *b)
{
	return strcmp(a->name, b->name) == 0 && a->offset == b->offset &&
	    a->size == b->size && a->kind == b->kind && a->form == b->form &&
	    (a->form != THS_FORM_ARRAY || a->count == b->count) &&
	    strcmp(kind_name(a), kind_name(b)) == 0;
}

static void
explain_field(struct text *text, const ths_type *a, const ths_type *b,
    uint32_t i)
{
	text_put(text, a->name);
	text_format(text, ": field %" PRIu32 " is ", i + 1);
	add_field(text, a, i);
	text_put(text, " here and ");
	add_field(text, b, i);
	text_put(text, " there");
}

/* False: they are the same. */
static bool
explain(struct text *text, const ths_type *a, const ths_type *b,
    unsigned depth)
{
	uint32_t length = a->fields_length > b->fields_length ?
	    a->fields_length : b->fields_length;

	for (uint32_t i = 0; i < length && depth < THS_DEPTH_MAX; i++) {
		const ths_field *field = &a->fields[i];
		const ths_field *other = &b->fields[i];

		if (i >= a->fields_length || i >= b->fields_length) {
			explain_field(text, a, b, i);
			return true;
		}
		/* What is inside tells more than that its size differs. */
		if (field->kind == THS_KIND_STRUCT && other->kind ==
		    THS_KIND_STRUCT && strcmp(field->type->name,
		    other->type->name) == 0 &&
		    explain(text, field->type, other->type, depth + 1))
			return true;
		if (!field_is_same(field, other)) {
			explain_field(text, a, b, i);
			return true;
		}
		if (field->kind == THS_KIND_ENUM &&
		    explain_enum(text, field->names, other->names))
			return true;
	}
	if (a->size == b->size)
		return false;
	text_put(text, a->name);
	text_format(text, " has %" PRIu32 " bytes here and %" PRIu32 " there",
	    a->size, b->size);
	return true;
}

size_t
ths_type_explain(const ths_type *here, const ths_type *there, char *buffer,
    size_t size)
{
	struct text text = { buffer, buffer == NULL ? 0 : size, 0 };

	if (here == NULL || there == NULL || !layout_is_sound(here) ||
	    !layout_is_sound(there)) {
		text_put(&text, "there is no type");
	} else if (strcmp(here->name, there->name) != 0) {
		text_put(&text, here->name);
		text_put(&text, " here is ");
		text_put(&text, there->name);
		text_put(&text, " there");
	} else {
		explain(&text, here, there, 0);
	}
	return text_end(&text);
}
