/* SPDX-License-Identifier: MIT */
/*
 * flights - the messages of a VM that are under way: accepted, and not yet
 * handled, dead or absorbed.
 *
 * Each has a *flight*.  Those from one sender to one slot stand in a *line*, in
 * the order in which they were accepted, which is the order in which they are
 * to be met.  Out of line are those that are met a second time, in whatever
 * order their receiver likes, and those that the runtime answers in passing.
 *
 *   accepted --> in line, the newest --> the oldest --> met: ended, or passed
 *
 * An envelope's flight stands in its `trace`; and is believed only if it names
 * that envelope, so one that has ended is noticed.  The notice of a child's end
 * has no `trace` to spare: its number is kept by who reports it.
 *
 * A message in a pack has a flight of the pack's; the pack's `trace` is that of
 * its oldest message, and the next message is the next in line.
 *
 * Threads: one real thread at a time.  Cost: one look into a table for each
 * message accepted, none for one that ends.
 */
#ifndef SIM_FLIGHTS_H
#define SIM_FLIGHTS_H

#include <stdbool.h>
#include <stdint.h>

#include "mailbox/envelope.h"
#include "sim/table.h"
#include "thespis/address.h"

/* Who sends, as far as order goes. */
#define FLIGHT_BY_SLOT(index) (index)
#define FLIGHT_BY_WORKER(index) (UINT32_C(1) << 30 | (index))
#define FLIGHT_BY_THREAD(number) (UINT32_C(1) << 31 | (number))
#define FLIGHT_BY_NOBODY 0 /* out of line */

struct flight {
	const struct envelope *envelope; /* NULL: it is free */
	uint32_t older;    /* in line */
	uint32_t younger;  /* in line; the next one free */
	uint32_t line;     /* 0: none */
	uint32_t type;
	uint32_t from_slot;
	uint32_t from_generation;
	uint32_t to_slot;
	uint32_t to_generation;
};

struct flight_line {
	uint32_t oldest;
	uint32_t newest;
};

struct flights {
	struct shelf flights; /* number 0 is none */
	struct shelf lines;   /* the same */
	struct table ways;    /* {sender, receiver}: which line */
	uint32_t flights_used;
	uint32_t lines_used;
	uint32_t free;
	uint64_t length;      /* under way now */
};

void flights_init(struct flights *flights, struct memory *memory);
void flights_fini(struct flights *flights);

static inline struct flight *
flights_at(const struct flights *flights, uint32_t number)
{
	return (struct flight *)flights->flights.items + number;
}

/* A flight for an envelope on its way from `by` to `to`; its number. */
uint32_t flights_begin(struct flights *flights, uint32_t by, ths_address to,
    const struct envelope *envelope);

/* The number that an envelope's `trace` tells, if it is under way by that; else
 * 0. */
uint32_t flights_of(const struct flights *flights,
    const struct envelope *envelope);

/* A flight is that of another envelope from here on. */
void flights_move(struct flights *flights, uint32_t number,
    const struct envelope *envelope);

/* The flight that stands before this one in line and has to be met first, or
 * 0. */
uint32_t flights_before(const struct flights *flights, uint32_t number);

/* Takes a flight out of line. */
void flights_leave_line(struct flights *flights, uint32_t number);

/* Ends a flight. */
void flights_end(struct flights *flights, uint32_t number);

/* The flight that was begun first of all that are left, or 0. */
uint32_t flights_any(const struct flights *flights);

#endif
