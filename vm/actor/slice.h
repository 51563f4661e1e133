/* SPDX-License-Identifier: MIT */
/*
 * slice - one stay of an actor on a worker: what is in its mailbox now, as far
 * as its budget goes (vm/actor/budget.h).
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

/* Runs a slot's task; scheduler_ops.run.  Returns the messages met. */
uint32_t slice_run(void *context, struct worker *worker, struct task *task);

/* Takes the envelope being handled out of the inbox, if it lies there, and with
 * it all that came behind, which is left for the next slice.  The consumer. */
void slice_take_past(struct slot *slot, const struct envelope *envelope);

#endif
