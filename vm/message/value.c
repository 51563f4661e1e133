/* SPDX-License-Identifier: MIT */
/* value - what a message's fields can hold; see thespis/value.h. */
#include "thespis/value.h"

#include <string.h>

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
