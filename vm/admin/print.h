/* SPDX-License-Identifier: MIT */
/*
 * print - the parts of a VM's report that need no lock, so that a signal
 * handler may print them.
 */
#ifndef VM_ADMIN_PRINT_H
#define VM_ADMIN_PRINT_H

#include "vm/admin/report.h"

/* Where names are printed. */
struct print_names {
	const ths_vm *vm;
	struct report *report;
};

/* As text, without a newline. */
void print_capability(struct report *report, const ths_pair *pair);

void print_counts(struct report *report, const ths_vm_status *status);
void print_dead(struct report *report, const ths_vm_status *status);
/* The last dead letters, if there are any. */
void print_letters(struct report *report, const ths_vm *vm);

void print_timers(struct report *report, const ths_vm *vm);
void print_workers(struct report *report, const ths_vm *vm);

#endif
