/* SPDX-License-Identifier: MIT */
/*
 * memory - the only door to memory: one port per VM, counted and limited.
 *
 * Two kinds.  A *block* is for control structures, taken and given one by one.
 * A *region* is for pools: whole pages, zeroed when fresh, on huge pages where
 * the system has them; its pages can be purged without giving the region back.
 * Blocks come from the host's allocator if it gave one, else from malloc's
 * family; regions from the host's allocator, else from jemalloc's mallocx when
 * the program has linked it (found as a weak symbol, in an arena of the VM's
 * own), else from mmap.
 *
 * Threads: any, after init.  Errors: NULL when the system, the limit or an
 * injected fault refuses; the counts tell which.
 *
 * Faults, for tests: memory_fault_at(m, n) makes the n-th call from now on
 * (1 is the next one) return NULL, once; memory_calls() tells how many calls
 * were made, so that a test can fail each in turn.  In simulated worlds more of
 * them may fail: base/fault.h.
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/machine.h"
#include "thespis/vm.h"

/*
 * Is told what a port holds, block by block and region by region.  Only in the
 * variant for the simulator, which has to give back what is left of a VM that
 * never comes to its end; in the shipped library nobody is told.
 *
 *   took  a pointer that is held from now on, by this port
 *   gave  one that is about to go back
 */
struct memory;
struct memory_keeper {
	void (*took)(struct memory_keeper *keeper, const struct memory *memory,
	    void *pointer, size_t size, size_t alignment, bool is_region);
	void (*gave)(struct memory_keeper *keeper, void *pointer);
};

/*
 *   line  field       written by          read by
 *   0     allocator…  init                any
 *   1     bytes…      any thread that     any
 *                     takes or gives
 */
struct memory {
	ths_allocator allocator; /* functions NULL: the system's */
	size_t bytes_max;        /* 0: no limit */
	unsigned arena;          /* jemalloc's, when has_arena */
	bool has_arena;
	struct memory_keeper *keeper; /* NULL: nobody */
	alignas(CACHE_LINE) _Atomic size_t bytes; /* held now */
	_Atomic uint64_t calls;   /* allocations asked for so far */
	_Atomic uint64_t fault_at; /* the call that fails; 0: none */
	_Atomic uint64_t refused; /* by system, limit or fault */
	_Atomic uint64_t limited; /* of those, by bytes_max */
};

/* Makes a port.  allocator may be NULL; bytes_max 0 means no limit. */
void memory_init(struct memory *memory, const ths_allocator *allocator,
    size_t bytes_max);

/* Ends a port.  In debug builds checks that everything came back; a region that
 * did not may be gone with the arena. */
void memory_fini(struct memory *memory);

/* A block of size bytes, zeroed; alignment is a power of two.  Or NULL. */
void *memory_take(struct memory *memory, size_t size, size_t alignment);

/* Gives a block back, with the size and alignment it was taken with.  NULL is
 * fine. */
void memory_give(struct memory *memory, void *block, size_t size,
    size_t alignment);

/* A region of size bytes, aligned to alignment (a power of two, at least a
 * page), zeroed; or NULL. */
void *memory_map(struct memory *memory, size_t size, size_t alignment);

/* Gives a region back whole. */
void memory_unmap(struct memory *memory, void *region, size_t size,
    size_t alignment);

/* Lets the system reclaim these pages of a region; their content is lost and
 * reads as anything afterwards.  `bytes` does not change. */
void memory_purge(struct memory *memory, void *pages, size_t size);

/* See the head of this file. */
void memory_fault_at(struct memory *memory, uint64_t nth);
uint64_t memory_calls(const struct memory *memory);

#endif
