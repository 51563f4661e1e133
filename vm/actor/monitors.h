/* SPDX-License-Identifier: MIT */
/*
 * monitors - who wants to be told of whose end.
 *
 * A monitor is two envelopes: one stays with the watcher, the other goes to the
 * watched actor and stays there.  Each hangs in its actor's list of relations,
 * and knows the other's place.  The second one is also the ths_down in the end, so
 * an end needs no memory to be told.
 *
 *   watcher                                      watched
 *     record  --- MONITOR ------------------------> record
 *     freed  <--- DOWN, the same envelope --------- it has ended
 *
 *     cancelled --- UNMONITOR ---------------------> record freed
 *     freed  <----- UNMONITORED, the same envelope --'
 *
 * Mail of one sender to one target keeps its order: so an UNMONITOR that meets
 * the life it means finds the record there, and a watcher's own record stays
 * until it has met a DOWN or an UNMONITORED, after which nobody names it.  A
 * watcher that ends sends its record as UNMONITOR and wants no answer.
 *
 * Threads: the slot's consumer.
 */
#ifndef VM_ACTOR_MONITORS_H
#define VM_ACTOR_MONITORS_H

#include "mailbox/envelope.h"
#include "thespis/life.h"
#include "vm/actor/slot.h"
#include "vm/crew.h"

/* Whoever lives in slot meets mail of these kinds.  Takes it. */
void monitors_meet(struct slot *slot, struct envelope *envelope);

/* The same where the life it is for is over. */
void monitors_meet_nobody(struct slot *slot, struct envelope *envelope);

/* Ends all relations of an actor that ends. */
void monitors_end(struct slot *slot, enum ths_exit_reason reason);

#endif
