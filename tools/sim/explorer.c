/* SPDX-License-Identifier: MIT */
/* explorer - plays seed after seed in jobs side by side; see explorer.h. */
#include "tools/sim/explorer.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tools/sim/board.h"
#include "tools/sim/interrupt.h"
#include "tools/sim/progress.h"

enum {
	LOOK_MS = 50,        /* between two looks at clock and interrupt */
	OUTCOMES_AT_ONCE = 64,
	NS_PER_SECOND = 1000 * 1000 * 1000,
};

/*
 *   field      what it is
 *   stop       the lowest seed that has failed, when it ends there
 *   is_closed  nothing more is begun: the time is over, or an interrupt came
 *   is_ill     something went wrong that belongs to no seed
 *   lacks      what the system would not give, in errno's numbers
 */
struct explorer {
	const struct exploration *exploration;
	const struct options *options;
	struct finding *finding;
	struct clock clock;
	struct pile *pile;
	struct board board;
	struct progress progress;
	struct job jobs[PILE_DESKS_MAX];
	uint64_t began_ns;
	uint64_t stop;
	bool is_closed;
	bool is_ill;
	int lacks;
};

/* ---------------------------------------------------------------- telling */

static void
tell(struct explorer *explorer, const struct outcome *outcome)
{
	progress_wipe(&explorer->progress);
	if (outcome->has_failed || !explorer->options->is_quiet)
		outcome_print(outcome, stdout);
	if (!outcome->has_failed)
		return;
	if (!explorer->finding->is_there) {
		explorer->finding->is_there = true;
		explorer->finding->outcome = *outcome;
		if (explorer->exploration->explain != NULL)
			explorer->exploration->explain(
			    explorer->exploration->context, outcome);
	}
	printf("  again: ");
	options_print_command(explorer->options, outcome->seed, stdout);
}

/* Tells what can be told in order; up to the first failure, unless all are
 * wanted. */
static void
tell_in_order(struct explorer *explorer)
{
	struct outcome outcome;

	while (explorer->board.next <= explorer->stop &&
	    board_take(&explorer->board, &outcome))
		tell(explorer, &outcome);
	fflush(stdout);
}

static void
tell_rest(struct explorer *explorer)
{
	struct outcome outcome;

	while (explorer->board.next <= explorer->stop &&
	    board_take_any(&explorer->board, &outcome) &&
	    outcome.seed <= explorer->stop)
		tell(explorer, &outcome);
}

static int
summary(struct explorer *explorer)
{
	struct board *board = &explorer->board;
	uint64_t spent_ns = clock_now(&explorer->clock) - explorer->began_ns;
	size_t compared;
	size_t orders = board_orders(board, &compared);
	bool is_dull = explorer->options->is_diverse &&
	    board->told_failed == 0 && !interrupt_came() &&
	    orders < (compared + 1) / 2;

	printf("%" PRIu64 " seeds from %" PRIu64 ": %zu orders, the first "
	    "%016" PRIx64 ", %" PRIu64 " failed; %" PRIu64 ".%" PRIu64 " s\n",
	    board->told, board->first, orders, board->first_signature,
	    board->told_failed, spent_ns / NS_PER_SECOND,
	    spent_ns / (NS_PER_SECOND / 10) % 10);
	if (is_dull)
		printf("FAILED: fewer orders than half as many as seeds\n");
	if (interrupt_came())
		return EXIT_INTERRUPTED;
	if (explorer->lacks != 0)
		return EXIT_OTHER;
	return board->told_failed > 0 || explorer->is_ill || is_dull ?
	    EXIT_SEED_FAILED : EXIT_WELL;
}

/* ------------------------------------------------------------------- jobs */

static void
note(struct explorer *explorer, const struct outcome *outcome)
{
	if (outcome->has_failed && !explorer->options->collects) {
		if (outcome->seed > explorer->stop)
			return;
		explorer->stop = outcome->seed;
		pile_cut(explorer->pile, outcome->seed + 1);
	}
	if (!board_put(&explorer->board, outcome))
		explorer->lacks = ENOMEM;
}

/* The seed that this job is at; false: it is between two. */
static bool
is_playing(const struct explorer *explorer, const struct job *job,
    uint64_t *seed)
{
	const struct pile_desk *desk = &explorer->pile->desks[job->desk];

	if (!atomic_load_explicit(&desk->is_playing, memory_order_acquire))
		return false; /* [D] */
	*seed = atomic_load_explicit(&desk->seed, memory_order_relaxed);
	return true;
}

/* A child has ended by itself or was killed since it hung. */
static void
note_end(struct explorer *explorer, struct job *job)
{
	char why[600] = "";
	struct outcome outcome = { 0 };
	enum job_end end = job_end(job, stderr, why, sizeof(why));
	bool is_known = is_playing(explorer, job, &outcome.seed) &&
	    outcome.seed >= explorer->board.next;

	pile_played(explorer->pile, job->desk);
	if (end == JOB_DONE || end == JOB_FAILED || explorer->is_closed)
		return;
	if (end == JOB_KILLED)
		outcome_fail(&outcome, "no end after %" PRIu64 " seconds",
		    explorer->options->hang_ns / NS_PER_SECOND);
	else
		outcome_fail(&outcome, "%s", why);
	if (is_known) {
		note(explorer, &outcome);
		return;
	}
	progress_wipe(&explorer->progress);
	printf("FAILED behind its last seed: %s\n", outcome.text);
	explorer->is_ill = true;
}

static void
start_job(struct explorer *explorer, struct job *job)
{
	job->heard_ns = clock_now(&explorer->clock);
	if (!job_start(job, explorer->pile, &explorer->exploration->player))
		explorer->lacks = errno;
}

static void
hear_job(struct explorer *explorer, struct job *job)
{
	static struct outcome outcomes[OUTCOMES_AT_ONCE];
	size_t count = job_read(job, outcomes, OUTCOMES_AT_ONCE);

	job->heard_ns = clock_now(&explorer->clock);
	for (size_t i = 0; i < count; i++)
		note(explorer, &outcomes[i]);
	if (count > 0)
		return;
	note_end(explorer, job);
	if (pile_has_more(explorer->pile) && explorer->lacks == 0)
		start_job(explorer, job);
}

/* Waits for a while until a job has something to say; false: there is none. */
static bool
hear_jobs(struct explorer *explorer)
{
	struct pollfd wanted[PILE_DESKS_MAX];
	struct job *jobs[PILE_DESKS_MAX];
	nfds_t count = 0;

	for (uint32_t i = 0; i < explorer->options->jobs; i++) {
		struct job *job = &explorer->jobs[i];

		if (job->child == 0)
			continue;
		jobs[count] = job;
		wanted[count++] = (struct pollfd){ job->outcomes, POLLIN, 0 };
	}
	if (count == 0 || poll(wanted, count, LOOK_MS) < 0)
		return count > 0;
	for (nfds_t i = 0; i < count; i++) {
		if (wanted[i].revents != 0)
			hear_job(explorer, jobs[i]);
	}
	return true;
}

/* Ends what hangs, and what nobody needs any more. */
static void
look_after_jobs(struct explorer *explorer, uint64_t now_ns)
{
	const struct options *options = explorer->options;
	uint64_t seed;

	for (uint32_t i = 0; i < options->jobs; i++) {
		struct job *job = &explorer->jobs[i];

		if (job->child == 0 || job->is_killed)
			continue;
		if (explorer->is_closed && interrupt_came())
			job_kill(job);
		else if (is_playing(explorer, job, &seed) &&
		    seed > explorer->stop)
			job_kill(job);
		else if (now_ns - job->heard_ns > options->hang_ns)
			job_kill(job);
	}
}

static void
look_at_clock(struct explorer *explorer, uint64_t now_ns)
{
	const struct options *options = explorer->options;
	bool is_over = options->span_ns > 0 &&
	    now_ns - explorer->began_ns >= options->span_ns;

	if (!is_over && !interrupt_came() && explorer->lacks == 0)
		return;
	pile_close(explorer->pile);
	explorer->is_closed |= interrupt_came();
}

/* ------------------------------------------------------------- one process */

static void
play_here(struct explorer *explorer)
{
	const struct player *player = &explorer->exploration->player;
	struct outcome outcome;
	uint64_t seed;

	while (pile_take(explorer->pile, 0, &seed)) {
		outcome = (struct outcome){ .seed = seed };
		player->play(player->context, seed, &outcome);
		note(explorer, &outcome);
		tell_in_order(explorer);
		look_at_clock(explorer, clock_now(&explorer->clock));
	}
}

static void
play_in_jobs(struct explorer *explorer)
{
	uint64_t now_ns;

	for (uint32_t i = 0; i < explorer->options->jobs; i++) {
		job_init(&explorer->jobs[i], i);
		if (pile_has_more(explorer->pile) && explorer->lacks == 0)
			start_job(explorer, &explorer->jobs[i]);
	}
	while (hear_jobs(explorer)) {
		now_ns = clock_now(&explorer->clock);
		tell_in_order(explorer);
		progress_show(&explorer->progress, explorer->board.played,
		    explorer->board.failed, now_ns);
		look_at_clock(explorer, now_ns);
		look_after_jobs(explorer, now_ns);
	}
}

int
explorer_run(const struct exploration *exploration, struct finding *finding)
{
	const struct options *options = exploration->options;
	struct explorer *explorer = calloc(1, sizeof(*explorer));
	int code = EXIT_OTHER;

	*finding = (struct finding){ 0 };
	if (explorer == NULL)
		return code;
	explorer->exploration = exploration;
	explorer->options = options;
	explorer->finding = finding;
	explorer->stop = UINT64_MAX;
	clock_init_system(&explorer->clock);
	explorer->began_ns = clock_now(&explorer->clock);
	board_init(&explorer->board, options->first);
	progress_init(&explorer->progress, options->shows_progress,
	    options->span_ns > 0 ? 0 : options->end - options->first,
	    options->span_ns, explorer->began_ns);
	explorer->pile = pile_new(options->first, options->end);
	if (explorer->pile == NULL) {
		explorer->lacks = errno;
	} else {
		interrupt_catch();
		if (options->plays_here)
			play_here(explorer);
		else
			play_in_jobs(explorer);
		tell_rest(explorer);
	}
	progress_wipe(&explorer->progress);
	code = summary(explorer);
	if (explorer->lacks != 0)
		fprintf(stderr, "%s: %s\n", options->program_name,
		    strerror(explorer->lacks));
	board_fini(&explorer->board);
	pile_free(explorer->pile);
	free(explorer);
	return code;
}
