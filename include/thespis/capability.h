/* SPDX-License-Identifier: MIT */
/*
 * capability - what a VM can offer, and which actors need it.
 *
 * A VM has a map of names with values: those of ths_vm_config.capabilities, the
 * common ones below, and what was set since.  An actor says what it needs:
 *
 *     static const ths_pair robot_needs[] = {
 *         THS_NEED("camera"), THS_PAIR_STRING("floor", "ground"),
 *     };
 *     THS_ACTOR(robot, struct robot, THS_NEEDS(robot_needs), ...)
 *
 * All must hold: "camera" must be there and true (not false, zero or empty),
 * and "floor" must be just that.  THS_CHECK(function) adds a look of the
 * actor's own.  One that does not fit is not started (THS_UNFIT).
 *
 * When a capability changes, every living actor is looked at again, with no
 * requirements: one that no longer fits gets an exit request, as if from
 * itself.  One of them may be who made the change.
 *
 * Ownership: names and values are copied.
 *
 * Limits: a map has THS_MAP_MAX pairs and THS_FLAT_SIZE_MAX bytes in all.
 */
#ifndef THESPIS_CAPABILITY_H
#define THESPIS_CAPABILITY_H

#include "thespis/vm.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What every VM has.  Nobody can set or remove them; where a configuration
 * names one, that is ignored.
 */
/* "0.1": who has another first number has other rules.  A string. */
#define THS_CAPABILITY_GENERATION "Thespian Generation"
/* The version of the library, "0.1.0".  A string, under two names. */
#define THS_CAPABILITY_VERSION "Thespian Version"
#define THS_CAPABILITY_VM_VERSION "VM Version"
/* "multiprocQueueBase" for THS_MODE_LOCAL, "simpleSystemBase" for
 * THS_MODE_INLINE.  A string; and its version, an integer. */
#define THS_CAPABILITY_SYSTEM_NAME "Thespian ActorSystem Name"
#define THS_CAPABILITY_SYSTEM_VERSION "Thespian ActorSystem Version"
/* Whether actors can wait for descriptors.  A bool. */
#define THS_CAPABILITY_WATCH "Thespian Watch Supported"
/* Changes when compiled actors no longer fit.  An integer. */
#define THS_CAPABILITY_ABI "VM ABI"
/* "x86_64".  A string. */
#define THS_CAPABILITY_ARCH "Arch"

/* An element of what an actor needs: there, and true.  C only. */
#define THS_NEED(name) { (name), { .kind = THS_KIND_ANY, .integer = 0 } }

/* ------------------------------------------------------------------ reading */

/* The capabilities of a moment. */
typedef struct ths_capabilities ths_capabilities;

/* The capabilities as they are now; they stay so until ths_capabilities_drop().
 * Any thread, also inside handlers (with ths_self_vm()).  NULL for NULL. */
THS_PUBLIC const ths_capabilities *ths_capabilities_hold(const ths_vm *vm);

/* Its map, to be read with ths_map_get(). */
THS_PUBLIC ths_map ths_capabilities_map(const ths_capabilities *capabilities);

/* Gives it back, before the VM is freed.  Any thread.  NULL is fine. */
THS_PUBLIC void ths_capabilities_drop(const ths_capabilities *capabilities);

/* True for what THS_NEED asks: true, not zero, not empty.  False for NULL. */
THS_PUBLIC bool ths_variant_is_true(const ths_variant *value);

/* True when both are of one kind, or both integers, and of the same value. */
THS_PUBLIC bool ths_variant_equal(const ths_variant *a, const ths_variant *b);

/*
 * Whether an actor of this kind could be started now, with these requirements.
 * Any thread, also inside handlers.  Writes why not into `why` of size bytes,
 * NUL included, cut if need be; why may be NULL when size is 0.
 * Returns THS_OK, THS_UNFIT or THS_BAD_ARGUMENT.
 */
THS_NODISCARD THS_PUBLIC ths_status ths_actor_fits(const ths_vm *vm,
    const ths_actor *actor, ths_map requirements, char *why, size_t size);

/* What the creator asked for.  For init and start: empty at any other time. */
THS_PUBLIC ths_map ths_requirements(const ths_self *self);

/* ----------------------------------------------------------------- changing */

/*
 * Sets a capability, or removes it when value is NULL.  If nothing changes by
 * that, nothing happens.  Otherwise actors started from now on see the change,
 * and those that no longer fit are asked to exit before the call returns; one
 * that cannot be asked for lack of memory is logged, and asked at the next
 * change.
 * Returns THS_OK, THS_BAD_ARGUMENT (no name, a common one, or no value of
 * ths_variant), THS_LIMIT (too many), THS_TOO_LARGE, THS_NO_MEMORY,
 * THS_STOPPED, and, from inside a handler, THS_WRONG_PLACE.
 */
THS_PUBLIC ths_status ths_capability_set(ths_vm *vm, const char *name,
    const ths_variant *value);

/* The same for a handler. */
THS_PUBLIC ths_status ths_self_capability_set(ths_self *self, const char *name,
    const ths_variant *value);

#ifdef __cplusplus
}
#endif
#endif
