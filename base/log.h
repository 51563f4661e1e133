/* SPDX-License-Identifier: MIT */
/*
 * log - the port a VM's lines go out by.
 *
 * Threads: any.  A line is formatted on the caller's stack, cut at
 * LOG_LINE_MAX, and handed to the sink at once; nothing is allocated.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdatomic.h>
#include <stdint.h>

#include "thespis/log.h"

enum { LOG_LINE_MAX = 512 }; /* bytes, NUL included */

struct log {
	ths_log_function sink;
	void *context;
	_Atomic uint32_t level;  /* ths_log_level; lines below are dropped;
				  * relaxed: acts soon */
	_Atomic uint64_t lines;  /* handed to the sink */
};

/* sink NULL: standard error, "thespis: warning: text". level
 * THS_LOG_DEFAULT: THS_LOG_WARNING. */
void log_init(struct log *log, ths_log_function sink, void *context,
    ths_log_level level);

/* True when a line of this level would go out: to skip costly arguments. */
static inline int
log_wants(const struct log *log, ths_log_level level)
{
	return (uint32_t)level >= atomic_load_explicit(&log->level,
	    memory_order_relaxed);
}

/* Changes the level; THS_LOG_DEFAULT: THS_LOG_WARNING. */
void log_set_level(struct log *log, ths_log_level level);

/* A line of a level from DEBUG to ERROR.  Control characters in it become
 * spaces; errno is left as it was. */
void log_write(struct log *log, ths_log_level level, const char *format, ...)
    THS_PRINTF(3, 4);

#endif
