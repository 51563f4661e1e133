/* SPDX-License-Identifier: MIT */
/*
 * board - outcomes as they come, and as they are told: in the order of their
 * seeds.
 *
 * Counts how many different orders have come out.
 *
 * Threads: one.  Ownership: a copy of each outcome, as long as it is not taken.
 * Limits: BOARD_ORDERS_MAX signatures are compared, or as many as find memory;
 * the rest is not.
 * Errors: board_put() is false when there is no memory.
 */
#ifndef TOOLS_SIM_BOARD_H
#define TOOLS_SIM_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/sim/outcome.h"

enum { BOARD_ORDERS_MAX = 1 << 24 };

/* An outcome that waits; text only of one that failed. */
struct board_entry {
	uint64_t signature;
	char *text;
	bool is_here;
	bool has_failed;
};

/*
 *   field       what it is
 *   next        the seed to be told next
 *   entries     from `next` on, in a ring of `room` that begins at `oldest`
 *   played      put so far, and how many of them have failed
 *   told        taken so far, and how many of them have failed
 *   signatures  of the first BOARD_ORDERS_MAX told that went well
 */
struct board {
	uint64_t first;
	uint64_t next;
	struct board_entry *entries;
	size_t room;
	size_t oldest;
	size_t waiting;
	uint64_t played;
	uint64_t failed;
	uint64_t told;
	uint64_t told_failed;
	uint64_t *signatures;
	size_t signatures_room;
	size_t signatures_count;
	uint64_t first_signature;
};

void board_init(struct board *board, uint64_t first);
void board_fini(struct board *board);

/* Puts an outcome up; of each seed one, from the first on. */
bool board_put(struct board *board, const struct outcome *outcome);

/* Takes the outcome that is to be told next; false when it is not there yet. */
bool board_take(struct board *board, struct outcome *outcome);

/* The same, but passes over seeds that are not there; false at the end. */
bool board_take_any(struct board *board, struct outcome *outcome);

/* How many different signatures there are among those told and compared, whose
 * number goes to *compared. */
size_t board_orders(struct board *board, size_t *compared);

#endif
