/* SPDX-License-Identifier: MIT */
/*
 * job - a child process that plays seed after seed.
 *
 * It takes its seeds from a pile and sends an outcome of each through a pipe.
 * After one that failed it ends, since what a broken run leaves behind would be
 * in the way of the next; and it may die of one.  The parent reads until the
 * pipe ends, then learns how the child did, and may start the job again.
 *
 * What the child writes on its standard output and error is kept in a file
 * without a name, for job_end().
 *
 * Threads: one, of a process that has no other when it forks.
 * Ownership: pile and player outlive the job.
 * Errors: false, with errno, when the system refuses a process or a pipe.
 */
#ifndef TOOLS_SIM_JOB_H
#define TOOLS_SIM_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "tools/sim/outcome.h"
#include "tools/sim/pile.h"

/* What is done with a seed, in the child. */
struct player {
	void (*play)(void *context, uint64_t seed, struct outcome *outcome);
	void *context;
};

/*
 *   field      what it is
 *   outcomes   where the pipe is read; -1 when there is no child
 *   words      what the child has written for people
 *   heard_ns   when it was started, or an outcome came
 *   is_killed  by job_kill()
 */
struct job {
	pid_t child; /* 0: none */
	int outcomes;
	int words;
	uint32_t desk;
	uint64_t heard_ns;
	bool is_killed;
};

enum job_end {
	JOB_DONE,   /* nothing is left to play */
	JOB_FAILED, /* after an outcome that says so */
	JOB_KILLED, /* by job_kill() */
	JOB_DIED,   /* of a seed, or of what it found when it ended */
};

/* Puts a job without a child at a desk of the pile. */
void job_init(struct job *job, uint32_t desk);

/* Starts the child. */
bool job_start(struct job *job, struct pile *pile,
    const struct player *player);

/* Waits for outcomes and puts up to max of them into a list; returns how many,
 * 0 when no more will come. */
size_t job_read(struct job *job, struct outcome *outcomes, size_t max);

/* Ends the child at once. */
void job_kill(struct job *job);

/*
 * Waits for the child's end once its outcomes have ended or it was killed, and
 * copies what it has written to a stream, so much of it as is kept; nowhere if
 * that is NULL.  `why` gets the words for JOB_DIED: the signal or exit code,
 * and the first line that the child has written.
 */
enum job_end job_end(struct job *job, FILE *stream, char *why, size_t size);

#endif
