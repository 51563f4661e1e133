/* SPDX-License-Identifier: MIT */
/* linear_models - a register, a queue, a set, a name; see linear_models.h. */
#include "tests/sim/linear_models.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* True when an operation has had this result, or may have. */
static bool
gives(const struct linear_operation *operation, uint64_t result)
{
	return linear_is_pending(operation) || operation->result == result;
}

/* Writes a format of one number, and the result behind it if there is one. */
static void
tell(const struct linear_operation *operation, const char *verb,
    bool has_argument, bool has_result, char *buffer, size_t size)
{
	int used = has_argument ? snprintf(buffer, size, "%s %" PRIu64, verb,
	    operation->argument) : snprintf(buffer, size, "%s", verb);

	if (has_result && !linear_is_pending(operation) && used >= 0 &&
	    (size_t)used < size)
		snprintf(buffer + used, size - (size_t)used,
		    ", which gave %" PRIu64, operation->result);
}

/* ----------------------------------------------------------------- register */

struct register_state { uint64_t value; };

static bool
register_step(void *state, const struct linear_operation *operation)
{
	struct register_state *holds = state;

	switch ((enum linear_register_operation)operation->what) {
	case REGISTER_READ:
		return gives(operation, holds->value);
	case REGISTER_WRITE:
		holds->value = operation->argument;
		return true;
	case REGISTER_SWAP:
		if (holds->value != operation->expected)
			return gives(operation, 0);
		holds->value = operation->argument;
		return gives(operation, 1);
	}
	return false;
}

static void
register_tell(const struct linear_operation *operation, char *buffer,
    size_t size)
{
	char verb[64] = "read";

	if (operation->what == REGISTER_WRITE)
		snprintf(verb, sizeof(verb), "write");
	else if (operation->what == REGISTER_SWAP)
		snprintf(verb, sizeof(verb), "swap %" PRIu64 " for",
		    operation->expected);
	tell(operation, verb, operation->what != REGISTER_READ,
	    operation->what != REGISTER_WRITE, buffer, size);
}

static void
register_tell_state(const void *state, char *buffer, size_t size)
{
	snprintf(buffer, size, "%" PRIu64,
	    ((const struct register_state *)state)->value);
}

const struct linear_model linear_register = {
	.name = "register",
	.state_size = sizeof(struct register_state),
	.step = register_step,
	.tell = register_tell,
	.tell_state = register_tell_state,
};

/* -------------------------------------------------------------------- queue */

/* The oldest first; what is not used is 0. */
struct queue_state {
	uint16_t length;
	uint16_t values[LINEAR_KEY_MAX];
};

_Static_assert(sizeof(struct queue_state) <= LINEAR_STATE_MAX,
    "a queue is a state");

static bool
queue_step(void *state, const struct linear_operation *operation)
{
	struct queue_state *queue = state;
	uint16_t oldest = queue->values[0];

	if (operation->what == QUEUE_PUT) {
		/* There is room: one key has no more operations. */
		queue->values[queue->length++] = (uint16_t)operation->argument;
		return true;
	}
	if (queue->length > 0) {
		memmove(queue->values, queue->values + 1,
		    --queue->length * sizeof(queue->values[0]));
		queue->values[queue->length] = 0;
	}
	return gives(operation, oldest);
}

static void
queue_tell(const struct linear_operation *operation, char *buffer, size_t size)
{
	bool is_put = operation->what == QUEUE_PUT;

	tell(operation, is_put ? "put" : "take", is_put, !is_put, buffer,
	    size);
}

static void
queue_tell_state(const void *state, char *buffer, size_t size)
{
	const struct queue_state *queue = state;
	size_t used = 0;

	snprintf(buffer, size, "empty");
	for (uint32_t i = 0; i < queue->length && used < size; i++) {
		int length = snprintf(buffer + used, size - used, "%s%u",
		    i == 0 ? "" : " ", queue->values[i]);

		used += length > 0 ? (size_t)length : 0;
	}
}

const struct linear_model linear_queue = {
	.name = "queue",
	.state_size = sizeof(struct queue_state),
	.step = queue_step,
	.tell = queue_tell,
	.tell_state = queue_tell_state,
};

/* ---------------------------------------------------------------------- set */

struct set_state { uint64_t members; };

static bool
set_step(void *state, const struct linear_operation *operation)
{
	struct set_state *set = state;
	uint64_t member = (uint64_t)1 << operation->argument % 64;
	bool was_there = (set->members & member) != 0;

	switch ((enum linear_set_operation)operation->what) {
	case SET_ADD:
		set->members |= member;
		return gives(operation, !was_there);
	case SET_REMOVE:
		set->members &= ~member;
		return gives(operation, was_there);
	case SET_HAS:
		return gives(operation, was_there);
	}
	return false;
}

static void
set_tell(const struct linear_operation *operation, char *buffer, size_t size)
{
	static const char *const verbs[] = {
		[SET_ADD] = "add", [SET_REMOVE] = "remove", [SET_HAS] = "has",
	};

	tell(operation, verbs[operation->what], true, true, buffer, size);
}

static void
set_tell_state(const void *state, char *buffer, size_t size)
{
	snprintf(buffer, size, "{%#" PRIx64 "}",
	    ((const struct set_state *)state)->members);
}

const struct linear_model linear_set = {
	.name = "set",
	.state_size = sizeof(struct set_state),
	.step = set_step,
	.tell = set_tell,
	.tell_state = set_tell_state,
};

/* --------------------------------------------------------------------- name */

struct name_state { uint64_t who; };

static bool
name_register(struct name_state *name, uint64_t by,
    const struct linear_operation *operation)
{
	if (name->who != 0 && name->who != by)
		return gives(operation, NAME_TAKEN);
	if (!linear_is_pending(operation) && operation->result != NAME_DONE)
		return operation->result == NAME_NO_ROOM && name->who == 0;
	name->who = by;
	return true;
}

static bool
name_step(void *state, const struct linear_operation *operation)
{
	struct name_state *name = state;
	uint64_t by = operation->argument;
	bool is_his = name->who == by;

	switch ((enum linear_name_operation)operation->what) {
	case NAME_FIND:
		return gives(operation, name->who);
	case NAME_REGISTER:
		return name_register(name, by, operation);
	case NAME_GIVE_UP:
		if (!is_his)
			return gives(operation, NAME_UNKNOWN);
		name->who = 0;
		return gives(operation, NAME_DONE);
	case NAME_CREATE:
		if (name->who == 0 && !linear_is_pending(operation))
			name->who = operation->result;
		return gives(operation, name->who);
	case NAME_END:
		name->who = 0;
		return is_his;
	}
	return false;
}

/* As addresses are written in the log. */
static void
tell_who(uint64_t who, char *buffer, size_t size)
{
	snprintf(buffer, size, "%" PRIu64 ".%" PRIu64, who >> 32,
	    who & UINT32_MAX);
}

static void
name_tell(const struct linear_operation *operation, char *buffer, size_t size)
{
	static const char *const verbs[] = {
		[NAME_FIND] = "find", [NAME_REGISTER] = "register",
		[NAME_GIVE_UP] = "give up", [NAME_CREATE] = "create",
		[NAME_END] = "end",
	};
	static const char *const results[] = {
		[NAME_DONE] = "it", [NAME_TAKEN] = "\"taken\"",
		[NAME_NO_ROOM] = "\"no room\"", [NAME_UNKNOWN] = "\"unknown\"",
	};
	bool is_looked_up = operation->what == NAME_FIND ||
	    operation->what == NAME_CREATE;
	char who[48];

	tell_who(is_looked_up ? operation->result : operation->argument, who,
	    sizeof(who));
	if (is_looked_up)
		snprintf(buffer, size, "%s, which gave %s",
		    verbs[operation->what], operation->result == 0 ?
		    "nobody" : who);
	else if (linear_is_pending(operation) || operation->what == NAME_END)
		snprintf(buffer, size, "%s by %s", verbs[operation->what],
		    who);
	else
		snprintf(buffer, size, "%s by %s, which gave %s",
		    verbs[operation->what], who, results[operation->result]);
}

static void
name_tell_state(const void *state, char *buffer, size_t size)
{
	const struct name_state *name = state;

	if (name->who == 0)
		snprintf(buffer, size, "nobody's");
	else
		tell_who(name->who, buffer, size);
}

const struct linear_model linear_name = {
	.name = "name",
	.state_size = sizeof(struct name_state),
	.step = name_step,
	.tell = name_tell,
	.tell_state = name_tell_state,
};
