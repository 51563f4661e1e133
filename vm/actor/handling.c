/* SPDX-License-Identifier: MIT */
/* handling - what seldom follows a handler; see handling.h. */
#include "vm/actor/handling.h"

#include "vm/actor/life.h"
#include "vm/vm.h"

/* A handler reported a failure. */
static void
note_failure(struct slot *slot, const struct envelope *envelope,
    enum ths_status status)
{
	struct crew *crew = slot->crew;
	struct ths_vm *vm = crew->vm;

	counts_add(&crew->counts.failed, 1);
	/* Relaxed: one writer, the consumer. */
	atomic_store_explicit(&slot->failed, atomic_load_explicit(
	    &slot->failed, memory_order_relaxed) + 1, memory_order_relaxed);
	log_write(&vm->log, THS_LOG_WARNING,
	    "actor %s %u.%u: handler of %s failed: %s",
	    slot->behaviour->name, slot->index, slot->generation,
	    types_entry(&vm->types, envelope->type)->name,
	    ths_status_text(status));
}

void
handling_leave(struct slot *slot)
{
	slot->current = NULL;
	if (slot->flags & SLOT_LEAVING)
		life_leave(slot);
}

void
handling_after(struct slot *slot, struct envelope *envelope,
    const void *message, enum ths_status status)
{
	const struct vm_ports *ports = &slot->crew->vm->ports;

	(void)message;
	if (ports->handled != NULL)
		ports->handled(ports->context, slot, envelope);
	if (status != THS_OK)
		note_failure(slot, envelope, status);
	handling_leave(slot);
}
