/* SPDX-License-Identifier: MIT */
/*
 * long_handler - tells of a handler that stays for long: once for each call, by a
 * line in the log and in a count.
 *
 * The sentinel says at each look which worker's task stays (sched/sentinel.h).
 * A task is a slice, of many handlers perhaps; so it is looked here as well
 * whether the worker has counted a message since.  An init, a start and the
 * handler after them that follow each other without a break count as one call.
 *
 *   [H] counts.handled, counts.retried: store relaxed by the worker, between two
 *       calls of handlers -> load relaxed by the sentinel: the same as in an
 *       earlier look, long_handler_ns ago, is the same call.
 *   Who the actor is, is read as anybody may: [I] of vm/actor/slot.h.  After that
 *       it is looked once more whether the task has not returned, by [R] of
 *       sched/sentinel.h; so what was read is of the actor in that handler.
 *
 * Threads: the sentinel.
 * Limits: long_handler_ns (ths_vm_config), noticed up to three looks later.
 */
#ifndef VM_ADMIN_LONG_HANDLER_H
#define VM_ADMIN_LONG_HANDLER_H

#include <stdbool.h>
#include <stdint.h>

struct task;
struct ths_vm;
struct worker;

/* What the sentinel has seen of one worker. */
struct long_handler {
	uint64_t picks;    /* of its task */
	uint64_t calls;    /* of handlers, up to the one that stays */
	uint64_t since_ns; /* when it was first seen */
	bool is_told;
};

/* The worker runs task since the last look, at least. */
void long_handler_seen(struct ths_vm *vm, const struct worker *worker,
    struct task *task, uint64_t now);

#endif
