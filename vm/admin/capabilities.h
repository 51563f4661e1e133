/* SPDX-License-Identifier: MIT */
/*
 * capabilities - what a VM can offer, and which actors need it.
 *
 * The set of a moment is one block that never changes; a change makes another,
 * and the block goes when its last holder drops it.  Changes come one after the
 * other, through the gate; the mutex is held for a few instructions.
 *
 * A spawner looks at a set, starts its actor, and looks whether the set is still
 * the present one.  Who changes the set replaces it first and then looks at
 * everybody alive.  The mutex puts the two in order: either the spawner finds
 * another set, or the other finds its actor.
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

struct behaviour;
struct crew;

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

/*
 * Looks whether an actor of this kind may be started.  THS_OK, with the set it
 * was looked up in, which capabilities_settle() wants back when the actor lives,
 * or is not to be; THS_UNFIT, which is logged; THS_BAD_ARGUMENT or THS_TOO_LARGE.
 */
enum ths_status capabilities_admit(struct crew *crew,
    const struct behaviour *behaviour, ths_map requirements,
    const struct ths_capabilities **admitted);
void capabilities_settle(struct crew *crew, const struct behaviour *behaviour,
    ths_address actor, const struct ths_capabilities *admitted);

#endif
