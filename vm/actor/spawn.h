/* SPDX-License-Identifier: MIT */
/*
 * spawn - claims a free slot for a new actor and makes its task ready; init and
 * start run on the worker that gets it, in the actor's first slice
 * (vm/actor/life.h).
 *
 * Threads: the crew's owner.
 */
#ifndef VM_ACTOR_SPAWN_H
#define VM_ACTOR_SPAWN_H

#include "vm/actor/behaviour.h"
#include "vm/actor/slot.h"

/* See ths_spawn_child(), and ths_spawn() when parent is NULL; the slot of the
 * address is the new actor's. */
enum ths_status spawn_actor(struct crew *crew, struct slot *parent,
    ths_address *address, const ths_actor *actor,
    const ths_spawn_options *options);

#endif
