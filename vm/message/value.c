/* SPDX-License-Identifier: MIT */
/* value - what a message's fields can hold; see thespis/value.h. */
#include "thespis/value.h"

#include <string.h>

#include "thespis/capability.h"

const void *
ths_any_message(ths_any any, const ths_type *type)
{
	if (!ths_type_is(any.type, type))
		return NULL;
	return any.message != NULL ? any.message : any.type;
}

const ths_variant *
ths_map_get(ths_map map, ths_string key)
{
	if (key == NULL || map.pairs == NULL)
		return NULL;
	for (size_t i = 0; i < map.length; i++) {
		if (strcmp(map.pairs[i].key, key) == 0)
			return &map.pairs[i].value;
	}
	return NULL;
}

/* ----------------------------------------------------------------- variants */

bool
ths_variant_is_true(const ths_variant *value)
{
	if (value == NULL)
		return false;
	switch ((int)value->kind) {
	case THS_KIND_INTEGER:
		return value->integer != 0;
	case THS_KIND_UNSIGNED:
		return value->natural != 0;
	case THS_KIND_BOOL:
		return value->truth;
	case THS_KIND_FLOAT:
		return value->number < 0 || value->number > 0;
	case THS_KIND_STRING:
		return value->string != NULL && value->string[0] != '\0';
	case THS_KIND_BYTES:
		return value->bytes.size > 0;
	}
	return false;
}

static bool
is_whole(const ths_variant *value)
{
	return value->kind == THS_KIND_INTEGER ||
	    value->kind == THS_KIND_UNSIGNED;
}

/* Below zero there is no unsigned like it. */
static bool
whole_equal(const ths_variant *a, const ths_variant *b)
{
	if (a->kind != b->kind &&
	    (a->kind == THS_KIND_INTEGER ? a : b)->integer < 0)
		return false;
	return a->natural == b->natural;
}

static bool
text_equal(ths_string a, ths_string b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

bool
ths_variant_equal(const ths_variant *a, const ths_variant *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (is_whole(a) && is_whole(b))
		return whole_equal(a, b);
	if (a->kind != b->kind)
		return false;
	switch ((int)a->kind) {
	case THS_KIND_BOOL:
		return a->truth == b->truth;
	case THS_KIND_FLOAT:
		return a->number <= b->number && a->number >= b->number;
	case THS_KIND_STRING:
		return text_equal(a->string, b->string);
	case THS_KIND_BYTES:
		return a->bytes.size == b->bytes.size && (a->bytes.size == 0 ||
		    memcmp(a->bytes.data, b->bytes.data, a->bytes.size) == 0);
	}
	return false;
}
