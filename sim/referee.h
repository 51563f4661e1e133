/* SPDX-License-Identifier: MIT */
/*
 * referee - watches a simulated VM: what must always hold is checked in every
 * run, by what the VM tells its observer (vm/observe.h), and the first breach
 * fails the run with the actors and the message in words.
 *
 *   equation     accepted = handled + dead + absorbed + under way + in a
 *                handler, by the VM's own counts; when nobody can run, now and
 *                then between, and at the stop
 *   order        what one sender sends to one slot is met in that order; a
 *                sender is an actor, a thread outside or a worker that fires
 *                timers.  What is put aside is free after it was met first; a
 *                status request is answered in passing
 *   once         a message is handled, dead or absorbed once; no envelope is
 *                sent that is under way
 *   one worker   an actor is run by one worker at a time
 *   generation   only whoever lives in the slot handles mail there, and only
 *                mail for his life, or for anybody's
 *   exit         an actor ends after its children, unless it leaves them
 *                alone, or the stopper's time was over; nobody moves into a
 *                slot before the notice of the last end was met
 *   notice       each end is told to the parent once, after it
 *   retry        a handler that has failed is called once more, not twice
 *   timers       none fires before it is due, and none is met that its owner
 *                was told is cancelled
 *   leaks        at the stop nothing is under way and nobody lives; when the VM
 *                is freed all envelopes and memory have come back, no slot is
 *                free twice, and each is free if the stop was in time
 *
 * It folds each delivered message into the world's signature: to, from, type,
 * digest of the content, time.  And it tells the world's listener, if there is
 * one, of all that happens.
 *
 * Threads: the world's.  Ownership: the struct is its user's until
 * referee_fini(), which the VM's end or the world's calls.
 */
#ifndef SIM_REFEREE_H
#define SIM_REFEREE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/timetable.h"
#include "sim/digests.h"
#include "sim/flights.h"
#include "sim/lives.h"
#include "thespis/sim.h"
#include "thespis/vm.h"

struct observer;

/* What one worker does. */
struct referee_worker {
	uint32_t slot; /* that it runs; 0: none */
	uint32_t met;  /* messages that it has handled in this slice */
	bool has_retried; /* the message in hand */
};

/*
 *   vm       NULL until it has started
 *   number   of the VM in the world, from 1
 *   in_hand  messages in a handler, which has not returned
 *   until    messages handled until the equation is looked at again
 */
struct referee {
	ths_sim *sim;
	const ths_vm *vm;
	struct referee *next; /* of the world's */
	uint32_t number;
	uint32_t until;
	uint64_t in_hand;
	struct flights flights;
	struct lives lives;
	struct timetable timetable;
	struct digests digests;
	struct referee_worker workers[THS_SIM_WORKERS_MAX + 1 + THS_SPARES_MAX];
};

/* For vm_ports, whose context is the struct sim_vm that has the referee. */
extern const struct observer referee_observer;

/* Begins to watch a VM in a world, which has not started; and ends. */
void referee_init(struct referee *referee, ths_sim *sim);
void referee_fini(struct referee *referee);

/* The VM has started. */
void referee_set_vm(struct referee *referee, const ths_vm *vm);

/* Nobody can run without time going by. */
void referee_look(struct referee *referee);

#endif
