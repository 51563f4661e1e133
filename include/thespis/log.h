/* SPDX-License-Identifier: MIT */
/*
 * log - where a VM says what happens.
 *
 * By default lines of THS_LOG_WARNING and above go to standard error.  A host
 * gives its own function in the VM's configuration.
 *
 * A VM tells of its start and its stop at THS_LOG_INFO: which library, mode and
 * capabilities it has, and what it has done.  Its last line says that it has
 * stopped; whatever its actors had to say came before.
 *
 * A line is given to the function by the thread that said it, before that
 * thread goes on, if no other thread is inside the function.  Otherwise it
 * waits, and whoever is inside gives it out next: so a function that blocks
 * holds up one thread of the VM, and lines come in the order in which they
 * were said.  `log_lines_max` of the configuration may wait; more are lost, are
 * counted (`log_lost` in ths_vm_status), and the function is told how many, at
 * THS_LOG_ERROR, before the next line.  One thread stays for so long that at
 * most five times log_lines_max lines pass; when the function is too slow to
 * come to their end even so, what is said then is lost, too.
 *
 * When ths_vm_stop() returns, the function has had every line.
 */
#ifndef THESPIS_LOG_H
#define THESPIS_LOG_H

#include "thespis/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ths_log_level {
	THS_LOG_DEFAULT, /* in a configuration: THS_LOG_WARNING */
	THS_LOG_DEBUG,
	THS_LOG_INFO,
	THS_LOG_WARNING,
	THS_LOG_ERROR,
	THS_LOG_NONE, /* in a configuration: nothing is logged */
} ths_log_level;

/*
 * Receives one line, without its newline.  text lives until the call returns.
 * Called from any thread that calls the VM or belongs to it, but from one at a
 * time: what it does in one call happens before the next.  Must return, and
 * must not stop or free the VM.  Should it make the VM say something, that
 * line comes when it has returned.
 */
typedef void (*ths_log_function)(void *context, ths_log_level level,
    const char *text);

#ifdef __cplusplus
}
#endif
#endif
