/* SPDX-License-Identifier: MIT */
/*
 * log - the port a VM's lines go out by.
 *
 * A line is formatted on the caller's stack, cut at LOG_LINE_MAX, and put into
 * a ring, from which one thread at a time gives the sink what there is
 * (log_ring.h): the caller, if nobody is at it; then the line has been given
 * out when log_write() returns.
 *
 * Threads: any, between log_open() and log_close().  Before and after, while
 * the VM is made and freed, one: its lines go to the sink directly.
 * Limits: LOG_LINE_MAX, and the places of the ring; what is lost is counted.
 * Nothing is allocated for a line.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/log_ring.h"
#include "thespis/log.h"

struct log {
	ths_log_function sink;
	void *context;
	_Atomic uint32_t level;  /* ths_log_level; lines below are dropped;
				  * relaxed: acts soon */
	_Atomic uint64_t lines;  /* handed to the sink */
	bool has_ring;           /* between open and close */
	struct log_ring ring;
};

/* sink NULL: standard error, "thespis: warning: text". level
 * THS_LOG_DEFAULT: THS_LOG_WARNING. */
void log_init(struct log *log, ths_log_function sink, void *context,
    ths_log_level level);

/* Lets other threads log.  The log must not move from here to log_close().
 * Returns THS_OK or THS_NO_MEMORY. */
THS_NODISCARD ths_status log_open(struct log *log, struct memory *memory,
    uint32_t lines_max);

/* The sink is given what it has not been, and the memory goes back. */
void log_close(struct log *log, struct memory *memory);

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

/* Waits until the sink has had every line written before; never inside it. */
void log_flush(struct log *log);

/* Lines that found no room.  Any thread. */
uint64_t log_lost(const struct log *log);

#endif
