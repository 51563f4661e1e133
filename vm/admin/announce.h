/* SPDX-License-Identifier: MIT */
/* announce - what a VM's log says of its start and its stop, at
 * THS_LOG_INFO. */
#ifndef VM_ADMIN_ANNOUNCE_H
#define VM_ADMIN_ANNOUNCE_H

struct slot;
struct ths_vm;

void announce_start(struct ths_vm *vm);

/* by: the actor that began it, or NULL for the host. */
void announce_stopping(struct ths_vm *vm, const struct slot *by);

/* The last line of all. */
void announce_stopped(struct ths_vm *vm);

#endif
