/* SPDX-License-Identifier: MIT */
/*
 * name - finds an actor by what it is called in its VM.
 *
 * A name belongs to one living actor at a time: one that was spawned under it
 * (ths_spawn_options.name), or that has registered itself.  It is free again
 * once its actor's exit has run, before anybody hears of the end.
 *
 * An address that was found may be stale by the time it is used, as any
 * address: mail to it is then a dead letter and reaches nobody else.
 *
 * Threads: register, unregister and my_name by the actor's own handlers; find by
 * any thread, also inside handlers (with ths_self_vm()), and whatever state the
 * VM is in.
 *
 * Limits: names_max of the VM; THS_NAME_LENGTH_MAX bytes in a name.  A call that
 * one of them refuses counts in limits_hit.
 */
#ifndef THESPIS_NAME_H
#define THESPIS_NAME_H

#include "thespis/vm.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a name, its NUL not counted.  Any bytes will do, but for control
 * characters. */
enum { THS_NAME_LENGTH_MAX = 63 };

/*
 * Gives this actor a name; it may have several.  The text is copied.
 * Returns THS_OK (also when it has the name already), THS_TAKEN (another has
 * it), THS_BAD_ARGUMENT (NULL, empty, or with a control character), THS_LIMIT
 * (names_max, or too long) or THS_NO_MEMORY.
 */
THS_NODISCARD THS_PUBLIC ths_status ths_name_register(ths_self *self,
    const char *name);

/* Gives up a name of this actor's.  Returns THS_OK, or THS_UNKNOWN when it has
 * no such name. */
THS_PUBLIC ths_status ths_name_unregister(ths_self *self, const char *name);

/*
 * Who has this name now.
 * Returns THS_OK, THS_UNKNOWN (nobody has it) or THS_BAD_ARGUMENT (NULL).
 */
THS_NODISCARD THS_PUBLIC ths_status ths_name_find(const ths_vm *vm,
    const char *name, ths_address *address);

/* The name this actor has had for longest, that of its spawn if it was spawned
 * under one; "" when it has none.  Valid until the actor gives it up. */
THS_PUBLIC const char *ths_my_name(const ths_self *self);

#ifdef __cplusplus
}
#endif
#endif
