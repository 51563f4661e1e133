/* SPDX-License-Identifier: MIT */
/*
 * log - the port a VM's lines go out by; see log.h.
 *
 * A line may carry what a guest chose, a name for example, so that control
 * characters become spaces: one call is one line, whatever the arguments.
 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"

enum { PREFIX_MAX = 32 }; /* bytes of "thespis: warning: ", with room */

/* errno is the thread's own, so nobody races for it; but simulated threads
 * share one, and the thread sanitizer, which tells them apart, is not to
 * look. */
#define UNWATCHED __attribute__((no_sanitize("thread"), noinline))

static UNWATCHED int
errno_get(void)
{
	return errno;
}

static UNWATCHED void
errno_set(int number)
{
	errno = number;
}

static const char *
level_name(ths_log_level level)
{
	switch (level) {
	case THS_LOG_DEBUG:
		return "debug";
	case THS_LOG_INFO:
		return "info";
	case THS_LOG_WARNING:
		return "warning";
	case THS_LOG_ERROR:
		return "error";
	case THS_LOG_DEFAULT:
	case THS_LOG_NONE:
		break;
	}
	return "note";
}

/* One write, so that lines of several threads do not mix. */
static void
sink_standard_error(void *context, ths_log_level level, const char *text)
{
	char line[PREFIX_MAX + LOG_LINE_MAX + 1];
	ssize_t written;
	int length;

	(void)context;
	length = snprintf(line, sizeof(line), "thespis: %s: %s\n",
	    level_name(level), text);
	do {
		written = write(STDERR_FILENO, line, (size_t)length);
	} while (written < 0 && errno == EINTR); /* ends with the signals */
}

static void
make_one_line(char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = ' ';
	}
}

void
log_set_level(struct log *log, ths_log_level level)
{
	/* Relaxed: who reads the former one writes a line more, or less. */
	atomic_store_explicit(&log->level, (uint32_t)(level != THS_LOG_DEFAULT ?
	    level : THS_LOG_WARNING), memory_order_relaxed);
}

void
log_init(struct log *log, ths_log_function sink, void *context,
    ths_log_level level)
{
	log->sink = sink != NULL ? sink : sink_standard_error;
	log->context = context;
	log_set_level(log, level);
	atomic_init(&log->lines, 0);
	log->has_ring = false;
}

/* The sink of the ring. */
static void
hand(void *context, ths_log_level level, const char *text)
{
	struct log *log = context;

	/* Relaxed: a statistic. */
	atomic_fetch_add_explicit(&log->lines, 1, memory_order_relaxed);
	log->sink(log->context, level, text);
}

ths_status
log_open(struct log *log, struct memory *memory, uint32_t lines_max)
{
	ths_status status = log_ring_init(&log->ring, memory, lines_max, hand,
	    log);

	log->has_ring = status == THS_OK;
	return status;
}

void
log_close(struct log *log, struct memory *memory)
{
	log_ring_fini(&log->ring, memory);
	log->has_ring = false;
}

void
log_write(struct log *log, ths_log_level level, const char *format, ...)
{
	int saved_errno = errno_get();
	char text[LOG_LINE_MAX];
	va_list arguments;

	CHECK(level > THS_LOG_DEFAULT && level < THS_LOG_NONE);
	if (!log_wants(log, level))
		return;
	va_start(arguments, format);
	if (vsnprintf(text, sizeof(text), format, arguments) < 0)
		strcpy(text, "(a line that cannot be formatted)");
	va_end(arguments);
	make_one_line(text);
	if (log->has_ring) {
		(void)log_ring_put(&log->ring, level, text);
		log_ring_call(&log->ring);
	} else {
		hand(log, level, text);
	}
	errno_set(saved_errno);
}

void
log_flush(struct log *log)
{
	if (log->has_ring)
		log_ring_flush(&log->ring);
}

uint64_t
log_lost(const struct log *log)
{
	/* Relaxed: a count. */
	return log->has_ring ? atomic_load_explicit(&log->ring.lost,
	    memory_order_relaxed) : 0;
}
