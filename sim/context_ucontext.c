/* SPDX-License-Identifier: MIT */
/*
 * context_machine by the C library's ucontext, for processors without a file of
 * their own; see context_machine.h.  Each jump costs a system call (the signal
 * mask).
 *
 * What a left context keeps lies in context_machine_jump()'s own frame, hence
 * on the stack that was left; a new one's lies at the top of its stack.
 */
#include "sim/context_machine.h"

#include <stdint.h>
#include <ucontext.h>

#include "base/check.h"

struct first_frame {
	ucontext_t place;
	void (*entry)(void *argument);
	void *argument;
};

/* makecontext passes only ints, so the frame's address comes in two halves. */
static void
begin(unsigned high, unsigned low)
{
	struct first_frame *frame = (struct first_frame *)(
	    (uintptr_t)high << 32 | (uintptr_t)low);

	frame->entry(frame->argument);
	UNREACHABLE("the entry of a context has returned");
}

void *
context_machine_prepare(void *stack, size_t stack_size,
    void (*entry)(void *argument), void *argument)
{
	uintptr_t top = (uintptr_t)stack + stack_size;
	struct first_frame *frame = (struct first_frame *)(
	    (top - sizeof(struct first_frame)) & ~(uintptr_t)63);

	CHECK(getcontext(&frame->place) == 0);
	frame->entry = entry;
	frame->argument = argument;
	frame->place.uc_link = NULL;
	frame->place.uc_stack.ss_sp = stack;
	frame->place.uc_stack.ss_size = (uintptr_t)frame - (uintptr_t)stack;
	makecontext(&frame->place, (void (*)(void))begin, 2,
	    (unsigned)((uintptr_t)frame >> 32),
	    (unsigned)((uintptr_t)frame & 0xffffffffu));
	return &frame->place;
}

void
context_machine_jump(void **saved, void *stack_pointer)
{
	ucontext_t here;

	*saved = &here;
	CHECK(swapcontext(&here, stack_pointer) == 0);
}
