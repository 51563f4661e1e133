/* SPDX-License-Identifier: MIT */
/*
 * bench - what every workload of thespis-bench stands on: its parameters, a
 * VM, the gate, the clock, and the rows it prints.
 *
 * A workload is one function.  It starts its actors, lets them run, waits at
 * the gate for the one `finished` that says so, and prints rows of
 *
 *     workload,thespis,t=THREADS;PARAMETERS,value,unit
 *
 * Each run is a test as well: a wrong sum, a call that is refused, a message
 * that is lost or counted twice ends the program with a reason and status 1.
 *
 * Threads: the main thread, unless said otherwise.
 * Errors: none come back; whatever fails ends the program, see bench_fail().
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "thespis/thespis.h"

enum {
	BENCH_PARAMETERS_MAX = 2,
	BENCH_LABEL_SIZE = 96,
	/* An actor that has much to send does so many at a time and then mails
	 * itself to go on: handlers run to completion, and one that sent
	 * millions would fill the memory before anyone read the first. */
	BENCH_CHUNK = 64,
};

struct bench;

/* One number of the command line. */
struct bench_parameter {
	const char *name; /* NULL: there is no such parameter */
	int64_t fallback; /* the value when it is not given */
	int64_t min;
	int64_t max;
};

/* One workload; each is a constant in the file of its name. */
struct workload {
	const char *name;
	const char *what; /* for a person, one line */
	struct bench_parameter parameters[BENCH_PARAMETERS_MAX];
	/* Why these values do not go together, or NULL; may be NULL itself. */
	const char *(*refuse)(const int64_t *values);
	void (*run)(struct bench *bench);
};

/* One run of one workload. */
struct bench {
	const struct workload *workload;
	uint32_t threads;
	int64_t values[BENCH_PARAMETERS_MAX];
	char label[BENCH_LABEL_SIZE]; /* the parameters as the rows show them */
	ths_vm *vm;
	ths_client *gate;
	uint64_t actors_expected;   /* see bench_expect() */
	uint64_t messages_expected;
};

/* What a workload sends to the gate when all is done. */
THS_MESSAGE(finished,
    THS_FIELD(int64_t, value)) /* a sum to check, or 0 */

/* ------------------------------------------------------- a run's beginning */

/* Starts the VM and opens the gate. */
void bench_open(struct bench *bench);

/*
 * Closes the gate, stops the VM, checks that it stopped well and that its
 * counts add up, and frees it.
 */
void bench_close(struct bench *bench);

/* --------------------------------------------------------- for a workload */

/* Says how the rows show the parameters, without the threads. */
void bench_label(struct bench *bench, const char *format, ...)
    THS_PRINTF(2, 3);

/* Starts an actor; content is its start message, or NULL. */
ths_address bench_spawn(struct bench *bench, const ths_actor *actor,
    const ths_any *content);

/* Sends a message from the gate: bench_tell(bench, to, token, .hops = 3). */
#define bench_tell(bench, to, ...) \
	bench_tell_message((bench), (to), THS_PAYLOAD(__VA_ARGS__))
void bench_tell_message(struct bench *bench, ths_address to,
    const ths_type *type, const void *message);

/* The gate's address: where `finished` goes. */
ths_address bench_gate(const struct bench *bench);

/*
 * Waits for mail at the gate, which the caller gives back.  Gives up when the
 * VM has counted a failure or a dead letter, or handled nothing for a minute.
 */
ths_mail *bench_listen(struct bench *bench);

/* Waits for `finished` at the gate; returns its value. */
int64_t bench_wait(struct bench *bench);

/* Ends the program unless what is as expected. */
void bench_check(struct bench *bench, const char *what, int64_t is,
    int64_t expected);

/*
 * Says how many actors and messages the workload has made; bench_close() then
 * checks that the VM has counted no fewer.
 */
void bench_expect(struct bench *bench, uint64_t actors, uint64_t messages);

/* Memory for count items of size bytes, zeroed; the caller frees it. */
void *bench_array(struct bench *bench, int64_t count, size_t size);

/* Prints why, and the VM's status if there is one; exits with 1. */
_Noreturn void bench_fail(const struct bench *bench, const char *format, ...)
    THS_PRINTF(2, 3);

/* ------------------------------------------------------------------- rows */

/* Prints one row under the workload's name. */
void bench_row(const struct bench *bench, double value, const char *unit);

/* Prints one row under another name. */
void bench_row_as(const struct bench *bench, const char *name, double value,
    const char *unit);

/* Prints a row MiB_peak_rss, under name: the process's peak until now. */
void bench_row_peak(const struct bench *bench, const char *name);

/* Sorts length times and prints their ns_p50, ns_p99 and ns_p99.9. */
void bench_row_quantiles(const struct bench *bench, int64_t *times_ns,
    int64_t length);

/* --------------------------------------------- for workloads and actors */

/* The system's monotonic clock.  Any thread. */
int64_t bench_clock_ns(void);

/* Keeps this thread's core busy for so long.  Any thread. */
void bench_spin(int64_t span_ns);

/* The next of a row of random numbers; state is not zero.  Any thread. */
uint64_t bench_random(uint64_t *state);

/*
 * Actors of one workload share memory with each other as the peers' actors do,
 * for a count of what is left; the address of it travels as a number.
 */
static inline uint64_t
bench_word(void *pointer)
{
	return (uint64_t)(uintptr_t)pointer;
}

static inline void *
bench_pointer(uint64_t word)
{
	return (void *)(uintptr_t)word;
}

#endif
