/* SPDX-License-Identifier: MIT */
/*
 * log_ring - lines on their way to a sink, which one thread at a time gives
 * them to, in order.
 *
 * Who says a line puts it into a ring of places and calls.  A call makes the
 * caller the *drainer*, who gives the sink all lines there are, if there is
 * none; else the drainer hears the call and looks again before it leaves.  So
 * no line waits without somebody who will give it out, and nobody waits for
 * the sink but the drainer, who is inside it.
 *
 * Threads: any; nothing but init and fini excludes anything.
 * Progress: put is lock-free, a call is one read-modify-write.  A drainer stays
 * for LOG_STAYS times as many lines as the ring has places, at most; then it
 * closes the ring, gives out what is there, and leaves.  What is put meanwhile
 * is lost: as many lines in a row without an end are more than the sink can
 * bear, or its own.
 * Order: the one in which the lines were put; of one thread, that of saying.
 * Limits: a line that finds no place is lost and counted; the sink hears of it,
 * at THS_LOG_ERROR, so that no level hides it, before the next line.
 * Errors: THS_NO_MEMORY at init.
 *
 * A line said inside the sink is given to it after the sink has returned.
 */
#ifndef BASE_LOG_RING_H
#define BASE_LOG_RING_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/machine.h"
#include "base/memory.h"
#include "thespis/log.h"

enum {
	LOG_LINE_MAX = 512,       /* bytes, NUL included */
	LOG_PLACES_MAX = 1 << 20,
	LOG_STAYS = 4,
};

/* A line; all but turn is its writer's until it is full, then the drainer's. */
struct log_place {
	_Atomic uint64_t turn; /* [T] 2 * round: free in it; odd: full */
	uint64_t lost;         /* lines in all, when this one was put */
	ths_log_level level;
	char text[LOG_LINE_MAX];
};

/*
 *   line  field         written by          read by
 *   0     word          any                 any
 *   0     lost          any, in put         any
 *   1     oldest        drainer             any
 *   1     told, given   drainer             drainer
 *   1     sink…         init                any
 */
struct log_ring {
	alignas(CACHE_LINE) _Atomic uint64_t word; /* [W] see log_ring.c */
	_Atomic uint64_t lost;   /* relaxed: a count */
	alignas(CACHE_LINE) _Atomic uint64_t oldest; /* [O] number of a line */
	uint64_t told;           /* of the lost ones */
	uint64_t given;          /* to the sink, in this stay */
	ths_log_function sink;
	void *context;
	struct log_place *places; /* a region: pages never used cost nothing */
	uint32_t length;          /* of places */
};

/* Makes a ring of `length` places, from 1 to LOG_PLACES_MAX. */
THS_NODISCARD ths_status log_ring_init(struct log_ring *ring,
    struct memory *memory, uint32_t length, ths_log_function sink,
    void *context);

/* Gives out what is there, and the memory back.  Nobody else uses it. */
void log_ring_fini(struct log_ring *ring, struct memory *memory);

/* Puts a line; a text that is too long is cut.  False: it is lost.  A call
 * must follow in either case. */
bool log_ring_put(struct log_ring *ring, ths_log_level level,
    const char *text);

/* Makes sure that all lines put before are given out, by the caller unless
 * there is a drainer. */
void log_ring_call(struct log_ring *ring);

/* Calls, and waits until the sink has returned from every line put before.
 * Never inside the sink. */
void log_ring_flush(struct log_ring *ring);

#endif
