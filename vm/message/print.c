/* SPDX-License-Identifier: MIT */
/*
 * print - a message as text or JSON; see thespis/print.h.
 *
 * One walk for both: they differ in how a name, a missing value and a few kinds
 * are written.
 */
#include "thespis/print.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm/message/layout.h"
#include "vm/message/scalar.h"
#include "vm/message/text.h"
#include "vm/message/time.h"

enum { BLOB_SHOWN = 16 }; /* bytes of a blob that are printed */

struct printer {
	struct text text;
	bool is_json;
	unsigned depth;
};

static void print_fields(struct printer *printer, const ths_type *type,
    const char *place);

static void
put(struct printer *printer, const char *plain, const char *json)
{
	text_put(&printer->text, printer->is_json ? json : plain);
}

/* What stands before the i-th of several. */
static void
put_comma(struct printer *printer, size_t i)
{
	if (i > 0)
		put(printer, ", ", ",");
}

static void
put_none(struct printer *printer)
{
	put(printer, "none", "null");
}

static void
print_text(struct printer *printer, const char *bytes, size_t length)
{
	text_quote(&printer->text, bytes, length, printer->is_json);
}

static void
print_string(struct printer *printer, ths_string string)
{
	if (string == NULL)
		put_none(printer);
	else
		print_text(printer, string, strlen(string));
}

static void
print_bytes(struct printer *printer, ths_bytes bytes)
{
	put(printer, "<", "\"");
	if (bytes.data != NULL)
		text_add_hex(&printer->text, bytes.data, bytes.size);
	put(printer, ">", "\"");
}

/* Its size, and how it begins. */
static void
print_blob(struct printer *printer, const char *place)
{
	ths_blob blob;

	memcpy(&blob, place, sizeof(blob));
	if (blob.bytes == NULL) {
		put_none(printer);
		return;
	}
	put(printer, "<", "{\"size\":");
	text_format(&printer->text, "%zu", blob.size);
	put(printer, " bytes: ", ",\"begins\":\"");
	text_add_hex(&printer->text, blob.bytes,
	    blob.size < BLOB_SHOWN ? blob.size : BLOB_SHOWN);
	put(printer, blob.size > BLOB_SHOWN ? "...>" : ">", "\"}");
}

/* As few digits as give the same number again.  The point is one whatever the
 * host's locale says. */
static void
print_float(struct printer *printer, double number, bool is_single)
{
	char digits[40];

	if (!isfinite(number)) {
		put(printer, isnan(number) ? "nan" :
		    number > 0 ? "inf" : "-inf", "null");
		return;
	}
	for (int precision = is_single ? 6 : 15; precision <= 17; precision++) {
		snprintf(digits, sizeof(digits), "%.*g", precision, number);
		if (is_single ? strtof(digits, NULL) == (float)number :
		    strtod(digits, NULL) == number)
			break;
	}
	for (char *at = digits; *at != '\0'; at++) {
		if (strchr("0123456789+-e", *at) == NULL)
			*at = '.';
	}
	text_put(&printer->text, digits);
}

static void
print_address(struct printer *printer, const char *place)
{
	char text[THS_ADDRESS_TEXT_SIZE];
	ths_address address;

	memcpy(&address, place, sizeof(address));
	put(printer, "", "\"");
	text_put(&printer->text, ths_address_print(address, text));
	put(printer, "", "\"");
}

/* The number's name, if it has one; compared as the field's size has it. */
static void
print_enum(struct printer *printer, const ths_field *field, const char *place)
{
	const ths_enum *names = field->names;
	uint64_t value = scalar_natural(place, field->size);

	for (uint32_t i = 0; i < names->values_length; i++) {
		const char *name = names->values[i].name;
		char same[sizeof(uint64_t)];

		scalar_put(same, field->size, (uint64_t)names->values[i].value);
		if (scalar_natural(same, field->size) != value)
			continue;
		if (printer->is_json)
			print_text(printer, name, strlen(name));
		else
			text_put(&printer->text, name);
		return;
	}
	text_format(&printer->text, "%" PRId64,
	    scalar_integer(place, field->size));
}

static void
print_time(struct printer *printer, ths_time time)
{
	put(printer, "", "\"");
	time_add(&printer->text, time);
	put(printer, "", "\"");
}

static void
print_duration(struct printer *printer, ths_duration duration)
{
	if (printer->is_json)
		text_format(&printer->text, "%" PRId64, duration);
	else
		time_add_duration(&printer->text, duration);
}

static void
print_message(struct printer *printer, const ths_type *type,
    const void *message)
{
	if (type == NULL || !layout_is_sound(type) ||
	    (message == NULL && type->size > 0)) {
		put_none(printer);
		return;
	}
	if (!printer->is_json)
		text_put(&printer->text, type->name);
	print_fields(printer, type, message);
}

static void
print_any(struct printer *printer, const char *place)
{
	ths_any any;

	memcpy(&any, place, sizeof(any));
	if (!printer->is_json || any.type == NULL) {
		print_message(printer, any.type, any.message);
		return;
	}
	text_put(&printer->text, "{\"type\":");
	print_string(printer, any.type->name);
	text_put(&printer->text, ",\"message\":");
	print_message(printer, any.type, any.message);
	text_put(&printer->text, "}");
}

static void
print_variant(struct printer *printer, const ths_variant *variant)
{
	if (variant->kind == THS_KIND_INTEGER)
		text_format(&printer->text, "%" PRId64, variant->integer);
	else if (variant->kind == THS_KIND_UNSIGNED)
		text_format(&printer->text, "%" PRIu64, variant->natural);
	else if (variant->kind == THS_KIND_BOOL)
		text_put(&printer->text, variant->truth ? "true" : "false");
	else if (variant->kind == THS_KIND_FLOAT)
		print_float(printer, variant->number, false);
	else if (variant->kind == THS_KIND_STRING)
		print_string(printer, variant->string);
	else if (variant->kind == THS_KIND_BYTES)
		print_bytes(printer, variant->bytes);
	else
		put_none(printer);
}

static void
print_map(struct printer *printer, const char *place)
{
	ths_map map;

	memcpy(&map, place, sizeof(map));
	text_put(&printer->text, "{");
	for (size_t i = 0; map.pairs != NULL && i < map.length; i++) {
		put_comma(printer, i);
		print_string(printer, map.pairs[i].key != NULL ?
		    map.pairs[i].key : "");
		put(printer, "=", ":");
		print_variant(printer, &map.pairs[i].value);
	}
	text_put(&printer->text, "}");
}

static void
print_number(struct printer *printer, const ths_field *field,
    const char *place)
{
	uint32_t size = field->size;
	double number = 0;
	float single = 0;

	if (field->kind == THS_KIND_INTEGER) {
		text_format(&printer->text, "%" PRId64,
		    scalar_integer(place, size));
	} else if (field->kind == THS_KIND_UNSIGNED) {
		text_format(&printer->text, "%" PRIu64,
		    scalar_natural(place, size));
	} else if (size == sizeof(single)) {
		memcpy(&single, place, sizeof(single));
		print_float(printer, (double)single, true);
	} else if (size == sizeof(number)) {
		memcpy(&number, place, sizeof(number));
		print_float(printer, number, false);
	} else {
		put_none(printer);
	}
}

static void
print_value(struct printer *printer, const ths_field *field, const char *place)
{
	ths_string string;
	ths_bytes bytes;

	switch ((ths_kind)field->kind) {
	case THS_KIND_INTEGER:
	case THS_KIND_UNSIGNED:
	case THS_KIND_FLOAT:
		print_number(printer, field, place);
		break;
	case THS_KIND_BOOL:
		text_put(&printer->text, *place != 0 ? "true" : "false");
		break;
	case THS_KIND_ADDRESS:
		print_address(printer, place);
		break;
	case THS_KIND_ENUM:
		print_enum(printer, field, place);
		break;
	case THS_KIND_TIME:
		print_time(printer, scalar_integer(place, field->size));
		break;
	case THS_KIND_DURATION:
		print_duration(printer, scalar_integer(place, field->size));
		break;
	case THS_KIND_TEXT:
		print_text(printer, place, strnlen(place, field->size));
		break;
	case THS_KIND_STRUCT:
		print_fields(printer, field->type, place);
		break;
	case THS_KIND_STRING:
		memcpy(&string, place, sizeof(string));
		print_string(printer, string);
		break;
	case THS_KIND_BYTES:
		memcpy(&bytes, place, sizeof(bytes));
		print_bytes(printer, bytes);
		break;
	case THS_KIND_ANY:
		print_any(printer, place);
		break;
	case THS_KIND_MAP:
		print_map(printer, place);
		break;
	case THS_KIND_BLOB:
		print_blob(printer, place);
		break;
	}
}

static void
print_values(struct printer *printer, const ths_field *field,
    const char *place, size_t length)
{
	text_put(&printer->text, "[");
	for (size_t i = 0; place != NULL && i < length; i++) {
		put_comma(printer, i);
		print_value(printer, field, place + i * field->size);
	}
	text_put(&printer->text, "]");
}

static void
print_field(struct printer *printer, const ths_field *field, const char *place)
{
	ths_bytes list; /* items and how many, as in every list */

	switch ((ths_form)field->form) {
	case THS_FORM_ONE:
	case THS_FORM_BASE:
		print_value(printer, field, place);
		break;
	case THS_FORM_ARRAY:
		print_values(printer, field, place, field->count);
		break;
	case THS_FORM_LIST:
		memcpy(&list, place, sizeof(list));
		print_values(printer, field, list.data, list.size);
		break;
	case THS_FORM_OPTIONAL:
		if (place[field->size] != 0)
			print_value(printer, field, place);
		else
			put_none(printer);
		break;
	}
}

static void
print_fields(struct printer *printer, const ths_type *type, const char *place)
{
	if (printer->depth == THS_DEPTH_MAX) {
		put(printer, "...", "null");
		return;
	}
	printer->depth++;
	text_put(&printer->text, "{");
	for (uint32_t i = 0; i < type->fields_length; i++) {
		const ths_field *field = &type->fields[i];

		put_comma(printer, i);
		put(printer, "", "\"");
		text_put(&printer->text, field->name);
		put(printer, "=", "\":");
		print_field(printer, field, place + field->offset);
	}
	text_put(&printer->text, "}");
	printer->depth--;
}

size_t
ths_message_print(const ths_type *type, const void *message, char *text,
    size_t size)
{
	struct printer printer = { .text = { text, text == NULL ? 0 : size } };

	print_message(&printer, type, message);
	return text_end(&printer.text);
}

size_t
ths_message_json(const ths_type *type, const void *message, char *text,
    size_t size)
{
	static const char cut[] = "{\"cut\":true}";
	struct printer printer = { .text = { text, text == NULL ? 0 : size },
		.is_json = true };

	print_message(&printer, type, message);
	if (!text_fits(&printer.text) && printer.text.size > 0)
		memcpy(text, size >= sizeof(cut) ? cut : "",
		    size >= sizeof(cut) ? sizeof(cut) : 1);
	else
		text_end(&printer.text);
	return printer.text.length;
}
