/* SPDX-License-Identifier: MIT */
/* threads - one thread a worker; see threads.h. */
#include "sched/threads.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>

uint32_t
threads_usable_cores(void)
{
	cpu_set_t cores;

	CPU_ZERO(&cores);
	if (sched_getaffinity(0, sizeof(cores), &cores) != 0)
		return 1;
	return CPU_COUNT(&cores) > 0 ? (uint32_t)CPU_COUNT(&cores) : 1;
}

static void *
thread_main(void *argument)
{
	struct worker *worker = argument;
	char name[16] = "ths-sentinel";

	if (worker->state != WORKER_WATCHING)
		snprintf(name, sizeof(name), worker->is_spare ? "ths-spare-%u" :
		    "ths-%u", worker->index % 10000u);
	pthread_setname_np(pthread_self(), name);
	worker_drive(worker);
	return NULL;
}

/* The n-th core this process may use, counted round and round. */
static void
pin_to_core(pthread_attr_t *attributes, uint32_t n)
{
	cpu_set_t usable;
	cpu_set_t one;

	if (sched_getaffinity(0, sizeof(usable), &usable) != 0)
		return;
	n %= threads_usable_cores();
	for (size_t core = 0; core < CPU_SETSIZE; core++) {
		if (!CPU_ISSET(core, &usable) || n-- > 0)
			continue;
		CPU_ZERO(&one);
		CPU_SET(core, &one);
		pthread_attr_setaffinity_np(attributes, sizeof(one), &one);
		return;
	}
}

static int
start_one(struct threads *threads, struct worker *worker, bool pin)
{
	pthread_attr_t attributes;
	int error = pthread_attr_init(&attributes);

	if (error != 0)
		return error;
	if (pin)
		pin_to_core(&attributes, worker->index);
	/* Counted before: once it runs the sentinel may start others. */
	error = pthread_create(&threads->ids[threads->count++], &attributes,
	    thread_main, worker);
	if (error != 0)
		threads->count--;
	pthread_attr_destroy(&attributes);
	return error;
}

/* All signals but those that a thread brings upon itself, and the
 * profiler's. */
static void
signals_of_the_host(sigset_t *signals)
{
	static const int own[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP,
		SIGABRT, SIGSYS, SIGPROF };

	sigfillset(signals);
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		sigdelset(signals, own[i]);
}

static size_t
ids_size(const struct scheduler *scheduler)
{
	return scheduler_room(&scheduler->config) * sizeof(pthread_t);
}

/* The workers' and the sentinel's; false: not all. */
static bool
start_all(struct threads *threads, bool pin)
{
	struct scheduler *scheduler = threads->scheduler;

	for (uint32_t i = 0; i < scheduler->config.workers; i++) {
		if (start_one(threads, &scheduler->workers[i], pin) != 0)
			return false;
	}
	if (scheduler->config.sentinel_ns == 0)
		return true;
	threads->has_sentinel = start_one(threads,
	    scheduler_sentinel(scheduler), false) == 0;
	return threads->has_sentinel;
}

enum ths_status
threads_start(struct threads *threads, struct scheduler *scheduler, bool pin)
{
	sigset_t others;
	sigset_t before;
	bool have_started;

	threads->scheduler = scheduler;
	threads->count = 0;
	threads->has_sentinel = false;
	threads->ids = memory_take(scheduler->memory, ids_size(scheduler),
	    alignof(pthread_t));
	if (threads->ids == NULL)
		return THS_NO_MEMORY;
	/* The new threads inherit the mask. */
	signals_of_the_host(&others);
	pthread_sigmask(SIG_SETMASK, &others, &before);
	have_started = start_all(threads, pin);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (have_started)
		return THS_OK;
	scheduler_stop(scheduler);
	threads_join(threads);
	return THS_SYSTEM;
}

enum ths_status
threads_recruit(struct threads *threads, struct worker *spare)
{
	/* It inherits the sentinel's mask, and where that may run. */
	return start_one(threads, spare, false) == 0 ? THS_OK : THS_SYSTEM;
}

void
threads_join(struct threads *threads)
{
	struct scheduler *scheduler = threads->scheduler;
	uint32_t workers = scheduler->config.workers;

	/* The sentinel first: after it the count stands. */
	if (threads->has_sentinel)
		pthread_join(threads->ids[workers], NULL);
	for (uint32_t i = 0; i < threads->count; i++) {
		if (!threads->has_sentinel || i != workers)
			pthread_join(threads->ids[i], NULL);
	}
	threads->count = 0;
	memory_give(scheduler->memory, threads->ids, ids_size(scheduler),
	    alignof(pthread_t));
	threads->ids = NULL;
}
