/* SPDX-License-Identifier: MIT */
/* begin - a supervisor's table is looked at, and its book opened and closed;
 * see supervise.h. */
#include <stdalign.h>
#include <string.h>

#include "vm/patterns/supervise.h"
#include "vm/vm.h"

/* -------------------------------------------------------------------- table */

const char *
supervisor_check_spec(ths_child_spec *spec)
{
	if (spec->name == NULL || spec->name[0] == '\0')
		return "has no name";
	if (strnlen(spec->name, THS_CHILD_NAME_MAX + 1) > THS_CHILD_NAME_MAX)
		return "has too long a name";
	if (spec->actor == NULL || spec->actor->name == NULL)
		return "has no actor";
	if ((unsigned)spec->restart >= THS_RESTART_COUNT)
		return "has no such restart";
	if (spec->shutdown == 0)
		spec->shutdown = THS_SECONDS(5);
	if (spec->abnormal == 0)
		spec->abnormal = THS_EXIT_ABNORMAL;
	return NULL;
}

/* What is wrong with a table, or NULL. */
static const char *
find_fault(const ths_supervisor *table)
{
	if ((unsigned)table->strategy >= THS_STRATEGY_COUNT)
		return "no such strategy";
	if ((table->children == NULL && table->children_length > 0) ||
	    (table->kinds == NULL && table->kinds_length > 0))
		return "a length without a list";
	for (size_t i = 0; i < table->kinds_length; i++) {
		if (table->kinds[i] == NULL || table->kinds[i]->name == NULL)
			return "a kind that is no actor";
	}
	if (table->restarts_max < THS_RESTARTS_NONE ||
	    table->restarts_max > THS_RESTARTS_MAX)
		return "restarts_max is out of range";
	if (table->window < 0 || table->backoff < 0 ||
	    table->backoff_max < 0 || table->quiet < 0)
		return "a time is negative";
	if (table->backoff_factor != 0 && !(table->backoff_factor >= 1))
		return "backoff_factor is less than 1";
	return NULL;
}

static void
fill_in(ths_supervisor *table)
{
	if (table->restarts_max == 0)
		table->restarts_max = 3;
	if (table->window == 0)
		table->window = THS_SECONDS(5);
	if (table->backoff_factor == 0)
		table->backoff_factor = 2;
	if (table->backoff_max == 0)
		table->backoff_max = THS_SECONDS(60);
	if (table->quiet == 0)
		table->quiet = THS_SECONDS(10);
	if (table->children_max == 0)
		table->children_max = 1024;
}

/* --------------------------------------------------------------------- book */

/* Puts the table's children on the roster. */
static ths_status
enrol(ths_self *self, struct supervisor *supervisor)
{
	const ths_supervisor *table = &supervisor->table;

	for (size_t i = 0; i < table->children_length; i++) {
		ths_child_spec spec = table->children[i];
		const char *wrong = supervisor_check_spec(&spec);
		struct roster_child *child;
		ths_status status;

		if (wrong == NULL && roster_named(&supervisor->roster,
		    spec.name) != NULL)
			wrong = "has the name of another";
		if (wrong != NULL)
			return ths_fail(self, "child %zu %s", i, wrong);
		status = roster_add(&supervisor->roster, &spec, false,
		    &child);
		if (status != THS_OK)
			return status;
		child->wants_start = true;
	}
	return THS_OK;
}

static void
close_book(void *state, struct memory *memory)
{
	struct supervisor *supervisor = supervisor_of(state);

	roster_fini(&supervisor->roster);
	patience_fini(&supervisor->patience, memory);
	memory_give(memory, supervisor, sizeof(*supervisor),
	    alignof(struct supervisor));
	((ths_supervised *)state)->book = NULL;
}

ths_status
ths_supervisor_begin(ths_self *self, void *state,
    const ths_supervisor *given)
{
	struct memory *memory = &ths_self_vm(self)->memory;
	ths_supervisor table = *given;
	const char *wrong = find_fault(&table);
	struct supervisor *supervisor;
	ths_status status;

	if (wrong != NULL)
		return ths_fail(self, "%s", wrong);
	fill_in(&table);
	if (table.children_length > table.children_max)
		return ths_fail(self, "more children than children_max");
	supervisor = memory_take(memory, sizeof(*supervisor),
	    alignof(struct supervisor));
	if (supervisor == NULL)
		return THS_NO_MEMORY;
	((ths_supervised *)state)->book = supervisor;
	supervisor->table = table;
	roster_init(&supervisor->roster, memory);
	status = patience_init(&supervisor->patience, memory,
	    table.restarts_max < 0 ? 0 : (uint32_t)table.restarts_max,
	    table.window);
	if (status == THS_OK)
		status = enrol(self, supervisor);
	if (status != THS_OK) /* then its exit does not run */
		close_book(state, memory);
	return status;
}

ths_status
ths_supervisor_begun(ths_self *self, void *state, const void *nothing)
{
	(void)nothing;
	supervisor_advance(self, supervisor_of(state));
	return THS_OK;
}

void
ths_supervisor_end(ths_self *self, void *state)
{
	const struct roster *roster = &supervisor_of(state)->roster;

	for (uint32_t i = 0; i < roster->length; i++)
		supervisor_answer(self, roster->children[i], THS_STOPPED);
	close_book(state, &ths_self_vm(self)->memory);
}
