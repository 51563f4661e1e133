/* SPDX-License-Identifier: MIT */
/*
 * holdings - what a simulated VM's memory port holds, so that a world can give
 * all of it back though the VM, whose run has failed, never comes to its end.
 *
 * A piece of memory is found by its address, which once noted keeps its place:
 * malloc gives the same ones again and again.  What is noted about a VM goes
 * back with the last piece, which is the VM itself.
 *
 * Threads: one real thread at a time.  Errors: see sim/table.h.
 */
#ifndef SIM_HOLDINGS_H
#define SIM_HOLDINGS_H

#include <stdint.h>

#include "base/memory.h"
#include "sim/table.h"
#include "thespis/sim.h"

/*
 *   keeper  for vm_ports
 *   port    a copy, by which things go back: the VM may not be whole
 *   places  the number in pieces, by the address
 *   used    the highest number in pieces; they begin at 1
 *   length  of them, how many are held
 */
struct holdings {
	struct memory_keeper keeper;
	ths_sim *sim;
	struct memory port;
	struct table places;
	struct shelf pieces;
	uint32_t used;
	uint32_t length;
};

void holdings_init(struct holdings *holdings, ths_sim *sim);

/* Gives back whatever is held, and ends the port; its owner must not touch it
 * any more. */
void holdings_give_all(struct holdings *holdings);

#endif
