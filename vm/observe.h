/* SPDX-License-Identifier: MIT */
/*
 * observe - what a VM tells the simulator that it runs in: the places where a
 * message, an actor or a timer gets one step further.
 *
 * In the shipped library these functions are empty, as scheduling points are.
 * In the variant for the simulator (THS_SIM_POINTS) each calls its namesake in
 * the VM's observer, if there is one.  None of them is a scheduling point, and
 * each stands beside what it tells of, with no point between the two: so to the
 * observer things happen one after the other.
 *
 * The path of a message:
 *
 *   accepted --> [ in a pack: unpacked ] --> handled, returned
 *                                        --> dead
 *                                        --> absorbed
 *   and back: retracted;  a second time: handled --> stashed --> handled;
 *   of the answer to an actor's call: accepted --> passed --> handled …
 *
 * What never gets an envelope is told of by `unsealed` alone.
 *
 * Threads: whoever does what is told of.  Ownership: nothing moves; an envelope
 * is as its owner left it, and `trace` of one that is accepted and not ended
 * belongs to the observer.
 */
#ifndef VM_OBSERVE_H
#define VM_OBSERVE_H

#include <stddef.h>
#include <stdint.h>

#include "mailbox/envelope.h"
#include "thespis/actor.h"
#include "thespis/dead.h"
#include "vm/actor/slot.h"
#include "vm/crew.h"
#include "vm/vm.h"

/* All have the `context` of vm_ports; see the functions below. */
struct observer {
	void (*accepted)(void *context, const struct crew *crew,
	    ths_address to, struct envelope *envelope);
	void (*packed)(void *context, const struct crew *crew,
	    ths_address to, struct envelope *pack);
	void (*split)(void *context, struct envelope *pack,
	    struct envelope *copy, uint32_t length);
	void (*unpacked)(void *context, struct envelope *pack,
	    struct envelope *single);
	void (*dropped)(void *context, struct envelope *pack);
	void (*retracted)(void *context, struct envelope *envelope);
	void (*passed)(void *context, const struct slot *slot,
	    struct envelope *envelope);
	void (*stashed)(void *context, const struct slot *slot,
	    struct envelope *envelope);
	void (*handled)(void *context, const struct slot *slot,
	    struct envelope *envelope, const void *message);
	void (*returned)(void *context, const struct slot *slot,
	    enum ths_status status);
	void (*retried)(void *context, const struct slot *slot);
	void (*dead)(void *context, struct envelope *envelope,
	    ths_address to, enum ths_dead_reason reason);
	void (*absorbed)(void *context, struct envelope *envelope);
	void (*unsealed)(void *context, const ths_type *type, ths_address to,
	    enum ths_dead_reason reason);
	void (*slice_begins)(void *context, const struct slot *slot);
	void (*slice_ends)(void *context, const struct crew *crew,
	    const struct slot *slot);
	void (*born)(void *context, const struct slot *slot);
	void (*ended)(void *context, const struct slot *slot);
	void (*told)(void *context, const struct slot *child,
	    uint32_t generation);
	void (*left)(void *context, const struct slot *child);
	void (*timer_set)(void *context, uint64_t timer, uint64_t due_ns);
	void (*timer_fired)(void *context, uint64_t timer);
	void (*timer_cancelled)(void *context, uint64_t timer);
	void (*stopped)(void *context, const struct ths_vm *vm);
	void (*frees)(void *context, const struct ths_vm *vm);
	void (*freed)(void *context, const struct ths_vm *vm);
};

/* The VM's observer; in the shipped library it has none, and the compiler knows
 * that. */
static inline const struct observer *
observe_by(const struct ths_vm *vm)
{
#ifdef THS_SIM_POINTS
	return vm->ports.observer;
#else
	(void)vm;
	return NULL;
#endif
}

/* Calls a function of the VM's observer, if it has one. */
#define OBSERVE(vm, function, ...) \
	do { \
		const struct ths_vm *observed = (vm); \
		const struct observer *observer = observe_by(observed); \
		if (observer != NULL) \
			observer->function(observed->ports.context, \
			    __VA_ARGS__); \
	} while (0)

/* ----------------------------------------------------------------- messages */

/* The envelope, addressed, has got its place behind what whoever runs on crew
 * has sent before, and counts as accepted. */
static inline void
observe_accepted(const struct crew *crew, ths_address to,
    struct envelope *envelope)
{
	OBSERVE(crew->vm, accepted, crew, to, envelope);
}

/* The same for one that is the next in this pack, which stands for it. */
static inline void
observe_packed(const struct crew *crew, ths_address to, struct envelope *pack)
{
	OBSERVE(crew->vm, packed, crew, to, pack);
}

/* The oldest `length` messages of a pack are in its copy now. */
static inline void
observe_split(const struct crew *crew, struct envelope *pack,
    struct envelope *copy, uint32_t length)
{
	OBSERVE(crew->vm, split, pack, copy, length);
}

/* The oldest message of a pack has an envelope of its own. */
static inline void
observe_unpacked(const struct crew *crew, struct envelope *pack,
    struct envelope *single)
{
	OBSERVE(crew->vm, unpacked, pack, single);
}

/* There is no memory for the oldest message of a pack, which is dead. */
static inline void
observe_dropped(const struct crew *crew, struct envelope *pack)
{
	OBSERVE(crew->vm, dropped, pack);
}

/* What was accepted last by whoever runs is not sent after all, and not
 * counted. */
static inline void
observe_retracted(const struct crew *crew, struct envelope *envelope)
{
	OBSERVE(crew->vm, retracted, envelope);
}

/* A reply slot has met the answer to a call, and passes it to the caller. */
static inline void
observe_passed(const struct slot *slot, struct envelope *envelope)
{
	OBSERVE(slot->crew->vm, passed, slot, envelope);
}

/* The message that slot handles is accepted once more, to be met later. */
static inline void
observe_stashed(const struct slot *slot, struct envelope *envelope)
{
	OBSERVE(slot->crew->vm, stashed, slot, envelope);
}

/* The handler for this envelope is about to be called with message; or a client
 * is given it, which needs no `returned`. */
static inline void
observe_handled(const struct crew *crew, const struct slot *slot,
    struct envelope *envelope, const void *message)
{
	OBSERVE(crew->vm, handled, slot, envelope, message);
}

/* The handler has returned, and the message is counted as handled. */
static inline void
observe_returned(const struct slot *slot, enum ths_status status)
{
	OBSERVE(slot->crew->vm, returned, slot, status);
}

/* The handler has failed and is called once more. */
static inline void
observe_retried(const struct slot *slot)
{
	OBSERVE(slot->crew->vm, retried, slot);
}

/* An accepted envelope is a dead letter. */
static inline void
observe_dead(const struct crew *crew, struct envelope *envelope,
    ths_address to, enum ths_dead_reason reason)
{
	OBSERVE(crew->vm, dead, envelope, to, reason);
}

/* An accepted envelope has done what it was sent for. */
static inline void
observe_absorbed(const struct crew *crew, struct envelope *envelope)
{
	OBSERVE(crew->vm, absorbed, envelope);
}

/* A message was accepted and died without an envelope. */
static inline void
observe_unsealed(const struct crew *crew, const ths_type *type,
    ths_address to, enum ths_dead_reason reason)
{
	OBSERVE(crew->vm, unsealed, type, to, reason);
}

/* ------------------------------------------------------------------- actors */

/* A worker is the consumer of slot now. */
static inline void
observe_slice_begins(const struct slot *slot)
{
	OBSERVE(slot->crew->vm, slice_begins, slot);
}

/* And is so no longer: it has gone idle, or is about to be ready again. */
static inline void
observe_slice_ends(const struct crew *crew, const struct slot *slot)
{
	OBSERVE(crew->vm, slice_ends, crew, slot);
}

/* An actor has moved into slot. */
static inline void
observe_born(const struct crew *crew, const struct slot *slot)
{
	OBSERVE(crew->vm, born, slot);
}

/* The actor in slot has ended; the slot is not closed yet. */
static inline void
observe_ended(const struct slot *slot)
{
	OBSERVE(slot->crew->vm, ended, slot);
}

/* The notice of the end of the life `generation` is about to be accepted. */
static inline void
observe_told(const struct slot *child, uint32_t generation)
{
	OBSERVE(child->crew->vm, told, child, generation);
}

/* Its parent, which ends, has no memory to ask it, and does not wait for it. */
static inline void
observe_left(const struct crew *crew, const struct slot *child)
{
	OBSERVE(crew->vm, left, child);
}

/* ------------------------------------------------------------------- timers */

/* A timer is set; or a periodic one again, whose wake-up is met now. */
static inline void
observe_timer_set(const struct ths_vm *vm, uint64_t timer, uint64_t due_ns)
{
	OBSERVE(vm, timer_set, timer, due_ns);
}

/* It has come due, and its wake-up is about to be accepted. */
static inline void
observe_timer_fired(const struct ths_vm *vm, uint64_t timer)
{
	OBSERVE(vm, timer_fired, timer);
}

/* Its owner was told that it will not be met any more. */
static inline void
observe_timer_cancelled(const struct ths_vm *vm, uint64_t timer)
{
	OBSERVE(vm, timer_cancelled, timer);
}

/* ----------------------------------------------------------------- whole VM */

/* The VM has stopped. */
static inline void
observe_stopped(const struct ths_vm *vm)
{
	OBSERVE(vm, stopped, vm);
}

/* It is about to be freed. */
static inline void
observe_frees(const struct ths_vm *vm)
{
	OBSERVE(vm, frees, vm);
}

/* All has been given back but the VM's own block. */
static inline void
observe_freed(const struct ths_vm *vm)
{
	OBSERVE(vm, freed, vm);
}

#endif
