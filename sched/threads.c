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
	char name[16];

	snprintf(name, sizeof(name), "ths-%u", worker->index % 100000u);
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
start_one(struct threads *threads, uint32_t index, bool pin)
{
	pthread_attr_t attributes;
	int error = pthread_attr_init(&attributes);

	if (error != 0)
		return error;
	if (pin)
		pin_to_core(&attributes, index);
	error = pthread_create(&threads->ids[index], &attributes, thread_main,
	    &threads->scheduler->workers[index]);
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

enum ths_status
threads_start(struct threads *threads, struct scheduler *scheduler, bool pin)
{
	uint32_t wanted = scheduler->config.workers;
	sigset_t others;
	sigset_t before;

	threads->scheduler = scheduler;
	threads->count = 0;
	threads->ids = memory_take(scheduler->memory,
	    wanted * sizeof(pthread_t), alignof(pthread_t));
	if (threads->ids == NULL)
		return THS_NO_MEMORY;
	/* The new threads inherit the mask. */
	signals_of_the_host(&others);
	pthread_sigmask(SIG_SETMASK, &others, &before);
	while (threads->count < wanted &&
	    start_one(threads, threads->count, pin) == 0)
		threads->count++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (threads->count == wanted)
		return THS_OK;
	scheduler_stop(scheduler);
	threads_join(threads);
	return THS_SYSTEM;
}

void
threads_join(struct threads *threads)
{
	for (uint32_t i = 0; i < threads->count; i++)
		pthread_join(threads->ids[i], NULL);
	threads->count = 0;
	memory_give(threads->scheduler->memory, threads->ids,
	    threads->scheduler->config.workers * sizeof(pthread_t),
	    alignof(pthread_t));
	threads->ids = NULL;
}
