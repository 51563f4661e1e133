/* SPDX-License-Identifier: MIT */
/* interrupt - Ctrl-C; see interrupt.h. */
#include "tools/sim/interrupt.h"

#include <signal.h>

static volatile sig_atomic_t came; /* all that a handler can reach */

static void
on_interrupt(int number)
{
	(void)number;
	came = 1;
}

void
interrupt_catch(void)
{
	struct sigaction action = { 0 };

	action.sa_handler = on_interrupt;
	action.sa_flags = (int)SA_RESETHAND;
	sigaction(SIGINT, &action, NULL);
}

bool
interrupt_came(void)
{
	return came != 0;
}
