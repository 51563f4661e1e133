/* SPDX-License-Identifier: MIT */
/*
 * linear_visited - the configurations {operations done, state} that a search of
 * linear.h has met.
 *
 * A hash table; a place is empty when `done` is 0, which is no configuration
 * that is ever put in.
 *
 * Threads: one.  Limits: memory; a program without ends with a word.
 */
#ifndef TESTS_SIM_LINEAR_VISITED_H
#define TESTS_SIM_LINEAR_VISITED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct visited {
	unsigned char *places;
	size_t place_size; /* bytes */
	size_t state_size;
	uint32_t room; /* places; a power of two */
	uint32_t length;
};

/* Makes an empty table of states of so many bytes. */
void visited_init(struct visited *visited, size_t state_size);
void visited_fini(struct visited *visited);

/* Puts a configuration in, done not being 0.  False: it was there already. */
bool visited_add(struct visited *visited, uint64_t done, const void *state);

#endif
