/* SPDX-License-Identifier: MIT */
/* holdings - what a simulated VM's memory port holds; see holdings.h. */
#include "sim/holdings.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/check.h"
#include "sim/unwatched.h"

/* size 0: it is not held now. */
struct piece {
	void *pointer;
	size_t size;
	size_t alignment;
	bool is_region;
};

static struct piece *
piece_at(struct holdings *holdings, uint32_t number)
{
	return (struct piece *)holdings->pieces.items + number;
}

/* Forgets all addresses. */
static void
clear(struct holdings *holdings)
{
	table_fini(&holdings->places);
	shelf_fini(&holdings->pieces);
	holdings->used = 0;
	holdings->length = 0;
}

static void
note(struct holdings *holdings, struct piece piece)
{
	uint32_t *number = table_at(&holdings->places,
	    (uintptr_t)piece.pointer);

	if (*number == 0)
		*number = ++holdings->used;
	shelf_need(&holdings->pieces, *number);
	*piece_at(holdings, *number) = piece;
	holdings->length++;
}

static void
took(struct memory_keeper *keeper, const struct memory *memory, void *pointer,
    size_t size, size_t alignment, bool is_region)
{
	struct holdings *holdings = CONTAINER_OF(keeper, struct holdings,
	    keeper);

	unwatched_begin(holdings->sim);
	if (holdings->length == 0)
		memcpy(&holdings->port, memory, sizeof(*memory));
	note(holdings, (struct piece){ pointer, size, alignment, is_region });
	unwatched_end(holdings->sim);
}

static void
strike_out(struct holdings *holdings, void *pointer)
{
	uint32_t number = *table_at(&holdings->places, (uintptr_t)pointer);

	CHECK(number != 0 && piece_at(holdings, number)->size != 0);
	piece_at(holdings, number)->size = 0;
	if (--holdings->length == 0)
		clear(holdings);
}

static void
gave(struct memory_keeper *keeper, void *pointer)
{
	struct holdings *holdings = CONTAINER_OF(keeper, struct holdings,
	    keeper);

	unwatched_begin(holdings->sim);
	strike_out(holdings, pointer);
	unwatched_end(holdings->sim);
}

void
holdings_init(struct holdings *holdings, ths_sim *sim)
{
	*holdings = (struct holdings){
		.keeper = { .took = took, .gave = gave },
		.sim = sim,
	};
	table_init(&holdings->places, &sim->safe_memory);
	shelf_init(&holdings->pieces, &sim->safe_memory, sizeof(struct piece));
}

static void
give_back(struct memory *port, const struct piece *piece)
{
	if (piece->is_region)
		memory_unmap(port, piece->pointer, piece->size,
		    piece->alignment);
	else
		memory_give(port, piece->pointer, piece->size,
		    piece->alignment);
}

void
holdings_give_all(struct holdings *holdings)
{
	struct memory *port = &holdings->port;
	size_t size = 0;

	if (holdings->length == 0)
		return;
	port->keeper = NULL; /* who is told already knows */
	for (uint32_t i = 1; i <= holdings->used; i++)
		size += piece_at(holdings, i)->size;
	atomic_init(&port->bytes, size);
	for (uint32_t i = 1; i <= holdings->used; i++) {
		if (piece_at(holdings, i)->size != 0)
			give_back(port, piece_at(holdings, i));
	}
	memory_fini(port);
	clear(holdings);
}
