/* SPDX-License-Identifier: MIT */
/* referee_lives - what the referee says of actors, of who runs them, and of
 * their timers; see referee.h. */
#include <inttypes.h>

#include "sim/referee_parts.h"
#include "vm/actor/life.h"

/* ------------------------------------------------------------------- slices */

static void
tell_actor(struct referee *referee, enum sim_event_kind kind,
    const struct slot *slot, const char *why)
{
	referee_tell(referee, (struct sim_event){
	    .kind = kind,
	    .to = { 0, slot->index, slot->generation },
	    .why = why }, SLOT_NONE);
}

void
referee_slice_begins(void *context, const struct slot *slot)
{
	struct referee *referee = referee_of(context);
	uint32_t worker = slot->crew->worker->index;
	struct life *life = lives_at(&referee->lives, slot->index);
	char text[REFEREE_TEXT_SIZE];

	if (referee_is_over(referee))
		return;
	if (life->running != 0) {
		REFEREE_BREACH(referee, "%s is run by worker %" PRIu32
		    " and by worker %" PRIu32 " at once",
		    referee_name(referee, slot->index, slot->generation, text),
		    life->running - 1, worker);
		return;
	}
	life->running = worker + 1;
	referee->workers[worker].slot = slot->index;
	if (referee_is_heard(referee))
		tell_actor(referee, SIM_EVENT_RUNS, slot, NULL);
}

void
referee_slice_ends(void *context, const struct crew *crew,
    const struct slot *slot)
{
	struct referee *referee = referee_of(context);
	uint32_t worker = crew->worker->index;
	struct life *life = lives_at(&referee->lives, slot->index);
	char text[REFEREE_TEXT_SIZE];

	sim_note_settled(referee->sim, referee->workers[worker].met);
	referee->workers[worker].met = 0;
	if (referee_is_over(referee))
		return;
	if (life->running != worker + 1) {
		REFEREE_BREACH(referee, "worker %" PRIu32 " ends a slice of "
		    "%s, which it does not run", worker, referee_name(referee,
		    slot->index, slot->generation, text));
		return;
	}
	life->running = 0;
	referee->workers[worker].slot = SLOT_NONE;
	if (referee_is_heard(referee))
		tell_actor(referee, SIM_EVENT_RESTS, slot, NULL);
}

/* -------------------------------------------------------------------- lives */

/* True when the notice of a slot's last end has not been met. */
static bool
is_notice_under_way(const struct referee *referee, const struct life *life,
    const struct slot *slot)
{
	return life->notice != 0 && flights_at(&referee->flights,
	    life->notice)->envelope == (const void *)slot->inline_state;
}

void
referee_born(void *context, const struct slot *slot)
{
	struct referee *referee = referee_of(context);
	struct life *life = lives_at(&referee->lives, slot->index);
	struct life *parent;
	char text[REFEREE_TEXT_SIZE];

	if (referee_is_over(referee))
		return;
	if (life->generation != 0) {
		REFEREE_BREACH(referee, "an actor moves in where %s lives",
		    referee_name(referee, slot->index, life->generation,
		    text));
		return;
	}
	if (life->owes != 0 || is_notice_under_way(referee, life, slot)) {
		REFEREE_BREACH(referee, "an actor moves in where the parent of "
		    "%s has not heard of its end", referee_name(referee,
		    slot->index, life->former, text));
		return;
	}
	life->generation = slot->generation;
	life->name = slot->behaviour->name;
	life->children = 0;
	life->notice = 0;
	life->parent_slot = slot_parent(slot);
	life->parent_generation = slot_parent_generation(slot);
	parent = lives_parent(&referee->lives, life);
	if (parent != NULL)
		parent->children++;
	if (referee_is_heard(referee))
		referee_tell(referee, (struct sim_event){
		    .kind = SIM_EVENT_BORN,
		    .to = { 0, slot->index, slot->generation },
		    .from = { 0, life->parent_slot, life->parent_generation } },
		    SLOT_NONE);
}

/* The children of an actor that ends have ended before, unless it leaves them;
 * what ends outside of any slice has been waited for in vain. */
static bool
has_all_ended(const struct life *life, const struct slot *slot)
{
	return life->children == 0 || (slot->flags & SLOT_ALONE) != 0 ||
	    life->running == 0;
}

void
referee_ended(void *context, const struct slot *slot)
{
	struct referee *referee = referee_of(context);
	struct life *life = lives_at(&referee->lives, slot->index);
	struct life *parent;
	char text[REFEREE_TEXT_SIZE];

	if (referee_is_over(referee))
		return;
	if (life->generation != slot->generation) {
		REFEREE_BREACH(referee, "%s ends and does not live",
		    referee_name(referee, slot->index, slot->generation,
		    text));
		return;
	}
	if (!has_all_ended(life, slot)) {
		REFEREE_BREACH(referee, "%s ends before %" PRIu32
		    " of its children", referee_name(referee, slot->index,
		    slot->generation, text), life->children);
		return;
	}
	if (referee_is_heard(referee))
		tell_actor(referee, SIM_EVENT_ENDS, slot,
		    ths_exit_reason_text(life_reason(slot)));
	parent = lives_parent(&referee->lives, life);
	if (parent != NULL)
		parent->children--;
	life->former = life->generation;
	life->generation = 0;
	if (slot_parent(slot) != SLOT_NONE)
		life->owes = slot->generation;
}

void
referee_told(void *context, const struct slot *child, uint32_t generation)
{
	struct referee *referee = referee_of(context);
	struct life *life = lives_at(&referee->lives, child->index);
	char text[REFEREE_TEXT_SIZE];

	if (referee_is_over(referee))
		return;
	if (life->owes != generation) {
		REFEREE_BREACH(referee, "the parent of %s is told of an end "
		    "that was not, or once more", referee_name(referee,
		    child->index, generation, text));
		return;
	}
	life->owes = 0;
}

void
referee_left(void *context, const struct slot *child)
{
	struct referee *referee = referee_of(context);
	struct life *life = lives_at(&referee->lives, child->index);
	struct life *parent = lives_parent(&referee->lives, life);

	/* It may have ended, and its notice be under way. */
	if (life->generation != 0 && parent != NULL)
		parent->children--;
	life->parent_slot = SLOT_NONE;
}

/* ------------------------------------------------------------------- timers */

static void
tell_timer(struct referee *referee, enum sim_event_kind kind, uint64_t timer,
    uint64_t due_ns)
{
	referee_tell(referee, (struct sim_event){
	    .kind = kind, .number = timer, .due_ns = due_ns }, SLOT_NONE);
}

void
referee_timer_set(void *context, uint64_t timer, uint64_t due_ns)
{
	struct referee *referee = referee_of(context);

	if (referee_is_over(referee))
		return;
	timetable_set(&referee->timetable, timer, due_ns);
	if (referee_is_heard(referee))
		tell_timer(referee, SIM_EVENT_TIMER_SET, timer, due_ns);
}

void
referee_timer_fired(void *context, uint64_t timer)
{
	struct referee *referee = referee_of(context);
	const struct timer_note *note;

	if (referee_is_over(referee))
		return;
	note = timetable_find(&referee->timetable, timer);
	if (note != NULL && note->due_ns > referee->sim->now_ns) {
		REFEREE_BREACH(referee, "a timer fires %" PRIu64
		    " ns before it is due", note->due_ns -
		    referee->sim->now_ns);
		return;
	}
	if (referee_is_heard(referee))
		tell_timer(referee, SIM_EVENT_TIMER_FIRES, timer, 0);
}

void
referee_timer_cancelled(void *context, uint64_t timer)
{
	struct referee *referee = referee_of(context);
	struct timer_note *note;

	if (referee_is_over(referee))
		return;
	note = timetable_find(&referee->timetable, timer);
	if (note != NULL)
		note->is_cancelled = true;
	if (referee_is_heard(referee))
		tell_timer(referee, SIM_EVENT_TIMER_CANCELLED, timer, 0);
}
