/* SPDX-License-Identifier: MIT */
/* exits - an actor meets an exit request, or the end of a child;
 * see exits.h. */
#include "vm/actor/exits.h"

#include "thespis/life.h"
#include "vm/actor/children.h"
#include "vm/actor/dead.h"
#include "vm/actor/handling.h"
#include "vm/actor/life.h"
#include "vm/vm.h"

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
	if (!handling_show(slot, request, content)) {
		dead_count_absorbed(slot->crew, request);
		handling_leave(slot);
	}
	pool_give(&slot->crew->cache, request);
}

void
exits_child_told(struct slot *slot, struct envelope *notice)
{
	struct ths_actor_exited content = children_read(slot, notice);

	if (!handling_show(slot, notice, &content))
		dead_count_absorbed(slot->crew, notice);
	/* The handler may have ended the parent. */
	if (LIKELY(notice->to_generation == slot->generation)) {
		children_strike(slot, slot_of_notice(notice));
		if (UNLIKELY((slot->flags & SLOT_EXITING) != 0) &&
		    slot->youngest == NULL)
			life_end(slot);
	}
	children_free_notice(slot->crew, notice);
}
