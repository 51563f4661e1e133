/* SPDX-License-Identifier: MIT */
/* supervise - children are started, ended and started anew; see supervise.h. */
#include "vm/patterns/supervise.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "vm/actor/children.h"
#include "vm/actor/life.h"
#include "vm/vm.h"

/* What a timer's payload says beside the child's number; 0 as the whole is the
 * back-off of several. */
enum timer_for { FOR_START, FOR_END };

/* ------------------------------------------------------------------ helpers */

static bool
has_strategy(const struct supervisor *supervisor, ths_strategy strategy)
{
	return supervisor->table.strategy == strategy;
}

static bool
set_timer(ths_self *self, struct roster_child *child, ths_duration delay,
    enum timer_for what)
{
	supervisor_cancel(self, child);
	return ths_timer_set(self, delay, child->number << 1 | what,
	    &child->timer) == THS_OK;
}

void
supervisor_cancel(ths_self *self, struct roster_child *child)
{
	if (child->timer != 0)
		(void)ths_timer_cancel(self, child->timer);
	child->timer = 0;
	child->waits = false;
}

void
supervisor_forget(ths_self *self, struct supervisor *supervisor,
    struct roster_child *child)
{
	supervisor_cancel(self, child);
	roster_remove(&supervisor->roster, child);
}

void
supervisor_answer(ths_self *self, struct roster_child *child,
    ths_status status)
{
	if (!child->is_asked)
		return;
	child->is_asked = false;
	(void)ths_send(self, child->asker, ths_child_answer,
	    .name = child->spec.name, .status = (int32_t)status,
	    .child = child->runs ? child->address : THS_NOBODY);
}

static void
note_why(struct roster_child *child, const char *why)
{
	snprintf(child->why, sizeof(child->why), "%s", why);
}

/* ------------------------------------------------------------------- ending */

/* From now on nobody is started, and everybody is to end. */
static void
begin_end(ths_self *self, struct supervisor *supervisor)
{
	struct roster *roster = &supervisor->roster;

	supervisor->is_ending = true;
	if (supervisor->timer != 0)
		(void)ths_timer_cancel(self, supervisor->timer);
	supervisor->timer = 0;
	for (uint32_t i = 0; i < roster->length; i++) {
		struct roster_child *child = roster->children[i];

		if (!child->ends)
			supervisor_cancel(self, child);
		if (child->wants_start)
			supervisor_answer(self, child, THS_STOPPED);
		child->wants_start = false;
		child->wants_end = child->runs && !child->ends;
	}
}

static void
give_up(ths_self *self, struct supervisor *supervisor,
    const struct roster_child *child)
{
	snprintf(supervisor->text, sizeof(supervisor->text),
	    "more than %" PRIu32 " restarts in %.3f s; the last of child %s: "
	    "%s", supervisor->patience.max,
	    (double)supervisor->patience.window / 1e9, child->spec.name,
	    child->why);
	supervisor->gives_up = true;
	begin_end(self, supervisor);
}

/* All children have ended. */
static void
finish(ths_self *self, const struct supervisor *supervisor)
{
	if (supervisor->gives_up)
		(void)ths_crash(self, "%s", supervisor->text);
	else
		ths_exit(self);
}

/* Asks a child to exit, or kills it.  Without memory for that it is tried again
 * after a while; without memory for the while, the runtime is to do it. */
static void
end_child(ths_self *self, struct roster_child *child)
{
	ths_duration shutdown = child->spec.shutdown;
	struct slot *slot = slot_of_self(self);

	if (children_end(slot, child->address, shutdown < 0) != THS_OK) {
		if (!set_timer(self, child, THS_START_PAUSE, FOR_END))
			(void)ths_crash(self, "no memory to end child %s",
			    child->spec.name);
		return;
	}
	child->wants_end = false;
	child->ends = true;
	if (shutdown >= 0 && shutdown != THS_FOREVER &&
	    !set_timer(self, child, shutdown, FOR_END))
		(void)children_end(slot, child->address, true);
}

/* Step 1 and 2 of supervisor_advance(). */
static void
end_next(ths_self *self, const struct supervisor *supervisor)
{
	const struct roster *roster = &supervisor->roster;
	struct roster_child *next = NULL;
	uint32_t running = 0;

	for (uint32_t i = 0; i < roster->length; i++) {
		struct roster_child *child = roster->children[i];

		if (child->ends)
			return;
		if (child->wants_end)
			next = child;
		running += child->runs;
	}
	if (next != NULL)
		end_child(self, next);
	else if (supervisor->is_ending && running == 0)
		finish(self, supervisor);
}

/* ----------------------------------------------------------------- starting */

/* All whom the strategy restarts together with this child. */
static void
take_along(struct supervisor *supervisor, const struct roster_child *failed)
{
	struct roster *roster = &supervisor->roster;
	uint32_t first = has_strategy(supervisor, THS_ONE_FOR_ALL) ? 0 :
	    roster_place(roster, failed) + 1;

	for (uint32_t i = first; i < roster->length; i++) {
		struct roster_child *child = roster->children[i];

		if (!child->runs || child->ends || child->wants_end)
			continue; /* it waits already, or is to stay down */
		child->wants_end = true;
		child->deletes = child->spec.restart == THS_TEMPORARY;
		child->wants_start = !child->deletes;
	}
}

/* A child has ended, or was not to be had, as it should not. */
static void
fail(ths_self *self, struct supervisor *supervisor,
    struct roster_child *child, ths_duration delay_min)
{
	ths_duration delay;

	child->failures++;
	supervisor->failures++;
	if (!patience_try(&supervisor->patience, ths_now(self))) {
		give_up(self, supervisor, child);
		return;
	}
	delay = patience_delay(&supervisor->table, &child->delay,
	    child->lived);
	if (delay < delay_min)
		delay = delay_min;
	ths_self_log(self, THS_LOG_WARNING, "child %s: %s; starts anew in "
	    "%.3f s", child->spec.name, child->why, (double)delay / 1e9);
	child->wants_start = true;
	if (has_strategy(supervisor, THS_ONE_FOR_ONE)) {
		child->waits = delay > 0 &&
		    set_timer(self, child, delay, FOR_START);
		return;
	}
	take_along(supervisor, child);
	if (supervisor->timer != 0)
		(void)ths_timer_cancel(self, supervisor->timer);
	supervisor->timer = 0;
	if (delay > 0 && ths_timer_set(self, delay, 0, &supervisor->timer) !=
	    THS_OK)
		supervisor->timer = 0; /* at once, then */
}

/* It could not be spawned. */
static void
refuse(ths_self *self, struct supervisor *supervisor,
    struct roster_child *child, ths_status status)
{
	note_why(child, ths_status_text(status));
	child->lived = 0;
	if (status == THS_STOPPED || status == THS_WRONG_PLACE) {
		supervisor->is_over = true;
		supervisor_answer(self, child, THS_STOPPED);
	} else if (!child->is_asked) {
		fail(self, supervisor, child, THS_START_PAUSE);
	} else {
		supervisor_answer(self, child, status);
		if (child->is_new)
			supervisor_forget(self, supervisor, child);
	}
}

static void
start(ths_self *self, struct supervisor *supervisor,
    struct roster_child *child)
{
	const ths_spawn_options options = {
		.start = child->spec.start,
		.mailbox_max = child->spec.mailbox_max,
	};
	ths_status status = ths_spawn_child(self, &child->address,
	    child->spec.actor, &options);

	child->wants_start = false;
	if (status != THS_OK) {
		refuse(self, supervisor, child, status);
		return;
	}
	child->runs = true;
	child->is_new = false;
	child->since = ths_now(self);
	supervisor_answer(self, child, THS_OK);
}

/* Whoever may be started now, or NULL. */
static struct roster_child *
next_to_start(const struct supervisor *supervisor)
{
	const struct roster *roster = &supervisor->roster;
	bool is_one = has_strategy(supervisor, THS_ONE_FOR_ONE);
	struct roster_child *next = NULL;

	if (supervisor->timer != 0)
		return NULL;
	for (uint32_t i = 0; i < roster->length; i++) {
		struct roster_child *child = roster->children[i];

		if (!is_one && (child->ends || child->wants_end))
			return NULL;
		if (next == NULL && child->wants_start && !child->runs &&
		    !child->waits)
			next = child;
	}
	return next;
}

void
supervisor_advance(ths_self *self, struct supervisor *supervisor)
{
	struct roster_child *child;

	if (!supervisor->is_ending) {
		end_next(self, supervisor);
		while (!supervisor->is_over && !supervisor->is_ending &&
		    (child = next_to_start(supervisor)) != NULL)
			start(self, supervisor, child);
	}
	if (supervisor->is_ending)
		end_next(self, supervisor);
}

/* ------------------------------------------------------------- what happens */

/* The end that was wanted. */
static void
settle(ths_self *self, struct supervisor *supervisor,
    struct roster_child *child)
{
	if (!child->wants_start)
		supervisor_answer(self, child, THS_OK);
	if (child->deletes)
		supervisor_forget(self, supervisor, child);
}

/* An end that was not. */
static void
survive(ths_self *self, struct supervisor *supervisor,
    struct roster_child *child, ths_exit_reason reason)
{
	if (supervisor->is_ending || supervisor->is_over ||
	    reason == THS_EXIT_STOPPED)
		return;
	if (child->spec.restart == THS_TEMPORARY)
		supervisor_forget(self, supervisor, child);
	else if (child->spec.restart == THS_PERMANENT ||
	    child->spec.abnormal & THS_EXIT_BIT(reason))
		fail(self, supervisor, child, 0);
}

ths_status
ths_supervisor_told(ths_self *self, void *state, const void *message)
{
	struct supervisor *supervisor = supervisor_of(state);
	const struct ths_actor_exited *exited = message;
	struct roster_child *child;
	bool was_wanted;

	child = roster_at(&supervisor->roster, exited->child);
	if (child == NULL)
		return THS_OK;
	was_wanted = child->ends || child->wants_end;
	supervisor_cancel(self, child);
	child->runs = child->ends = child->wants_end = false;
	child->lived = ths_now(self) - child->since;
	note_why(child, exited->why);
	if (slot_of_self(self)->flags & SLOT_EXITING) {
		/* Killed: the runtime ends the children. */
		supervisor->is_over = true;
		return THS_OK;
	}
	if (was_wanted)
		settle(self, supervisor, child);
	else
		survive(self, supervisor, child, exited->reason);
	supervisor_advance(self, supervisor);
	return THS_OK;
}

ths_status
ths_supervisor_woken(ths_self *self, void *state, const void *message)
{
	struct supervisor *supervisor = supervisor_of(state);
	const struct ths_wakeup *wakeup = message;
	struct roster_child *child;

	if (wakeup->payload == 0)
		supervisor->timer = 0;
	child = roster_numbered(&supervisor->roster, wakeup->payload >> 1);
	if (child != NULL) {
		child->timer = 0;
		child->waits = false;
		/* Its time to exit is over. */
		if (child->ends && children_end(slot_of_self(self),
		    child->address, true) != THS_OK &&
		    !set_timer(self, child, THS_START_PAUSE, FOR_END))
			(void)ths_crash(self, "no memory to kill child %s",
			    child->spec.name);
	}
	supervisor_advance(self, supervisor);
	return THS_OK;
}

ths_status
ths_supervisor_asked(ths_self *self, void *state, const void *message)
{
	struct supervisor *supervisor = supervisor_of(state);
	const struct ths_exit_request *request = message;
	struct slot *slot = slot_of_self(self);

	if (request->is_alone || slot->flags & SLOT_EXITING)
		return THS_OK;
	life_stay(slot);
	if (!supervisor->is_ending)
		begin_end(self, supervisor);
	supervisor_advance(self, supervisor);
	return THS_OK;
}
