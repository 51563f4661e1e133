/* SPDX-License-Identifier: MIT */
/* patience - how many restarts are too many; see patience.h. */
#include "vm/patterns/patience.h"

#include <stdalign.h>

enum ths_status
patience_init(struct patience *patience, struct memory *memory, uint32_t max,
    ths_duration window)
{
	*patience = (struct patience){ .max = max, .window = window };
	if (max == 0)
		return THS_OK;
	patience->times = memory_take(memory, max * sizeof(ths_duration),
	    alignof(ths_duration));
	return patience->times == NULL ? THS_NO_MEMORY : THS_OK;
}

void
patience_fini(struct patience *patience, struct memory *memory)
{
	memory_give(memory, patience->times,
	    patience->max * sizeof(ths_duration), alignof(ths_duration));
}

bool
patience_try(struct patience *patience, ths_duration now)
{
	while (patience->length > 0 &&
	    now - patience->times[patience->oldest] >= patience->window) {
		patience->oldest = (patience->oldest + 1) % patience->max;
		patience->length--;
	}
	if (patience->length == patience->max)
		return false;
	patience->times[(patience->oldest + patience->length) %
	    patience->max] = now;
	patience->length++;
	return true;
}

ths_duration
patience_delay(const ths_supervisor *table, ths_duration *last,
    ths_duration lived)
{
	double next;

	if (*last == 0 || lived >= table->quiet)
		next = (double)table->backoff;
	else
		next = (double)*last * table->backoff_factor;
	*last = next >= (double)table->backoff_max ? table->backoff_max :
	    (ths_duration)next;
	return *last;
}
