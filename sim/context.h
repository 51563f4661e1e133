/* SPDX-License-Identifier: MIT */
/*
 * context - a place in a program that can be left and gone back to: a stack,
 * and where it goes on.
 *
 * A switch saves the callee-saved registers on the stack that is left and loads
 * them from the one that is entered; no system call.  On x86-64 and
 * aarch64 that is one or two dozen instructions (context_x86_64.S,
 * context_aarch64.S), elsewhere, or with THS_CONTEXT_PORTABLE, the C library's
 * swapcontext (context_ucontext.c).  The floating-point control words are not
 * saved by the former: whoever changes the rounding mode puts it back before
 * switching.
 *
 * Threads: a context runs on one thread at a time.  Another thread may go on
 * with it after a happens-before edge of the caller's making; never with
 * one that was adopted, which belongs to its thread.  No pointer to a
 * thread-local may be kept across a switch: compilers assume one thread per
 * function.
 * Ownership: the stack stays the caller's, and must outlive the context.
 * Limits: the stack does not grow; CONTEXT_STACK_MIN at least.
 * Sanitizers: AddressSanitizer, ThreadSanitizer and valgrind are told of each
 * stack and each switch.
 */
#ifndef SIM_CONTEXT_H
#define SIM_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

enum { CONTEXT_STACK_MIN = 8 * 1024 }; /* bytes */

/*
 *   field            written by
 *   stack_pointer    whoever leaves it: where it goes on
 *   entry, argument  init
 *   stack            init; of an adopted one: the first switch back to it
 *   switcher         whoever enters it: itself
 *   is_thread        context_set_thread()
 *   fake_stack…      the sanitizers
 */
struct context {
	void *stack_pointer;
	void (*entry)(void *argument);
	void *argument;
	const void *stack; /* its lowest byte */
	size_t stack_size; /* bytes */
	struct context *switcher;
	bool is_thread;
	void *fake_stack;
	void *fiber;
	unsigned stack_number;
};

/*
 * Makes a context that will run entry(argument) on this stack once it is
 * switched to.  entry never returns: it ends with context_exit(), or is
 * switched away from for ever.
 */
void context_init(struct context *context, void *stack, size_t stack_size,
    void (*entry)(void *argument), void *argument);

/* Makes the calling thread, on the stack it has, a context to switch away from
 * and back to. */
void context_adopt(struct context *context);

/*
 * Makes ThreadSanitizer take a context for a thread: a switch from or to it
 * orders nothing, so that it finds the races of the code that runs here.
 * Otherwise what one context did before a switch happens before what the
 * other does after it.
 */
void context_set_thread(struct context *context);

/* Ends a context that is not running; its stack may be used again. */
void context_fini(struct context *context);

/* Leaves `from`, the running context, and goes on with `to`.  Returns when
 * something switches to `from` again. */
void context_switch(struct context *from, struct context *to);

/* Leaves `from` for good; only context_fini() may follow on it. */
_Noreturn void context_exit(struct context *from, struct context *to);

#endif
