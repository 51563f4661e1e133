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
 * Called from any thread of the VM, several at once; must not call the VM.
 */
typedef void (*ths_log_function)(void *context, ths_log_level level,
    const char *text);

#ifdef __cplusplus
}
#endif
#endif
