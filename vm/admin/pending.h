/* SPDX-License-Identifier: MIT */
/*
 * pending - the wake-ups of a VM's living actors, as its report lists them.
 *
 * Threads: any, a signal handler as well.  Progress: wait-free.
 * Limits: the THS_REPORT_TIMERS that are due next are listed; all are counted.
 */
#ifndef VM_ADMIN_PENDING_H
#define VM_ADMIN_PENDING_H

#include <stdint.h>

#include "thespis/inspect.h"

struct pending {
	uint64_t count;
	uint32_t length;
	ths_timer_status nearest[THS_REPORT_TIMERS]; /* the nearest first */
};

void pending_read(const struct ths_vm *vm, struct pending *pending);

#endif
