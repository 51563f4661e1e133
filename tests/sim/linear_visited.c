/* SPDX-License-Identifier: MIT */
/* linear_visited - configurations met before; see linear_visited.h. */
#include "tests/sim/linear_visited.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VISITED_MIN = 64 }; /* places at first; a power of two */

static void *
take(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (memory != NULL)
		return memory;
	fprintf(stderr, "no memory for configurations\n");
	exit(1);
}

void
visited_init(struct visited *visited, size_t state_size)
{
	visited->state_size = state_size;
	visited->place_size = sizeof(uint64_t) + state_size;
	visited->room = VISITED_MIN;
	visited->length = 0;
	visited->places = take(visited->room, visited->place_size);
}

static uint64_t
hash_of(const struct visited *visited, uint64_t done, const void *state)
{
	const unsigned char *bytes = state;
	uint64_t hash = done * UINT64_C(0x9e3779b97f4a7c15);

	/* Source: FNV-1a (G. Fowler, L. Noll, K.-P. Vo). */
	for (size_t i = 0; i < visited->state_size; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 32;
}

/* Where a configuration stands, or is to. */
static unsigned char *
place_of(const struct visited *visited, uint64_t done, const void *state)
{
	uint32_t at = (uint32_t)hash_of(visited, done, state);

	/* Ends: half of the places are empty. */
	for (;; at++) {
		unsigned char *place = visited->places +
		    (at & (visited->room - 1)) * visited->place_size;
		uint64_t there;

		memcpy(&there, place, sizeof(there));
		if (there == 0 || (there == done && memcmp(place +
		    sizeof(there), state, visited->state_size) == 0))
			return place;
	}
}

static bool
is_empty(const unsigned char *place)
{
	uint64_t done;

	memcpy(&done, place, sizeof(done));
	return done == 0;
}

static void
put(const struct visited *visited, uint64_t done, const void *state)
{
	unsigned char *place = place_of(visited, done, state);

	memcpy(place, &done, sizeof(done));
	memcpy(place + sizeof(done), state, visited->state_size);
}

static void
grow(struct visited *visited)
{
	struct visited larger = *visited;

	larger.room *= 2;
	larger.places = take(larger.room, larger.place_size);
	for (uint32_t i = 0; i < visited->room; i++) {
		const unsigned char *place = visited->places +
		    i * visited->place_size;
		uint64_t done;

		memcpy(&done, place, sizeof(done));
		if (done != 0)
			put(&larger, done, place + sizeof(done));
	}
	free(visited->places);
	*visited = larger;
}

void
visited_fini(struct visited *visited)
{
	free(visited->places);
}

bool
visited_add(struct visited *visited, uint64_t done, const void *state)
{
	if (!is_empty(place_of(visited, done, state)))
		return false;
	if (++visited->length > visited->room / 2)
		grow(visited);
	put(visited, done, state);
	return true;
}
