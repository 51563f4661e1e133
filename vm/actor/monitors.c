/* SPDX-License-Identifier: MIT */
/* monitors - who wants to be told of whose end; see monitors.h. */
#include "vm/actor/init.h"
#include "vm/actor/monitors.h"

#include <stdio.h>

#include "thespis/failure.h"
#include "thespis/monitor.h"
#include "vm/actor/dead.h"
#include "vm/actor/handling.h"
#include "vm/actor/send.h"
#include "vm/vm.h"

enum relation_state {
	RELATION_WATCHED,   /* the record of the one that is watched */
	RELATION_WATCHING,  /* the watcher's */
	RELATION_CANCELLED, /* the watcher's, and the other does not know */
	RELATION_LEFT,      /* the watcher's, and the other was told */
	RELATION_WITNESS,   /* of a beginning */
	RELATION_BEGUN,     /* the same on its way back */
};

/* The message of all envelopes of a monitor.  In a list, `next` of the envelope
 * is the older one. */
struct relation {
	struct envelope *younger;
	struct envelope *other; /* the record at the other side; of an
				 * UNMONITOR: NULL if no answer is wanted */
	struct envelope *yours; /* of an UNMONITOR: the receiver's record */
	ths_address whom;       /* is watched */
	uint32_t state;         /* enum relation_state */
	enum ths_exit_reason reason; /* of a DOWN */
	char words[]; /* of a witness: why init has failed; "": it has not */
};

enum { WITNESS_SIZE = sizeof(struct relation) + THS_FAILURE_TEXT_SIZE };

static struct relation *
relation_of(struct envelope *envelope)
{
	return (struct relation *)(void *)envelope->message;
}

/* -------------------------------------------------------------------- list */

static void
add(struct slot *slot, struct envelope *record)
{
	struct envelope *older = slot->relations;

	record->next = older;
	relation_of(record)->younger = NULL;
	if (older != NULL)
		relation_of(older)->younger = record;
	slot->relations = record;
}

static void
take_off(struct slot *slot, struct envelope *record)
{
	struct envelope *younger = relation_of(record)->younger;

	if (record->next != NULL)
		relation_of(record->next)->younger = younger;
	if (younger != NULL)
		younger->next = record->next;
	else
		slot->relations = record->next;
}

/* ----------------------------------------------------------------- sending */

/* Sends an envelope from slot, or in its name, to a life of another. */
static void
send_to(struct slot *slot, uint32_t to_slot, uint32_t to_generation,
    enum envelope_kind kind, struct envelope *envelope)
{
	struct crew *crew = slot->crew;

	envelope->kind = (uint8_t)kind;
	envelope->to_generation = to_generation;
	send_own(crew, slots_at(&crew->vm->slots, to_slot), envelope);
}

/* The record of a watched one goes back to its watcher. */
static void
send_down(struct slot *slot, struct envelope *record,
    enum ths_exit_reason reason)
{
	uint32_t to_slot = record->from_slot;
	uint32_t to_generation = record->from_generation;
	const struct relation *relation = relation_of(record);

	relation_of(record)->reason = reason;
	record->from_slot = relation->whom.slot;
	record->from_generation = relation->whom.generation;
	send_to(slot, to_slot, to_generation, ENVELOPE_DOWN, record);
}

/* The same for the witness of a beginning. */
static void
send_begun(struct slot *slot, struct envelope *witness)
{
	relation_of(witness)->state = RELATION_BEGUN;
	send_down(slot, witness, THS_EXIT_UNKNOWN);
}

/* An envelope of this size from slot; NULL: no memory. */
static struct envelope *
make_sized(const struct slot *slot, ths_address whom,
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

/* The same for one side of a monitor. */
static struct envelope *
make(const struct slot *slot, ths_address whom, enum relation_state state)
{
	return make_sized(slot, whom, state, sizeof(struct relation));
}

ths_status
ths_monitor(ths_self *self, ths_address whom)
{
	struct slot *slot = slot_of_self(self);
	struct crew *crew = slot->crew;
	const struct ths_vm *vm = crew->vm;
	struct envelope *mine, *yours;

	if (init_refuses(slot, "ths_monitor"))
		return THS_NOT_READY;
	if (vm_state(vm) != VM_RUNNING)
		return THS_STOPPED;
	mine = make(slot, whom, RELATION_WATCHING);
	if (mine == NULL)
		return THS_NO_MEMORY;
	yours = make(slot, whom, RELATION_WATCHED);
	if (yours == NULL) {
		pool_give(&crew->cache, mine);
		return THS_NO_MEMORY;
	}
	relation_of(mine)->other = yours;
	relation_of(yours)->other = mine;
	add(slot, mine);
	if (whom.vm == vm->id && slots_find(&vm->slots, whom.slot) != NULL)
		send_to(slot, whom.slot, whom.generation, ENVELOPE_MONITOR,
		    yours);
	else
		send_down(slot, yours, THS_EXIT_UNKNOWN);
	return THS_OK;
}

/* Takes back one monitor, whose record stays until the other side has said that
 * it knows; without memory to tell it, until one of the two ends. */
static void
cancel(struct slot *slot, struct envelope *mine)
{
	struct relation *relation = relation_of(mine);
	ths_address whom = relation->whom;
	const struct ths_vm *vm = slot->crew->vm;
	struct envelope *request = NULL;

	relation->state = RELATION_CANCELLED;
	/* Of one that was never there the DOWN is under way. */
	if (whom.vm == vm->id && slots_find(&vm->slots, whom.slot) != NULL)
		request = make(slot, whom, RELATION_WATCHED);
	if (request == NULL)
		return;
	relation->state = RELATION_LEFT;
	relation_of(request)->yours = relation->other;
	relation_of(request)->other = mine;
	send_to(slot, whom.slot, whom.generation, ENVELOPE_UNMONITOR, request);
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
		cancel(slot, record);
	}
	return found;
}

/* ----------------------------------------------------------------- meeting */

/* The watcher meets a DOWN. */
static void
meet_down(struct slot *slot, struct envelope *down)
{
	struct crew *crew = slot->crew;
	const struct relation *relation = relation_of(down);
	struct envelope *mine = relation->other;
	bool is_wanted = relation_of(mine)->state == RELATION_WATCHING;
	const struct ths_down content = {
		.whom = relation->whom,
		.reason = relation->reason,
		.why = ths_exit_reason_text(relation->reason),
	};

	take_off(slot, mine);
	pool_give(&crew->cache, mine);
	if (is_wanted && handling_show(slot, down, &content))
		pool_give(&crew->cache, down);
	else
		dead_absorb(crew, down);
}

/* The watched one meets an UNMONITOR. */
static void
meet_unmonitor(struct slot *slot, struct envelope *request)
{
	struct crew *crew = slot->crew;
	struct relation *relation = relation_of(request);

	take_off(slot, relation->yours);
	pool_give(&crew->cache, relation->yours);
	counts_add(&crew->counts.absorbed, 1);
	if (relation->other == NULL)
		pool_give(&crew->cache, request);
	else
		send_to(slot, request->from_slot, request->from_generation,
		    ENVELOPE_UNMONITORED, request);
}

bool
monitors_meet_witness(struct slot *slot, struct envelope *envelope)
{
	if (envelope->kind != ENVELOPE_MONITOR ||
	    relation_of(envelope)->state != RELATION_WITNESS)
		return false;
	counts_add(&slot->crew->counts.absorbed, 1);
	send_begun(slot, envelope);
	return true;
}

void
monitors_meet(struct slot *slot, struct envelope *envelope)
{
	struct crew *crew = slot->crew;
	struct envelope *mine;

	switch (envelope->kind) {
	case ENVELOPE_MONITOR:
		if (monitors_meet_witness(slot, envelope))
			break;
		counts_add(&crew->counts.absorbed, 1);
		add(slot, envelope);
		break;
	case ENVELOPE_DOWN:
		meet_down(slot, envelope);
		break;
	case ENVELOPE_UNMONITOR:
		meet_unmonitor(slot, envelope);
		break;
	default:
		mine = relation_of(envelope)->other;
		take_off(slot, mine);
		pool_give(&crew->cache, mine);
		dead_absorb(crew, envelope);
		break;
	}
}

void
monitors_meet_nobody(struct slot *slot, struct envelope *envelope)
{
	if (envelope->kind != ENVELOPE_MONITOR) {
		dead_absorb(slot->crew, envelope);
		return;
	}
	counts_add(&slot->crew->counts.absorbed, 1);
	send_down(slot, envelope, THS_EXIT_UNKNOWN);
}

/* ------------------------------------------------------------------ ending */

/* The watcher's record, as the message that tells the other side. */
static void
leave(struct slot *slot, struct envelope *mine)
{
	struct crew *crew = slot->crew;
	struct relation *relation = relation_of(mine);
	ths_address whom = relation->whom;

	if (relation->state == RELATION_LEFT || whom.vm != crew->vm->id ||
	    slots_find(&crew->vm->slots, whom.slot) == NULL) {
		pool_give(&crew->cache, mine);
		return;
	}
	relation->yours = relation->other;
	relation->other = NULL;
	send_to(slot, whom.slot, whom.generation, ENVELOPE_UNMONITOR, mine);
}

void
monitors_end(struct slot *slot, enum ths_exit_reason reason)
{
	struct envelope *record = slot->relations;

	slot->relations = NULL;
	while (record != NULL) {
		struct envelope *older = record->next;

		if (relation_of(record)->state == RELATION_WATCHED ||
		    relation_of(record)->state == RELATION_WITNESS)
			send_down(slot, record, reason);
		else
			leave(slot, record);
		record = older;
	}
}

/* --------------------------------------------------------------- witnesses */

struct envelope *
monitors_witness(const struct slot *slot, enum witness_of what)
{
	struct envelope *witness = make_sized(slot, THS_NOBODY,
	    what == WITNESS_OF_BEGINNING ? RELATION_WITNESS :
	    RELATION_WATCHED, WITNESS_SIZE);

	if (witness != NULL)
		relation_of(witness)->words[0] = '\0';
	return witness;
}

void
monitors_hang_up(struct slot *slot, ths_address whom, struct envelope *witness)
{
	relation_of(witness)->whom = whom;
	add(slot, witness);
}

bool
monitors_watch(struct slot *slot, ths_address whom, struct envelope *witness)
{
	const struct ths_vm *vm = slot->crew->vm;

	if (whom.vm != vm->id || slots_find(&vm->slots, whom.slot) == NULL)
		return false;
	relation_of(witness)->whom = whom;
	send_to(slot, whom.slot, whom.generation, ENVELOPE_MONITOR, witness);
	return true;
}

void
monitors_unwatch(struct slot *slot, ths_address whom,
    const struct envelope *witness)
{
	struct envelope *request = make(slot, whom, RELATION_WATCHED);

	if (request == NULL)
		return;
	/* Only looked at where the record still hangs. */
	relation_of(request)->yours = (struct envelope *)(uintptr_t)witness;
	send_to(slot, whom.slot, whom.generation, ENVELOPE_UNMONITOR, request);
}

void
monitors_begun(struct slot *slot)
{
	struct envelope *record = slot->relations;

	while (record != NULL) {
		struct envelope *older = record->next;

		if (relation_of(record)->state == RELATION_WITNESS) {
			take_off(slot, record);
			send_begun(slot, record);
		}
		record = older;
	}
}

void
monitors_unborn(struct slot *slot, const char *why)
{
	struct envelope *record = slot->relations;

	for (; record != NULL; record = record->next) {
		struct relation *relation = relation_of(record);

		if (relation->state == RELATION_WITNESS)
			snprintf(relation->words, THS_FAILURE_TEXT_SIZE, "%s",
			    why);
	}
}

struct witnessed
monitors_read(const struct envelope *witness)
{
	const struct relation *relation =
	    (const struct relation *)(const void *)witness->message;

	return (struct witnessed){
		.has_begun = relation->state == RELATION_BEGUN,
		.reason = relation->reason,
		.why = relation->words[0] != '\0' ? relation->words :
		    ths_exit_reason_text(relation->reason),
	};
}
