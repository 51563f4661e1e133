/* SPDX-License-Identifier: MIT */
/*
 * pump - drives the one worker of an inline VM from whatever thread is inside.
 *
 * One thread pumps at a time; others that wait for mail park, and one of them
 * is woken to pump when work comes in while nobody does.  When nobody is
 * inside at all the host's wake function is called.
 *
 *   [P] is_pumping: exchange seq_cst by who wants to pump, store seq_cst by who
 *       leaves.  The trap: a thread from outside pushes to the inject queue and
 *       then looks whether somebody pumps; the pumper leaves and then looks at
 *       the queue.  All four are seq_cst.
 *   [H] host_deadline: store seq_cst by the host, before it looks at work and
 *       timers and after; load seq_cst by who leaves.  The same trap: a thread
 *       whose mail has come leaves work, or a timer that it set, and then
 *       looks what the host knows.  So does one from outside that has set a
 *       timer: it takes and leaves the pump first, or finds it taken, and the
 *       exchange stands between the timer and the look.
 *   [E] the end: the stopper changes the VM's state, then looks whether
 *       somebody pumps; who pumps leaves, then looks at the state, and wakes
 *       it.  The same trap once more.
 *
 *   [T] turns: store seq_cst by who begins to pump -> load seq_cst by who asks
 *       whether all is quiet, before and after it looks at work and timers
 *       Nobody pumping at both times, and no turn begun, means that nobody has
 *       pumped in between: what was seen is true of one moment.
 *
 * Threads: any.
 */
#ifndef VM_PUMP_H
#define VM_PUMP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct ths_vm;

struct pump {
	atomic_bool is_pumping; /* [P] */
	_Atomic uint64_t host_deadline; /* [H] what the host waits for;
					 * 0: it is awake */
	_Atomic uint64_t turns; /* [T] so many have begun to pump */
};

/* Runs slices until nothing is ready, `limit` ran (0: no limit) or, with
 * is_enough, until it says so between two slices.  How many; 0 when another
 * pumps. */
uint64_t pump_run(struct ths_vm *vm, uint64_t limit,
    bool (*is_enough)(void *context), void *context);

/* Before a call from outside brings something in: turns the timers that came
 * due meanwhile into mail, so that it is there first.  Leaves it to who
 * pumps. */
void pump_fire_due(struct ths_vm *vm);

/* True while somebody pumps. */
bool pump_is_taken(const struct ths_vm *vm);

/* The caller stops waiting for mail, or pumping: if work is left that nobody
 * pumps, another who waits is woken, or else the host; the host also for a
 * timer it does not know of. */
void pump_pass_on(struct ths_vm *vm);

/* Waits for who pumps, and lets nobody pump any more; after
 * scheduler_stop(). */
void pump_end(struct ths_vm *vm);

/* Work came in from a thread that does not pump. */
void pump_notice(struct ths_vm *vm);

/* A thread that does not pump has set a timer: whoever sleeps until a later
 * one, who waits inside or the host, is woken. */
void pump_timer_set(struct ths_vm *vm);

/* True when nothing will happen by itself up to the deadline: nobody pumps, no
 * work is ready, and no timer is due by then. */
bool pump_is_quiet(struct ths_vm *vm, uint64_t deadline_ns);

/* When the next timer is due; 0: work is ready.  What is ready or due already
 * while another pumps is that one's business: then CLOCK_NEVER. */
uint64_t pump_deadline(struct ths_vm *vm);

#endif
