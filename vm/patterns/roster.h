/* SPDX-License-Identifier: MIT */
/*
 * roster - a supervisor's children, in the order of their start.
 *
 * Threads: the owner.  Ownership: the roster's blocks; a child stays where it
 * is until it is removed.  Finding is a walk.
 */
#ifndef VM_PATTERNS_ROSTER_H
#define VM_PATTERNS_ROSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/memory.h"
#include "thespis/supervise.h"

enum { ROSTER_WHY_SIZE = 96 }; /* bytes, NUL included; the rest is cut */

/*
 *   runs  ends   wants_end  wants_start
 *    1     0        0           0        running
 *    1     0        1           -        to be ended, and perhaps started anew
 *    1     1        0           -        has been asked to exit
 *    0     0        0           1        waiting to be started
 *    0     0        0           0        down
 */
struct roster_child {
	ths_child_spec spec; /* defaults filled in; of one that was added later,
			      * name and start stand behind this struct */
	uint64_t number;     /* no other child of the roster ever has it;
			      * from 1 */
	size_t size;         /* bytes of this block */
	ths_address address; /* when it runs */
	bool runs;
	bool ends;
	bool wants_end;
	bool wants_start;
	bool deletes;        /* is forgotten when it has ended */
	bool is_new;         /* is forgotten if it cannot be spawned */
	bool waits;          /* for its timer, to be started */
	bool is_asked;       /* somebody waits for an answer */
	ths_timer timer;     /* 0: none */
	ths_address asker;
	ths_duration since;  /* when it was spawned */
	ths_duration lived;  /* its last life */
	ths_duration delay;  /* its last back-off */
	uint32_t failures;
	char why[ROSTER_WHY_SIZE];
};

struct roster {
	struct memory *memory;
	struct roster_child **children;
	uint32_t length;
	uint32_t room;
	uint64_t numbers; /* given so far */
};

void roster_init(struct roster *roster, struct memory *memory);
void roster_fini(struct roster *roster);

/*
 * Adds a child behind the others, all but its spec zero.  With copies, the
 * spec's name and start are copied; else they outlive the roster.
 * Returns THS_OK, THS_NO_MEMORY, or what is wrong with start.
 */
enum ths_status roster_add(struct roster *roster, const ths_child_spec *spec,
    bool copies, struct roster_child **child);

/* Takes a child out and frees it. */
void roster_remove(struct roster *roster, struct roster_child *child);

/* These find a child, or NULL. */
struct roster_child *roster_named(const struct roster *roster,
    const char *name);
struct roster_child *roster_at(const struct roster *roster,
    ths_address address);
struct roster_child *roster_numbered(const struct roster *roster,
    uint64_t number);

/* Where a child stands. */
uint32_t roster_place(const struct roster *roster,
    const struct roster_child *child);

#endif
