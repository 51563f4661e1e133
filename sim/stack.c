/* SPDX-License-Identifier: MIT */
/*
 * stack - memory for a context to run on; see stack.h.
 *
 * The memory port may keep a returned region for later, so the guard is made
 * ordinary again before it goes back.
 */
#include "sim/stack.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/check.h"
#include "sim/context_watch.h"

#ifdef NDEBUG
enum { GUARD_PAGES = 0 };
#else
enum { GUARD_PAGES = 1 };
#endif

#if defined(CONTEXT_ASAN) || defined(CONTEXT_TSAN)
enum { SIZE_DEFAULT = 256 * 1024 };
#else
enum { SIZE_DEFAULT = 64 * 1024 };
#endif

ths_status
stack_init(struct stack *stack, struct memory *memory, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t guard = GUARD_PAGES * page;
	char *region;

	if (size == 0)
		size = SIZE_DEFAULT;
	if (size > STACK_SIZE_MAX)
		return THS_BAD_ARGUMENT;
	size = (size + page - 1) & ~(page - 1);
	region = memory_map(memory, guard + size, page);
	if (region == NULL)
		return THS_NO_MEMORY;
	if (guard != 0 && mprotect(region, guard, PROT_NONE) != 0) {
		memory_unmap(memory, region, guard + size, page);
		return THS_NO_MEMORY;
	}
	*stack = (struct stack){
		.memory = memory,
		.region = region,
		.region_size = guard + size,
		.base = region + guard,
		.size = size,
	};
	return THS_OK;
}

void
stack_fini(struct stack *stack)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (stack->base != stack->region)
		CHECK(mprotect(stack->region, page,
		    PROT_READ | PROT_WRITE) == 0);
	memory_unmap(stack->memory, stack->region, stack->region_size, page);
	stack->region = NULL;
}
