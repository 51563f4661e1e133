/* SPDX-License-Identifier: MIT */
/*
 * process - what the operating system says about this process; see process.h.
 *
 * "Asleep" is state S of every other thread, seen twice in a row with a pause
 * between: a thread on its way to sleep may show S for a moment, on a lock, and
 * run again.
 */
#include "bench/process.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "bench/bench.h"

enum {
	PAUSE_NS = 30 * 1000, /* between two looks at the threads */
	LOOKS = 2,            /* how many in a row must find all asleep */
};

/* The number behind key in /proc/self/status, or 0. */
static int64_t
status_value(const char *key)
{
	FILE *file = fopen("/proc/self/status", "r");
	size_t length = strlen(key);
	char line[256];
	int64_t value = 0;

	if (file == NULL)
		return 0;
	while (fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, key, length) == 0) {
			value = strtoll(line + length, NULL, 10);
			break;
		}
	}
	fclose(file);
	return value;
}

/* The letter of a thread's state, or 'X' when the thread has gone. */
static char
thread_state(long thread)
{
	char path[64], line[256];
	const char *end = NULL;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%ld/stat", thread);
	file = fopen(path, "r");
	if (file == NULL)
		return 'X';
	if (fgets(line, sizeof(line), file) != NULL)
		end = strrchr(line, ')'); /* the name may hold anything */
	fclose(file);
	return end != NULL && end[1] == ' ' ? end[2] : 'X';
}

static bool
others_sleep(long self)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *entry;
	bool asleep = true;

	if (tasks == NULL)
		return false;
	while (asleep && (entry = readdir(tasks)) != NULL) {
		long thread = strtol(entry->d_name, NULL, 10);

		if (thread > 0 && thread != self)
			asleep = strchr("SX", thread_state(thread)) != NULL;
	}
	closedir(tasks);
	return asleep;
}

int64_t
process_resident_kib(void)
{
	return status_value("VmRSS:");
}

int64_t
process_peak_kib(void)
{
	return status_value("VmHWM:");
}

bool
process_wait_asleep(int64_t limit_ns)
{
	const struct timespec pause = { 0, PAUSE_NS };
	const int64_t end = bench_clock_ns() + limit_ns;
	const long self = syscall(SYS_gettid);
	int looks = 0;

	while (bench_clock_ns() < end) {
		looks = others_sleep(self) ? looks + 1 : 0;
		if (looks == LOOKS)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}
