/* SPDX-License-Identifier: MIT */
/*
 * stack - memory for a context to run on: a region of the memory port, in debug
 * builds with a page below it that cannot be touched, so that an overflow
 * stops the program where it happens.
 *
 * Threads: one at a time.  Limits: STACK_SIZE_MAX bytes; a guarded stack takes
 * two of the system's mappings (vm.max_map_count).
 * Errors: THS_NO_MEMORY when the memory port or the system refuses,
 * THS_BAD_ARGUMENT above the limit.
 */
#ifndef SIM_STACK_H
#define SIM_STACK_H

#include <stddef.h>

#include "base/memory.h"
#include "thespis/status.h"

enum { STACK_SIZE_MAX = 64 * 1024 * 1024 };

struct stack {
	struct memory *memory;
	void *region;       /* guard first, then the stack */
	size_t region_size; /* bytes */
	void *base;         /* the stack's lowest byte */
	size_t size;        /* bytes, rounded up to whole pages */
};

/* Makes a stack of at least size bytes (0: 64 KiB, 256 KiB
 * under a sanitizer, which puts red zones around every variable). */
THS_NODISCARD ths_status stack_init(struct stack *stack, struct memory *memory,
    size_t size);

/* Gives the memory back.  Nothing may be running on it. */
void stack_fini(struct stack *stack);

#endif
