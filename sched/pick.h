/* SPDX-License-Identifier: MIT */
/*
 * pick - the ready tasks of a worker: putting them in (worker_submit(), declared
 * in sched/worker.h), and choosing the next.
 *
 * Threads: the thread that drives the worker.
 */
#ifndef SCHED_PICK_H
#define SCHED_PICK_H

#include "sched/worker.h"

/* The next of the worker's own tasks, the inject queue included; or NULL. */
struct task *pick_own(struct worker *worker);

/* A task of another worker's, or NULL; what is taken beside it joins the worker's
 * own.  The searcher only: others are not told of what it brings. */
struct task *pick_stolen(struct worker *worker);

/* Wakes an idle worker if what was just made ready here needs one. */
void pick_share(struct worker *worker);

#endif
