/* SPDX-License-Identifier: MIT */
/*
 * context - a place in a program that can be left and gone back to; see
 * context.h.
 *
 * A switch has three parts: the sanitizers are told which stack comes next, the
 * machine jumps, and, on the other side, they are told that it has
 * arrived.  The other side is either a context_switch() that returns, or
 * begin() on a new stack; the left context names itself in `switcher`, so that
 * the other side knows whence it was entered.
 */
#include "sim/context.h"

#include <stdint.h>

#include "base/check.h"
#include "sim/context_machine.h"
#include "sim/context_watch.h"

/* The first function on every new stack. */
static void
begin(void *argument)
{
	struct context *self = argument;

	context_watch_enter(self);
	self->entry(self->argument);
	UNREACHABLE("the entry of a context has returned");
}

void
context_init(struct context *context, void *stack, size_t stack_size,
    void (*entry)(void *argument), void *argument)
{
	CHECK(stack_size >= CONTEXT_STACK_MIN);
	CHECK(entry != NULL);
	*context = (struct context){
		.entry = entry,
		.argument = argument,
		.stack = stack,
		.stack_size = stack_size,
		.fiber = context_watch_fiber_new(),
		.stack_number = context_watch_stack_add(stack, stack_size),
	};
	context->stack_pointer = context_machine_prepare(stack, stack_size,
	    begin, context);
}

void
context_adopt(struct context *context)
{
	*context = (struct context){
		.fiber = context_watch_fiber_running(),
	};
}

void
context_set_thread(struct context *context)
{
	context->is_thread = true;
}

void
context_fini(struct context *context)
{
	if (context->entry == NULL)
		return; /* adopted: stack and fiber are the thread's */
	context_watch_stack_remove(context->stack_number);
	context_watch_fiber_free(context->fiber);
	context->stack_pointer = NULL;
}

void
context_switch(struct context *from, struct context *to)
{
	CHECK(to->stack_pointer != NULL);
	to->switcher = from;
	context_watch_leave(from, to, 0);
	context_machine_jump(&from->stack_pointer, to->stack_pointer);
	context_watch_enter(from);
}

void
context_exit(struct context *from, struct context *to)
{
	CHECK(to->stack_pointer != NULL);
	to->switcher = from;
	context_watch_leave(from, to, 1);
	context_machine_jump(&from->stack_pointer, to->stack_pointer);
	UNREACHABLE("a context that was left for good was entered");
}
