/* SPDX-License-Identifier: MIT */
/* flights - the messages of a VM that are under way; see flights.h. */
#include "sim/flights.h"

#include "base/check.h"

void
flights_init(struct flights *flights, struct memory *memory)
{
	*flights = (struct flights){ .flights_used = 0 };
	shelf_init(&flights->flights, memory, sizeof(struct flight));
	shelf_init(&flights->lines, memory, sizeof(struct flight_line));
	table_init(&flights->ways, memory);
}

void
flights_fini(struct flights *flights)
{
	shelf_fini(&flights->flights);
	shelf_fini(&flights->lines);
	table_fini(&flights->ways);
}

static struct flight_line *
line_at(const struct flights *flights, uint32_t number)
{
	return (struct flight_line *)flights->lines.items + number;
}

/* The line of a way, made if it is new. */
static uint32_t
find_line(struct flights *flights, uint32_t by, uint32_t to)
{
	uint32_t *number = table_at(&flights->ways, (uint64_t)by << 32 | to);

	if (UNLIKELY(*number == 0)) {
		*number = ++flights->lines_used;
		shelf_need(&flights->lines, *number);
	}
	return *number;
}

/* The number of a flight that is free. */
static uint32_t
take(struct flights *flights)
{
	uint32_t number = flights->free;

	if (LIKELY(number != 0)) {
		flights->free = flights_at(flights, number)->younger;
		return number;
	}
	number = ++flights->flights_used;
	shelf_need(&flights->flights, number);
	return number;
}

/* Behind the newest of its line. */
static void
queue(struct flights *flights, uint32_t number, uint32_t by, uint32_t to)
{
	struct flight *flight = flights_at(flights, number);
	struct flight_line *line;

	flight->line = find_line(flights, by, to);
	line = line_at(flights, flight->line);
	flight->older = line->newest;
	if (line->newest != 0)
		flights_at(flights, line->newest)->younger = number;
	else
		line->oldest = number;
	line->newest = number;
}

uint32_t
flights_begin(struct flights *flights, uint32_t by, ths_address to,
    const struct envelope *envelope)
{
	uint32_t number = take(flights);

	*flights_at(flights, number) = (struct flight){
		.envelope = envelope,
		.type = envelope->type,
		.from_slot = envelope->from_slot,
		.from_generation = envelope->from_generation,
		.to_slot = to.slot,
		.to_generation = to.generation,
	};
	if (by != FLIGHT_BY_NOBODY)
		queue(flights, number, by, to.slot);
	flights->length++;
	return number;
}

uint32_t
flights_of(const struct flights *flights, const struct envelope *envelope)
{
	uint32_t number = envelope->trace;

	/* It may be whatever its block was used for before. */
	return number != 0 && number <= flights->flights_used &&
	    flights_at(flights, number)->envelope == envelope ? number : 0;
}

void
flights_move(struct flights *flights, uint32_t number,
    const struct envelope *envelope)
{
	flights_at(flights, number)->envelope = envelope;
}

uint32_t
flights_before(const struct flights *flights, uint32_t number)
{
	const struct flight *flight = flights_at(flights, number);

	return flight->line == 0 ? 0 : flight->older;
}

void
flights_leave_line(struct flights *flights, uint32_t number)
{
	struct flight *flight = flights_at(flights, number);
	struct flight_line *line;

	if (flight->line == 0)
		return;
	line = line_at(flights, flight->line);
	if (flight->older != 0)
		flights_at(flights, flight->older)->younger = flight->younger;
	else
		line->oldest = flight->younger;
	if (flight->younger != 0)
		flights_at(flights, flight->younger)->older = flight->older;
	else
		line->newest = flight->older;
	flight->line = 0;
}

void
flights_end(struct flights *flights, uint32_t number)
{
	struct flight *flight = flights_at(flights, number);

	flights_leave_line(flights, number);
	flight->envelope = NULL;
	flight->younger = flights->free;
	flights->free = number;
	flights->length--;
}

uint32_t
flights_any(const struct flights *flights)
{
	for (uint32_t i = 1; i <= flights->flights_used; i++) {
		if (flights_at(flights, i)->envelope != NULL)
			return i;
	}
	return 0;
}
