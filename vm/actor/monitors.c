/* SPDX-License-Identifier: MIT */
/* monitors - who wants to be told of whose end; see monitors.h. */
#include "vm/actor/monitors.h"

#include "thespis/monitor.h"
#include "vm/actor/dead.h"
#include "vm/actor/handling.h"
#include "vm/actor/init.h"
#include "vm/actor/relations.h"
#include "vm/vm.h"

ths_status
ths_monitor(ths_self *self, ths_address whom)
{
	struct slot *slot = slot_of_self(self);

	if (init_refuses(slot, "ths_monitor"))
		return THS_NOT_READY;
	return relations_begin(slot, whom, RELATION_WATCHING,
	    RELATION_WATCHED);
}

bool
ths_demonitor(ths_self *self, ths_address whom)
{
	struct slot *slot = slot_of_self(self);
	struct envelope *record;
	bool found = false;

	for (record = slot->relations; record != NULL; record = record->next) {
		const struct relation *relation = relation_of(record);

		if (relation->state != RELATION_WATCHING ||
		    !ths_address_equal(relation->whom, whom))
			continue;
		found = true;
		relations_cancel(slot, record);
	}
	return found;
}

void
monitors_tell(struct slot *slot, struct envelope *down)
{
	const struct relation *relation = relation_of(down);
	const struct ths_down content = {
		.whom = relation->whom,
		.reason = relation->reason,
		.why = ths_exit_reason_text(relation->reason),
	};

	if (handling_show(slot, down, &content))
		pool_give(&slot->crew->cache, down);
	else
		dead_absorb(slot->crew, down);
}
