/* SPDX-License-Identifier: MIT */
/*
 * parker - the one place where one thread sleeps, and how others wake it.
 *
 * An event count: the sleeper takes a ticket, looks once more at whatever would
 * make it stay awake, and waits; a wake after the ticket was taken makes the
 * wait return at once.  Waking nobody costs no system call.
 *
 *   sleeper: ticket = parker_ticket(); announce; look; parker_wait(ticket)
 *   waker:   change what the sleeper looks at; see the announcement;
 *            parker_wake()
 *
 * The count and its protocol are Concurrency Kit's ck_ec.  Only the sleep
 * itself is a port: parker_port_system sleeps in the kernel (futex), the
 * simulator's switches to another thread.  A wait makes one system call, and
 * one more after each wake that was not meant for it; it does not wake by
 * itself.
 *
 * A wake happens before the return of the wait that it ends, and before the
 * return of a parker_ticket() that counts it.
 *
 * Threads: ticket, wait: the sleeper.  wake: any.  Limits: 2^31 wakes between a
 * ticket and its wait would look like none.
 */
#ifndef SCHED_PARKER_H
#define SCHED_PARKER_H

#include <ck_ec.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct parker;

/* What a thread sleeps on.  Both are called by parker.c alone. */
struct parker_port {
	/*
	 * Sleeps until wake(), or until deadline_ns (of parker->clock;
	 * CLOCK_NEVER: none).  Returns at once when a wake has come since
	 * ticket, that is when parker_is_woken(parker, ticket).  May return
	 * early for any reason: it is called again.
	 */
	void (*wait)(struct parker *parker, uint32_t ticket,
	    uint64_t deadline_ns);
	/* Ends a wait.  The count has changed already.  Called only when a
	 * sleeper has been, or is about to be, in wait(). */
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

/* port and clock outlive the parker. */
void parker_init(struct parker *parker, const struct parker_port *port,
    const struct clock *clock);

/* A ticket for the next wait. */
uint32_t parker_ticket(const struct parker *parker);

/* True when a wake came after ticket was taken.  For ports. */
bool parker_is_woken(const struct parker *parker, uint32_t ticket);

/* Sleeps until a wake that came after ticket was taken, or until deadline_ns
 * of the clock (CLOCK_NEVER: none).  True when woken, false when the deadline
 * passed. */
bool parker_wait(struct parker *parker, uint32_t ticket, uint64_t deadline_ns);

/* Wakes the sleeper, or makes the wait for its present ticket return
 * at once. */
void parker_wake(struct parker *parker);

#endif
