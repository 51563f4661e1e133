/* SPDX-License-Identifier: MIT */
/*
 * linear - could what threads saw of a thing have come from one that does one
 * operation after the other, each at some moment between its call and
 * its answer?  If not, the thing is not linearizable.
 *
 * A history says who called what and when, and what the answer was; a model
 * says what one operation does to a small state.  The checker looks for an
 * order of the operations that keeps the one of time (who was answered before
 * another was called comes first) and gives every answer that was given.
 *
 * An operation without an answer (its caller's time was over, or the caller
 * died) may have happened at any moment since its call, or never.
 *
 * Time is the order in which the simulated threads passed here: a call is noted
 * before, an answer after the function under test, and there is no point in
 * between.  The world's points are kept for the words.
 *
 * Operations with different keys are of different things; each is looked at by
 * itself, for a history is linearizable when that of each thing is.
 *
 * Threads: linear_call() by any simulated thread; linear_answer() and
 * linear_forget() by the one that has the operation; linear_hint() by whoever
 * does it; linear_check() when all are done.  Nothing here orders threads, so
 * it hides no race from ThreadSanitizer.
 * Limits: LINEAR_HISTORY_MAX operations, LINEAR_KEY_MAX of one key,
 * LINEAR_CONFIGURATIONS_MAX configurations of one key.  Beyond the last two a
 * check gives up, which says nothing of the history.
 * Source: J. Wing and C. Gong, "Testing and Verifying Concurrent Objects"
 * (1993), for the search; G. Lowe, "Testing for linearizability" (2017), for
 * remembering which {operations done, state} led nowhere; M. Herlihy and J.
 * Wing, "Linearizability: A Correctness Condition for Concurrent Objects"
 * (1990), for things by themselves.
 */
#ifndef TESTS_SIM_LINEAR_H
#define TESTS_SIM_LINEAR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LINEAR_HISTORY_MAX = 512,
	LINEAR_KEY_MAX = 64, /* a word has a bit for each */
	LINEAR_STATE_MAX = 136, /* bytes */
	LINEAR_CONFIGURATIONS_MAX = 1 << 17,
	LINEAR_WHY_SIZE = 4096,
};

/* When an operation without answer was answered. */
#define LINEAR_NEVER UINT64_MAX

/*
 *   field            written by
 *   who … expected   the caller, for linear_call(); what they mean, but for
 *                    who, number and key, is the model's business
 *   result           linear_answer()
 *   hint             linear_hint()
 *   the others       linear_call() and linear_answer()
 */
struct linear_operation {
	const char *who; /* "client", with its number */
	uint32_t number;
	uint32_t key;
	uint32_t what;
	uint64_t argument;
	uint64_t expected; /* a second argument */
	uint64_t result;
	uint64_t called;   /* number of the event, from 1 */
	uint64_t answered; /* the same, or LINEAR_NEVER */
	uint64_t called_at; /* the world's points */
	uint64_t answered_at;
	uint64_t hint; /* number of an event; 0: none */
	uint32_t id;   /* its place in the history */
	bool is_forgotten;
	struct linear_history *history;
};

/* All zero but for `points` is an empty one. */
struct linear_history {
	const uint64_t *points; /* the world's; NULL: none */
	_Atomic uint64_t events;
	_Atomic uint32_t length;
	struct linear_operation operations[LINEAR_HISTORY_MAX];
};

/*
 * What the thing is to be.  A state is state_size bytes, all zero at first;
 * two are the same when their bytes are, so there must be one way only to write
 * each, and no padding.
 */
struct linear_model {
	const char *name;
	size_t state_size; /* bytes, LINEAR_STATE_MAX at most */
	/* Does the operation: false if it could not have had its result in this
	 * state, which may have changed then.  One that is pending has had
	 * any. */
	bool (*step)(void *state, const struct linear_operation *operation);
	/* In words, for who reads of a failure. */
	void (*tell)(const struct linear_operation *operation, char *buffer,
	    size_t size);
	void (*tell_state)(const void *state, char *buffer, size_t size);
};

enum linear_verdict {
	LINEAR_YES,
	LINEAR_NO,
	LINEAR_GAVE_UP, /* a limit; neither the one nor the other */
};

struct linear_result {
	enum linear_verdict verdict;
	uint32_t operations; /* that were checked */
	uint64_t configurations; /* that were looked at */
	char why[LINEAR_WHY_SIZE]; /* "" for LINEAR_YES */
};

static inline bool
linear_is_pending(const struct linear_operation *operation)
{
	return operation->answered == LINEAR_NEVER;
}

/* Notes a call, of which `said` has the caller's fields.  The operation is
 * pending until linear_answer().  NULL: the history is full. */
struct linear_operation *linear_call(struct linear_history *history,
    struct linear_operation said);

/* Notes the answer. */
void linear_answer(struct linear_operation *operation, uint64_t result);

/* The operation was refused: it has not happened, and will not. */
void linear_forget(struct linear_operation *operation);

/*
 * Says that an operation seems to happen just now.  It changes no verdict: what
 * seems to have happened first is tried first, and so an order that there is is
 * found soon.  Without a hint the answer is one.  By whoever does it, once.
 */
void linear_hint(struct linear_history *history, uint32_t id);

/*
 * Checks all keys, up to the first that is not linearizable.  Of that one `why`
 * has the shortest window in words: it ends with the first answer that no order
 * explains, and begins when nothing was under way for the last time before, if
 * what the state may have been by then is short to tell.
 */
void linear_check(const struct linear_history *history,
    const struct linear_model *model, struct linear_result *result);

/* The same with a limit of one's own. */
void linear_check_within(const struct linear_history *history,
    const struct linear_model *model, uint32_t configurations_max,
    struct linear_result *result);

#endif
