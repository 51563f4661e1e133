/* SPDX-License-Identifier: MIT */
/* linear_search - looks for an order; see linear_search.h. */
#include "tests/sim/linear_search.h"

#include <string.h>

#include "tests/sim/linear_visited.h"

_Static_assert(LINEAR_STATE_MAX % sizeof(uint64_t) == 0,
    "states behind each other are aligned");

struct search {
	const struct linear_model *model;
	const struct linear_operation *operations;
	uint32_t length;
	uint32_t configurations_max;
	uint64_t answered; /* a bit for each that must have happened */
	struct linear_outcomes *outcomes; /* NULL: one order is enough */
	struct visited visited;
};

struct frame {
	uint64_t done;
	uint64_t limit; /* event: what was called later cannot be next */
	uint32_t next;  /* operation to try */
	alignas(uint64_t) unsigned char state[LINEAR_STATE_MAX];
};

static uint64_t
bit(uint32_t index)
{
	return (uint64_t)1 << index;
}

static void
note_outcome(const struct search *search, const unsigned char *state)
{
	struct linear_outcomes *outcomes = search->outcomes;
	size_t size = search->model->state_size;

	if (outcomes->length > OUTCOMES_MAX)
		return;
	for (uint32_t i = 0; i < outcomes->length; i++) {
		if (memcmp(outcomes->states[i], state, size) == 0)
			return;
	}
	if (outcomes->length < OUTCOMES_MAX)
		memcpy(outcomes->states[outcomes->length], state, size);
	outcomes->length++;
}

/* The first answer that is still to be explained. */
static uint64_t
limit_of(const struct search *search, uint64_t done)
{
	uint64_t limit = LINEAR_NEVER;

	for (uint32_t i = 0; i < search->length; i++) {
		if ((search->answered & ~done & bit(i)) != 0 &&
		    search->operations[i].answered < limit)
			limit = search->operations[i].answered;
	}
	return limit;
}

/* True when the operation can come next, and makes a difference. */
static bool
try_operation(const struct search *search, const struct frame *from,
    const struct linear_operation *operation, unsigned char *state)
{
	size_t size = search->model->state_size;

	if (operation->called > from->limit)
		return false;
	memcpy(state, from->state, size);
	if (!search->model->step(state, operation))
		return false;
	/* What is pending may as well not have happened. */
	return !linear_is_pending(operation) ||
	    memcmp(state, from->state, size) != 0;
}

/* Goes on from a frame by the next operation that can come; false: none. */
static bool
step(struct search *search, struct frame *from, struct frame *to)
{
	while (from->next < search->length) {
		uint32_t i = from->next++;

		if ((from->done & bit(i)) != 0 || !try_operation(search, from,
		    &search->operations[i], to->state))
			continue;
		to->done = from->done | bit(i);
		to->next = 0;
		if (visited_add(&search->visited, to->done, to->state))
			return true;
	}
	return false;
}

static enum linear_verdict
walk(struct search *search)
{
	struct frame frames[LINEAR_KEY_MAX + 1];
	uint32_t depth = 1;

	frames[0] = (struct frame){ .limit = limit_of(search, 0) };
	if (search->outcomes != NULL && search->answered == 0)
		note_outcome(search, frames[0].state);
	else if (search->answered == 0)
		return LINEAR_YES;
	while (depth > 0) {
		struct frame *frame = &frames[depth];

		if (!step(search, frame - 1, frame)) {
			depth--;
			continue;
		}
		if (search->visited.length > search->configurations_max)
			return LINEAR_GAVE_UP;
		if ((search->answered & ~frame->done) == 0) {
			if (search->outcomes == NULL)
				return LINEAR_YES;
			note_outcome(search, frame->state);
		}
		frame->limit = limit_of(search, frame->done);
		depth++;
	}
	return search->outcomes != NULL && search->outcomes->length > 0 ?
	    LINEAR_YES : LINEAR_NO;
}

enum linear_verdict
linear_search(const struct linear_part *part, const struct linear_model *model,
    uint32_t configurations_max, struct linear_outcomes *outcomes,
    uint64_t *configurations)
{
	struct search search = {
		.model = model,
		.operations = part->operations,
		.length = part->length,
		.configurations_max = configurations_max,
		.outcomes = outcomes,
	};
	enum linear_verdict verdict;

	for (uint32_t i = 0; i < search.length; i++) {
		if (!linear_is_pending(&search.operations[i]))
			search.answered |= bit(i);
	}
	visited_init(&search.visited, model->state_size);
	verdict = walk(&search);
	*configurations += search.visited.length;
	visited_fini(&search.visited);
	return verdict;
}
