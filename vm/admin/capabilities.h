/* SPDX-License-Identifier: MIT */
/*
 * capabilities - what a VM can offer; which actors need it: vm/admin/fit.h.
 *
 * The set of a moment is one block that never changes; a change makes another,
 * and the block goes when its last holder drops it.  Changes come one after the
 * other, through the gate; the mutex is held for a few instructions.
 *
 * Threads: any.
 */
#ifndef VM_ADMIN_CAPABILITIES_H
#define VM_ADMIN_CAPABILITIES_H

#include <pthread.h>
#include <stdbool.h>

#include "base/memory.h"
#include "sched/gate.h"
#include "thespis/capability.h"

/* How a map stands in a flat block, and in an envelope of requirements. */
THS_MESSAGE(capability_map, THS_FIELD(ths_map, pairs))

struct capabilities {
	struct memory *memory;
	const struct parker_port *parker; /* the gate's */
	const struct clock *clock;
	struct gate gate;             /* changes */
	pthread_mutex_t mutex;        /* guards the rest, and all holders */
	struct ths_capabilities *current;
};

/* Makes the first set.  THS_OK, THS_BAD_ARGUMENT, THS_LIMIT, THS_TOO_LARGE or
 * THS_NO_MEMORY; fini either way. */
enum ths_status capabilities_init(struct capabilities *capabilities,
    struct memory *memory, const ths_vm_config *config,
    const struct parker_port *parker, const struct clock *clock);
void capabilities_fini(struct capabilities *capabilities);

/* Drops a set, as ths_capabilities_drop(); true: it was the present one. */
bool capabilities_drop(const struct ths_capabilities *capabilities);

#endif
