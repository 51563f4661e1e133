/* SPDX-License-Identifier: MIT */
/*
 * task - what the scheduler runs.  An actor contains one; the scheduler knows
 * nothing more of it.
 *
 * A task is in at most one place at a time: a ring, the next slot, the inject
 * queue, or a worker's hands.  `next` belongs to that place.
 */
#ifndef SCHED_TASK_H
#define SCHED_TASK_H

struct task {
	struct task *next;
};

#endif
