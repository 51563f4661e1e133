/* SPDX-License-Identifier: MIT */
/* progress - how far an exploration has come; see progress.h. */
#include "tools/sim/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	BAR_LENGTH = 30,
	PERCENT = 100,
};

static const uint64_t second = 1000 * 1000 * 1000;

void
progress_init(struct progress *progress, bool is_wanted, uint64_t seeds,
    uint64_t span_ns, uint64_t now_ns)
{
	bool is_terminal = isatty(STDERR_FILENO) == 1;

	*progress = (struct progress){
		.is_shown = is_wanted || is_terminal,
		.is_terminal = is_terminal,
		.seeds = seeds,
		.span_ns = span_ns,
		.began_ns = now_ns,
		.drawn_ns = now_ns,
	};
}

/* How much is done: in percent of the seeds, or of the time. */
static unsigned
percent(const struct progress *progress, uint64_t played, uint64_t spent_ns)
{
	uint64_t done = 0;

	if (progress->seeds > 0)
		done = PERCENT * played / progress->seeds;
	if (progress->span_ns > 0 &&
	    PERCENT * spent_ns / progress->span_ns > done)
		done = PERCENT * spent_ns / progress->span_ns;
	return done < PERCENT ? (unsigned)done : PERCENT;
}

/* Seconds that are left; UINT64_MAX: nobody knows. */
static uint64_t
seconds_left(const struct progress *progress, uint64_t played,
    uint64_t spent_ns)
{
	uint64_t left = UINT64_MAX;

	if (progress->seeds >= played && progress->seeds > 0 && played > 0)
		left = (progress->seeds - played) * (spent_ns / played);
	if (progress->span_ns > spent_ns &&
	    progress->span_ns - spent_ns < left)
		left = progress->span_ns - spent_ns;
	return left == UINT64_MAX ? left : (left + second - 1) / second;
}

static void
draw(const struct progress *progress, uint64_t played, uint64_t failed,
    uint64_t spent_ns)
{
	unsigned done = percent(progress, played, spent_ns);
	uint64_t left = seconds_left(progress, played, spent_ns);
	unsigned full = done * BAR_LENGTH / PERCENT;
	char bar[BAR_LENGTH + 1] = "";

	memset(bar, ' ', BAR_LENGTH);
	memset(bar, '#', full);
	if (progress->is_terminal)
		fprintf(stderr, "\r[%s] ", bar);
	fprintf(stderr, "%3u%%  %" PRIu64 " seeds, %" PRIu64 " per second, %"
	    PRIu64 " failed", done, played, spent_ns == 0 ? 0 :
	    (uint64_t)((double)played * (double)second / (double)spent_ns),
	    failed);
	if (left != UINT64_MAX)
		fprintf(stderr, ", %" PRIu64 " s left", left);
	fputs(progress->is_terminal ? "\033[K" : "\n", stderr);
	fflush(stderr);
}

void
progress_show(struct progress *progress, uint64_t played, uint64_t failed,
    uint64_t now_ns)
{
	uint64_t period = progress->is_terminal ? second / 10 : second;

	if (!progress->is_shown || now_ns - progress->drawn_ns < period)
		return;
	draw(progress, played, failed, now_ns - progress->began_ns);
	progress->drawn_ns = now_ns;
	progress->is_drawn = true;
}

void
progress_wipe(struct progress *progress)
{
	if (!progress->is_terminal || !progress->is_drawn)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	progress->is_drawn = false;
}
