/* SPDX-License-Identifier: MIT */
/* relations - what actors have to do with each other's ends; see
 * relations.h. */
#include "vm/actor/relations.h"

#include "vm/actor/annex.h"
#include "vm/actor/dead.h"
#include "vm/actor/links.h"
#include "vm/actor/monitors.h"
#include "vm/actor/send.h"
#include "vm/actor/witness.h"
#include "vm/admin/name_monitors.h"
#include "vm/vm.h"

/* -------------------------------------------------------------------- list */

void
relations_add(struct slot *slot, struct envelope *record)
{
	struct envelope *older = slot->relations;

	record->next = older;
	relation_of(record)->younger = NULL;
	if (older != NULL)
		relation_of(older)->younger = record;
	slot->relations = record;
}

void
relations_take_off(struct slot *slot, struct envelope *record)
{
	struct envelope *younger = relation_of(record)->younger;

	if (record->next != NULL)
		relation_of(record->next)->younger = younger;
	if (younger != NULL)
		younger->next = record->next;
	else
		slot->relations = record->next;
}

/* A record that slot has made is of no use any more. */
static void
finish(struct slot *slot, struct envelope *mine)
{
	relations_take_off(slot, mine);
	pool_give(&slot->crew->cache, mine);
	slot->annex->relations_length--;
}

/* ----------------------------------------------------------------- sending */

bool
relations_can_reach(const struct slot *slot, ths_address whom)
{
	const struct ths_vm *vm = slot->crew->vm;

	return whom.vm == vm->id && slots_find(&vm->slots, whom.slot) != NULL;
}

void
relations_send(struct slot *slot, ths_address to, enum envelope_kind kind,
    struct envelope *envelope)
{
	struct crew *crew = slot->crew;

	envelope->kind = (uint8_t)kind;
	envelope->to_generation = to.generation;
	send_own(crew, slots_at(&crew->vm->slots, to.slot), envelope);
}

void
relations_send_down(struct slot *slot, struct envelope *record,
    enum ths_exit_reason reason)
{
	ths_address maker = vm_address(slot->crew->vm, record->from_slot,
	    record->from_generation);
	struct relation *relation = relation_of(record);

	relation->reason = reason;
	record->from_slot = relation->whom.slot;
	record->from_generation = relation->whom.generation;
	relations_send(slot, maker, ENVELOPE_DOWN, record);
}

struct envelope *
relations_make_sized(const struct slot *slot, ths_address whom,
    enum relation_state state, uint32_t size)
{
	struct envelope *envelope = pool_take(&slot->crew->cache, size);

	if (envelope == NULL)
		return NULL;
	envelope->from_slot = slot->index;
	envelope->from_generation = slot->generation;
	envelope->from_vm = 0;
	envelope->type = SYSTEM_DOWN;
	envelope->kind = ENVELOPE_MONITOR;
	envelope->flags = ENVELOPE_OWN;
	*relation_of(envelope) = (struct relation){ .whom = whom,
		.state = state };
	return envelope;
}

struct envelope *
relations_make(const struct slot *slot, ths_address whom,
    enum relation_state state)
{
	return relations_make_sized(slot, whom, state,
	    sizeof(struct relation));
}

/* ------------------------------------------------------ making, taking back */

/* THS_OK: there is room for one more. */
static enum ths_status
look_at_limit(struct slot *slot)
{
	struct crew *crew = slot->crew;
	const struct annex *annex = annex_need(crew, slot);

	if (annex == NULL)
		return THS_NO_MEMORY;
	if (annex->relations_length < crew->vm->config.relations_max)
		return THS_OK;
	counts_add(&crew->counts.limited, 1);
	return THS_LIMIT;
}

enum ths_status
relations_begin(struct slot *slot, ths_address whom,
    enum relation_state my_state, enum relation_state your_state)
{
	struct crew *crew = slot->crew;
	struct envelope *mine, *yours;
	enum ths_status status;

	if (vm_state(crew->vm) != VM_RUNNING)
		return THS_STOPPED;
	status = look_at_limit(slot);
	if (status != THS_OK)
		return status;
	mine = relations_make(slot, whom, my_state);
	if (mine == NULL)
		return THS_NO_MEMORY;
	yours = relations_make(slot, whom, your_state);
	if (yours == NULL) {
		pool_give(&crew->cache, mine);
		return THS_NO_MEMORY;
	}
	relation_of(mine)->other = yours;
	relation_of(yours)->other = mine;
	slot->annex->relations_length++;
	relations_add(slot, mine);
	if (relations_can_reach(slot, whom))
		relations_send(slot, whom, ENVELOPE_MONITOR, yours);
	else
		relations_send_down(slot, yours, THS_EXIT_UNKNOWN);
	return THS_OK;
}

/* A record that was taken back: `request`, an envelope of slot's, says so. */
static void
tell_cancelled(struct slot *slot, struct envelope *mine,
    struct envelope *request)
{
	struct relation *relation = relation_of(mine);

	relation->state = RELATION_LEFT;
	relation_of(request)->state = RELATION_LEFT;
	relation_of(request)->yours = relation->other;
	relation_of(request)->other = mine;
	relations_send(slot, relation->whom, ENVELOPE_UNMONITOR, request);
}

void
relations_cancel(struct slot *slot, struct envelope *mine)
{
	struct relation *relation = relation_of(mine);
	struct envelope *request = NULL;

	relation->state = RELATION_CANCELLED;
	/* Of one that was never there the DOWN is under way. */
	if (relations_can_reach(slot, relation->whom))
		request = relations_make(slot, relation->whom, RELATION_LEFT);
	if (request != NULL)
		tell_cancelled(slot, mine, request);
}

/* ----------------------------------------------------------------- meeting */

/* The maker meets a DOWN. */
static void
meet_down(struct slot *slot, struct envelope *down)
{
	struct relation *relation = relation_of(down);
	enum relation_state mine = relation_of(relation->other)->state;

	finish(slot, relation->other);
	if (mine == RELATION_WATCHING)
		monitors_tell(slot, down);
	else if (mine == RELATION_LINKED &&
	    relation->state == RELATION_LINKED_TO)
		links_tell(slot, down, relation->whom);
	else
		dead_absorb(slot->crew, down);
}

/* The other side meets an UNMONITOR. */
static void
meet_unmonitor(struct slot *slot, struct envelope *request)
{
	struct crew *crew = slot->crew;
	const struct relation *relation = relation_of(request);
	enum relation_state mine = relation_of(relation->yours)->state;
	ths_address maker = vm_address(crew->vm, request->from_slot,
	    request->from_generation);

	relations_take_off(slot, relation->yours);
	pool_give(&crew->cache, relation->yours);
	if (relation->state == RELATION_LINKED && mine == RELATION_LINKED_TO) {
		links_tell(slot, request, maker);
		return;
	}
	dead_count_absorbed(crew, request);
	if (relation->other == NULL)
		pool_give(&crew->cache, request);
	else
		relations_send(slot, maker, ENVELOPE_UNMONITORED, request);
}

/* The maker meets an UNLINK, and takes the link back unless it is doing so. */
static void
meet_unlink(struct slot *slot, struct envelope *request)
{
	struct envelope *mine = relation_of(request)->other;

	if (relation_of(mine)->state == RELATION_LEFT) {
		dead_absorb(slot->crew, request);
		return;
	}
	dead_count_absorbed(slot->crew, request);
	request->from_slot = slot->index;
	request->from_generation = slot->generation;
	tell_cancelled(slot, mine, request);
}

void
relations_meet(struct slot *slot, struct envelope *envelope)
{
	switch (envelope->kind) {
	case ENVELOPE_MONITOR:
		if (witness_meet(slot, envelope))
			break;
		dead_count_absorbed(slot->crew, envelope);
		relations_add(slot, envelope);
		break;
	case ENVELOPE_DOWN:
		meet_down(slot, envelope);
		break;
	case ENVELOPE_UNMONITOR:
		meet_unmonitor(slot, envelope);
		break;
	case ENVELOPE_UNLINK:
		meet_unlink(slot, envelope);
		break;
	case ENVELOPE_NAME:
		name_monitors_meet(slot, envelope);
		break;
	default:
		finish(slot, relation_of(envelope)->other);
		dead_absorb(slot->crew, envelope);
		break;
	}
}

void
relations_meet_nobody(struct slot *slot, struct envelope *envelope)
{
	if (envelope->kind != ENVELOPE_MONITOR) {
		dead_absorb(slot->crew, envelope);
		return;
	}
	dead_count_absorbed(slot->crew, envelope);
	relations_send_down(slot, envelope, THS_EXIT_UNKNOWN);
}

/* ------------------------------------------------------------------ ending */

/* The maker's record, as the message that tells the other side. */
static void
leave(struct slot *slot, struct envelope *mine, enum ths_exit_reason reason)
{
	struct relation *relation = relation_of(mine);

	if (relation->state == RELATION_LEFT ||
	    !relations_can_reach(slot, relation->whom)) {
		pool_give(&slot->crew->cache, mine);
		return;
	}
	relation->yours = relation->other;
	relation->other = NULL;
	relation->reason = reason;
	relations_send(slot, relation->whom, ENVELOPE_UNMONITOR, mine);
}

void
relations_end(struct slot *slot, enum ths_exit_reason reason)
{
	struct envelope *record = slot->relations;

	slot->relations = NULL;
	while (record != NULL) {
		struct envelope *older = record->next;

		switch (relation_of(record)->state) {
		case RELATION_WATCHED:
		case RELATION_LINKED_TO:
		case RELATION_RELEASED:
		case RELATION_WITNESS:
			relations_send_down(slot, record, reason);
			break;
		default:
			leave(slot, record, reason);
			break;
		}
		record = older;
	}
}
