/* SPDX-License-Identifier: MIT */
/*
 * obituaries - the last dead letters of a VM, to be looked at: who sent what to
 * whom, and why it found nobody.
 *
 * A ring.  A letter gets a number, and with it a place, whose former record it
 * replaces.  A writer that meets another at the same place, a whole round later
 * or earlier, leaves it to that one: a record is lost then, never mixed.
 *
 *   [O] stamp: 2n - 1 while record n is written: compare-exchange, acquire;
 *       then the fields, each store release; then 2n, store release
 *       -> reader: stamp load acquire, fields load acquire, stamp load relaxed
 *       Who has read any of a later record sees then that the stamp has
 *       changed, for that came before; so what was read is all of record n.
 *
 * Threads: any; a reader may be a signal handler.
 * Limits: THS_DEAD_LETTERS_KEPT.
 */
#ifndef VM_ACTOR_OBITUARIES_H
#define VM_ACTOR_OBITUARIES_H

#include <stdatomic.h>
#include <stdint.h>

#include "thespis/inspect.h"

struct obituary {
	_Atomic uint64_t stamp; /* [O] 0: nothing here */
	_Atomic uint64_t to_vm;
	_Atomic uint64_t to_life; /* {generation:32, slot:32} */
	_Atomic uint64_t from_vm;
	_Atomic uint64_t from_life;
	_Atomic uint64_t at_ns;
	_Atomic(const ths_type *) type;
	_Atomic uint32_t reason;
};

struct obituaries {
	_Atomic uint64_t newest; /* number of the last record, from 1 */
	struct obituary ring[THS_DEAD_LETTERS_KEPT];
};

/* Writes one down.  letter->age is when, by the VM's clock. */
void obituaries_add(struct obituaries *obituaries,
    const ths_dead_status *letter);

/* Reads record `number`, its age as written; false: it is not there
 * any more. */
bool obituaries_read(const struct obituaries *obituaries, uint64_t number,
    ths_dead_status *letter);

#endif
