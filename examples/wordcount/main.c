/* SPDX-License-Identifier: MIT */
/*
 * wordcount - counts the words of files with many actors; see wordcount.1.
 *
 * It teaches: a pipeline of actors, pacing by credits, an end that travels
 * through the pipeline, and a host thread that feeds, watches, interrupts and
 * asks.  messages.h draws the whole; then reader, splitter, counter, ranking.
 *
 * The main thread is the host.  It walks the folders, tells the reader the
 * files, and listens for `ranked` while it draws the progress; it asks the
 * ranking for the words, stops the VM and prints the figures.
 *
 * An interrupt (Ctrl-C) ends the reading; what is in flight is counted, and the
 * result is marked as incomplete.  A second one ends the program at once.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <thespis/thespis.h>

#include "files.h"
#include "messages.h"
#include "options.h"
#include "pipeline.h"
#include "report.h"

enum {
	EXIT_TROUBLE = 1,
	EXIT_INTERRUPTED = 130, /* as a shell says: 128 and SIGINT */
	EXIT_ACCOUNTS = 70,     /* EX_SOFTWARE: the VM lost count */
};

#define PERIOD THS_MILLISECONDS(100) /* between two looks at the progress */
#define PATIENCE THS_SECONDS(60)     /* for the answer to a call */

struct job {
	const struct options *options;
	ths_vm *vm;
	ths_client *client;
	struct pipeline pipeline;
	struct report report;
	double started; /* seconds */
	double drawn;   /* when the bar was last */
	bool has_bar;   /* one is on the screen */
	bool is_stopping;
	bool has_failed;
	uint64_t troubles; /* heard from the reader */
};

/*
 * The library keeps its hands off signals, so the host chooses.  A handler may
 * do next to nothing: it sets a flag, at which the host looks every PERIOD.
 */
static volatile sig_atomic_t was_interrupted;

static void
on_interrupt(int number)
{
	(void)number;
	was_interrupted = 1;
}

static void
interrupts_catch(void)
{
	struct sigaction action = { 0 };

	action.sa_handler = on_interrupt;
	action.sa_flags = (int)SA_RESETHAND | SA_RESTART;
	sigaction(SIGINT, &action, NULL);
}

static double
seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Says what went wrong, past the progress bar. */
static void
job_complain(struct job *job, const char *name, const char *reason)
{
	if (job->has_bar)
		report_progress_clear();
	job->has_bar = false;
	job->has_failed = true;
	fprintf(stderr, "wordcount: %s: %s\n", name, reason);
}

/* ------------------------------------------------------------------ feed */

static bool
on_found(void *context, const char *name, uint64_t size)
{
	struct job *job = context;
	ths_status status;

	job->report.bytes += size;
	status = ths_tell(job->vm, job->pipeline.reader, file, .name = name);
	if (status != THS_OK)
		job_complain(job, name, ths_status_text(status));
	return !was_interrupted;
}

static void
on_failed(void *context, const char *name, const char *reason)
{
	job_complain(context, name, reason);
}

/* Tells the reader every file; it reads the first while we look for more. */
static void
job_feed(struct job *job)
{
	const struct files_visitor visitor = { on_found, on_failed, job };

	for (char **argument = job->options->arguments; *argument != NULL;
	    argument++)
		if (!files_walk(*argument, &visitor))
			break;
	ths_tell(job->vm, job->pipeline.reader, files_end);
}

/* ----------------------------------------------------------------- watch */

/* Asks the reader how far it is. */
static bool
job_look(struct job *job)
{
	ths_mail *mail = ths_call(job->vm, job->pipeline.reader, PATIENCE,
	    how_far);
	const struct so_far *so_far = ths_mail_as(mail, so_far);

	if (so_far != NULL)
		job->report.read = *so_far;
	else
		job_complain(job, "reader", ths_mail_why(mail));
	ths_mail_free(mail);
	return so_far != NULL;
}

/*
 * True while no message has been lost.  In this program no actor ends before
 * the VM stops, so a dead letter can only mean that memory ran out; the
 * pipeline would wait for ever for the ticket that was in it.
 */
static bool
job_is_whole(struct job *job)
{
	ths_vm_status status;

	ths_vm_status_read(job->vm, &status);
	for (int i = 0; i < THS_DEAD_COUNT; i++) {
		if (status.dead[i] == 0)
			continue;
		job_complain(job, "a message was lost",
		    ths_dead_reason_text((ths_dead_reason)i));
		return false;
	}
	return true;
}

/* Looks, and draws, at most once a PERIOD. */
static bool
job_progress(struct job *job)
{
	double now = seconds_now();

	if (now - job->drawn < (double)PERIOD / 1e9)
		return true;
	job->drawn = now;
	if (!job_is_whole(job) || !job_look(job))
		return false;
	if (job->options->has_progress) {
		report_progress(job->report.read.bytes, job->report.bytes,
		    now - job->started);
		job->has_bar = true;
	}
	return true;
}

/* Handles mail to the host.  True when it was `ranked`. */
static bool
job_hear(struct job *job, const ths_mail *mail)
{
	const struct trouble *trouble = ths_mail_as(mail, trouble);
	const struct ranked *ranked = ths_mail_as(mail, ranked);

	if (trouble != NULL) {
		job->troubles++;
		job_complain(job, trouble->name, trouble->reason);
	}
	if (ranked != NULL)
		job->report.sums = *ranked;
	return ranked != NULL;
}

/* Waits until the ranking has everything.  False if that will never be. */
static bool
job_watch(struct job *job)
{
	bool is_ranked = false;
	bool is_whole = true;
	ths_mail *mail;

	while (!is_ranked && is_whole) {
		if (was_interrupted && !job->is_stopping) {
			job->is_stopping = true;
			ths_tell(job->vm, job->pipeline.reader, stop_reading);
		}
		mail = ths_listen(job->vm, job->client, PERIOD);
		is_ranked = job_hear(job, mail);
		ths_mail_free(mail);
		is_whole = is_ranked || job_progress(job);
	}
	if (job->has_bar)
		report_progress_clear();
	job->has_bar = false;
	return is_whole;
}

/* Hears the troubles that the ranking has overtaken. */
static void
job_settle(struct job *job)
{
	ths_mail *mail;
	ths_status status = THS_OK;

	if (!job_look(job))
		return;
	while (job->troubles < job->report.read.troubles && status == THS_OK) {
		mail = ths_listen(job->vm, job->client, PATIENCE);
		status = ths_mail_status(mail);
		job_hear(job, mail);
		ths_mail_free(mail);
	}
}

/* ----------------------------------------------------------------- words */

/* Prints words number `first` and following; returns how many there were. */
static uint64_t
page_print(struct job *job, uint64_t first)
{
	ths_mail *mail = ths_call(job->vm, job->pipeline.ranking, PATIENCE,
	    page, .first = first);
	const struct words *words = ths_mail_as(mail, words);
	uint64_t length = 0;

	if (words != NULL)
		length = report_words(words->bundle);
	else
		job_complain(job, "ranking", ths_mail_why(mail));
	ths_mail_free(mail);
	return length;
}

static void
job_print_words(struct job *job)
{
	FILE *stream = job->options->prints_all ? stderr : stdout;
	uint64_t first = 0;
	uint64_t length;

	report_incomplete(stream, &job->report);
	do {
		length = page_print(job, first);
		first += length;
	} while (length > 0);
	if (job->report.sums.lost > 0)
		job_complain(job, "not all words counted", strerror(ENOMEM));
}

/* ------------------------------------------------------------------ life */

/* Everything between the start and the stop of the VM. */
static void
job_run(struct job *job)
{
	ths_status status;

	status = ths_client_open(job->vm, &job->client);
	if (status == THS_OK)
		status = pipeline_start(&job->pipeline, job->vm, job->options,
		    ths_client_address(job->client));
	if (status != THS_OK) {
		job_complain(job, "cannot begin", ths_status_text(status));
		return;
	}
	job->started = job->drawn = seconds_now();
	job_feed(job);
	if (!job_watch(job))
		return;
	job->report.seconds = seconds_now() - job->started;
	job->report.is_interrupted = job->is_stopping;
	job_settle(job);
	job_print_words(job);
}

/* Which exit code tells the truth; the gravest wins. */
static int
job_exit_code(struct job *job)
{
	if (!report_accounts(job->vm))
		return EXIT_ACCOUNTS;
	if (fflush(stdout) != 0 || ferror(stdout))
		job_complain(job, "standard output", strerror(errno));
	if (job->is_stopping)
		return EXIT_INTERRUPTED;
	return job->has_failed ? EXIT_TROUBLE : EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	const struct options options = options_read(argc, argv);
	const ths_vm_config config = { .workers = options.workers };
	struct job job = { .options = &options };
	ths_status status;
	int code;

	interrupts_catch();
	status = ths_vm_start(&job.vm, &config);
	if (status != THS_OK) {
		job_complain(&job, "no VM", ths_status_text(status));
		return EXIT_TROUBLE;
	}
	job_run(&job);
	ths_client_close(job.client);
	status = ths_vm_stop(job.vm, PATIENCE);
	if (status != THS_OK)
		job_complain(&job, "stop", ths_status_text(status));
	report_figures(options.prints_all ? stderr : stdout, &job.report,
	    job.vm);
	code = job_exit_code(&job);
	ths_vm_free(job.vm);
	return code;
}
