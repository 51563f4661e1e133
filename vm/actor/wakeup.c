/* SPDX-License-Identifier: MIT */
/* wakeup - turns a timer that came due into mail; see wakeup.h. */
#include "vm/actor/init.h"
#include "vm/actor/wakeup.h"

#include <string.h>

#include "base/check.h"
#include "base/fault.h"
#include "vm/actor/send.h"
#include "vm/observe.h"
#include "vm/vm.h"

/* What the words of a timer's load mean. */
enum load_word {
	LOAD_OWNER, /* which life of which slot */
	LOAD_PAYLOAD,
	LOAD_DELAY, /* as it was set: in ns, the delay or the period */
	LOAD_SINCE, /* the time that it is counted from, and LOAD_ONCE */
};

/* Of one that wakes once.  Times do not reach so far. */
#define LOAD_ONCE ((uint64_t)1 << 63)

static bool
wakes_once(const struct wheel_load *load)
{
	return (load->words[LOAD_SINCE] & LOAD_ONCE) != 0;
}

static uint64_t
owner_of(uint32_t slot, uint32_t generation)
{
	return (uint64_t)generation << 32 | slot;
}

static uint64_t
owner_word(const struct slot *slot)
{
	return owner_of(slot->index, slot->generation);
}

static struct wheel *
wheel_of(struct ths_vm *vm, wheel_handle handle)
{
	uint32_t number = wheel_number(handle);

	return number < vm->scheduler.config.workers ?
	    vm->scheduler.workers[number].wheel : NULL;
}

bool
wakeup_fire(void *context, wheel_handle handle, const struct wheel_load *load)
{
	struct ths_vm *vm = context;
	struct crew *crew = worker_current()->user;
	struct ths_wakeup wakeup = {
		.timer = handle,
		.payload = load->words[LOAD_PAYLOAD],
		.delay = (ths_duration)load->words[LOAD_DELAY],
	};
	struct envelope *envelope = pool_take(&crew->cache, sizeof(wakeup));
	struct slot *slot;

	if (envelope == NULL)
		return false;
	memcpy(envelope->message, &wakeup, sizeof(wakeup));
	slot = slots_find(&vm->slots, (uint32_t)load->words[LOAD_OWNER]);
	CHECK(slot != NULL);
	envelope->to_generation = (uint32_t)(load->words[LOAD_OWNER] >> 32);
	envelope->from_slot = slot->index;
	envelope->from_generation = envelope->to_generation;
	envelope->from_vm = 0;
	envelope->type = SYSTEM_WAKEUP;
	envelope->kind = ENVELOPE_WAKEUP;
	envelope->flags = wakes_once(load) ? 0 : ENVELOPE_PERIODIC;
	envelope->correlation = handle;
	observe_timer_fired(vm, handle);
	send_own(crew, slot, envelope);
	return true;
}

/* Sets a periodic timer for its next time; false if it was cancelled. */
static bool
set_again(struct ths_vm *vm, wheel_handle handle)
{
	struct worker *worker = &vm->scheduler.workers[wheel_number(handle)];
	uint64_t now = vm_now(vm);
	struct wheel_load load;
	uint64_t period, since, due;

	/* It lives until its receiver, which is here, ends it. */
	CHECK(wheel_look(worker->wheel, handle, &load));
	period = load.words[LOAD_DELAY];
	since = load.words[LOAD_SINCE];
	due = since + ((now - since) / period + 1) * period;
	if (!wheel_again(worker->wheel, handle, due))
		return false;
	observe_timer_set(vm, handle, due);
	/* Its actor may have moved to another worker than the timer's, which is
	 * always woken: what its next timer was when it went to sleep is only a
	 * guess here. */
	if (worker != worker_current())
		parker_wake(&worker->parker);
	return true;
}

bool
wakeup_is_due(struct ths_vm *vm, const struct envelope *envelope)
{
	if (envelope->flags & ENVELOPE_PERIODIC)
		return set_again(vm, envelope->correlation);
	return wheel_done(wheel_of(vm, envelope->correlation),
	    envelope->correlation);
}

void
wakeup_end(struct ths_vm *vm, const struct envelope *envelope)
{
	(void)wheel_done(wheel_of(vm, envelope->correlation),
	    envelope->correlation);
}

/* Who visits the timers of a VM, and when. */
struct tour {
	const struct ths_vm *vm;
	uint64_t now;
	void (*visit)(void *context, const ths_timer_status *timer);
	void *context;
};

/* How long it is until a timer that has not fired is due. */
static ths_duration
left_of(const struct wheel_load *load, uint64_t now)
{
	uint64_t delay = load->words[LOAD_DELAY];
	uint64_t since = load->words[LOAD_SINCE] & ~LOAD_ONCE;
	uint64_t due;

	if (delay == THS_FOREVER)
		return THS_FOREVER;
	if (!wakes_once(load))
		return (ths_duration)(delay - (now - since) % delay);
	due = clock_after(since, (ths_duration)delay);
	if (due == CLOCK_NEVER)
		return THS_FOREVER;
	return due > now ? (ths_duration)(due - now) : 0;
}

static void
visit_timer(void *context, const struct wheel_load *load, bool has_fired)
{
	const struct tour *tour = context;
	uint64_t owner = load->words[LOAD_OWNER];
	const ths_timer_status timer = {
		.owner = vm_address(tour->vm, (uint32_t)owner,
		    (uint32_t)(owner >> 32)),
		.left = has_fired ? 0 : left_of(load, tour->now),
		.period = wakes_once(load) ? 0 :
		    (ths_duration)load->words[LOAD_DELAY],
	};

	tour->visit(tour->context, &timer);
}

void
wakeup_each(const struct ths_vm *vm, void (*visit)(void *context,
    const ths_timer_status *timer), void *context)
{
	struct tour tour = { vm, vm_now(vm), visit, context };

	for (uint32_t i = 0; i < vm->scheduler.config.workers; i++)
		wheel_each(vm->scheduler.workers[i].wheel, visit_timer, &tour);
}

/* In the wheel of this worker. */
static enum ths_status
set(struct crew *crew, struct worker *worker, uint64_t due_ns,
    struct wheel_load load, ths_timer *timer)
{
	wheel_handle handle;
	enum ths_status status = fault_strikes(FAULT_TIMER, crew) ?
	    THS_NO_MEMORY : wheel_set(worker->wheel, due_ns, load, &handle);

	if (status == THS_LIMIT)
		counts_add(&crew->counts.limited, 1);
	if (status == THS_OK)
		observe_timer_set(crew->vm, handle, due_ns);
	if (status == THS_OK && timer != NULL)
		*timer = handle;
	return status;
}

/* In the wheel that the actor's worker looks after.  A spare's is another
 * worker's, which is always told: which timer was the next one before is only a
 * guess here. */
static enum ths_status
set_here(const struct slot *slot, uint64_t due_ns, struct wheel_load load,
    ths_timer *timer)
{
	struct crew *crew = slot->crew;
	ths_timer own;
	enum ths_status status = set(crew, crew->worker, due_ns, load, &own);

	if (status != THS_OK)
		return status;
	if (UNLIKELY(crew->worker->is_spare))
		parker_wake(&crew->vm->scheduler.workers[
		    wheel_number(own)].parker);
	if (timer != NULL)
		*timer = own;
	return THS_OK;
}

/* When a delay is over.  Without one that is now, and not only at the end of
 * the tick that now is in, as for any other time in it; but after all that was
 * due in earlier ticks. */
static uint64_t
due_after(uint64_t now, ths_duration delay)
{
	return delay > 0 ? clock_after(now, delay) :
	    now >> WHEEL_TICK_SHIFT << WHEEL_TICK_SHIFT;
}

enum ths_status
wakeup_set_from_outside(struct crew *crew, ths_address actor,
    ths_duration delay, uint64_t payload, ths_timer *timer)
{
	struct ths_vm *vm = crew->vm;
	struct worker *worker = &vm->scheduler.workers[actor.slot %
	    vm->scheduler.config.workers];
	uint64_t now = vm_now(vm);
	struct wheel_load load = { .words = {
		[LOAD_OWNER] = owner_of(actor.slot, actor.generation),
		[LOAD_PAYLOAD] = payload,
		[LOAD_DELAY] = (uint64_t)delay,
		[LOAD_SINCE] = now | LOAD_ONCE,
	} };
	enum ths_status status = set(crew, worker, due_after(now, delay),
	    load, timer);

	/* Always: which timer was the next one before is only a guess here. */
	if (status == THS_OK && vm->config.mode == THS_MODE_INLINE)
		pump_timer_set(vm);
	else if (status == THS_OK)
		parker_wake(&worker->parker);
	return status;
}

ths_status
ths_timer_set(ths_self *self, ths_duration delay, uint64_t payload,
    ths_timer *timer)
{
	const struct slot *slot = slot_of_self(self);
	uint64_t now = vm_now(slot->crew->vm);
	struct wheel_load load = { .words = {
		[LOAD_OWNER] = owner_word(slot),
		[LOAD_PAYLOAD] = payload,
		[LOAD_DELAY] = (uint64_t)delay,
		[LOAD_SINCE] = now | LOAD_ONCE,
	} };

	if (init_refuses(slot, "ths_timer_set"))
		return THS_NOT_READY;
	return set_here(slot, due_after(now, delay), load, timer);
}

ths_status
ths_timer_every(ths_self *self, ths_duration period, uint64_t payload,
    ths_timer *timer)
{
	const struct slot *slot = slot_of_self(self);
	uint64_t now = vm_now(slot->crew->vm);
	struct wheel_load load = { .words = {
		[LOAD_OWNER] = owner_word(slot),
		[LOAD_PAYLOAD] = payload,
		[LOAD_DELAY] = (uint64_t)period,
		[LOAD_SINCE] = now,
	} };

	if (init_refuses(slot, "ths_timer_every"))
		return THS_NOT_READY;
	if (period <= 0)
		return THS_BAD_ARGUMENT;
	return set_here(slot, clock_after(now, period), load, timer);
}

bool
ths_timer_cancel(ths_self *self, ths_timer timer)
{
	struct slot *slot = slot_of_self(self);
	struct wheel *wheel = wheel_of(slot->crew->vm, timer);

	/* Another actor's timer is none of this one's business.  Its own ends
	 * by its own hand, or when it meets the wake-up: here, one at a
	 * time. */
	if (wheel == NULL || !wheel_cancel_own(wheel, timer, owner_word(slot)))
		return false;
	observe_timer_cancelled(slot->crew->vm, timer);
	return true;
}

ths_duration
ths_now(const ths_self *self)
{
	return (ths_duration)vm_now(slot_of_self(self)->crew->vm);
}

ths_time
ths_wall_clock(const ths_self *self)
{
	return vm_wall(slot_of_self(self)->crew->vm);
}

ths_time
ths_vm_wall_clock(const ths_vm *vm)
{
	return vm == NULL ? 0 : vm_wall(vm);
}
