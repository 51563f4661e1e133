/* SPDX-License-Identifier: MIT */
/*
 * patience - how many restarts in how long a time a supervisor allows, and how
 * long a child waits for its own.  Times are the caller's: no clock is read.
 *
 * Threads: the owner.
 */
#ifndef VM_PATTERNS_PATIENCE_H
#define VM_PATTERNS_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/memory.h"
#include "thespis/supervise.h"

/* The times of the last restarts, in a ring. */
struct patience {
	ths_duration *times; /* max of them; NULL when max is 0 */
	uint32_t max;
	uint32_t oldest;     /* index */
	uint32_t length;
	ths_duration window;
};

/* THS_OK or THS_NO_MEMORY. */
enum ths_status patience_init(struct patience *patience,
    struct memory *memory, uint32_t max, ths_duration window);
void patience_fini(struct patience *patience, struct memory *memory);

/* Notes a restart at this time; false: it is one too many, and is not noted.
 * Exactly `window` after another one it is beside that. */
bool patience_try(struct patience *patience, ths_duration now);

/*
 * How long a child waits that has lived for `lived`, by a table whose defaults
 * are filled in.  *last is the child's: what this gave last time, 0 before
 * that.
 */
ths_duration patience_delay(const ths_supervisor *table, ths_duration *last,
    ths_duration lived);

#endif
