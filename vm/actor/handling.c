/* SPDX-License-Identifier: MIT */
/* handling - what seldom follows a handler; see handling.h. */
#include "vm/actor/handling.h"

#include "vm/actor/annex.h"
#include "vm/actor/failure.h"
#include "vm/actor/keep.h"
#include "vm/actor/life.h"
#include "vm/observe.h"
#include "vm/vm.h"

ths_handler
handling_inherited(const struct slot *slot, uint32_t type)
{
	const struct types *types = &slot->crew->vm->types;
	ths_handler handler = NULL;

	if (slot->behaviour == NULL)
		return NULL;
	/* What the runtime itself sends has no children: its handlers may rely
	 * on that. */
	while (handler == NULL &&
	    (type = types_entry(types, type)->parent) >= SYSTEM_END)
		handler = behaviour_handler(slot->behaviour, type);
	return handler;
}

void
handling_become(struct slot *slot)
{
	slot->flags &= ~(uint32_t)SLOT_BECOMES;
	slot->behaviour = slot->annex->next;
}

bool
handling_after(struct slot *slot, struct envelope *envelope,
    const void *message, enum ths_status status)
{
	bool is_here;

	if (slot->flags & SLOT_TAKEN) {
		envelope = keep_stub(slot->crew);
		message = NULL;
	}
	if (status != THS_OK)
		failure_follow(slot, envelope, message, status);
	is_here = !(slot->flags & SLOT_TAKEN);
	slot->flags &= ~(uint32_t)SLOT_TAKEN;
	if (slot->flags & SLOT_BECOMES)
		handling_become(slot);
	handling_leave(slot);
	return is_here;
}

bool
handling_show(struct slot *slot, struct envelope *envelope,
    const void *message)
{
	struct crew *crew = slot->crew;
	ths_handler handler = behaviour_handler(slot->behaviour,
	    envelope->type);
	enum ths_status status;

	if (handler == NULL)
		return false;
	slot->current = envelope;
	observe_handled(crew, slot, envelope, message);
	status = handling_call(slot, handler, message);
	counts_add(&crew->counts.handled, 1);
	observe_returned(slot, status);
	if (crew->outbox.slot != NULL)
		outbox_close(crew);
	handling_after(slot, envelope, message, status);
	return true;
}
