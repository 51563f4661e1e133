/* SPDX-License-Identifier: MIT */
/* report - what wordcount shows; see report.h. */
#include "report.h"

#include <inttypes.h>
#include <stdlib.h>

#include "bundle.h"

#define MEGABYTE 1e6

enum { BAR_LENGTH = 40 };

/* So much a second; 0 before the clock has moved. */
static double
rate(double amount, double seconds)
{
	return seconds > 0 ? amount / seconds : 0;
}

void
report_progress(uint64_t bytes, uint64_t bytes_max, double seconds)
{
	/* A file may have grown since its size was asked. */
	double part = bytes < bytes_max ?
	    (double)bytes / (double)bytes_max : 1;
	char bar[BAR_LENGTH + 1];

	for (int i = 0; i < BAR_LENGTH; i++)
		bar[i] = i < (int)(part * BAR_LENGTH) ? '#' : '-';
	bar[BAR_LENGTH] = '\0';
	fprintf(stderr, "\r[%s] %3d %%  %.0f MB/s ", bar, (int)(part * 100),
	    rate((double)bytes / MEGABYTE, seconds));
	fflush(stderr);
}

void
report_progress_clear(void)
{
	fprintf(stderr, "\r%*s\r", BAR_LENGTH + 24, "");
	fflush(stderr);
}

uint64_t
report_words(ths_bytes bundle)
{
	struct entry entry;
	const char *letters;
	uint64_t length = 0;

	while ((letters = bundle_take(&bundle, &entry)) != NULL) {
		printf("%7" PRIu64 " %.*s\n", entry.count, (int)entry.length,
		    letters);
		length++;
	}
	return length;
}

void
report_incomplete(FILE *stream, const struct report *report)
{
	if (report->is_interrupted)
		fprintf(stream, "incomplete: interrupted after %" PRIu64
		    " of %" PRIu64 " bytes\n", report->read.bytes,
		    report->bytes);
}

/* How long each worker was busy. */
static void
busy_print(FILE *stream, const ths_vm *vm)
{
	ths_worker_status worker;

	fprintf(stream, "%-12s", "busy");
	for (uint32_t i = 0; ths_vm_worker_status_read(vm, i, &worker); i++)
		fprintf(stream, "%s%.3f s", i == 0 ? "" : ", ",
		    (double)worker.busy_ns / 1e9);
	fputc('\n', stream);
}

static void
table_print(FILE *stream, const ths_vm *vm)
{
	char nothing[1];
	size_t size = ths_vm_status_print(vm, nothing, sizeof(nothing)) + 1;
	char *table = malloc(size);

	if (table != NULL) {
		ths_vm_status_print(vm, table, size);
		fprintf(stream, "\n%s", table);
	}
	free(table);
}

void
report_figures(FILE *stream, const struct report *report, const ths_vm *vm)
{
	ths_vm_status status;

	ths_vm_status_read(vm, &status);
	if (report->sums.words == 0)
		fprintf(stream, "no words\n");
	fprintf(stream, "\n%-12s%" PRIu64 "\n", "words", report->sums.words);
	fprintf(stream, "%-12s%" PRIu64 "\n", "distinct",
	    report->sums.distinct);
	fprintf(stream, "%-12s%" PRIu64 " in %" PRIu64 " files\n", "bytes",
	    report->read.bytes, report->read.files);
	fprintf(stream, "%-12s%.3f s\n", "time", report->seconds);
	fprintf(stream, "%-12s%.1f MB/s\n", "speed",
	    rate((double)report->read.bytes / MEGABYTE, report->seconds));
	fprintf(stream, "%-12s%" PRIu64 ", %.0f a second\n", "messages",
	    status.handled, rate((double)status.handled, report->seconds));
	busy_print(stream, vm);
	table_print(stream, vm);
}

bool
report_accounts(const ths_vm *vm)
{
	ths_vm_status status;
	uint64_t dead = 0;

	ths_vm_status_read(vm, &status);
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		dead += status.dead[i];
	if (status.actors == 0 && status.accepted ==
	    status.handled + dead + status.absorbed)
		return true;
	fprintf(stderr, "wordcount: accounts: %" PRIu64 " actors left; "
	    "%" PRIu64 " messages accepted, %" PRIu64 " handled, %" PRIu64
	    " dead, %" PRIu64 " absorbed\n", status.actors, status.accepted,
	    status.handled, dead, status.absorbed);
	return false;
}
