/* SPDX-License-Identifier: MIT */
/*
 * sim_vm - a VM in a simulated world: the very VM of mode local or inline, with
 * the world's clock, sleep and choices for ports, and for local a simulated
 * thread for each worker, for the sentinel, and for each spare worker once it is
 * needed.
 *
 * It is started, used and stopped by the public functions and by
 * sim_vm_start(); whoever calls one that can wait (call, ask, listen, stop) is
 * a simulated thread.  A referee (sim/referee.h) watches it until it is freed.
 *
 * Threads: as the world.  Limits: THS_SIM_WORKERS_MAX workers; each, a spare and
 * the sentinel too, takes one of the world's threads.
 * Ownership: the struct outlives the VM, and the VM the threads that have used
 * their default client.
 */
#ifndef SIM_SIM_VM_H
#define SIM_SIM_VM_H

#include <stdint.h>

#include "sim/referee.h"
#include "sim/sim.h"
#include "thespis/vm.h"

struct ths_client;

/* The default client of one simulated thread. */
struct sim_vm_client {
	bool is_taken;
	uint32_t number;           /* of the thread; 0 is home */
	struct ths_client *client; /* NULL until it is made */
};

struct sim_vm {
	ths_sim *sim;
	ths_vm *vm;
	struct sim_vm *next; /* of ths_sim_vm() */
	struct referee referee;
	/* Numbers of the threads of workers, sentinel, and spares so far. */
	uint32_t workers[THS_SIM_WORKERS_MAX + 1 + THS_SPARES_MAX];
	uint32_t workers_count;
	struct sim_vm_client clients[THS_SIM_THREADS_MAX + 1];
};

/*
 * Starts a VM.  config as for ths_vm_start(), NULL too; but 0 workers of a
 * local one are 2, a seed of 0 is the world's, and spin_max of 0 is 2: looking
 * for work again and again shows nothing new here.  A VM's id comes from its
 * seed: of two VMs in one world one at least wants a seed of its own.
 * On success sim_vm->vm is the caller's, for ths_vm_stop() and ths_vm_free().
 * Returns as ths_vm_start(), and THS_LIMIT for too many threads.
 */
THS_NODISCARD ths_status sim_vm_start(struct sim_vm *sim_vm, ths_sim *sim,
    const ths_vm_config *config);

/* Lets go of a VM that is not freed: its run has failed. */
void sim_vm_abandon(struct sim_vm *sim_vm);

/* The one of ths_sim_vm() to which an address belongs; NULL: of none. */
struct sim_vm *sim_vm_find(const ths_sim *sim, ths_address whom);

/* Ends the VMs of ths_sim_vm(): stops those that have not been stopped, checks
 * that nothing is left of each, and frees it.  Home. */
void sim_end_vms(ths_sim *sim);

#endif
