/* SPDX-License-Identifier: MIT */
/*
 * idle - a VM with a million actors and nothing to do: M-30.
 *
 *     idle [ACTORS [SECONDS]]                        default: 1000000 10
 *
 * What goes wrong in the world if this fails: a server that waits for its next
 * request keeps cores awake, drains a battery and makes a thousand quiet
 * containers on one machine a busy one.
 *
 * How it would be noticed: once every worker sleeps, and has given memory back
 * (which happens once, a second after the last one parked), no thread but the
 * one that measures may sleep or wake for SECONDS, by the kernel's own count,
 * and the process may use CPU_NS_MAX at most.  Where strace may watch this
 * process it must see none of those threads make a system call.  All that again
 * with a timer set that is due in an hour.
 */
#include <dirent.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "thespis/thespis.h"

enum {
	THREADS_MAX = 512,
	SETTLE_MS = 2500,   /* unchanged for so long: it has settled */
	SETTLE_TRIES = 60,
	TRACE_MS = 3000,
	CPU_NS_MAX = 10000000,
	LINE_SIZE = 256,
};

THS_SIGNAL(hello)
THS_SIGNAL(later)

static ths_status
sleeper_greeted(ths_self *self, ths_nothing *nothing, const struct hello *hello)
{
	(void)self;
	(void)nothing;
	(void)hello;
	return THS_OK;
}

static ths_status
sleeper_later(ths_self *self, ths_nothing *nothing, const struct later *later)
{
	(void)nothing;
	(void)later;
	return ths_timer_set(self, THS_SECONDS(3600), 0, NULL);
}

THS_ACTOR(sleeper, ths_nothing, THS_ON(hello, sleeper_greeted),
    THS_ON(later, sleeper_later))

/* The threads of this process, but for the calling one. */
struct sample {
	size_t length;
	struct {
		pid_t thread;
		uint64_t switches; /* voluntary ones */
	} threads[THREADS_MAX];
};

_Noreturn static void
fail(const char *what)
{
	fprintf(stderr, "idle: %s\n", what);
	exit(1);
}

static void
sleep_ms(long ms)
{
	struct timespec span = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&span, NULL);
}

static uint64_t
cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Voluntary context switches of a thread, as the kernel has counted them. */
static uint64_t
switches_of(pid_t thread)
{
	static const char name[] = "voluntary_ctxt_switches:";
	char line[LINE_SIZE];
	uint64_t switches = 0;
	FILE *file;

	snprintf(line, sizeof(line), "/proc/self/task/%d/status", (int)thread);
	file = fopen(line, "r");
	if (file == NULL)
		fail("no /proc/self/task/*/status");
	while (fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, name, sizeof(name) - 1) == 0)
			switches = strtoull(line + sizeof(name) - 1, NULL, 10);
	}
	fclose(file);
	return switches;
}

static void
take_sample(struct sample *sample)
{
	DIR *tasks = opendir("/proc/self/task");
	const struct dirent *task;

	if (tasks == NULL)
		fail("no /proc/self/task");
	sample->length = 0;
	while ((task = readdir(tasks)) != NULL) {
		pid_t thread = (pid_t)strtol(task->d_name, NULL, 10);

		if (thread <= 0 || thread == gettid())
			continue;
		if (sample->length == THREADS_MAX)
			fail("too many threads");
		sample->threads[sample->length].thread = thread;
		sample->threads[sample->length++].switches =
		    switches_of(thread);
	}
	closedir(tasks);
}

static bool
is_same(const struct sample *a, const struct sample *b)
{
	if (a->length != b->length)
		return false;
	for (size_t i = 0; i < a->length; i++) {
		if (a->threads[i].thread != b->threads[i].thread ||
		    a->threads[i].switches != b->threads[i].switches)
			return false;
	}
	return true;
}

/* Watches until nothing has moved for SETTLE_MS, the giving back of memory
 * included. */
static void
settle(void)
{
	struct sample before;
	struct sample after;

	for (int i = 0; i < SETTLE_TRIES; i++) {
		take_sample(&before);
		sleep_ms(SETTLE_MS);
		take_sample(&after);
		if (is_same(&before, &after))
			return;
	}
	fail("the VM does not come to rest");
}

static void
measure(const char *what, long seconds)
{
	struct sample before;
	struct sample after;
	uint64_t used;

	take_sample(&before);
	used = cpu_ns();
	sleep_ms(seconds * 1000);
	used = cpu_ns() - used;
	take_sample(&after);
	printf("%s: %zu threads, %" PRIu64 " us of CPU time in %ld s\n", what,
	    after.length, used / 1000, seconds);
	if (!is_same(&before, &after))
		fail("a thread has woken or slept");
	if (used > CPU_NS_MAX)
		fail("too much CPU time");
}

/* ----------------------------------------------------------------- strace */

/* In the child: becomes strace, which watches all threads of the sample. */
_Noreturn static void
become_strace(const struct sample *sample, const char *output)
{
	static char numbers[THREADS_MAX][16];
	char *arguments[2 * THREADS_MAX + 8];
	size_t length = 0;

	arguments[length++] = (char *)(uintptr_t)"strace";
	arguments[length++] = (char *)(uintptr_t)"-qq";
	arguments[length++] = (char *)(uintptr_t)"-o";
	arguments[length++] = (char *)(uintptr_t)output;
	for (size_t i = 0; i < sample->length; i++) {
		snprintf(numbers[i], sizeof(numbers[i]), "%d",
		    (int)sample->threads[i].thread);
		arguments[length++] = (char *)(uintptr_t)"-p";
		arguments[length++] = numbers[i];
	}
	arguments[length] = NULL;
	execvp("strace", arguments);
	_exit(127);
}

/* Counts system calls that a thread has come back from; the sleep that it is in
 * has no end. */
static unsigned
count_calls(const char *output)
{
	char line[LINE_SIZE];
	unsigned calls = 0;
	FILE *file = fopen(output, "r");

	if (file == NULL)
		return 0;
	while (fgets(line, sizeof(line), file) != NULL) {
		const char *result = strstr(line, ") ");

		if (result == NULL || strstr(result, " = ") == NULL ||
		    strstr(result, " = ?") != NULL)
			continue;
		calls++;
		fputs(line, stderr);
	}
	fclose(file);
	return calls;
}

static void
trace(const char *what)
{
	char output[] = "/tmp/thespis-idle-XXXXXX";
	int file = mkstemp(output);
	struct sample sample;
	unsigned calls;
	pid_t child;
	int status;

	if (file < 0)
		fail("no temporary file");
	close(file);
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	take_sample(&sample);
	child = fork();
	if (child < 0)
		fail("no child process");
	if (child == 0)
		become_strace(&sample, output);
	sleep_ms(TRACE_MS);
	if (waitpid(child, &status, WNOHANG) == child) {
		printf("%s: strace is missing or not permitted: skipped\n",
		    what);
		unlink(output);
		return;
	}
	kill(child, SIGINT);
	waitpid(child, &status, 0);
	calls = count_calls(output);
	unlink(output);
	printf("%s: %u system calls in %d ms by strace\n", what, calls,
	    TRACE_MS);
	if (calls > 0)
		fail("an idle thread made a system call");
}

/* -------------------------------------------------------------------- main */

static void
populate(ths_vm *vm, uint64_t actors, ths_address *one)
{
	ths_vm_status status;

	for (uint64_t i = 0; i < actors; i++) {
		if (ths_spawn(vm, one, &sleeper_actor, NULL) != THS_OK ||
		    ths_tell(vm, *one, hello) != THS_OK)
			fail("no actor to be had");
	}
	do {
		sleep_ms(50);
		ths_vm_status_read(vm, &status);
	} while (status.queued > 0);
	printf("%" PRIu64 " actors, %.0f MiB\n", status.actors,
	    (double)status.memory / (1 << 20));
}

int
main(int argc, char **argv)
{
	uint64_t actors = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
	long seconds = argc > 2 ? strtol(argv[2], NULL, 10) : 10;
	ths_address one = THS_NOBODY;
	ths_vm *vm;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (ths_vm_start(&vm, NULL) != THS_OK)
		fail("no VM");
	populate(vm, actors, &one);
	settle();
	measure("idle", seconds);
	trace("idle");
	if (ths_tell(vm, one, later) != THS_OK)
		fail("no timer");
	settle();
	measure("with a far timer", seconds);
	trace("with a far timer");
	ths_vm_stop(vm, THS_SECONDS(60));
	ths_vm_free(vm);
	return 0;
}
