/* SPDX-License-Identifier: MIT */
/*
 * inspect - looks at an actor from outside, without its help.
 *
 * Threads: any, for the first three a signal handler as well.  Progress: they
 * are wait-free.
 */
#ifndef VM_ADMIN_INSPECT_H
#define VM_ADMIN_INSPECT_H

#include <stdbool.h>
#include <stdint.h>

#include "thespis/inspect.h"
#include "vm/actor/send.h"
#include "vm/actor/slot.h"

/* What a slot tells of the actor that lives there. */
struct inspected {
	uint32_t life; /* generation */
	uint16_t kind;
	uint32_t parent_slot;
	uint32_t parent_generation;
	uint32_t mailbox;
	uint32_t failed;
	uint64_t handled;
	bool is_exiting;
	bool is_ready;
};

/* Looks at one slot; false: nobody lives there, or one moved in meanwhile. */
bool inspect_slot(const struct slot *slot, struct inspected *seen);

/* The name of a kind. */
const char *inspect_kind(const struct ths_vm *vm, uint16_t kind);

/* Who has started the actor. */
ths_address inspect_parent(const struct ths_vm *vm,
    const struct inspected *seen);

/*
 * Meets a ths_status_request, counted as accepted, where it is sent: it is
 * absorbed, and the report goes to the sender from whom it is of.  One to
 * nobody, or to a client, is a dead letter.  The sender's thread.
 */
void inspect_answer(const struct sender *sender, ths_address of,
    struct envelope *request);

#endif
