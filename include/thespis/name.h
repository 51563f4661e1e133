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
 * Threads: find by any thread, also inside handlers (with ths_self_vm()), and
 * whatever state the VM is in; the others by the actor's own handlers.
 *
 * Limits: names_max and name_monitors_max of the VM; THS_NAME_LENGTH_MAX bytes in
 * a name.  A call that one of them refuses counts in limits_hit.
 */
#ifndef THESPIS_NAME_H
#define THESPIS_NAME_H

#include "thespis/life.h"
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

/*
 * Tells an actor that a name it monitors has another holder, or none.  Only the
 * runtime sends it, from nobody.  Whoever does not handle it, ignores it.
 *
 * One at most is in a mailbox for each monitor.  Changes that come while it is on
 * its way, or being handled, are told together, as the last of them left the name;
 * so a name that changes hands fast floods nobody, and its last holder is always
 * told, even when there is no memory left.
 */
THS_MESSAGE(ths_name_changed,
    THS_FIELD(ths_string, name),
    THS_FIELD(ths_address, holder), /* nobody: the name is free */
    THS_FIELD(enum ths_exit_reason, reason), /* for which the last who lost it
				     * has ended; THS_EXIT_UNKNOWN: it lives and
				     * gave it up, or nobody had it */
    THS_FIELD(ths_string, why))     /* the same for a person; never NULL */

/*
 * Asks for a ths_name_changed whenever the name gets a holder or loses it, from
 * now on; nobody need have it yet.  Who has it now is not told: ths_name_find()
 * after this call misses nothing.  A name that this actor monitors already is
 * monitored once.  An actor's monitors end with it.
 * Returns THS_OK, THS_BAD_ARGUMENT (no name, as ths_name_register()), THS_LIMIT
 * (name_monitors_max, or too long), THS_NO_MEMORY or THS_STOPPED.
 */
THS_NODISCARD THS_PUBLIC ths_status ths_monitor_name(ths_self *self,
    const char *name);

/*
 * Takes back the monitor of a name.  From now on no ths_name_changed of it is
 * handled, even if it is in the mailbox already.  False: there was none.
 */
THS_PUBLIC bool ths_demonitor_name(ths_self *self, const char *name);

#ifdef __cplusplus
}
#endif
#endif
