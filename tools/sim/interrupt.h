/* SPDX-License-Identifier: MIT */
/*
 * interrupt - Ctrl-C, asked for now and then: the first is noted, the second
 * ends the process at once.
 *
 * Threads: the signal may come in any.
 */
#ifndef TOOLS_SIM_INTERRUPT_H
#define TOOLS_SIM_INTERRUPT_H

#include <stdbool.h>

void interrupt_catch(void);
bool interrupt_came(void);

#endif
