/* SPDX-License-Identifier: MIT */
/* exits - an actor meets an exit request, or the end of a child; see exits.h. */
#include "vm/actor/exits.h"

#include "thespis/life.h"
#include "vm/actor/children.h"
#include "vm/actor/dead.h"
#include "vm/actor/handling.h"
#include "vm/actor/life.h"
#include "vm/vm.h"

/* Gives what is no plain mail to its handler. */
static void
show(struct slot *slot, struct envelope *envelope, const void *message)
{
	struct crew *crew = slot->crew;
	ths_handler handler = behaviour_handler(slot->behaviour,
	    envelope->type);
	enum ths_status status;

	slot->current = envelope;
	status = handler(slot_self(slot), slot->state, message);
	counts_add(&crew->counts.handled, 1);
	if (crew->outbox.slot != NULL)
		outbox_close(crew);
	handling_after(slot, envelope, message, status);
}

void
exits_asked(struct slot *slot, struct envelope *request)
{
	const struct ths_exit_request *content =
	    (const struct ths_exit_request *)(const void *)request->message;

	if (!(slot->flags & SLOT_EXITING)) {
		life_set_reason(slot, request->from_slot == SLOT_NONE ?
		    THS_EXIT_STOPPED : THS_EXIT_ASKED);
		slot->flags |= SLOT_LEAVING |
		    (content->is_alone ? SLOT_ALONE : 0);
	}
	if (behaviour_handler(slot->behaviour, SYSTEM_EXIT_REQUEST) != NULL) {
		show(slot, request, content);
	} else {
		counts_add(&slot->crew->counts.absorbed, 1);
		handling_leave(slot);
	}
	pool_give(&slot->crew->cache, request);
}

/* Shows a notice to a parent that handles it. */
static void
show_notice(struct slot *slot, struct envelope *notice)
{
	struct ths_actor_exited content = children_read(slot, notice);

	show(slot, notice, &content);
}

void
exits_child_told(struct slot *slot, struct envelope *notice)
{
	if (behaviour_handler(slot->behaviour, SYSTEM_ACTOR_EXITED) == NULL)
		counts_add(&slot->crew->counts.absorbed, 1);
	else
		show_notice(slot, notice);
	/* The handler may have ended the parent. */
	if (LIKELY(notice->to_generation == slot->generation)) {
		children_strike(slot, slot_of_notice(notice));
		if (UNLIKELY((slot->flags & SLOT_EXITING) != 0) &&
		    slot->youngest == NULL)
			life_end(slot);
	}
	children_free_notice(slot->crew, notice);
}
