/* SPDX-License-Identifier: MIT */
/* handling - what seldom follows a handler; see handling.h. */
#include "vm/actor/handling.h"

#include "vm/actor/failure.h"
#include "vm/actor/life.h"
#include "vm/vm.h"

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

	if (ports->handled != NULL)
		ports->handled(ports->context, slot, envelope);
	if (status != THS_OK)
		failure_follow(slot, envelope, message, status);
	handling_leave(slot);
}
