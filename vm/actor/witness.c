/* SPDX-License-Identifier: MIT */
/* witness - what somebody outside waits for; see witness.h. */
#include "vm/actor/witness.h"

#include <stdio.h>

#include "thespis/failure.h"
#include "vm/actor/dead.h"
#include "vm/actor/relations.h"
#include "vm/crew.h"

/* The message of a witness. */
struct testimony {
	struct relation relation;
	char words[THS_FAILURE_TEXT_SIZE]; /* "": there are none */
};

static struct testimony *
testimony_of(struct envelope *witness)
{
	return (struct testimony *)(void *)witness->message;
}

struct envelope *
witness_new(const struct slot *slot, enum witness_of what)
{
	struct envelope *witness = relations_make_sized(slot, THS_NOBODY,
	    what == WITNESS_OF_BEGINNING ? RELATION_WITNESS :
	    RELATION_WATCHED, sizeof(struct testimony));

	if (witness != NULL)
		testimony_of(witness)->words[0] = '\0';
	return witness;
}

void
witness_hang_up(struct slot *slot, ths_address whom, struct envelope *witness)
{
	relation_of(witness)->whom = whom;
	relations_add(slot, witness);
}

bool
witness_watch(struct slot *slot, ths_address whom, struct envelope *witness)
{
	if (!relations_can_reach(slot, whom))
		return false;
	relation_of(witness)->whom = whom;
	relations_send(slot, whom, ENVELOPE_MONITOR, witness);
	return true;
}

void
witness_unwatch(struct slot *slot, ths_address whom, struct envelope *witness)
{
	struct envelope *request = relations_make(slot, whom, RELATION_LEFT);

	if (request == NULL)
		return;
	/* Only looked at where the record still hangs. */
	relation_of(request)->yours = witness;
	relations_send(slot, whom, ENVELOPE_UNMONITOR, request);
}

static void
send_begun(struct slot *slot, struct envelope *witness)
{
	relation_of(witness)->state = RELATION_BEGUN;
	relations_send_down(slot, witness, THS_EXIT_UNKNOWN);
}

bool
witness_meet(struct slot *slot, struct envelope *envelope)
{
	if (envelope->kind != ENVELOPE_MONITOR ||
	    relation_of(envelope)->state != RELATION_WITNESS)
		return false;
	dead_count_absorbed(slot->crew, envelope);
	send_begun(slot, envelope);
	return true;
}

void
witness_begun(struct slot *slot)
{
	struct envelope *record = slot->relations;

	while (record != NULL) {
		struct envelope *older = record->next;

		if (relation_of(record)->state == RELATION_WITNESS) {
			relations_take_off(slot, record);
			send_begun(slot, record);
		}
		record = older;
	}
}

void
witness_unborn(struct slot *slot, const char *why)
{
	struct envelope *record = slot->relations;

	for (; record != NULL; record = record->next) {
		if (relation_of(record)->state == RELATION_WITNESS)
			snprintf(testimony_of(record)->words,
			    THS_FAILURE_TEXT_SIZE, "%s", why);
	}
}

struct witnessed
witness_read(struct envelope *witness)
{
	const struct testimony *testimony = testimony_of(witness);
	enum ths_exit_reason reason = testimony->relation.reason;

	return (struct witnessed){
		.has_begun = testimony->relation.state == RELATION_BEGUN,
		.reason = reason,
		.why = testimony->words[0] != '\0' ? testimony->words :
		    ths_exit_reason_text(reason),
	};
}
