/* SPDX-License-Identifier: MIT */
/* requests - what anybody may ask of a supervisor; see thespis/supervise.h. */
#include <string.h>

#include "vm/actor/slot.h"
#include "vm/message/flat.h"
#include "vm/patterns/supervise.h"
#include "vm/vm.h"

enum { LIST_MAX = 64 }; /* children in one answer */

/* An answer about a child that is not there. */
static ths_status
answer(ths_self *self, const char *name, ths_status status)
{
	return ths_reply(self, ths_child_answer, .name = name,
	    .status = (int32_t)status);
}

/* ---------------------------------------------------------------------- add */

/* The actor of this name that the supervisor may start, or NULL. */
static const ths_actor *
find_kind(const ths_supervisor *table, const char *name)
{
	if (name == NULL)
		return NULL;
	for (size_t i = 0; i < table->kinds_length; i++) {
		if (strcmp(table->kinds[i]->name, name) == 0)
			return table->kinds[i];
	}
	for (size_t i = 0; i < table->children_length; i++) {
		if (strcmp(table->children[i].actor->name, name) == 0)
			return table->children[i].actor;
	}
	return NULL;
}

/* THS_OK: the child is on the roster. */
static ths_status
add(ths_self *self, struct supervisor *supervisor,
    const struct ths_child_start *start)
{
	ths_child_spec spec = {
		.name = start->name,
		.actor = find_kind(&supervisor->table, start->actor),
		.start = start->start,
		.restart = start->restart,
		.shutdown = start->shutdown,
		.abnormal = start->abnormal,
		.mailbox_max = start->mailbox_max,
	};
	struct roster_child *child;
	ths_status status;

	if (supervisor->is_ending || supervisor->is_over)
		return THS_STOPPED;
	if (spec.actor == NULL)
		return THS_UNKNOWN;
	if (supervisor_check_spec(&spec) != NULL)
		return THS_BAD_ARGUMENT;
	if (roster_named(&supervisor->roster, spec.name) != NULL)
		return THS_TAKEN;
	if (supervisor->roster.length >= supervisor->table.children_max) {
		counts_add(&slot_of_self(self)->crew->counts.limited, 1);
		return THS_LIMIT;
	}
	status = roster_add(&supervisor->roster, &spec, true, &child);
	if (status != THS_OK)
		return status;
	child->is_new = true;
	child->wants_start = true;
	child->is_asked = true;
	child->asker = ths_sender(self);
	return THS_OK;
}

ths_status
ths_supervisor_start(ths_self *self, void *state, const void *message)
{
	struct supervisor *supervisor = supervisor_of(state);
	const struct ths_child_start *start = message;
	ths_status status = add(self, supervisor, start);

	if (status != THS_OK)
		return answer(self, start->name, status);
	supervisor_advance(self, supervisor);
	return THS_OK;
}

/* ---------------------------------------------------- stop, restart, delete */

enum wish { WISH_STOP, WISH_RESTART, WISH_DELETE };

/* The child that a wish may be for, or NULL: it has been answered. */
static struct roster_child *
find(ths_self *self, const struct supervisor *supervisor, const char *name)
{
	struct roster_child *child = name == NULL ? NULL :
	    roster_named(&supervisor->roster, name);

	if (child == NULL)
		(void)answer(self, name, THS_UNKNOWN);
	else if (supervisor->is_ending || supervisor->is_over)
		(void)answer(self, name, THS_STOPPED);
	else if (child->is_asked)
		(void)answer(self, name, THS_LIMIT);
	else
		return child;
	return NULL;
}

static ths_status
grant(ths_self *self, struct supervisor *supervisor, const char *name,
    enum wish wish)
{
	struct roster_child *child = find(self, supervisor, name);

	if (child == NULL)
		return THS_OK;
	child->is_asked = true;
	child->asker = ths_sender(self);
	child->wants_start = wish == WISH_RESTART;
	child->deletes = wish == WISH_DELETE || (wish == WISH_STOP &&
	    child->spec.restart == THS_TEMPORARY);
	child->wants_end = child->runs && !child->ends;
	if (!child->runs) {
		supervisor_cancel(self, child);
		if (!child->wants_start)
			supervisor_answer(self, child, THS_OK);
		if (child->deletes)
			supervisor_forget(self, supervisor, child);
	}
	supervisor_advance(self, supervisor);
	return THS_OK;
}

ths_status
ths_supervisor_stop(ths_self *self, void *state, const void *message)
{
	return grant(self, supervisor_of(state),
	    ((const struct ths_child_stop *)message)->name, WISH_STOP);
}

ths_status
ths_supervisor_restart(ths_self *self, void *state, const void *message)
{
	return grant(self, supervisor_of(state),
	    ((const struct ths_child_restart *)message)->name, WISH_RESTART);
}

ths_status
ths_supervisor_delete(ths_self *self, void *state, const void *message)
{
	return grant(self, supervisor_of(state),
	    ((const struct ths_child_delete *)message)->name, WISH_DELETE);
}

/* ----------------------------------------------------------- list and count */

static bool
is_supervisor(const ths_actor *actor)
{
	for (size_t i = 0; i < actor->rows_length; i++) {
		if (actor->rows[i].handler == ths_supervisor_list)
			return true;
	}
	return false;
}

static ths_child_state
state_of(const struct roster_child *child)
{
	if (child->runs)
		return child->ends ? THS_CHILD_ENDING : THS_CHILD_RUNNING;
	return child->wants_start ? THS_CHILD_WAITING : THS_CHILD_DOWN;
}

static struct ths_child_entry
entry_of(const struct roster_child *child)
{
	return (struct ths_child_entry){
		.name = child->spec.name,
		.actor = child->spec.actor->name,
		.child = child->runs ? child->address : THS_NOBODY,
		.state = state_of(child),
		.restart = child->spec.restart,
		.failures = child->failures,
		.is_supervisor = is_supervisor(child->spec.actor),
		.why = child->why,
	};
}

ths_status
ths_supervisor_list(ths_self *self, void *state, const void *message)
{
	const struct supervisor *supervisor = supervisor_of(state);
	const struct roster *roster = &supervisor->roster;
	uint32_t from = ((const struct ths_children_list *)message)->from;
	struct ths_child_entry entries[LIST_MAX];
	struct ths_children_listed listed = {
		.strategy = supervisor->table.strategy,
		.from = from,
		.total = roster->length,
		.children = { entries, 0 },
	};
	uint32_t size;

	while (listed.children.length < LIST_MAX &&
	    from + listed.children.length < roster->length) {
		entries[listed.children.length] = entry_of(
		    roster->children[from + listed.children.length]);
		listed.children.length++;
	}
	while (listed.children.length > 0 && flat_measure(
	    &ths_children_listed_type, &listed, &size) != THS_OK)
		listed.children.length /= 2;
	return ths_reply_message(self, &ths_children_listed_type, &listed);
}

ths_status
ths_supervisor_count(ths_self *self, void *state, const void *message)
{
	const struct supervisor *supervisor = supervisor_of(state);
	const struct roster *roster = &supervisor->roster;
	struct ths_children_counted counted = {
		.total = roster->length,
		.failures = supervisor->failures,
	};

	(void)message;
	for (uint32_t i = 0; i < roster->length; i++) {
		const struct roster_child *child = roster->children[i];

		counted.running += child->runs;
		counted.waiting += state_of(child) == THS_CHILD_WAITING;
		counted.supervisors += is_supervisor(child->spec.actor);
	}
	return ths_reply_message(self, &ths_children_counted_type, &counted);
}
