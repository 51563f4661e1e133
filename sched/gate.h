/* SPDX-License-Identifier: MIT */
/*
 * gate - lets one thread through at a time, in order of arrival, with a
 * deadline.
 *
 * For threads of the host that share a client or stop a VM together; never on
 * the path of a message between actors.  It waits by the parker's port, so that
 * a simulated thread can wait here too; its own mutex is held for a few
 * instructions and never across a scheduling point.
 *
 * Threads: any.  Progress: blocking, FIFO.
 */
#ifndef SCHED_GATE_H
#define SCHED_GATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "sched/parker.h"

struct gate_waiter;

struct gate {
	pthread_mutex_t mutex; /* guards the rest */
	bool is_taken;
	struct gate_waiter *oldest;
	struct gate_waiter *newest;
};

void gate_init(struct gate *gate);
void gate_fini(struct gate *gate);

/* Goes through; false when the deadline came first (CLOCK_NEVER: waits). */
bool gate_enter(struct gate *gate, const struct parker_port *port,
    const struct clock *clock, uint64_t deadline_ns);

/* Lets the next one through.  The one inside only. */
void gate_leave(struct gate *gate);

#endif
