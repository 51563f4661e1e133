/* SPDX-License-Identifier: MIT */
/* behaviour - an actor's table as a VM uses it; see behaviour.h. */
#include "vm/actor/behaviour.h"

#include <stdalign.h>
#include <string.h>

void
behaviours_init(struct behaviours *behaviours, struct memory *memory,
    struct types *types)
{
	behaviours->memory = memory;
	behaviours->types = types;
	behaviours->newest = NULL;
	pthread_mutex_init(&behaviours->mutex, NULL);
}

void
behaviours_fini(struct behaviours *behaviours)
{
	struct behaviour *behaviour = behaviours->newest;

	while (behaviour != NULL) {
		struct behaviour *next = behaviour->next;

		memory_give(behaviours->memory, behaviour, behaviour->size,
		    alignof(struct behaviour));
		behaviour = next;
	}
	pthread_mutex_destroy(&behaviours->mutex);
}

/* What can be seen to be wrong without looking anything up. */
static enum ths_status
check_rows(const ths_actor *actor)
{
	int starts = 0;
	int exits = 0;

	if (actor->name == NULL || actor->rows_length > BEHAVIOUR_ROWS_MAX ||
	    actor->state_size > THS_STATE_SIZE_MAX ||
	    (actor->rows == NULL && actor->rows_length > 0))
		return THS_BAD_ARGUMENT;
	for (size_t i = 0; i < actor->rows_length; i++) {
		const ths_row *row = &actor->rows[i];

		if (row->kind > THS_ROW_EXIT)
			return THS_BAD_ARGUMENT;
		if (row->kind == THS_ROW_START)
			starts++;
		if (row->kind == THS_ROW_EXIT)
			exits++;
		if (row->kind == THS_ROW_EXIT ? row->exit == NULL :
		    row->handler == NULL)
			return THS_BAD_ARGUMENT;
		if (row->kind == THS_ROW_ON && row->type == NULL)
			return THS_BAD_ARGUMENT;
	}
	return starts > 1 || exits > 1 ? THS_BAD_ARGUMENT : THS_OK;
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

/* Looks up the numbers of all types; a type twice among the handlers is bad. */
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

		if (row->type == NULL || row->kind == THS_ROW_EXIT)
			continue;
		status = types_number(behaviours->types, row->type, &number);
		if (status != THS_OK)
			return status;
		if (row->kind == THS_ROW_START) {
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

static void
fill(struct behaviour *behaviour, const ths_actor *actor,
    const uint32_t *handled)
{
	size_t next = 0;

	behaviour->actor = actor;
	behaviour->name = actor->name;
	behaviour->state_size = (uint32_t)actor->state_size;
	for (size_t i = 0; i < actor->rows_length; i++) {
		const ths_row *row = &actor->rows[i];
		struct behaviour_entry *entry;

		switch (row->kind) {
		case THS_ROW_START:
			behaviour->start = row->handler;
			break;
		case THS_ROW_EXIT:
			behaviour->exit = row->exit;
			break;
		case THS_ROW_ON:
			entry = &behaviour->entries[handled[next] &
			    behaviour->mask];
			entry->type = handled[next++];
			entry->handler = row->handler;
			break;
		}
	}
}

static enum ths_status
make(struct behaviours *behaviours, const ths_actor *actor,
    struct behaviour **made)
{
	uint32_t handled[BEHAVIOUR_ROWS_MAX];
	size_t handled_length;
	uint32_t start_type;
	uint32_t mask;
	size_t size;
	enum ths_status status = check_rows(actor);

	if (status == THS_OK)
		status = number_rows(behaviours, actor, handled,
		    &handled_length, &start_type);
	if (status != THS_OK)
		return status;
	mask = perfect_mask(handled, handled_length);
	size = sizeof(struct behaviour) +
	    (mask + 1) * sizeof(struct behaviour_entry);
	*made = memory_take(behaviours->memory, size,
	    alignof(struct behaviour));
	if (*made == NULL)
		return THS_NO_MEMORY;
	(*made)->size = size;
	(*made)->mask = mask;
	(*made)->start_type = start_type;
	fill(*made, actor, handled);
	return THS_OK;
}

enum ths_status
behaviours_of(struct behaviours *behaviours, const ths_actor *actor,
    const struct behaviour **behaviour)
{
	enum ths_status status = THS_OK;
	struct behaviour *at;

	if (actor == NULL)
		return THS_BAD_ARGUMENT;
	pthread_mutex_lock(&behaviours->mutex);
	for (at = behaviours->newest; at != NULL && at->actor != actor;)
		at = at->next;
	if (at == NULL) {
		status = make(behaviours, actor, &at);
		if (status == THS_OK) {
			at->next = behaviours->newest;
			behaviours->newest = at;
		}
	}
	pthread_mutex_unlock(&behaviours->mutex);
	if (status == THS_OK)
		*behaviour = at;
	return status;
}
