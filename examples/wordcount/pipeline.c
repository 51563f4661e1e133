/* SPDX-License-Identifier: MIT */
/*
 * pipeline - starts the actors; see pipeline.h.
 *
 * From the end to the beginning, so that each knows where to send.  There are
 * more of a kind than workers: whoever has mail runs on whichever worker is
 * free, and none has to be as quick as the others.
 */
#include "pipeline.h"

#include "counter.h"
#include "messages.h"
#include "ranking.h"
#include "reader.h"
#include "splitter.h"

enum {
	SPLITTERS_PER_WORKER = 8,
	COUNTERS_PER_WORKER = 8,
};

/* What was asked for, or so many per worker, within a limit. */
static uint32_t
number_choose(uint32_t asked, uint32_t per_worker, uint32_t workers,
    uint32_t max)
{
	uint32_t number = asked != 0 ? asked : per_worker * workers;

	return number < max ? number : max;
}

ths_status
pipeline_start(struct pipeline *pipeline, ths_vm *vm,
    const struct options *options, ths_address host)
{
	ths_address counters[COUNTERS_MAX];
	ths_address splitter;
	ths_vm_status vm_status;
	ths_status status;
	uint32_t splitters_length;
	uint32_t counters_length;
	uint32_t top = options->prints_all ? UINT32_MAX : options->top;

	ths_vm_status_read(vm, &vm_status);
	splitters_length = number_choose(options->splitters,
	    SPLITTERS_PER_WORKER, vm_status.workers, SPLITTERS_MAX);
	counters_length = number_choose(options->counters,
	    COUNTERS_PER_WORKER, vm_status.workers, COUNTERS_MAX);

	status = reader_spawn(vm, &pipeline->reader, host);
	if (status == THS_OK)
		status = ranking_spawn(vm, &pipeline->ranking, host,
		    counters_length, top,
		    options->prints_all ? TABLE_BY_LETTERS : TABLE_BY_COUNT);
	for (uint32_t i = 0; i < counters_length && status == THS_OK; i++)
		status = counter_spawn(vm, &counters[i], pipeline->ranking,
		    splitters_length, top);
	for (uint32_t i = 0; i < splitters_length && status == THS_OK; i++)
		status = splitter_spawn(vm, &splitter, pipeline->reader,
		    counters, counters_length);
	return status;
}
