/* SPDX-License-Identifier: MIT */
/* ranking - one order for the words of all; see ranking.h and messages.h. */
#include "ranking.h"

#include "bundle.h"
#include "messages.h"

THS_MESSAGE(ranking_start,
    THS_FIELD(ths_address, host),
    THS_FIELD(uint32_t, counters),
    THS_FIELD(uint32_t, top),
    THS_FIELD(uint32_t, order)) /* enum table_order */

struct ranking {
	ths_address host;
	uint32_t counters; /* that may still send words */
	uint32_t top;
	enum table_order order;
	struct ranked sums;
	struct table table;
	struct bundle bundle;
};

static ths_status
on_init(ths_self *self, struct ranking *ranking,
    const struct ranking_start *start)
{
	(void)self;
	ranking->host = start->host;
	ranking->counters = start->counters;
	ranking->top = start->top;
	ranking->order = (enum table_order)start->order;
	return THS_OK;
}

static ths_status
on_words(ths_self *self, struct ranking *ranking, const struct words *words)
{
	ranking->sums.lost += table_add_bundle(&ranking->table, words->bundle);
	return ths_reply(self, counted, .ticket = words->ticket);
}

static ths_status
on_words_end(ths_self *self, struct ranking *ranking,
    const struct words_end *words_end)
{
	ranking->sums.words += words_end->words;
	ranking->sums.distinct += words_end->distinct;
	ranking->sums.lost += words_end->lost;
	if (--ranking->counters > 0)
		return THS_OK;
	table_sort(&ranking->table, ranking->order);
	return ths_send_message(self, ranking->host, &ranked_type,
	    &ranking->sums);
}

static ths_status
on_page(ths_self *self, struct ranking *ranking, const struct page *page)
{
	uint32_t first = page->first < UINT32_MAX ?
	    (uint32_t)page->first : UINT32_MAX;

	table_pack(&ranking->table, first, ranking->top, &ranking->bundle);
	return ths_reply(self, words,
	    .bundle = bundle_bytes(&ranking->bundle));
}

static void
on_end(ths_self *self, struct ranking *ranking)
{
	(void)self;
	table_fini(&ranking->table);
}

THS_ACTOR(ranking, struct ranking,
    THS_INIT(ranking_start, on_init),
    THS_ON(words, on_words),
    THS_ON(words_end, on_words_end),
    THS_ON(page, on_page),
    THS_EXIT(on_end))

ths_status
ranking_spawn(ths_vm *vm, ths_address *ranking, ths_address host,
    uint32_t counters, uint32_t top, enum table_order order)
{
	return ths_spawn(vm, ranking, &ranking_actor, &(ths_spawn_options){
		.start = THS_ANY(ranking_start, .host = host,
		    .counters = counters, .top = top,
		    .order = (uint32_t)order),
	});
}
