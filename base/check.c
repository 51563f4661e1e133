/* SPDX-License-Identifier: MIT */
/*
 * check - what must be true inside the house; see check.h.
 *
 * The line leaves in one write, from the stack: a broken check may have been
 * met with the heap, the log or stdio's locks in any state.
 */
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHECK_LINE_MAX = 512 }; /* bytes, NUL included */

_Noreturn void
check_failed(const char *file, int line, const char *what)
{
	char text[CHECK_LINE_MAX];
	int length;

	length = snprintf(text, sizeof(text), "thespis: %s:%d: not so: %s\n",
	    file, line, what);
	if (length >= (int)sizeof(text)) {
		length = (int)sizeof(text) - 1;
		text[length - 1] = '\n';
	}
	if (length > 0 && write(STDERR_FILENO, text, (size_t)length) < 0)
		abort(); /* nobody can be told; the end is the same */
	abort();
}
