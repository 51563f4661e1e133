/* SPDX-License-Identifier: MIT */
/* digests - a message's content as one number; see digests.h. */
#include "sim/digests.h"

#include <stdbool.h>
#include <string.h>

#include "base/check.h"
#include "vm/message/codec.h"

/* What is known of a type. */
enum way {
	WAY_UNKNOWN,
	WAY_STRUCT, /* its bytes are its content */
	WAY_CODEC,
};

void
digests_init(struct digests *digests, struct memory *memory)
{
	shelf_init(&digests->ways, memory, sizeof(enum way));
	shelf_init(&digests->bytes, memory, 1);
}

void
digests_fini(struct digests *digests)
{
	shelf_fini(&digests->ways);
	shelf_fini(&digests->bytes);
}

/* Source: the finaliser of splitmix64 (S. Vigna). */
static uint64_t
mix(uint64_t sum, uint64_t word)
{
	uint64_t mixed = sum + word + 0x9e3779b97f4a7c15u;

	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
	return mixed ^ mixed >> 31;
}

static uint64_t
digest(const unsigned char *bytes, size_t size)
{
	uint64_t sum = size;
	uint64_t word;

	for (; size > sizeof(word); size -= sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		sum = mix(sum, word);
		bytes += sizeof(word);
	}
	word = 0;
	if (size > 0)
		memcpy(&word, bytes, size);
	return mix(sum, word);
}

/* How many bytes of content a field's values have beside each other; 0: they
 * have padding, or parts elsewhere, or bytes that mean nothing. */
static uint32_t
content_of(const ths_field *field);

/* True when a struct has no byte that is not content. */
static bool
is_all_content(const ths_type *type)
{
	uint32_t end = 0;

	for (uint32_t i = 0; i < type->fields_length; i++) {
		const ths_field *field = &type->fields[i];
		uint32_t size = content_of(field);

		if (size == 0 || field->offset != end)
			return false;
		end += size;
	}
	return end == type->size;
}

static uint32_t
content_of(const ths_field *field)
{
	uint32_t count = 1;

	switch ((ths_form)field->form) {
	case THS_FORM_ONE:
	case THS_FORM_BASE:
		break;
	case THS_FORM_ARRAY:
		count = field->count;
		break;
	default:
		return 0;
	}
	switch ((ths_kind)field->kind) {
	case THS_KIND_INTEGER:
	case THS_KIND_UNSIGNED:
	case THS_KIND_BOOL:
	case THS_KIND_FLOAT:
	case THS_KIND_ADDRESS:
	case THS_KIND_ENUM:
	case THS_KIND_TIME:
	case THS_KIND_DURATION:
		return field->size * count;
	case THS_KIND_STRUCT:
		return is_all_content(field->type) ? field->size * count : 0;
	default:
		return 0;
	}
}

static enum way
way_of(struct digests *digests, const ths_type *type, uint32_t number)
{
	enum way *way;

	shelf_need(&digests->ways, number);
	way = (enum way *)digests->ways.items + number;
	if (UNLIKELY(*way == WAY_UNKNOWN))
		*way = is_all_content(type) ? WAY_STRUCT : WAY_CODEC;
	return *way;
}

/* Of the codec's bytes. */
static uint64_t
digest_encoded(struct digests *digests, const ths_type *type,
    const void *message)
{
	size_t size = 0;
	enum ths_status status = codec_encode(type, message,
	    digests->bytes.items, digests->bytes.room, &size);

	if (UNLIKELY(size > digests->bytes.room)) {
		shelf_need(&digests->bytes, (uint32_t)size);
		status = codec_encode(type, message, digests->bytes.items,
		    digests->bytes.room, &size);
	}
	return status == THS_OK ? digest(digests->bytes.items, size) :
	    (uint64_t)status;
}

uint64_t
digests_take(struct digests *digests, const struct types *types,
    uint32_t type, const void *message)
{
	const ths_type *descriptor;

	if (message == NULL || type == 0)
		return 0;
	descriptor = types_entry(types, type)->type;
	if (way_of(digests, descriptor, type) == WAY_STRUCT)
		return digest(message, descriptor->size);
	return digest_encoded(digests, descriptor, message);
}
