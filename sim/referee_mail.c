/* SPDX-License-Identifier: MIT */
/*
 * referee_mail - what the referee says of messages; see referee.h.
 *
 * A message's `trace` is its flight's number.  The notice of a child's end lies
 * where a slot counts, so its number stands with the child's life.
 */
#include <inttypes.h>

#include "sim/referee_parts.h"
#include "thespis/status.h"
#include "vm/message/system.h"

#ifdef THS_MEMCHECK
#include <valgrind/memcheck.h>
#define TRACE_OPEN(envelope) ((void)VALGRIND_MAKE_MEM_DEFINED( \
	    &(envelope)->trace, sizeof((envelope)->trace)))
#else
#define TRACE_OPEN(envelope) ((void)(envelope))
#endif

/* ------------------------------------------------------------------ flights */

/* Who sends, as far as order goes. */
static uint32_t
sender_of(const struct referee *referee, const struct crew *crew)
{
	uint32_t slot = referee_running(referee, crew);

	if (LIKELY(slot != SLOT_NONE))
		return FLIGHT_BY_SLOT(slot);
	return crew->worker != NULL ? FLIGHT_BY_WORKER(crew->worker->index) :
	    FLIGHT_BY_THREAD(sim_self(referee->sim));
}

/* The flight of an envelope; 0: it is not under way. */
static uint32_t
flight_of(struct referee *referee, const struct envelope *envelope)
{
	uint32_t number;

	if (LIKELY(envelope->kind != ENVELOPE_CHILD))
		return flights_of(&referee->flights, envelope);
	number = lives_at(&referee->lives, envelope->from_slot)->notice;
	return number != 0 && flights_at(&referee->flights, number)->envelope ==
	    envelope ? number : 0;
}

static void
set_flight(struct referee *referee, struct envelope *envelope, uint32_t number)
{
	if (UNLIKELY(envelope->kind == ENVELOPE_CHILD))
		lives_at(&referee->lives, envelope->from_slot)->notice = number;
	else
		envelope->trace = number;
}

/* A message is met: its flight, after a look at the order, or 0 and a breach.
 * `what` becomes of it. */
static uint32_t
meet(struct referee *referee, const struct envelope *envelope,
    const char *what)
{
	uint32_t number = flight_of(referee, envelope);
	char text[REFEREE_TEXT_SIZE];
	char other[REFEREE_TEXT_SIZE];
	uint32_t before;

	if (UNLIKELY(number == 0)) {
		REFEREE_BREACH(referee, "a message from %s is %s that is not "
		    "under way any more", referee_name(referee,
		    envelope->from_slot, envelope->from_generation, text),
		    what);
		return 0;
	}
	before = flights_before(&referee->flights, number);
	if (UNLIKELY(before != 0)) {
		REFEREE_BREACH(referee, "%s is %s before %s, which was sent "
		    "earlier", referee_flight(referee, number, text), what,
		    referee_flight(referee, before, other));
		return 0;
	}
	return number;
}

/* The same, and it ends. */
static void
meet_last(struct referee *referee, const struct envelope *envelope,
    const char *what)
{
	uint32_t number = meet(referee, envelope, what);

	if (LIKELY(number != 0))
		flights_end(&referee->flights, number);
}

/* ------------------------------------------------------------------- events */

static const ths_type *
type_of(const struct referee *referee, uint32_t type)
{
	return referee->vm == NULL || type == 0 ? NULL :
	    types_entry(&referee->vm->types, type)->type;
}

/* What can be shown of an envelope: the runtime's own has something else where
 * the message would be. */
static const void *
shown(const struct envelope *envelope)
{
	switch (envelope->kind) {
	case ENVELOPE_MAIL:
	case ENVELOPE_WAKEUP:
	case ENVELOPE_EXIT:
		return envelope->message;
	default:
		return NULL;
	}
}

static void
tell(struct referee *referee, enum sim_event_kind kind,
    const struct envelope *envelope, ths_address to, const void *message,
    const char *why, uint32_t by)
{
	const struct sim_event event = {
		.kind = kind,
		.to = to,
		.from = { 0, envelope->from_slot, envelope->from_generation },
		.type = type_of(referee, envelope->type),
		.message = message,
		.why = why,
	};

	referee_tell(referee, event, by);
}

static ths_address
address_in(const struct slot *slot)
{
	return (ths_address){ 0, slot->index, slot->generation };
}

/* ------------------------------------------------------------- on their way */

void
referee_accepted(void *context, const struct crew *crew, ths_address to,
    struct envelope *envelope)
{
	struct referee *referee = referee_of(context);
	char text[REFEREE_TEXT_SIZE];
	uint32_t number;

	if (referee_is_over(referee))
		return;
	TRACE_OPEN(envelope);
	number = flight_of(referee, envelope);
	if (UNLIKELY(number != 0)) {
		REFEREE_BREACH(referee, "an envelope is sent that is under way "
		    "as %s", referee_flight(referee, number, text));
		return;
	}
	number = flights_begin(&referee->flights,
	    UNLIKELY(system_is_answered(envelope->type)) ? FLIGHT_BY_NOBODY :
	    sender_of(referee, crew), to, envelope);
	set_flight(referee, envelope, number);
	if (referee_is_heard(referee))
		tell(referee, SIM_EVENT_SENDS, envelope, to, shown(envelope),
		    NULL, referee_running(referee, crew));
}

void
referee_packed(void *context, const struct crew *crew, ths_address to,
    struct envelope *pack)
{
	struct referee *referee = referee_of(context);
	uint32_t number;

	if (referee_is_over(referee))
		return;
	TRACE_OPEN(pack);
	number = flights_begin(&referee->flights, sender_of(referee, crew), to,
	    pack);
	/* The others follow it in line. */
	if (flights_of(&referee->flights, pack) == 0)
		pack->trace = number;
	if (referee_is_heard(referee))
		tell(referee, SIM_EVENT_SENDS, pack, to, crew->outbox.place,
		    NULL, referee_running(referee, crew));
}

/* Gives the oldest message of a pack to another envelope, unless it is NULL;
 * its flight, or 0 and a breach. */
static uint32_t
unpack(struct referee *referee, struct envelope *pack,
    const struct envelope *single)
{
	uint32_t number = flights_of(&referee->flights, pack);
	char text[REFEREE_TEXT_SIZE];

	if (number == 0) {
		REFEREE_BREACH(referee, "a message from %s is taken out of a "
		    "pack that has no more", referee_name(referee,
		    pack->from_slot, pack->from_generation, text));
		return 0;
	}
	pack->trace = flights_at(&referee->flights, number)->younger;
	flights_move(&referee->flights, number, single);
	return number;
}

void
referee_split(void *context, struct envelope *pack, struct envelope *copy,
    uint32_t length)
{
	struct referee *referee = referee_of(context);
	uint32_t first = 0;

	if (referee_is_over(referee))
		return;
	for (uint32_t i = 0; i < length; i++) {
		uint32_t number = unpack(referee, pack, copy);

		if (number == 0)
			return;
		if (i == 0)
			first = number;
	}
	copy->trace = first;
}

void
referee_unpacked(void *context, struct envelope *pack, struct envelope *single)
{
	struct referee *referee = referee_of(context);

	if (!referee_is_over(referee))
		single->trace = unpack(referee, pack, single);
}

void
referee_dropped(void *context, struct envelope *pack)
{
	struct referee *referee = referee_of(context);
	uint32_t number;

	if (referee_is_over(referee))
		return;
	number = unpack(referee, pack, pack);
	if (number != 0)
		flights_end(&referee->flights, number);
}

void
referee_retracted(void *context, struct envelope *envelope)
{
	struct referee *referee = referee_of(context);
	uint32_t number;

	if (referee_is_over(referee))
		return;
	number = flight_of(referee, envelope);
	if (number != 0)
		flights_end(&referee->flights, number);
}

void
referee_passed(void *context, const struct slot *slot,
    struct envelope *envelope)
{
	struct referee *referee = referee_of(context);
	uint32_t number;

	(void)slot;
	if (referee_is_over(referee))
		return;
	number = meet(referee, envelope, "passed to a caller");
	if (number != 0)
		flights_leave_line(&referee->flights, number);
}

void
referee_stashed(void *context, const struct slot *slot,
    struct envelope *envelope)
{
	struct referee *referee = referee_of(context);

	if (referee_is_over(referee))
		return;
	envelope->trace = flights_begin(&referee->flights, FLIGHT_BY_NOBODY,
	    address_in(slot), envelope);
	if (referee_is_heard(referee))
		tell(referee, SIM_EVENT_STASHES, envelope, address_in(slot),
		    envelope->message, NULL, slot->index);
}

/* ------------------------------------------------------------------ handled */

/* Only whoever lives there handles mail, on the worker that runs him, and what
 * is meant for him. */
static bool
check_receiver(struct referee *referee, const struct slot *slot)
{
	const struct life *life = lives_at(&referee->lives, slot->index);
	char text[REFEREE_TEXT_SIZE];

	if (LIKELY(life->generation == slot->generation &&
	    life->running == slot->crew->worker->index + 1))
		return true;
	referee_name(referee, slot->index, slot->generation, text);
	if (life->generation == 0 || life->generation != slot->generation)
		REFEREE_BREACH(referee, "%s handles a message and does not "
		    "live", text);
	else
		REFEREE_BREACH(referee, "%s handles a message on worker "
		    "%" PRIu32 ", which does not run it", text,
		    slot->crew->worker->index);
	return false;
}

static bool
check_generation(struct referee *referee, const struct slot *slot,
    const struct envelope *envelope)
{
	char text[REFEREE_TEXT_SIZE];

	if (LIKELY(envelope->to_generation == slot->generation ||
	    envelope->to_generation == ENVELOPE_ANY_GENERATION))
		return true;
	REFEREE_BREACH(referee, "%s handles a message for life %" PRIu32
	    " of its slot", referee_name(referee, slot->index,
	    slot->generation, text), envelope->to_generation);
	return false;
}

static bool
check_timer(struct referee *referee, const struct slot *slot,
    const struct envelope *envelope)
{
	char text[REFEREE_TEXT_SIZE];
	const struct timer_note *note;

	if (LIKELY(envelope->kind != ENVELOPE_WAKEUP))
		return true;
	note = timetable_find(&referee->timetable, envelope->correlation);
	if (note == NULL || !note->is_cancelled)
		return true;
	REFEREE_BREACH(referee, "%s is woken by a timer that it has cancelled",
	    referee_name(referee, slot->index, slot->generation, text));
	return false;
}

/* The message goes into the order signature. */
static void
sign(struct referee *referee, const struct types *types,
    const struct slot *slot, const struct envelope *envelope,
    const void *message)
{
	ths_sim *sim = referee->sim;

	sim_fold(sim, (uint64_t)slot->index << 32 | slot->generation);
	sim_fold(sim, (uint64_t)envelope->from_slot << 32 |
	    envelope->from_generation);
	sim_fold(sim, envelope->type + digests_take(&referee->digests, types,
	    envelope->type, message));
	sim_fold(sim, sim->now_ns);
}

void
referee_handled(void *context, const struct slot *slot,
    struct envelope *envelope, const void *message)
{
	struct referee *referee = referee_of(context);
	bool is_actor = slot->behaviour != NULL;

	if (referee_is_over(referee))
		return;
	if (UNLIKELY(!check_generation(referee, slot, envelope) ||
	    (is_actor && (!check_receiver(referee, slot) ||
	    !check_timer(referee, slot, envelope)))))
		return;
	meet_last(referee, envelope, "handled");
	sign(referee, &referee->vm->types, slot, envelope, message);
	if (referee_is_heard(referee))
		tell(referee, SIM_EVENT_HANDLES, envelope, address_in(slot),
		    message, NULL, is_actor ? slot->index : SLOT_NONE);
	if (is_actor) {
		referee->workers[slot->crew->worker->index].has_retried = false;
		referee->in_hand++;
	} else {
		sim_note_handled(referee->sim);
		sim_note_settled(referee->sim, 1);
	}
	if (UNLIKELY(--referee->until == 0) && !referee_is_over(referee))
		(void)referee_check_equation(referee);
}

void
referee_returned(void *context, const struct slot *slot, enum ths_status status)
{
	struct referee *referee = referee_of(context);
	ths_sim *sim = referee->sim;

	sim_note_handled(sim);
	referee->workers[slot->crew->worker->index].met++;
	/* Relaxed: read by the same worker.  Home looks between slices, where a
	 * mailbox has what waits and nothing else. */
	atomic_store_explicit(&slot->crew->worker->must_end_slice, sim->asks,
	    memory_order_relaxed);
	if (referee_is_over(referee))
		return;
	referee->in_hand--;
	if (referee_is_heard(referee))
		referee_tell(referee, (struct sim_event){
		    .kind = SIM_EVENT_RETURNS, .to = address_in(slot),
		    .why = ths_status_text(status) }, slot->index);
}

void
referee_retried(void *context, const struct slot *slot)
{
	struct referee *referee = referee_of(context);
	struct referee_worker *worker =
	    &referee->workers[slot->crew->worker->index];
	char text[REFEREE_TEXT_SIZE];

	if (referee_is_over(referee))
		return;
	if (worker->has_retried) {
		REFEREE_BREACH(referee, "%s is given a message a third time",
		    referee_name(referee, slot->index, slot->generation,
		    text));
		return;
	}
	worker->has_retried = true;
	if (referee_is_heard(referee))
		referee_tell(referee, (struct sim_event){
		    .kind = SIM_EVENT_RETRIES, .to = address_in(slot) },
		    slot->index);
}

/* -------------------------------------------------------------- not handled */

/* True for what dies in its sender's hands, whatever is before it. */
static bool
is_unsent(enum ths_dead_reason reason)
{
	return reason == THS_DEAD_FULL || reason == THS_DEAD_NOBODY ||
	    reason == THS_DEAD_FOREIGN;
}

void
referee_dead(void *context, struct envelope *envelope, ths_address to,
    enum ths_dead_reason reason)
{
	struct referee *referee = referee_of(context);
	uint32_t number;

	if (referee_is_over(referee))
		return;
	number = flight_of(referee, envelope);
	if (number != 0 && is_unsent(reason))
		flights_leave_line(&referee->flights, number);
	meet_last(referee, envelope, "a dead letter");
	if (referee_is_heard(referee))
		tell(referee, SIM_EVENT_DEAD, envelope, to, shown(envelope),
		    ths_dead_reason_text(reason), SLOT_NONE);
}

void
referee_absorbed(void *context, struct envelope *envelope)
{
	struct referee *referee = referee_of(context);
	uint32_t number;
	ths_address to = { 0 };

	if (referee_is_over(referee))
		return;
	number = flight_of(referee, envelope);
	if (number != 0 && referee_is_heard(referee)) {
		to.slot = flights_at(&referee->flights, number)->to_slot;
		to.generation =
		    flights_at(&referee->flights, number)->to_generation;
	}
	meet_last(referee, envelope, "absorbed");
	if (referee_is_heard(referee))
		tell(referee, SIM_EVENT_ABSORBED, envelope, to,
		    shown(envelope), NULL, SLOT_NONE);
}

void
referee_unsealed(void *context, const ths_type *type, ths_address to,
    enum ths_dead_reason reason)
{
	struct referee *referee = referee_of(context);

	if (!referee_is_over(referee) && referee_is_heard(referee))
		referee_tell(referee, (struct sim_event){
		    .kind = SIM_EVENT_DEAD, .to = to, .type = type,
		    .why = ths_dead_reason_text(reason) }, SLOT_NONE);
}
