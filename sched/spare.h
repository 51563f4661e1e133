/* SPDX-License-Identifier: MIT */
/*
 * spare - workers that stand in for those whose task stays.
 *
 * A worker that stands still (sched/sentinel.h) keeps its thread, its number and
 * its rings; a spare one works beside it until it is back.  At each look the
 * sentinel says how many are wanted: as many as stand still, spares that stand
 * still included, and spares_max at most.  While nobody is idle it sends those
 * that are missing; who is one too many goes by itself, after its present task.
 *
 *            sent by the sentinel, on the heels of one that stands still
 *   AWAY ---------------------------------------------------------------> ROUSED
 *    ^                                                                      |
 *    '--- too many, when it is without work, or every TIMER_POLL_UNITS -----'
 *
 * In between it is a worker as any other (sched/worker.h), with a number after
 * theirs.  It has no timers of its own: those that its tasks set are put into
 * the wheel of the worker that it stands in for, and it fires them meanwhile;
 * the wheel's protocol lets anybody hold it.  What it has ready when it goes
 * moves to the inject queue.
 *
 * Its thread is started when it is sent for the first time, by the sentinel,
 * which never runs a task, and ends when the scheduler stops.
 *
 *   [N] active, wanted: written by the sentinel, seq_cst; active is lowered by a
 *       spare, compare-exchange, while it is above wanted, or when it ends.  So
 *       no more go than are too many.
 *   [S] is_away of a worker: store release by the spare, the last thing it does
 *       before it parks -> load acquire by the sentinel, which sends it: store
 *       release, then parker_wake() or a new thread -> load acquire by the
 *       spare.  Each sees what the other has written of the worker.
 *
 * Threads: spares_adjust(): the sentinel; spare_…: the spare's own.
 * Limits: spares_max (scheduler_config), counted in `limited`.
 * Errors: no thread to be had: counted in `failed`, tried again RECRUIT_NS later;
 * meanwhile all is as without that spare.
 */
#ifndef SCHED_SPARE_H
#define SCHED_SPARE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct scheduler;
struct worker;

enum { RECRUIT_NS = 1000000000 }; /* after one failed, before the next try */

/*
 *   field          written by          read by
 *   active         sentinel, spares    any       [N]
 *   wanted         sentinel            any       [N]
 *   most … failed  sentinel            any; relaxed
 *   missing …      sentinel            sentinel
 */
struct spares {
	_Atomic uint32_t active; /* not away */
	_Atomic uint32_t wanted;
	_Atomic uint32_t most;    /* active at once so far */
	_Atomic uint64_t limited; /* workers that stood still, and none was left
				   * to stand in for them */
	_Atomic uint64_t failed;  /* threads not to be had */
	uint32_t missing;   /* at the last look, by the limit */
	uint32_t next_home; /* whose wheel the next one gets, to begin with */
	uint64_t recruit_ns; /* not before this time */
};

void spares_init(struct spares *spares);

/* So many workers and spares stand still now: sends spares, or tells them that
 * they are not needed.  The sentinel. */
void spares_adjust(struct worker *sentinel, uint32_t still, uint64_t now);

/* True when the calling spare is one too many, and is no longer counted: it goes
 * away. */
bool spare_must_go(struct worker *spare);

/* The calling spare, with nothing in hand and its ticket taken, is away; it
 * parks. */
void spare_go(struct worker *spare);

/* True when the calling spare, which was away, has been sent. */
bool spare_is_sent(const struct worker *spare);

/* The calling spare, which has been sent, ends. */
void spare_end(struct worker *spare);

#endif
