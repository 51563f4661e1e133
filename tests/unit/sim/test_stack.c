/* SPDX-License-Identifier: MIT */
/* stack: memory to run on, and what stands below it. */
#include "sim/stack.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness.h"

/* The kernel's answer to reading the byte: no fault in this process. */
static bool
can_be_read(const char *byte)
{
	int ends[2];
	ssize_t done;

	cr_assert_eq(pipe(ends), 0);
	done = write(ends[1], byte, 1);
	cr_assert(done == 1 || errno == EFAULT);
	close(ends[0]);
	close(ends[1]);
	return done == 1;
}

Test(stack, is_of_whole_pages_and_writable)
{
	static const size_t sizes[] = { 1, 4096, 10000, 65536, 1024 * 1024 };
	struct memory memory;
	struct stack stack;

	memory_init(&memory, NULL, 0);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		cr_assert_eq(stack_init(&stack, &memory, sizes[i]), THS_OK);
		cr_assert_geq(stack.size, sizes[i]);
		cr_assert_eq(stack.size % 4096, 0);
		cr_assert_eq((uintptr_t)stack.base % 4096, 0);
		memset(stack.base, 1, stack.size);
		stack_fini(&stack);
	}
	cr_assert_eq(stack_init(&stack, &memory, 0), THS_OK);
	cr_assert_geq(stack.size, 64 * 1024);
	stack_fini(&stack);
	memory_fini(&memory);
}

Test(stack, stops_an_overflow_in_debug_builds)
{
	struct memory memory;
	struct stack stack;

	memory_init(&memory, NULL, 0);
	cr_assert_eq(stack_init(&stack, &memory, 0), THS_OK);
	cr_assert(can_be_read(stack.base));
#ifndef NDEBUG
	cr_assert_not(can_be_read((const char *)stack.base - 1));
#endif
	stack_fini(&stack);
	memory_fini(&memory);
}

Test(stack, answers_a_status_when_there_is_no_memory)
{
	struct memory memory;
	struct stack stack;

	memory_init(&memory, NULL, 0);
	memory_fault_at(&memory, 1);
	cr_assert_eq(stack_init(&stack, &memory, 0), THS_NO_MEMORY);
	cr_assert_eq(stack_init(&stack, &memory, STACK_SIZE_MAX + 1u),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(stack_init(&stack, &memory, 0), THS_OK);
	stack_fini(&stack);
	memory_fini(&memory);
}
