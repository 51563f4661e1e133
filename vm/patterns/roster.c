/* SPDX-License-Identifier: MIT */
/* roster - a supervisor's children; see roster.h. */
#include "vm/patterns/roster.h"

#include <stdalign.h>
#include <string.h>

#include "base/check.h"
#include "vm/message/flat.h"

enum { ROOM_FIRST = 8 };

void
roster_init(struct roster *roster, struct memory *memory)
{
	*roster = (struct roster){ .memory = memory };
}

static void
give_list(struct roster *roster)
{
	memory_give(roster->memory, roster->children,
	    roster->room * sizeof(struct roster_child *),
	    alignof(struct roster_child *));
}

void
roster_fini(struct roster *roster)
{
	for (uint32_t i = 0; i < roster->length; i++)
		memory_give(roster->memory, roster->children[i],
		    roster->children[i]->size, FLAT_ALIGNMENT);
	give_list(roster);
}

/* Makes room for one more. */
static enum ths_status
make_room(struct roster *roster)
{
	uint32_t room = roster->room == 0 ? ROOM_FIRST : 2 * roster->room;
	struct roster_child **children;

	if (roster->length < roster->room)
		return THS_OK;
	children = memory_take(roster->memory,
	    room * sizeof(struct roster_child *),
	    alignof(struct roster_child *));
	if (children == NULL)
		return THS_NO_MEMORY;
	if (roster->length > 0)
		memcpy(children, roster->children,
		    roster->length * sizeof(struct roster_child *));
	give_list(roster);
	roster->children = children;
	roster->room = room;
	return THS_OK;
}

static size_t
round_up(size_t size)
{
	return (size + FLAT_ALIGNMENT - 1) / FLAT_ALIGNMENT * FLAT_ALIGNMENT;
}

/* Puts copies of what a spec points to behind the child. */
static void
copy_in(struct roster_child *child, uint32_t start_size)
{
	ths_child_spec *spec = &child->spec;
	char *at = (char *)child + round_up(sizeof(*child));

	if (spec->start.type != NULL) {
		flat_write(spec->start.type, spec->start.message, at,
		    start_size);
		spec->start.message = at;
	}
	at += round_up(start_size);
	strcpy(at, spec->name);
	spec->name = at;
}

enum ths_status
roster_add(struct roster *roster, const ths_child_spec *spec, bool copies,
    struct roster_child **child)
{
	size_t size = round_up(sizeof(**child));
	uint32_t start_size = 0;
	enum ths_status status = make_room(roster);

	if (status == THS_OK && spec->start.type != NULL)
		status = flat_measure(spec->start.type, spec->start.message,
		    &start_size);
	if (status != THS_OK)
		return status;
	if (copies)
		size += round_up(start_size) + strlen(spec->name) + 1;
	*child = memory_take(roster->memory, size, FLAT_ALIGNMENT);
	if (*child == NULL)
		return THS_NO_MEMORY;
	(*child)->spec = *spec;
	(*child)->size = size;
	(*child)->number = ++roster->numbers;
	if (copies)
		copy_in(*child, start_size);
	roster->children[roster->length++] = *child;
	return THS_OK;
}

void
roster_remove(struct roster *roster, struct roster_child *child)
{
	uint32_t place = roster_place(roster, child);

	roster->length--;
	memmove(&roster->children[place], &roster->children[place + 1],
	    (roster->length - place) * sizeof(struct roster_child *));
	memory_give(roster->memory, child, child->size, FLAT_ALIGNMENT);
}

struct roster_child *
roster_named(const struct roster *roster, const char *name)
{
	for (uint32_t i = 0; i < roster->length; i++) {
		if (strcmp(roster->children[i]->spec.name, name) == 0)
			return roster->children[i];
	}
	return NULL;
}

struct roster_child *
roster_at(const struct roster *roster, ths_address address)
{
	for (uint32_t i = 0; i < roster->length; i++) {
		struct roster_child *child = roster->children[i];

		if (child->runs && ths_address_equal(child->address, address))
			return child;
	}
	return NULL;
}

struct roster_child *
roster_numbered(const struct roster *roster, uint64_t number)
{
	for (uint32_t i = 0; i < roster->length; i++) {
		if (roster->children[i]->number == number)
			return roster->children[i];
	}
	return NULL;
}

uint32_t
roster_place(const struct roster *roster, const struct roster_child *child)
{
	for (uint32_t i = 0; i < roster->length; i++) {
		if (roster->children[i] == child)
			return i;
	}
	UNREACHABLE("a child is on its supervisor's roster");
}
