/* SPDX-License-Identifier: MIT */
/*
 * slice - one stay of an actor on a worker: what is in its mailbox now, up to
 * slice_max messages, and up to slice_ns of time as far as a look at the clock
 * every SLICE_LOOK messages can tell.
 *
 * Mail that comes during the slice waits for the next one, so an actor that
 * writes to itself shares its worker with the others.
 */
#ifndef VM_ACTOR_SLICE_H
#define VM_ACTOR_SLICE_H

#include <stdint.h>

#include "mailbox/envelope.h"
#include "sched/worker.h"
#include "thespis/vm.h"
#include "vm/actor/slot.h"

enum { SLICE_LOOK = 128 };

/* Runs a slot's task; scheduler_ops.run.  Returns the messages met. */
uint32_t slice_run(void *context, struct worker *worker, struct task *task);

/* Ends mail for a life of slot that is not the present one; its consumer. */
void slice_end_stale(struct slot *slot, struct envelope *envelope);

/* Ends all mail in a slot; its consumer.  What came from others is dead for
 * this reason, and counted in the answer; the runtime's own is absorbed. */
uint32_t slice_drain(struct slot *slot, enum ths_dead_reason reason);

/* Takes the envelope being handled out of the inbox, if it lies there, and with
 * it all that came behind, which is left for the next slice.  The consumer. */
void slice_take_past(struct slot *slot, const struct envelope *envelope);

#endif
