/* SPDX-License-Identifier: MIT */
/* strays - mail that meets nobody; see strays.h. */
#include "vm/actor/strays.h"

#include "base/check.h"
#include "vm/actor/calls.h"
#include "vm/actor/children.h"
#include "vm/actor/dead.h"
#include "vm/actor/namesake.h"
#include "vm/actor/pack.h"
#include "vm/actor/relations.h"
#include "vm/actor/wakeup.h"
#include "vm/vm.h"

/* Why mail for nobody who lives in slot is dead. */
static enum ths_dead_reason
reason_of(const struct slot *slot, const struct envelope *envelope)
{
	if (slot->flags & SLOT_REPLY)
		return THS_DEAD_LATE;
	return slot->flags & SLOT_ENDED &&
	    envelope->to_generation == slot->generation - 1 ?
	    THS_DEAD_EXITED : THS_DEAD_STALE;
}

void
strays_end_stale(struct slot *slot, struct envelope *envelope)
{
	struct crew *crew = slot->crew;

	switch ((enum envelope_kind)envelope->kind) {
	case ENVELOPE_WAKEUP:
		wakeup_end(crew->vm, envelope);
		dead_absorb(crew, envelope);
		break;
	case ENVELOPE_REFUSAL:
	case ENVELOPE_NAME:
		dead_absorb(crew, envelope);
		break;
	case ENVELOPE_ANSWER:
		if (calls_settle(crew, envelope))
			dead_letter_at(slot, envelope,
			    reason_of(slot, envelope));
		else
			dead_absorb(crew, envelope);
		break;
	case ENVELOPE_DROP:
		pool_give(&crew->cache, envelope); /* was never counted */
		break;
	case ENVELOPE_PACK:
		UNREACHABLE("a pack is opened before its messages are met");
	case ENVELOPE_CHILD:
		dead_count_absorbed(crew, envelope);
		children_free_notice(crew, envelope);
		break;
	case ENVELOPE_MONITOR:
	case ENVELOPE_UNMONITOR:
	case ENVELOPE_UNMONITORED:
	case ENVELOPE_UNLINK:
	case ENVELOPE_DOWN:
		relations_meet_nobody(slot, envelope);
		break;
	case ENVELOPE_EXIT:
	case ENVELOPE_MAIL:
	case ENVELOPE_START:
		if (envelope->flags & ENVELOPE_OWN)
			dead_absorb(crew, envelope);
		else
			dead_letter_at(slot, envelope,
			    reason_of(slot, envelope));
		break;
	}
}

void
strays_end_homeless(struct slot *slot, struct envelope *envelope)
{
	if (slot->flags & SLOT_CALL &&
	    envelope->to_generation == slot->generation)
		calls_meet(slot, envelope);
	else
		strays_end_stale(slot, envelope);
}

/* Its receiver has no handler for it. */
static void
refuse(struct slot *slot, struct envelope *envelope)
{
	namesake_report(slot, envelope);
	dead_letter_at(slot, envelope, THS_DEAD_UNHANDLED);
}

void
strays_end_unhandled(struct slot *slot, struct envelope *envelope)
{
	struct crew *crew = slot->crew;

	if (slot->behaviour == NULL)
		strays_end_homeless(slot, envelope);
	else if (system_may_be_ignored(envelope->type))
		dead_absorb(crew, envelope);
	else if (!(slot->flags & SLOT_EXITING))
		refuse(slot, envelope);
	else if (envelope->kind == ENVELOPE_WAKEUP)
		dead_absorb(crew, envelope);
	else
		dead_letter_at(slot, envelope, THS_DEAD_EXITED);
}

uint32_t
strays_drain(struct slot *slot, enum ths_dead_reason reason)
{
	uint32_t letters = 0;

	do {
		struct envelope *envelope = slot->taken;

		slot->taken = NULL;
		if (envelope == NULL)
			envelope = inbox_take(&slot->inbox);
		while (envelope != NULL) {
			struct envelope *next = envelope;

			if (envelope->kind == ENVELOPE_PACK)
				envelope = pack_take(slot->crew, slot, &next);
			else
				next = envelope->next;
			if (envelope->kind >= ENVELOPE_MONITOR) {
				dead_absorb(slot->crew, envelope);
			} else if (envelope->kind != ENVELOPE_MAIL) {
				strays_end_stale(slot, envelope);
			} else {
				dead_letter_at(slot, envelope, reason);
				letters++;
			}
			envelope = next;
		}
	} while (inbox_has_mail(&slot->inbox));
	return letters;
}
