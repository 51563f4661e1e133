/* SPDX-License-Identifier: MIT */
/*
 * kind - actors spawned by the name of their kind, for a program that learns
 * from a message or a file what it is to start.
 *
 *     ths_kind_register(vm, "bank.desk.teller", &teller_actor);
 *     ...
 *     ths_spawn_child_kind(self, &child, "bank.desk.teller", NULL);
 *
 * The name of a kind is qualified: parts with dots between them, two at least,
 * so that those of several libraries do not meet.  It is a name of the host's,
 * and not the one in THS_ACTOR; one table may have several.  A name stays with
 * its table while the VM lives.
 *
 * Threads: any, also inside handlers, but for ths_spawn_kind().
 * Limits: kinds_max of the VM; THS_KIND_LENGTH_MAX bytes in a name.
 */
#ifndef THESPIS_KIND_H
#define THESPIS_KIND_H

#include "thespis/vm.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a kind's name, its NUL not counted. */
enum { THS_KIND_LENGTH_MAX = 255 };

/*
 * Gives this VM's name to a table.  The name is copied; the table is not, and
 * must outlive the VM.
 * Returns THS_OK, also if it has that name already; THS_TAKEN (another has it);
 * THS_BAD_ARGUMENT (the name is not qualified, or the table makes no sense);
 * THS_LIMIT (kinds_max, or the name too long) or THS_NO_MEMORY.
 */
THS_NODISCARD THS_PUBLIC ths_status ths_kind_register(ths_vm *vm,
    const char *name, const ths_actor *actor);

/*
 * As ths_spawn() and ths_spawn_child(), of the kind that has this name.
 * Returns what they do, THS_BAD_ARGUMENT also for a name that is not qualified,
 * and THS_UNKNOWN when no kind has the name; the log tells which name, as a
 * warning.  If somebody has the name that options give to the actor itself, his
 * is the address, and the kind is not looked at.
 */
THS_NODISCARD THS_PUBLIC ths_status ths_spawn_kind(ths_vm *vm,
    ths_address *address, const char *name, const ths_spawn_options *options);
THS_NODISCARD THS_PUBLIC ths_status ths_spawn_child_kind(ths_self *self,
    ths_address *address, const char *name, const ths_spawn_options *options);

#ifdef __cplusplus
}
#endif
#endif
