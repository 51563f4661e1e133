/* SPDX-License-Identifier: MIT */
/* pump - drives the one worker of an inline VM; see pump.h. */
#include "vm/pump.h"

#include "base/sched_point.h"
#include "vm/endpoint/client.h"
#include "vm/vm.h"

/* Steps until nothing is ready; the caller pumps. */
static uint64_t
run_steps(struct worker *worker, uint64_t limit,
    bool (*is_enough)(void *context), void *context)
{
	/* Relaxed: this thread drives the worker. */
	uint64_t first = atomic_load_explicit(&worker->picks,
	    memory_order_relaxed);
	uint64_t done = 0;

	while (!scheduler_is_stopping(worker->scheduler) &&
	    worker_step(worker)) {
		done = atomic_load_explicit(&worker->picks,
		    memory_order_relaxed) - first;
		if (limit != 0 && done >= limit)
			break;
		if (is_enough != NULL && is_enough(context))
			break;
	}
	return done;
}

/* Who pumps has begun. */
static void
begin_turn(struct ths_vm *vm)
{
	/* [T]; the load relaxed: only who pumps writes. */
	atomic_store_explicit(&vm->pump.turns, atomic_load_explicit(
	    &vm->pump.turns, memory_order_relaxed) + 1, memory_order_seq_cst);
}

/* Who pumps leaves. */
static void
leave(struct ths_vm *vm)
{
	sched_point(SCHED_SITE_CLIENT);
	/* [P] */
	atomic_store_explicit(&vm->pump.is_pumping, false,
	    memory_order_seq_cst);
	/* [E] */
	if (atomic_load_explicit(&vm->state, memory_order_seq_cst) !=
	    VM_RUNNING)
		parker_wake(&vm->stopper);
}

uint64_t
pump_run(struct ths_vm *vm, uint64_t limit, bool (*is_enough)(void *context),
    void *context)
{
	struct worker *worker = &vm->scheduler.workers[0];
	struct worker *former;
	uint64_t done = 0;
	bool is_stopped_early;

	do {
		/* [P] */
		if (atomic_exchange_explicit(&vm->pump.is_pumping, true,
		    memory_order_seq_cst))
			return done;
		begin_turn(vm);
		former = worker_set_current(worker);
		done += run_steps(worker, limit == 0 ? 0 : limit - done,
		    is_enough, context);
		worker_set_current(former);
		leave(vm);
		is_stopped_early = (limit != 0 && done >= limit) ||
		    (is_enough != NULL && is_enough(context));
		/* Others inside may have to go on, or to wait for a nearer
		 * timer than they knew. */
		client_wake_waiting(vm);
	} while (!is_stopped_early && scheduler_has_work(&vm->scheduler) &&
	    !scheduler_is_stopping(&vm->scheduler));
	pump_pass_on(vm);
	return done;
}

void
pump_fire_due(struct ths_vm *vm)
{
	struct worker *worker = &vm->scheduler.workers[0];
	uint64_t due = wheel_deadline(worker->wheel);
	struct worker *former;

	/* A guess while another pumps, who then fires. */
	if (due == CLOCK_NEVER || due > vm_now(vm))
		return;
	/* [P] */
	if (atomic_exchange_explicit(&vm->pump.is_pumping, true,
	    memory_order_seq_cst))
		return;
	begin_turn(vm);
	former = worker_set_current(worker);
	if (!scheduler_is_stopping(&vm->scheduler))
		(void)worker_fire_due(worker);
	worker_set_current(former);
	leave(vm);
	/* Who saw this one pump, and a timer due, relied on it: if it was only
	 * one that may be due, they have to look again. */
	client_wake_waiting(vm);
	pump_pass_on(vm);
}

bool
pump_is_taken(const struct ths_vm *vm)
{
	/* [E] */
	return atomic_load_explicit(&vm->pump.is_pumping,
	    memory_order_seq_cst);
}

void
pump_end(struct ths_vm *vm)
{
	/* Ends: who pumps leaves after its present step, since the scheduler
	 * stops. */
	for (;;) {
		uint32_t ticket = parker_ticket(&vm->stopper);

		sched_point(SCHED_SITE_CLIENT);
		/* [E] */
		if (!atomic_exchange_explicit(&vm->pump.is_pumping, true,
		    memory_order_seq_cst))
			return;
		parker_wait(&vm->stopper, ticket, CLOCK_NEVER);
	}
}

void
pump_pass_on(struct ths_vm *vm)
{
	uint64_t next = pump_deadline(vm);

	if (next == 0 && client_wake_waiting(vm))
		return; /* each passes on in turn */
	sched_point(SCHED_SITE_CLIENT);
	/* [H]; two who leave at once may both wake the host: once too often. */
	if (next >= atomic_load_explicit(&vm->pump.host_deadline,
	    memory_order_seq_cst) || vm->config.wake == NULL)
		return;
	atomic_store_explicit(&vm->pump.host_deadline, 0,
	    memory_order_seq_cst);
	vm->config.wake(vm->config.wake_context);
}

void
pump_notice(struct ths_vm *vm)
{
	sched_point(SCHED_SITE_CLIENT);
	/* [P] */
	if (atomic_load_explicit(&vm->pump.is_pumping, memory_order_seq_cst))
		return;
	if (!client_wake_waiting(vm) && vm->config.wake != NULL)
		vm->config.wake(vm->config.wake_context);
}

void
pump_timer_set(struct ths_vm *vm)
{
	sched_point(SCHED_SITE_CLIENT);
	/* [P] [H] */
	if (!atomic_exchange_explicit(&vm->pump.is_pumping, true,
	    memory_order_seq_cst))
		leave(vm);
	client_wake_waiting(vm);
	pump_pass_on(vm);
}

uint64_t
pump_deadline(struct ths_vm *vm)
{
	struct worker *worker = &vm->scheduler.workers[0];
	/* [P]; first, so that who has left is seen with all that it did. */
	bool is_pumping = atomic_load_explicit(&vm->pump.is_pumping,
	    memory_order_seq_cst);
	uint64_t due;

	sched_point(SCHED_SITE_CLIENT);
	/* Relaxed: a task another thread's pump put there is its to run. */
	if (scheduler_has_work(&vm->scheduler) ||
	    atomic_load_explicit(&worker->next, memory_order_relaxed) != NULL)
		return is_pumping ? CLOCK_NEVER : 0;
	due = wheel_deadline(worker->wheel);
	/* What is due already is its to fire. */
	return is_pumping && due <= vm_now(vm) ? CLOCK_NEVER : due;
}

bool
pump_is_quiet(struct ths_vm *vm, uint64_t deadline_ns)
{
	uint64_t next;
	/* [T] */
	uint64_t turns = atomic_load_explicit(&vm->pump.turns,
	    memory_order_seq_cst);

	if (pump_is_taken(vm))
		return false;
	next = pump_deadline(vm);
	sched_point(SCHED_SITE_CLIENT);
	return (next > deadline_ns || next == CLOCK_NEVER) &&
	    !pump_is_taken(vm) && turns == atomic_load_explicit(
	    &vm->pump.turns, memory_order_seq_cst); /* [T] */
}

uint64_t
ths_vm_run(ths_vm *vm, uint64_t limit)
{
	if (vm == NULL || vm->config.mode != THS_MODE_INLINE ||
	    worker_current() != NULL || vm_state(vm) == VM_STOPPED)
		return 0;
	/* [H]; awake, and will ask again before it sleeps. */
	atomic_store_explicit(&vm->pump.host_deadline, 0,
	    memory_order_seq_cst);
	return pump_run(vm, limit, NULL, NULL);
}

ths_duration
ths_vm_next_deadline(ths_vm *vm)
{
	uint64_t deadline_ns;
	uint64_t now;

	if (vm == NULL || vm->config.mode != THS_MODE_INLINE)
		return THS_FOREVER;
	/* [H]; from here on, until it is known better, all is news. */
	atomic_store_explicit(&vm->pump.host_deadline, CLOCK_NEVER,
	    memory_order_seq_cst);
	deadline_ns = pump_deadline(vm);
	sched_point(SCHED_SITE_CLIENT);
	atomic_store_explicit(&vm->pump.host_deadline, deadline_ns,
	    memory_order_seq_cst);
	if (deadline_ns == CLOCK_NEVER)
		return THS_FOREVER;
	now = vm_now(vm);
	return deadline_ns > now ? (ths_duration)(deadline_ns - now) : 0;
}
