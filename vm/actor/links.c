/* SPDX-License-Identifier: MIT */
/* links - actors that end together; see links.h. */
#include "vm/actor/links.h"

#include <stdio.h>

#include "thespis/link.h"
#include "vm/actor/dead.h"
#include "vm/actor/handling.h"
#include "vm/actor/init.h"
#include "vm/actor/last_words.h"
#include "vm/actor/life.h"
#include "vm/actor/relations.h"
#include "vm/vm.h"

enum {
	WORDS_SIZE = 128,
	/* Ends that end others. */
	ABNORMAL = THS_EXIT_ABNORMAL | THS_EXIT_BIT(THS_EXIT_UNKNOWN),
};

ths_status
ths_link(ths_self *self, ths_address other)
{
	struct slot *slot = slot_of_self(self);

	if (init_refuses(slot, "ths_link"))
		return THS_NOT_READY;
	if (ths_address_equal(ths_me(self), other))
		return THS_BAD_ARGUMENT;
	return relations_begin(slot, other, RELATION_LINKED,
	    RELATION_LINKED_TO);
}

/* Takes back a link that the maker of this record has made, who is asked to do
 * the rest; without memory to ask, the record stays until one of the two
 * ends. */
static void
release(struct slot *slot, struct envelope *record, ths_address maker)
{
	struct envelope *request = relations_make(slot, maker,
	    RELATION_RELEASED);

	relation_of(record)->state = RELATION_RELEASED;
	if (request == NULL)
		return;
	relation_of(request)->other = relation_of(record)->other;
	relations_send(slot, maker, ENVELOPE_UNLINK, request);
}

bool
ths_unlink(ths_self *self, ths_address other)
{
	struct slot *slot = slot_of_self(self);
	struct envelope *record;
	bool found = false;

	for (record = slot->relations; record != NULL; record = record->next) {
		const struct relation *relation = relation_of(record);
		ths_address maker = vm_address(slot->crew->vm,
		    record->from_slot, record->from_generation);

		if (relation->state == RELATION_LINKED &&
		    ths_address_equal(relation->whom, other))
			relations_cancel(slot, record);
		else if (relation->state == RELATION_LINKED_TO &&
		    ths_address_equal(maker, other))
			release(slot, record, maker);
		else
			continue;
		found = true;
	}
	return found;
}

/* Ends the actor as the one whom it is linked to has ended. */
static void
follow(struct slot *slot, ths_address whom, enum ths_exit_reason reason)
{
	char text[WORDS_SIZE];

	snprintf(text, sizeof(text), "it was linked to %u.%u: %s", whom.slot,
	    whom.generation, ths_exit_reason_text(reason));
	last_words_keep(slot, text);
	life_set_reason(slot, THS_EXIT_LINKED);
	slot->flags |= SLOT_LEAVING;
	handling_leave(slot);
}

void
links_tell(struct slot *slot, struct envelope *envelope, ths_address whom)
{
	enum ths_exit_reason reason = relation_of(envelope)->reason;
	const struct ths_link_ended content = {
		.whom = whom,
		.reason = reason,
		.why = ths_exit_reason_text(reason),
	};

	envelope->type = SYSTEM_LINK_ENDED;
	if (slot->flags & SLOT_EXITING) {
		dead_absorb(slot->crew, envelope);
	} else if (handling_show(slot, envelope, &content)) {
		pool_give(&slot->crew->cache, envelope);
	} else {
		dead_absorb(slot->crew, envelope);
		if (ABNORMAL & THS_EXIT_BIT(reason))
			follow(slot, whom, reason);
	}
}
