/* SPDX-License-Identifier: MIT */
/*
 * parker - the one place where one thread sleeps, and how others wake it.
 *
 * An event count: the sleeper takes a ticket, looks once more at whatever would
 * make it stay awake, and waits; a wake after the ticket was taken makes the
 * wait return at once.  Waking nobody costs no system call.
 *
 *   sleeper: ticket = parker_ticket(); announce; look; parker_wait(ticket)
 *   waker:   change what the sleeper looks at; parker_wake()
 *
 * How it waits is a port, so that the simulator can switch to another thread
 * instead: parker_port_system sleeps in the kernel (futex, by Concurrency Kit's
 * ck_ec).  Under ThreadSanitizer a wake happens before the return of the wait it
 * ends (annotated in parker.c: ck's atomics are invisible to it).
 *
 * Threads: ticket, wait: the sleeper.  wake: any.
 */
#ifndef SCHED_PARKER_H
#define SCHED_PARKER_H

#include <ck_ec.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct parker;

struct parker_port {
	/* Returns when value differs from ticket, or at deadline (of the VM's
	 * clock; CLOCK_NEVER: none), or spuriously. */
	void (*wait)(struct parker *parker, uint32_t ticket,
	    uint64_t deadline_ns);
	/* Ends the wait of the sleeper. */
	void (*wake)(struct parker *parker);
	void *context;
};

struct parker {
	struct ck_ec32 count;
	const struct parker_port *port;
	const struct clock *clock;
	void *sleeper; /* the port's own */
};

extern const struct parker_port parker_port_system;

void parker_init(struct parker *parker, const struct parker_port *port,
    const struct clock *clock);

/* A ticket for the next wait. */
uint32_t parker_ticket(const struct parker *parker);

/* Sleeps until a wake that came after ticket was taken, or until deadline.
 * True when woken, false when the deadline passed. */
bool parker_wait(struct parker *parker, uint32_t ticket, uint64_t deadline_ns);

/* Wakes the sleeper, or makes its next wait return at once. */
void parker_wake(struct parker *parker);

#endif
