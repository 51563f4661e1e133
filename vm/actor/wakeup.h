/* SPDX-License-Identifier: MIT */
/*
 * wakeup - turns a timer that came due into mail.
 *
 * The timer's load says which life of which slot it is for.  When it fires an
 * envelope of kind ENVELOPE_WAKEUP goes into that mailbox with the timer's
 * handle; when the actor meets it, the wheel says whether it was cancelled
 * meanwhile.
 *
 * A periodic timer is set again when its actor meets the wake-up, for the next
 * time of its schedule that has not passed.  So one wake-up at most is under
 * way for each timer, and who comes late skips.
 */
#ifndef VM_ACTOR_WAKEUP_H
#define VM_ACTOR_WAKEUP_H

#include <stdbool.h>

#include "mailbox/envelope.h"
#include "sched/wheel.h"
#include "thespis/inspect.h"

struct crew;

/* scheduler_ops.fire; false when there is no memory for the mail. */
bool wakeup_fire(void *context, wheel_handle handle,
    const struct wheel_load *load);

/* Ends the timer of a wake-up that its actor meets, or sets it again; true if
 * it counts. */
bool wakeup_is_due(struct ths_vm *vm, const struct envelope *envelope);

/* Ends the timer of a wake-up whose actor is gone. */
void wakeup_end(struct ths_vm *vm, const struct envelope *envelope);

/* ths_timer_set() for this actor, by a thread that is none of the workers. */
enum ths_status wakeup_set_from_outside(struct crew *crew, ths_address actor,
    ths_duration delay, uint64_t payload, ths_timer *timer);

/* Calls visit for every timer that is set, or fired and not met yet, also of
 * those who live no more; by one look at the clock.  As wheel_each(). */
void wakeup_each(const struct ths_vm *vm, void (*visit)(void *context,
    const ths_timer_status *timer), void *context);

#endif
