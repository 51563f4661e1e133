/* SPDX-License-Identifier: MIT */
/*
 * bench - what every workload of thespis-bench stands on; see bench.h.
 *
 * Whoever waits at the gate wakes once a second to ask the VM whether something
 * went wrong: no workload makes a dead letter or reports a failure, so the
 * first of either ends the run, and so does a minute in which nothing was
 * handled, instead of leaving it to wait for mail that is lost.
 */
#include "bench/bench.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench/process.h"

enum {
	SILENCE_S = 60,      /* how long a VM may handle no message at all */
	STOP_S = 60,         /* how long its actors may take to end */
	STATUS_SIZE = 16384, /* room for the VM's status as text */
};

static uint64_t
dead_letters(const ths_vm_status *status)
{
	uint64_t sum = 0;

	for (int reason = 0; reason < THS_DEAD_COUNT; reason++)
		sum += status->dead[reason];
	return sum;
}

/*
 * Ends the program when the VM has counted what no workload does.  Returns how
 * many messages were handled until now.
 */
static uint64_t
check_health(const struct bench *bench)
{
	ths_vm_status status;

	ths_vm_status_read(bench->vm, &status);
	if (status.failed != 0)
		bench_fail(bench, "%" PRIu64 " handlers reported a failure",
		    status.failed);
	if (dead_letters(&status) != 0)
		bench_fail(bench, "%" PRIu64 " dead letters",
		    dead_letters(&status));
	return status.handled;
}

/* The VM has stopped: every message is accounted for, every actor gone. */
static void
check_counts(struct bench *bench)
{
	ths_vm_status status;
	uint64_t accounted;

	(void)check_health(bench);
	ths_vm_status_read(bench->vm, &status);
	accounted = status.handled + dead_letters(&status) + status.absorbed;
	if (status.accepted != accounted || status.queued != 0)
		bench_fail(bench, "%" PRIu64 " messages accepted, but %" PRIu64
		    " accounted for and %" PRIu64 " queued", status.accepted,
		    accounted, status.queued);
	if (status.handled < bench->messages_expected)
		bench_fail(bench, "%" PRIu64 " messages handled, but at least %"
		    PRIu64 " were sent", status.handled,
		    bench->messages_expected);
	if (status.spawned < bench->actors_expected)
		bench_fail(bench, "%" PRIu64 " actors counted, but at least %"
		    PRIu64 " were started", status.spawned,
		    bench->actors_expected);
	if (status.actors != 0)
		bench_fail(bench, "%" PRIu64 " actors alive after the stop",
		    status.actors);
}

void
bench_open(struct bench *bench)
{
	const ths_vm_config config = { .workers = bench->threads };
	ths_status status = ths_vm_start(&bench->vm, &config);

	if (status == THS_OK)
		status = ths_client_open(bench->vm, &bench->gate);
	if (status != THS_OK)
		bench_fail(bench, "cannot start: %s", ths_status_text(status));
}

void
bench_close(struct bench *bench)
{
	ths_status status;

	ths_client_close(bench->gate);
	status = ths_vm_stop(bench->vm, THS_SECONDS(STOP_S));
	if (status != THS_OK)
		bench_fail(bench, "cannot stop: %s", ths_status_text(status));
	check_counts(bench);
	ths_vm_free(bench->vm);
	bench->vm = NULL;
}

void
bench_label(struct bench *bench, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(bench->label, sizeof(bench->label), format, arguments);
	va_end(arguments);
}

ths_address
bench_spawn(struct bench *bench, const ths_actor *actor,
    const ths_any *content)
{
	ths_spawn_options options = { 0 };
	ths_address address = THS_NOBODY;
	ths_status status;

	if (content != NULL)
		options.start = *content;
	status = ths_spawn(bench->vm, &address, actor, &options);
	if (status != THS_OK)
		bench_fail(bench, "cannot start an actor: %s",
		    ths_status_text(status));
	return address;
}

void
bench_tell_message(struct bench *bench, ths_address to, const ths_type *type,
    const void *message)
{
	ths_status status = ths_tell_message(bench->vm, bench->gate, to, type,
	    message);

	if (status != THS_OK)
		bench_fail(bench, "cannot send: %s", ths_status_text(status));
}

ths_address
bench_gate(const struct bench *bench)
{
	return ths_client_address(bench->gate);
}

ths_mail *
bench_listen(struct bench *bench)
{
	uint64_t handled = 0, handled_before = 0;
	int silent_s = 0;

	while (silent_s < SILENCE_S) {
		ths_mail *mail = ths_listen(bench->vm, bench->gate,
		    THS_SECONDS(1));
		ths_status status = ths_mail_status(mail);

		if (status == THS_OK)
			return mail;
		ths_mail_free(mail);
		if (status != THS_TIMEOUT)
			bench_fail(bench, "cannot wait: %s",
			    ths_status_text(status));
		handled_before = handled;
		handled = check_health(bench);
		silent_s = handled == handled_before ? silent_s + 1 : 0;
	}
	bench_fail(bench, "no message handled for %d s", SILENCE_S);
}

int64_t
bench_wait(struct bench *bench)
{
	ths_mail *mail = bench_listen(bench);
	const struct finished *finished = ths_mail_as(mail, finished);
	int64_t value;

	if (finished == NULL)
		bench_fail(bench, "unexpected mail: %s", ths_mail_why(mail));
	value = finished->value;
	ths_mail_free(mail);
	return value;
}

void
bench_check(struct bench *bench, const char *what, int64_t is,
    int64_t expected)
{
	if (is != expected)
		bench_fail(bench, "%s is %" PRId64 ", but must be %" PRId64,
		    what, is, expected);
}

void
bench_expect(struct bench *bench, uint64_t actors, uint64_t messages)
{
	bench->actors_expected = actors;
	bench->messages_expected = messages;
}

void *
bench_array(struct bench *bench, int64_t count, size_t size)
{
	void *array = calloc((size_t)count, size);

	if (array == NULL)
		bench_fail(bench, "no memory for %" PRId64 " items", count);
	return array;
}

void
bench_fail(const struct bench *bench, const char *format, ...)
{
	char status[STATUS_SIZE];
	va_list arguments;

	fflush(stdout);
	fprintf(stderr, "thespis-bench: %s: ", bench->workload->name);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	if (bench->vm != NULL) {
		ths_vm_status_print(bench->vm, status, sizeof(status));
		fputs(status, stderr);
	}
	fflush(stderr);
	_Exit(1); /* the VM's threads may still run */
}

void
bench_row_as(const struct bench *bench, const char *name, double value,
    const char *unit)
{
	printf("%s,thespis,t=%" PRIu32 ";%s,%.3f,%s\n", name, bench->threads,
	    bench->label, value, unit);
}

void
bench_row(const struct bench *bench, double value, const char *unit)
{
	bench_row_as(bench, bench->workload->name, value, unit);
}

void
bench_row_peak(const struct bench *bench, const char *name)
{
	bench_row_as(bench, name, (double)process_peak_kib() / 1024,
	    "MiB_peak_rss");
}

static int
compare_times(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a;
	const int64_t right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

void
bench_row_quantiles(const struct bench *bench, int64_t *times_ns,
    int64_t length)
{
	static const struct {
		int64_t thousandths;
		const char *unit;
	} rows[] = { { 500, "ns_p50" }, { 990, "ns_p99" },
		{ 999, "ns_p99.9" } };

	qsort(times_ns, (size_t)length, sizeof(*times_ns), compare_times);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		bench_row(bench,
		    (double)times_ns[length * rows[i].thousandths / 1000],
		    rows[i].unit);
}

int64_t
bench_clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void
bench_spin(int64_t span_ns)
{
	int64_t begin;

	if (span_ns == 0)
		return; /* not even the price of reading the clock */
	begin = bench_clock_ns();
	while (bench_clock_ns() - begin < span_ns)
		continue;
}

uint64_t
bench_random(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return *state = x;
}
