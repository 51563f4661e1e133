/* SPDX-License-Identifier: MIT */
/*
 * events - what happens in a simulated world, for whoever wants to read or draw
 * it: told one by one to the world's listener, which there seldom is.
 *
 * A run does not change by being listened to: so one that has failed is run
 * again with its seed and a listener.
 *
 * Threads: the world's.  Ownership: what an event points to lasts until its
 * listener returns.
 */
#ifndef SIM_EVENTS_H
#define SIM_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "thespis/address.h"
#include "thespis/type.h"

enum sim_event_kind {
	SIM_EVENT_SENDS,     /* it has got its place; `by` sends */
	SIM_EVENT_HANDLES,   /* the handler is called, or a caller is given it */
	SIM_EVENT_RETURNS,   /* the handler has returned; `why` how */
	SIM_EVENT_RETRIES,   /* the handler is called once more */
	SIM_EVENT_STASHES,   /* it is put aside, to be met again */
	SIM_EVENT_DEAD,      /* a dead letter; `why` */
	SIM_EVENT_ABSORBED,  /* the runtime has done what it was sent for */
	SIM_EVENT_BORN,      /* an actor; `from` is its parent */
	SIM_EVENT_ENDS,      /* an actor; `why` */
	SIM_EVENT_RUNS,      /* a worker runs an actor's mail */
	SIM_EVENT_RESTS,     /* and no longer */
	SIM_EVENT_TIMER_SET, /* `number`, due at `due_ns` */
	SIM_EVENT_TIMER_FIRES,
	SIM_EVENT_TIMER_CANCELLED,
	SIM_EVENT_KINDS
};

/*
 *   field    what it is
 *   at_ns    the world's time
 *   thread   number of the simulated thread; 0: home
 *   vm       number of the VM in the world, from 1
 *   by       whose slice it happens in; nobody: none's
 *   to       whom the message is for; or the actor told of
 *   from     whom it is from
 *   …_name   its kind; NULL: none is known
 *   type     of the message; NULL: none
 *   message  NULL: it is not to be had
 *   why      a reason or a status in words; NULL: none
 */
struct sim_event {
	enum sim_event_kind kind;
	uint64_t at_ns;
	uint32_t thread;
	const char *thread_name;
	uint32_t vm;
	ths_address by;
	const char *by_name;
	ths_address to;
	const char *to_name;
	ths_address from;
	const ths_type *type;
	const void *message;
	const char *why;
	uint64_t number;
	uint64_t due_ns;
};

struct sim_listener {
	void (*tell)(void *context, const struct sim_event *event);
	void *context;
};

/*
 * An event in words, like snprintf():
 *     12.345678 ms  worker 2  bank 3.1 handles transfer {amount: 5} from 4.1
 */
size_t sim_event_print(const struct sim_event *event, char *text, size_t size);

/* ---------------------------------------------------------- the last events */

enum { SIM_MEMOIR_LINE = 240 }; /* bytes of one, its NUL included */

/* The last events in words, in a ring of `length` lines of the caller's. */
struct sim_memoir {
	char (*lines)[SIM_MEMOIR_LINE];
	size_t length;
	uint64_t told; /* so far */
};

/* A listener's tell(); context is the struct sim_memoir. */
void sim_memoir_tell(void *memoir, const struct sim_event *event);

/* How many lines there are, and the n-th of them, from 0, the oldest. */
size_t sim_memoir_count(const struct sim_memoir *memoir);
const char *sim_memoir_line(const struct sim_memoir *memoir, size_t n);

#endif
