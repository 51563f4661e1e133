/* SPDX-License-Identifier: MIT */
/*
 * linear - a history, its parts, and the words for one that has no order; see
 * linear.h.
 */
#include "tests/sim/linear.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/linear_search.h"

enum { WORDS_SIZE = 160 }; /* of one operation, or of one state */

/* ---------------------------------------------------------------- a history */

static uint64_t
next_event(struct linear_history *history)
{
	/* Relaxed: orders no threads; see linear.h. */
	return atomic_fetch_add_explicit(&history->events, 1,
	    memory_order_relaxed) + 1;
}

static uint64_t
points_of(const struct linear_history *history)
{
	return history->points == NULL ? 0 : *history->points;
}

struct linear_operation *
linear_call(struct linear_history *history, struct linear_operation said)
{
	/* Relaxed: a place of the caller's own. */
	uint32_t index = atomic_fetch_add_explicit(&history->length, 1,
	    memory_order_relaxed);

	if (index >= LINEAR_HISTORY_MAX)
		return NULL;
	said.history = history;
	said.id = index;
	said.hint = 0;
	said.is_forgotten = false;
	said.called = next_event(history);
	said.called_at = points_of(history);
	said.answered = LINEAR_NEVER;
	history->operations[index] = said;
	return &history->operations[index];
}

void
linear_answer(struct linear_operation *operation, uint64_t result)
{
	operation->result = result;
	operation->answered = next_event(operation->history);
	operation->answered_at = points_of(operation->history);
}

void
linear_forget(struct linear_operation *operation)
{
	operation->is_forgotten = true;
}

void
linear_hint(struct linear_history *history, uint32_t id)
{
	history->operations[id].hint = next_event(history);
}

/* -------------------------------------------------------------------- words */

struct words {
	char *buffer;
	size_t size;
	size_t used;
};

__attribute__((format(printf, 2, 3))) static void
say(struct words *words, const char *format, ...)
{
	va_list arguments;
	int length;

	if (words->used >= words->size)
		return;
	va_start(arguments, format);
	length = vsnprintf(words->buffer + words->used,
	    words->size - words->used, format, arguments);
	va_end(arguments);
	words->used += length > 0 ? (size_t)length : 0;
}

static void
say_operation(struct words *words, const struct linear_model *model,
    const struct linear_operation *operation)
{
	char what[WORDS_SIZE];

	model->tell(operation, what, sizeof(what));
	if (linear_is_pending(operation))
		say(words, "\n  %s %" PRIu32 " from point %" PRIu64
		    ", unanswered: %s", operation->who, operation->number,
		    operation->called_at, what);
	else
		say(words, "\n  %s %" PRIu32 " from point %" PRIu64 " to %"
		    PRIu64 ": %s", operation->who, operation->number,
		    operation->called_at, operation->answered_at, what);
}

static void
say_outcomes(struct words *words, const struct linear_model *model,
    const struct linear_outcomes *outcomes)
{
	for (uint32_t i = 0; i < outcomes->length; i++) {
		char what[WORDS_SIZE];

		model->tell_state(outcomes->states[i], what, sizeof(what));
		say(words, "%s%s", i == 0 ? "" : ", or ", what);
	}
}

/* ------------------------------------------------------------------- window */

static int
compare_calls(const void *left, const void *right)
{
	const struct linear_operation *a = left;
	const struct linear_operation *b = right;

	return a->called < b->called ? -1 : a->called > b->called;
}

/* What had been seen by an event: what was answered later is pending. */
static void
cut(const struct linear_part *whole, uint64_t event, struct linear_part *prefix)
{
	prefix->key = whole->key;
	prefix->length = 0;
	for (uint32_t i = 0; i < whole->length; i++) {
		struct linear_operation *operation =
		    &prefix->operations[prefix->length];

		if (whole->operations[i].called > event)
			continue;
		*operation = whole->operations[i];
		if (operation->answered > event)
			operation->answered = LINEAR_NEVER;
		prefix->length++;
	}
}

/* The next answer after an event; LINEAR_NEVER: none. */
static uint64_t
answer_after(const struct linear_part *part, uint64_t event)
{
	uint64_t next = LINEAR_NEVER;

	for (uint32_t i = 0; i < part->length; i++) {
		if (part->operations[i].answered > event &&
		    part->operations[i].answered < next)
			next = part->operations[i].answered;
	}
	return next;
}

/* The last answer before an event; 0: none. */
static uint64_t
answer_before(const struct linear_part *part, uint64_t event)
{
	uint64_t last = 0;

	for (uint32_t i = 0; i < part->length; i++) {
		if (part->operations[i].answered < event &&
		    part->operations[i].answered > last)
			last = part->operations[i].answered;
	}
	return last;
}

/* True when all that had been called by an event had been answered, but for
 * what never is. */
static bool
is_quiet(const struct linear_part *part, uint64_t event)
{
	for (uint32_t i = 0; i < part->length; i++) {
		const struct linear_operation *operation =
		    &part->operations[i];

		if (operation->called < event && operation->answered > event &&
		    !linear_is_pending(operation))
			return false;
	}
	return true;
}

/* Shortens a part that has no order to the first answer that has none. */
static void
shorten(struct linear_part *part, const struct linear_model *model,
    uint32_t configurations_max, uint64_t *configurations)
{
	uint64_t event = answer_after(part, 0);
	struct linear_part prefix;

	for (; event != LINEAR_NEVER; event = answer_after(part, event)) {
		cut(part, event, &prefix);
		if (linear_search(&prefix, model, configurations_max, NULL,
		    configurations) != LINEAR_NO)
			continue;
		*part = prefix;
		return;
	}
}

/* Where the window begins, and what the state may have been by then. */
static uint64_t
window_begin(const struct linear_part *part, const struct linear_model *model,
    uint32_t configurations_max, struct linear_outcomes *outcomes,
    uint64_t *configurations)
{
	/* The last answer is the one that nothing explains. */
	uint64_t event = answer_before(part, answer_before(part,
	    LINEAR_NEVER));
	struct linear_part before;

	for (; event > 0; event = answer_before(part, event)) {
		if (!is_quiet(part, event))
			continue;
		cut(part, event, &before);
		outcomes->length = 0;
		if (linear_search(&before, model, configurations_max, outcomes,
		    configurations) == LINEAR_YES &&
		    outcomes->length <= OUTCOMES_MAX)
			return event;
	}
	*outcomes = (struct linear_outcomes){ .length = 1 };
	return 0;
}

static void
explain(struct linear_part *part, const struct linear_model *model,
    uint32_t configurations_max, struct linear_result *result)
{
	struct words words = { result->why, sizeof(result->why), 0 };
	struct linear_outcomes outcomes;
	uint64_t begin;

	shorten(part, model, configurations_max, &result->configurations);
	begin = window_begin(part, model, configurations_max, &outcomes,
	    &result->configurations);
	say(&words, "%s %" PRIu32 " is not linearizable: it was ", model->name,
	    part->key);
	say_outcomes(&words, model, &outcomes);
	say(&words, ", and then there is no order for");
	qsort(part->operations, part->length, sizeof(part->operations[0]),
	    compare_calls);
	for (uint32_t i = 0; i < part->length; i++) {
		if (part->operations[i].called > begin ||
		    linear_is_pending(&part->operations[i]))
			say_operation(&words, model, &part->operations[i]);
	}
}

/* -------------------------------------------------------------------- check */

/* When it seems to have happened. */
static uint64_t
hint_of(const struct linear_operation *operation)
{
	return operation->hint != 0 ? operation->hint : operation->answered;
}

/* So an order, if there is one, is mostly found straight away. */
static int
compare_hints(const void *left, const void *right)
{
	uint64_t a = hint_of(left);
	uint64_t b = hint_of(right);

	return a != b ? (a < b ? -1 : 1) : compare_calls(left, right);
}

static uint32_t
length_of(const struct linear_history *history)
{
	/* Relaxed: all threads are done. */
	return atomic_load_explicit(&history->length, memory_order_relaxed);
}

/* The operations of a key, in the order in which they are tried.  False: too
 * many. */
static bool
pick(const struct linear_history *history, uint32_t key,
    struct linear_part *part)
{
	part->key = key;
	part->length = 0;
	for (uint32_t i = 0; i < length_of(history); i++) {
		const struct linear_operation *operation =
		    &history->operations[i];

		if (operation->key != key || operation->is_forgotten)
			continue;
		if (part->length == LINEAR_KEY_MAX)
			return false;
		part->operations[part->length++] = *operation;
	}
	qsort(part->operations, part->length, sizeof(part->operations[0]),
	    compare_hints);
	return true;
}

/* True when no operation before this one has its key. */
static bool
is_first_of_key(const struct linear_history *history, uint32_t index)
{
	for (uint32_t i = 0; i < index; i++) {
		if (history->operations[i].key ==
		    history->operations[index].key)
			return false;
	}
	return true;
}

static void
give_up(struct linear_result *result, const struct linear_model *model,
    uint32_t key, const char *limit)
{
	struct words words = { result->why, sizeof(result->why), 0 };

	result->verdict = LINEAR_GAVE_UP;
	say(&words, "%s %" PRIu32 " was not checked: too many %s",
	    model->name, key, limit);
}

static void
check_key(const struct linear_history *history,
    const struct linear_model *model, uint32_t key,
    uint32_t configurations_max, struct linear_result *result)
{
	struct linear_part part;

	if (!pick(history, key, &part)) {
		give_up(result, model, key, "operations");
		return;
	}
	result->operations += part.length;
	switch (linear_search(&part, model, configurations_max, NULL,
	    &result->configurations)) {
	case LINEAR_YES:
		break;
	case LINEAR_NO:
		result->verdict = LINEAR_NO;
		explain(&part, model, configurations_max, result);
		break;
	case LINEAR_GAVE_UP:
		give_up(result, model, key, "configurations");
		break;
	}
}

void
linear_check_within(const struct linear_history *history,
    const struct linear_model *model, uint32_t configurations_max,
    struct linear_result *result)
{
	*result = (struct linear_result){ .verdict = LINEAR_YES };
	if (length_of(history) > LINEAR_HISTORY_MAX) {
		give_up(result, model, 0, "operations");
		return;
	}
	for (uint32_t i = 0; i < length_of(history) &&
	    result->verdict != LINEAR_NO; i++) {
		if (is_first_of_key(history, i))
			check_key(history, model, history->operations[i].key,
			    configurations_max, result);
	}
}

void
linear_check(const struct linear_history *history,
    const struct linear_model *model, struct linear_result *result)
{
	linear_check_within(history, model, LINEAR_CONFIGURATIONS_MAX, result);
}
