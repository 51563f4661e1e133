/* SPDX-License-Identifier: MIT */
/*
 * counts - what one crew has counted; the sum over all crews obeys
 *
 *     accepted = handled + dead[reason] + absorbed + queued + in flight
 *
 * at every moment when nobody is between two of them, and with queued = in
 * flight = 0 once a VM has stopped.
 *
 * Threads: one writer, the crew's owner; any reader, relaxed.
 */
#ifndef VM_COUNTS_H
#define VM_COUNTS_H

#include <stdatomic.h>
#include <stdint.h>

#include "thespis/vm.h"

struct counts {
	_Atomic uint64_t accepted;
	_Atomic uint64_t handled;
	_Atomic uint64_t failed;
	_Atomic uint64_t retried;
	_Atomic uint64_t poisoned;
	_Atomic uint64_t absorbed;
	_Atomic uint64_t spawned;
	_Atomic uint64_t unborn;
	_Atomic uint64_t exited;
	_Atomic uint64_t limited; /* calls refused by a limit */
	_Atomic uint64_t dead[THS_DEAD_COUNT];
};

/* Relaxed: one writer, and readers only want a recent number. */
static inline void
counts_add(_Atomic uint64_t *count, uint64_t n)
{
	atomic_store_explicit(count, atomic_load_explicit(count,
	    memory_order_relaxed) + n, memory_order_relaxed);
}

#endif
