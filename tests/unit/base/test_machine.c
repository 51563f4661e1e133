/* SPDX-License-Identifier: MIT */
/* machine: what may be asked of the processor without harm. */
#include "base/machine.h"

#include <sys/mman.h>

#include "tests/harness.h"

/* Free lists let it see what lies below them: nothing yet, or long gone. */
Test(machine, fetches_for_writing_at_any_address)
{
	size_t size = PAGE_SIZE_MIN;
	unsigned char *page = mmap(NULL, size, PROT_READ, MAP_PRIVATE |
	    MAP_ANONYMOUS, -1, 0);

	cr_assert_neq((void *)page, MAP_FAILED);
	machine_fetch_for_writing(page);
	cr_assert_eq(munmap(page, size), 0);
	machine_fetch_for_writing(page);
	machine_fetch_for_writing(NULL);
	machine_fetch_for_writing((void *)(uintptr_t)UINTPTR_MAX);
	machine_fetch_for_writing((void *)(uintptr_t)(UINTPTR_MAX / 2));
}

Test(machine, leaves_what_it_fetches_as_it_is)
{
	unsigned char bytes[4 * CACHE_LINE];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	for (size_t i = 0; i < sizeof(bytes); i++)
		machine_fetch_for_writing(&bytes[i]);
	for (size_t i = 0; i < sizeof(bytes); i++)
		cr_assert_eq(bytes[i], (unsigned char)i);
}
