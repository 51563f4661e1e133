/* SPDX-License-Identifier: MIT */
/*
 * supervise - the state of a supervisor, and how it goes on.
 *
 * Everything that happens (a child has ended, a timer is due, somebody asks for
 * something) marks children with what is wanted of them, and then advances:
 *
 *   1  one child at a time, the youngest first: whoever is to end is asked to
 *   2  a supervisor that ends, ends when no child runs
 *   3  in their order: whoever is to start is spawned; with a strategy that
 *      restarts several, when nobody is to end and the back-off is over
 *
 * A restart of several is no more than marks on all of them.
 *
 * Threads: the supervisor's handlers.  It is written on the public face, but
 * for the VM's memory, the count of limits, requests to exit that no mailbox
 * limit refuses, and life_stay().
 */
#ifndef VM_PATTERNS_SUPERVISE_H
#define VM_PATTERNS_SUPERVISE_H

#include "thespis/failure.h"
#include "thespis/supervise.h"
#include "vm/patterns/patience.h"
#include "vm/patterns/roster.h"

struct supervisor {
	ths_supervisor table; /* defaults filled in */
	struct roster roster;
	struct patience patience;
	uint64_t failures;
	ths_timer timer;   /* the back-off of several; 0: none */
	bool is_ending;
	bool gives_up;     /* ends by a crash, for this reason: */
	char text[THS_FAILURE_TEXT_SIZE];
	bool is_over;      /* nothing can be started any more: it is killed, or
			    * its VM stops */
};

static inline struct supervisor *
supervisor_of(void *state)
{
	return ((ths_supervised *)state)->book;
}

/* Does what the marks ask for.  Children may be gone afterwards. */
void supervisor_advance(ths_self *self, struct supervisor *supervisor);

/* Whoever asked for something about this child is answered, if there is one. */
void supervisor_answer(ths_self *self, struct roster_child *child,
    ths_status status);

/* Cancels the child's timer, whatever it is for. */
void supervisor_cancel(ths_self *self, struct roster_child *child);

/* Cancels its timer and takes it off the roster. */
void supervisor_forget(ths_self *self, struct supervisor *supervisor,
    struct roster_child *child);

/* What is wrong with a spec by itself, or NULL; fills in its defaults. */
const char *supervisor_check_spec(ths_child_spec *spec);

#endif
