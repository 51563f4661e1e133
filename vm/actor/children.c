/* SPDX-License-Identifier: MIT */
/* children - what a parent keeps of its children; see children.h. */
#include "vm/actor/children.h"

#include "thespis/life.h"
#include "vm/actor/init.h"
#include "vm/actor/send.h"
#include "vm/message/system.h"
#include "vm/vm.h"

/* -------------------------------------------------------------------- list */

size_t
ths_children(const ths_self *self, ths_address *children, size_t max)
{
	const struct slot *parent = slot_of_self(self);
	const struct slot *child;
	size_t count = 0;

	for (child = parent->youngest; child != NULL; child = child->older) {
		if (count < max)
			children[count] = vm_address(parent->crew->vm,
			    child->index, slot_life(child));
		count++;
	}
	return count;
}

/* ------------------------------------------------------------------ asking */

/* Asks one child; false: no memory.  Whoever lives in its slot is the child:
 * the slot is not used again before it is off the list. */
static bool
ask(struct slot *parent, struct slot *child, bool kills)
{
	struct envelope *request = send_exit_request(parent->crew);

	if (request == NULL)
		return false;
	if (kills) /* relaxed: [K], published by the push */
		atomic_store_explicit(&child->is_killed, true,
		    memory_order_relaxed);
	request->from_slot = parent->index;
	request->from_generation = parent->generation;
	send_own(parent->crew, child, request);
	return true;
}

void
children_ask(struct slot *parent, bool kills)
{
	struct slot *child = parent->youngest;

	while (child != NULL) {
		struct slot *older = child->older;

		if (!ask(parent, child, kills)) {
			log_write(&parent->crew->vm->log, THS_LOG_ERROR,
			    "actor %s %u.%u: no memory to ask its child %u.%u "
			    "to exit", parent->behaviour->name, parent->index,
			    parent->generation, child->index, slot_life(child));
			children_strike(parent, child);
			observe_left(parent->crew, child);
			child->older = NULL;
			child->younger = child;
		}
		child = older;
	}
}

enum ths_status
children_end(struct slot *parent, ths_address address, bool kills)
{
	struct slot *child = parent->youngest;

	while (child != NULL && !ths_address_equal(address,
	    vm_address(parent->crew->vm, child->index, slot_life(child))))
		child = child->older;
	if (child == NULL)
		return THS_UNKNOWN;
	return ask(parent, child, kills) ? THS_OK : THS_NO_MEMORY;
}

ths_status
ths_kill(ths_self *self, ths_address child)
{
	struct slot *slot = slot_of_self(self);

	if (init_refuses(slot, "ths_kill"))
		return THS_NOT_READY;
	return children_end(slot, child, true);
}

/* ------------------------------------------------------------------ notice */

struct ths_actor_exited
children_read(const struct slot *parent, struct envelope *notice)
{
	const struct envelope *last_words = children_last_words(notice);
	enum ths_exit_reason reason = (enum ths_exit_reason)notice->size;

	return (struct ths_actor_exited){
		.child = vm_address(parent->crew->vm, notice->from_slot,
		    notice->from_generation),
		.reason = reason,
		.why = last_words != NULL ?
		    (const char *)last_words->message :
		    ths_exit_reason_text(reason),
	};
}
