/* SPDX-License-Identifier: MIT */
/*
 * vm_world - a simulated VM with its clients: what the programs of tests/sim
 * that run actors have in common.
 *
 * Clients are simulated threads.  When all are done another one stops the VM.
 * Afterwards the equation of accounting must hold, nobody may be alive, and
 * nothing may have been logged as an error, unless the program reads the log
 * itself.
 */
#ifndef TESTS_SIM_VM_WORLD_H
#define TESTS_SIM_VM_WORLD_H

#include "sim/sim_vm.h"
#include "tests/sim/seeds.h"
#include "thespis/thespis.h"

enum { VM_WORLD_CLIENTS_MAX = 8 };

struct vm_world {
	ths_sim *sim;
	struct sim_vm sim_vm;
	ths_vm *vm;
	uint32_t clients[VM_WORLD_CLIENTS_MAX]; /* numbers of their threads */
	uint32_t clients_count;
	ths_duration stop_timeout; /* set it before a short one is wanted */
	ths_status stopped;        /* what the stop answered */
	ths_vm_status status;      /* after the stop */
};

/* Starts the VM; config may be NULL. */
void vm_world_start(struct vm_world *world, ths_sim *sim,
    const ths_vm_config *config);

/* Starts a client. */
void vm_world_client(struct vm_world *world, const char *name,
    void (*function)(void *argument), void *argument);

/* Starts the thread that waits for the clients started so far, then stops. */
void vm_world_stopper(struct vm_world *world);

/* Checks what is left, and frees the VM. */
void vm_world_end(struct vm_world *world);

/* Dead letters of all reasons. */
uint64_t vm_world_dead(const struct vm_world *world);

#endif
