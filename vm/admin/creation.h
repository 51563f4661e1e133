/* SPDX-License-Identifier: MIT */
/*
 * creation - why an actor could not be started, in words: the same ones whoever
 * asked for it.
 *
 * Threads: any.
 */
#ifndef VM_ADMIN_CREATION_H
#define VM_ADMIN_CREATION_H

#include <stddef.h>

#include "thespis/actor.h"

struct ths_vm;

/* Writes into `why` of size bytes (at least 1), cut if need be, what was wrong
 * with a spawn that was answered with this status. */
void creation_explain(struct ths_vm *vm, const ths_actor *actor,
    const ths_spawn_options *options, ths_status status, char *why,
    size_t size);

/* The same when an actor has not begun in time for a client. */
void creation_explain_timeout(ths_address address, ths_address client,
    char *why, size_t size);

/* Logs what is wrong with a spawn that makes no sense; other statuses are for
 * the caller alone.  Returns status. */
ths_status creation_report(struct ths_vm *vm, const ths_actor *actor,
    const ths_spawn_options *options, ths_status status);

#endif
