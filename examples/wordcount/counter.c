/* SPDX-License-Identifier: MIT */
/*
 * counter - owns a share of all words; see counter.h and messages.h.
 *
 * Life: counts words until every splitter has said words_end; then sorts, and
 * sends bundle after bundle to the ranking, each when the one before has been
 * acknowledged.
 */
#include "counter.h"

#include "bundle.h"
#include "messages.h"
#include "table.h"

THS_MESSAGE(counter_start,
    THS_FIELD(ths_address, ranking),
    THS_FIELD(uint32_t, splitters),
    THS_FIELD(uint32_t, top))

struct counter {
	ths_address ranking;
	uint32_t splitters; /* that may still send words */
	uint32_t top;
	uint32_t sent; /* words sent to the ranking */
	struct words_end sums;
	struct table table;
	struct bundle bundle;
};

static ths_status
on_init(ths_self *self, struct counter *counter,
    const struct counter_start *start)
{
	(void)self;
	counter->ranking = start->ranking;
	counter->splitters = start->splitters;
	counter->top = start->top;
	return THS_OK;
}

static ths_status
on_words(ths_self *self, struct counter *counter, const struct words *words)
{
	counter->sums.lost += table_add_bundle(&counter->table, words->bundle);
	return ths_reply(self, counted, .ticket = words->ticket);
}

/* Sends the next bundle, or says that there is none. */
static ths_status
bundle_send(ths_self *self, struct counter *counter)
{
	counter->sent = table_pack(&counter->table, counter->sent,
	    counter->top, &counter->bundle);
	if (counter->bundle.size > 0)
		return ths_send(self, counter->ranking, words,
		    .bundle = bundle_bytes(&counter->bundle));
	return ths_send_message(self, counter->ranking, &words_end_type,
	    &counter->sums);
}

static ths_status
on_words_end(ths_self *self, struct counter *counter,
    const struct words_end *words_end)
{
	(void)words_end;
	if (--counter->splitters > 0)
		return THS_OK;
	counter->sums.distinct = counter->table.words_length;
	counter->sums.words = table_sum(&counter->table);
	table_sort(&counter->table, TABLE_BY_COUNT);
	return bundle_send(self, counter);
}

static ths_status
on_counted(ths_self *self, struct counter *counter,
    const struct counted *counted)
{
	(void)counted;
	return bundle_send(self, counter);
}

static void
on_end(ths_self *self, struct counter *counter)
{
	(void)self;
	table_fini(&counter->table);
}

THS_ACTOR(counter, struct counter,
    THS_INIT(counter_start, on_init),
    THS_ON(words, on_words),
    THS_ON(words_end, on_words_end),
    THS_ON(counted, on_counted),
    THS_EXIT(on_end))

ths_status
counter_spawn(ths_vm *vm, ths_address *counter, ths_address ranking,
    uint32_t splitters, uint32_t top)
{
	return ths_spawn(vm, counter, &counter_actor, &(ths_spawn_options){
		.start = THS_ANY(counter_start, .ranking = ranking,
		    .splitters = splitters, .top = top),
	});
}
