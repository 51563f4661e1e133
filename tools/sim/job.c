/* SPDX-License-Identifier: MIT */
/* job - a child process that plays seed after seed; see job.h. */
#include "tools/sim/job.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	JOB_EXIT_FAILED = 70,
	WORDS_MAX = 256 * 1024, /* bytes kept of what a child writes */
};

/* -------------------------------------------------------------- the child */

static void
send_outcome(int pipe, const struct outcome *outcome)
{
	ssize_t sent;

	do
		sent = write(pipe, outcome, sizeof(*outcome));
	while (sent < 0 && errno == EINTR);
	if (sent != (ssize_t)sizeof(*outcome))
		_exit(JOB_EXIT_FAILED); /* nobody reads any more */
}

/* What was written during seeds that went well is of no use when it is much. */
static void
forget_words(void)
{
	if (lseek(STDERR_FILENO, 0, SEEK_CUR) > WORDS_MAX &&
	    ftruncate(STDERR_FILENO, 0) == 0)
		lseek(STDERR_FILENO, 0, SEEK_SET);
}

static _Noreturn void
play_all(uint32_t desk, int pipe, struct pile *pile,
    const struct player *player)
{
	uint64_t seed;

	while (pile_take(pile, desk, &seed)) {
		struct outcome outcome = { .seed = seed };

		forget_words();
		player->play(player->context, seed, &outcome);
		fflush(NULL);
		send_outcome(pipe, &outcome);
		pile_played(pile, desk);
		if (outcome.has_failed)
			_exit(JOB_EXIT_FAILED);
	}
	/* By exit(): a sanitizer looks for leaks there. */
	exit(EXIT_SUCCESS);
}

static _Noreturn void
be_child(const struct job *job, int pipe, struct pile *pile,
    const struct player *player)
{
	signal(SIGINT, SIG_IGN); /* is for the parent, which ends its jobs */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(job->words, STDOUT_FILENO);
	dup2(job->words, STDERR_FILENO);
	play_all(job->desk, pipe, pile, player);
}

/* ------------------------------------------------------------- the parent */

void
job_init(struct job *job, uint32_t desk)
{
	*job = (struct job){ .outcomes = -1, .words = -1, .desk = desk };
}

bool
job_start(struct job *job, struct pile *pile, const struct player *player)
{
	int ends[2];

	if (pipe(ends) != 0)
		return false;
	job->words = memfd_create("words", 0);
	if (job->words < 0)
		goto close_pipe;
	fflush(NULL); /* or the child would write it once more */
	job->is_killed = false;
	job->child = fork();
	if (job->child < 0)
		goto close_words;
	if (job->child == 0) {
		close(ends[0]);
		be_child(job, ends[1], pile, player);
	}
	close(ends[1]);
	job->outcomes = ends[0];
	return true;

close_words:
	job->child = 0;
	close(job->words);
	job->words = -1;
close_pipe:
	close(ends[0]);
	close(ends[1]);
	return false;
}

size_t
job_read(struct job *job, struct outcome *outcomes, size_t max)
{
	ssize_t got;

	do
		got = read(job->outcomes, outcomes, max * sizeof(*outcomes));
	while (got < 0 && errno == EINTR);
	return got <= 0 ? 0 : (size_t)got / sizeof(*outcomes);
}

void
job_kill(struct job *job)
{
	if (job->child == 0)
		return;
	job->is_killed = true;
	kill(job->child, SIGKILL);
}

/* The first line in text that has a letter, cut off there; "" if none has. */
static const char *
first_line(char *text)
{
	for (char *line = strtok(text, "\n"); line != NULL;
	    line = strtok(NULL, "\n")) {
		if (strpbrk(line, "aeiou") != NULL)
			return line;
	}
	return "";
}

/* Copies the child's words to the stream; the first line goes to buffer. */
static void
tell_words(const struct job *job, FILE *stream, char *buffer, size_t size)
{
	static char text[WORDS_MAX + 1];
	ssize_t length = pread(job->words, text, WORDS_MAX, 0);

	if (length <= 0)
		return;
	if (stream != NULL)
		fwrite(text, 1, (size_t)length, stream);
	text[length] = '\0';
	snprintf(buffer, size, "%s", first_line(text));
}

static void
tell_status(int status, const char *line, char *why, size_t size)
{
	const char *colon = line[0] == '\0' ? "" : ": ";

	if (WIFSIGNALED(status))
		snprintf(why, size, "killed by signal %d, %s%s%s",
		    WTERMSIG(status), strsignal(WTERMSIG(status)), colon,
		    line);
	else
		snprintf(why, size, "exited with code %d%s%s",
		    WEXITSTATUS(status), colon, line);
}

enum job_end
job_end(struct job *job, FILE *stream, char *why, size_t size)
{
	char line[512] = "";
	int status = 0;

	while (waitpid(job->child, &status, 0) < 0 && errno == EINTR)
		continue;
	tell_words(job, stream, line, sizeof(line));
	close(job->outcomes);
	close(job->words);
	job->outcomes = job->words = -1;
	job->child = 0;
	if (job->is_killed)
		return JOB_KILLED;
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
		return JOB_DONE;
	if (WIFEXITED(status) && WEXITSTATUS(status) == JOB_EXIT_FAILED)
		return JOB_FAILED;
	tell_status(status, line, why, size);
	return JOB_DIED;
}
