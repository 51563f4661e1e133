/* SPDX-License-Identifier: MIT */
/*
 * floor_wake - what does the kernel take to wake a thread?  One thread sleeps
 * on a futex; a round begins when the operating system says that it sleeps, as
 * in the workload `wake`, which can be no faster.  Once where the kernel likes
 * it, and, with two processors, once on another one than the waker's.
 *
 *     floor_wake [rounds]
 *
 * Prints `name value unit`.
 */
#include <inttypes.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "bench/bench.h"
#include "bench/process.h"

#define ANYWHERE SIZE_MAX

enum { ROUNDS = 2000, ROUNDS_MAX = 1000000 };

#define SECOND INT64_C(1000000000)

/*
 *   round  store release by the waker -> load acquire by the sleeper
 *   woken  the other way round: at_ns is the sleeper's until then
 */
struct alarm {
	_Atomic uint32_t round; /* the futex; 0: not begun */
	_Atomic uint32_t woken; /* the round that the sleeper has answered */
	uint32_t rounds;
	int64_t at_ns;
};

/* What process.c reads time by. */
int64_t
bench_clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

static void
futex(_Atomic uint32_t *word, int operation, uint32_t value)
{
	syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, NULL,
	    NULL, 0);
}

static void *
sleeper(void *context)
{
	struct alarm *alarm = context;

	for (uint32_t round = 0; round < alarm->rounds; round++) {
		while (atomic_load_explicit(&alarm->round,
		    memory_order_acquire) == round)
			futex(&alarm->round, FUTEX_WAIT, round);
		alarm->at_ns = bench_clock_ns();
		atomic_store_explicit(&alarm->woken, round + 1,
		    memory_order_release);
	}
	return NULL;
}

static int
compare(const void *one, const void *other)
{
	int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;

	return (a > b) - (a < b);
}

/* One round; how long the wake took, or -1. */
static int64_t
wake(struct alarm *alarm, uint32_t round)
{
	int64_t begin;

	if (!process_wait_asleep(10 * SECOND))
		return -1;
	begin = bench_clock_ns();
	atomic_store_explicit(&alarm->round, round, memory_order_release);
	futex(&alarm->round, FUTEX_WAKE, INT_MAX);
	while (atomic_load_explicit(&alarm->woken, memory_order_acquire) !=
	    round)
		; /* ends when the sleeper has looked at the clock */
	return alarm->at_ns - begin;
}

/* The n-th processor that this process may use, or ANYWHERE. */
static size_t
processor(int n)
{
	cpu_set_t allowed;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
		return ANYWHERE;
	for (size_t i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &allowed) && n-- == 0)
			return i;
	return ANYWHERE;
}

static bool
pin(pthread_t thread, size_t number)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(number, &one);
	return pthread_setaffinity_np(thread, sizeof(one), &one) == 0;
}

static void
report(const char *name, int64_t *times_ns, uint32_t rounds)
{
	qsort(times_ns, rounds, sizeof(*times_ns), compare);
	printf("futex_wake_%s_p50 %" PRId64 " ns\n", name,
	    times_ns[rounds / 2]);
	printf("futex_wake_%s_p99 %" PRId64 " ns\n", name,
	    times_ns[(uint64_t)rounds * 99 / 100]);
}

/* All rounds, with the waker on one processor and the sleeper on another. */
static bool
run(const char *name, int64_t *times_ns, uint32_t rounds, size_t here,
    size_t there)
{
	struct alarm alarm = { .rounds = rounds };
	pthread_t thread;

	if (pthread_create(&thread, NULL, sleeper, &alarm) != 0)
		return false;
	if (here != ANYWHERE &&
	    (!pin(pthread_self(), here) || !pin(thread, there)))
		return false;
	for (uint32_t i = 0; i < rounds; i++) {
		times_ns[i] = wake(&alarm, i + 1);
		if (times_ns[i] < 0)
			return false;
	}
	pthread_join(thread, NULL);
	report(name, times_ns, rounds);
	return true;
}

int
main(int argc, char **argv)
{
	long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : ROUNDS;
	size_t first = processor(0), second = processor(1);
	int64_t *times_ns;
	bool is_done;

	if (argc > 2 || rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: floor_wake [rounds, 1 to %d]\n",
		    ROUNDS_MAX);
		return 2;
	}
	times_ns = calloc((size_t)rounds, sizeof(*times_ns));
	is_done = times_ns != NULL &&
	    run("anywhere", times_ns, (uint32_t)rounds,
	    ANYWHERE, ANYWHERE) &&
	    (second == ANYWHERE ||
	    run("elsewhere", times_ns, (uint32_t)rounds, first, second));
	free(times_ns);
	if (!is_done)
		fprintf(stderr,
		    "floor_wake: no thread, or it does not sleep\n");
	return is_done ? 0 : 1;
}
