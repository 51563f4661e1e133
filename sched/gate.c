/* SPDX-License-Identifier: MIT */
/* gate - one thread at a time, in order of arrival; see gate.h. */
#include "sched/gate.h"

#include "base/check.h"
#include "base/sched_point.h"

/* A thread before the gate; lives on its stack. */
struct gate_waiter {
	struct gate_waiter *next;
	struct parker parker;
	bool is_let_in; /* guarded by the gate's mutex */
};

void
gate_init(struct gate *gate)
{
	pthread_mutex_init(&gate->mutex, NULL);
	gate->is_taken = false;
	gate->oldest = NULL;
	gate->newest = NULL;
}

void
gate_fini(struct gate *gate)
{
	CHECK(gate->oldest == NULL);
	pthread_mutex_destroy(&gate->mutex);
}

/* Takes the gate if it is free, else queues waiter. */
static bool
take_or_queue(struct gate *gate, struct gate_waiter *waiter)
{
	bool is_free;

	pthread_mutex_lock(&gate->mutex);
	is_free = !gate->is_taken;
	if (is_free) {
		gate->is_taken = true;
	} else {
		if (gate->newest != NULL)
			gate->newest->next = waiter;
		else
			gate->oldest = waiter;
		gate->newest = waiter;
	}
	pthread_mutex_unlock(&gate->mutex);
	return is_free;
}

static void
unqueue(struct gate *gate, struct gate_waiter *waiter)
{
	struct gate_waiter *before = NULL;
	struct gate_waiter *at = gate->oldest;

	for (; at != waiter; at = at->next)
		before = at;
	if (before != NULL)
		before->next = waiter->next;
	else
		gate->oldest = waiter->next;
	if (gate->newest == waiter)
		gate->newest = before;
}

/* After a wait: true when let in.  A waiter that is out of time leaves. */
static bool
look(struct gate *gate, struct gate_waiter *waiter, bool is_over)
{
	bool is_let_in;

	pthread_mutex_lock(&gate->mutex);
	is_let_in = waiter->is_let_in;
	if (!is_let_in && is_over)
		unqueue(gate, waiter);
	pthread_mutex_unlock(&gate->mutex);
	return is_let_in;
}

bool
gate_enter(struct gate *gate, const struct parker_port *port,
    const struct clock *clock, uint64_t deadline_ns)
{
	struct gate_waiter waiter = { NULL };

	parker_init(&waiter.parker, port, clock);
	if (take_or_queue(gate, &waiter))
		return true;
	for (;;) {
		uint32_t ticket = parker_ticket(&waiter.parker);
		bool is_over;

		if (look(gate, &waiter, false))
			return true;
		is_over = !parker_wait(&waiter.parker, ticket, deadline_ns);
		if (look(gate, &waiter, is_over))
			return true;
		if (is_over)
			return false;
	}
}

void
gate_leave(struct gate *gate)
{
	struct gate_waiter *next;

	pthread_mutex_lock(&gate->mutex);
	CHECK(gate->is_taken);
	next = gate->oldest;
	if (next != NULL) {
		gate->oldest = next->next;
		if (gate->oldest == NULL)
			gate->newest = NULL;
		next->is_let_in = true;
		/* Under the mutex: the waiter's stack is gone once it sees
		 * that it was let in. */
		sched_points_off();
		parker_wake(&next->parker);
		sched_points_on();
	} else {
		gate->is_taken = false;
	}
	pthread_mutex_unlock(&gate->mutex);
}
