/* SPDX-License-Identifier: MIT */
/* behaviour - an actor's table as a VM uses it; see behaviour.h. */
#include "vm/actor/behaviour.h"

#include <stdalign.h>
#include <stdbool.h>
#include <string.h>

#include "vm/message/flat.h"
#include "vm/message/system.h"

void
behaviours_init(struct behaviours *behaviours, struct memory *memory,
    struct types *types)
{
	behaviours->memory = memory;
	behaviours->types = types;
	atomic_init(&behaviours->newest, NULL);
	pthread_mutex_init(&behaviours->mutex, NULL);
}

void
behaviours_fini(struct behaviours *behaviours)
{
	const struct behaviour *behaviour = behaviours_newest(behaviours);

	while (behaviour != NULL) {
		const struct behaviour *next = behaviour->next;

		memory_give(behaviours->memory,
		    (struct behaviour *)(uintptr_t)behaviour, behaviour->size,
		    alignof(struct behaviour));
		behaviour = next;
	}
	pthread_mutex_destroy(&behaviours->mutex);
}

static bool
has_needs(const ths_row *row)
{
	if (row->needs == NULL && row->needs_length > 0)
		return false;
	for (size_t i = 0; i < row->needs_length; i++) {
		const ths_pair *need = &row->needs[i];

		if (need->key == NULL || (need->value.kind != THS_KIND_ANY &&
		    !flat_is_variant(need->value.kind)))
			return false;
	}
	return true;
}

/* True when the row says what its kind must say. */
static bool
has_its_function(const ths_row *row)
{
	switch (row->kind) {
	case THS_ROW_ON:
	case THS_ROW_INIT:
	case THS_ROW_START:
		return row->handler != NULL;
	case THS_ROW_EXIT:
		return row->exit != NULL;
	case THS_ROW_NEEDS:
		return has_needs(row);
	case THS_ROW_CHECK:
		return row->check != NULL;
	}
	return false;
}

/* What can be seen to be wrong without looking anything up. */
static enum ths_status
check_rows(const ths_actor *actor)
{
	int inits = 0;
	int starts = 0;
	int exits = 0;

	if (actor->name == NULL || actor->rows_length > BEHAVIOUR_ROWS_MAX ||
	    actor->state_size > THS_STATE_SIZE_MAX ||
	    (actor->rows == NULL && actor->rows_length > 0))
		return THS_BAD_ARGUMENT;
	for (size_t i = 0; i < actor->rows_length; i++) {
		const ths_row *row = &actor->rows[i];

		if (row->kind > THS_ROW_CHECK)
			return THS_BAD_ARGUMENT;
		if (row->kind == THS_ROW_INIT)
			inits++;
		if (row->kind == THS_ROW_START)
			starts++;
		if (row->kind == THS_ROW_EXIT)
			exits++;
		if (!has_its_function(row))
			return THS_BAD_ARGUMENT;
		if (row->kind == THS_ROW_ON && row->type == NULL)
			return THS_BAD_ARGUMENT;
	}
	return inits > 1 || starts > 1 || exits > 1 ? THS_BAD_ARGUMENT :
	    THS_OK;
}

/* The smallest mask under which no two of the types meet.  It ends: numbers are
 * below 2^16, and differ (the caller has checked). */
static uint32_t
perfect_mask(const uint32_t *types, size_t length)
{
	for (uint32_t mask = 0;; mask = mask * 2 + 1) {
		bool meets = false;

		for (size_t i = 0; i < length && !meets; i++) {
			for (size_t j = 0; j < i && !meets; j++)
				meets = (types[i] & mask) ==
				    (types[j] & mask);
		}
		if (!meets)
			return mask;
	}
}

/* Looks up the numbers of all types; a type twice among the handlers is bad,
 * and so is an init that asks for another start message than the start. */
static enum ths_status
number_rows(struct behaviours *behaviours, const ths_actor *actor,
    uint32_t *handled, size_t *handled_length, uint32_t *start_type)
{
	*handled_length = 0;
	*start_type = 0;
	for (size_t i = 0; i < actor->rows_length; i++) {
		const ths_row *row = &actor->rows[i];
		enum ths_status status;
		uint32_t number;

		if (row->type == NULL || row->kind >= THS_ROW_EXIT)
			continue;
		status = types_number(behaviours->types, row->type, &number);
		if (status != THS_OK)
			return status;
		if (row->kind != THS_ROW_ON) {
			if (*start_type != 0 && *start_type != number)
				return THS_BAD_ARGUMENT;
			*start_type = number;
			continue;
		}
		for (size_t j = 0; j < *handled_length; j++) {
			if (handled[j] == number)
				return THS_BAD_ARGUMENT;
		}
		handled[(*handled_length)++] = number;
	}
	return THS_OK;
}

/* The numbers of what is still handled by an actor that waits for its children;
 * returns how many. */
static size_t
those_of_exit(const uint32_t *handled, size_t length, uint32_t *kept)
{
	size_t kept_length = 0;

	for (size_t i = 0; i < length; i++) {
		if (system_is_of_exit(handled[i]))
			kept[kept_length++] = handled[i];
	}
	return kept_length;
}

static bool
contains(const uint32_t *numbers, size_t length, uint32_t number)
{
	for (size_t i = 0; i < length; i++) {
		if (numbers[i] == number)
			return true;
	}
	return false;
}

/* Fills a block; of the rows, those whose numbers are in `kept`. */
static void
fill(struct behaviour *behaviour, const ths_actor *actor,
    const uint32_t *handled, const uint32_t *kept, size_t kept_length)
{
	size_t next = 0;

	behaviour->actor = actor;
	behaviour->name = actor->name;
	behaviour->state_size = (uint32_t)actor->state_size;
	for (size_t i = 0; i < actor->rows_length; i++) {
		const ths_row *row = &actor->rows[i];
		struct behaviour_entry *entry;

		switch (row->kind) {
		case THS_ROW_INIT:
			behaviour->init = row->handler;
			behaviour->begins = true;
			break;
		case THS_ROW_START:
			behaviour->start = row->handler;
			behaviour->begins = true;
			break;
		case THS_ROW_EXIT:
			behaviour->exit = row->exit;
			break;
		case THS_ROW_ON:
			if (contains(kept, kept_length, handled[next])) {
				entry = &behaviour->entries[handled[next] &
				    behaviour->mask];
				entry->type = handled[next];
				entry->handler = row->handler;
			}
			next++;
			break;
		case THS_ROW_NEEDS:
		case THS_ROW_CHECK:
			behaviour->has_rules = true;
			break;
		}
	}
}

static size_t
block_size(uint32_t mask)
{
	return sizeof(struct behaviour) +
	    (mask + 1) * sizeof(struct behaviour_entry);
}

static enum ths_status
make(struct behaviours *behaviours, const ths_actor *actor,
    struct behaviour **made)
{
	uint32_t handled[BEHAVIOUR_ROWS_MAX];
	uint32_t kept[BEHAVIOUR_ROWS_MAX];
	struct behaviour *exiting;
	size_t length, kept_length;
	uint32_t start_type;
	uint32_t mask, kept_mask;
	size_t size;
	enum ths_status status = check_rows(actor);

	if (status == THS_OK)
		status = number_rows(behaviours, actor, handled, &length,
		    &start_type);
	if (status != THS_OK)
		return status;
	kept_length = those_of_exit(handled, length, kept);
	mask = perfect_mask(handled, length);
	kept_mask = perfect_mask(kept, kept_length);
	size = block_size(mask) + block_size(kept_mask);
	*made = memory_take(behaviours->memory, size,
	    alignof(struct behaviour));
	if (*made == NULL)
		return THS_NO_MEMORY;
	exiting = (struct behaviour *)(void *)((char *)*made +
	    block_size(mask));
	(*made)->size = size;
	(*made)->mask = mask;
	(*made)->start_type = start_type;
	(*made)->exiting = exiting;
	fill(*made, actor, handled, handled, length);
	exiting->mask = kept_mask;
	exiting->exiting = exiting;
	fill(exiting, actor, handled, kept, kept_length);
	return THS_OK;
}

/* Makes one more; under the mutex. */
static enum ths_status
add(struct behaviours *behaviours, const ths_actor *actor,
    const struct behaviour **added)
{
	const struct behaviour *newest = behaviours_newest(behaviours);
	uint32_t length = newest == NULL ? 0 : newest->number;
	struct behaviour *behaviour;
	enum ths_status status;

	if (length == BEHAVIOURS_MAX)
		return THS_LIMIT;
	status = make(behaviours, actor, &behaviour);
	if (status != THS_OK)
		return status;
	behaviour->next = newest;
	behaviour->number = (uint16_t)(length + 1);
	/* [N] */
	atomic_store_explicit(&behaviours->newest, behaviour,
	    memory_order_release);
	*added = behaviour;
	return THS_OK;
}

enum ths_status
behaviours_of(struct behaviours *behaviours, const ths_actor *actor,
    const struct behaviour **behaviour)
{
	enum ths_status status = THS_OK;
	const struct behaviour *at;

	if (actor == NULL)
		return THS_BAD_ARGUMENT;
	pthread_mutex_lock(&behaviours->mutex);
	at = behaviours_newest(behaviours);
	while (at != NULL && at->actor != actor)
		at = at->next;
	if (at == NULL)
		status = add(behaviours, actor, &at);
	pthread_mutex_unlock(&behaviours->mutex);
	if (status == THS_OK)
		*behaviour = at;
	return status;
}

const struct behaviour *
behaviours_at(const struct behaviours *behaviours, uint16_t number)
{
	const struct behaviour *at = behaviours_newest(behaviours);

	while (at != NULL && at->number != number)
		at = at->next;
	return at;
}
