/* SPDX-License-Identifier: MIT */
/*
 * linear_search - looks for an order of the operations of one key; see
 * linear.h.
 *
 * A *configuration* is a set of operations that are done and the state they
 * have led to.  The search goes from one to the next by any operation that may
 * come next: one whose call came before every answer that is still to be
 * explained.  A configuration that was met before, on another way, leads
 * nowhere again, and is passed by.
 *
 * Threads: one.  Limits: configurations_max.
 */
#ifndef TESTS_SIM_LINEAR_SEARCH_H
#define TESTS_SIM_LINEAR_SEARCH_H

#include <stdalign.h>

#include "tests/sim/linear.h"

enum { OUTCOMES_MAX = 3 };

/* The operations of one key, in the order in which they are tried. */
struct linear_part {
	uint32_t key;
	uint32_t length;
	struct linear_operation operations[LINEAR_KEY_MAX];
};

/* What the state may be when all that was answered is done. */
struct linear_outcomes {
	uint32_t length; /* OUTCOMES_MAX + 1: more than are kept */
	alignas(uint64_t) unsigned char
	    states[OUTCOMES_MAX][LINEAR_STATE_MAX];
};

/*
 * Says whether there is an order.  With outcomes, which are empty, it goes on
 * through all of them, and notes the states they end with.  Adds what it has
 * met to *configurations.
 */
enum linear_verdict linear_search(const struct linear_part *part,
    const struct linear_model *model, uint32_t configurations_max,
    struct linear_outcomes *outcomes, uint64_t *configurations);

#endif
