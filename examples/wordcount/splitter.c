/* SPDX-License-Identifier: MIT */
/*
 * splitter - splits chunks into words; see splitter.h and messages.h.
 *
 * pending[t] counts the messages of ticket t that no counter has acknowledged.
 * When it comes to 0 the ticket is free, and goes back to the reader.
 */
#include "splitter.h"

#include <assert.h>
#include <string.h>

#include "bundle.h"
#include "messages.h"
#include "tally.h"
#include "word.h"

/* An array of addresses travels as bytes. */
THS_MESSAGE(splitter_start,
    THS_FIELD(ths_address, reader),
    THS_FIELD(ths_bytes, counters))

struct splitter {
	ths_address reader;
	ths_address counters[COUNTERS_MAX];
	uint32_t counters_length;
	uint32_t tickets_ended;
	uint32_t pending[TICKETS];
	struct tally tally;
	/* Chains of the tally's words, one for each counter: numbers of words
	 * plus 1, ended by 0. */
	uint16_t chains[COUNTERS_MAX];
	uint16_t next[TALLY_WORDS_MAX];
	struct bundle bundle;
};

static_assert(sizeof(struct splitter) <= THS_STATE_SIZE_MAX,
    "a splitter's state needs no memory but its own");

/* Sends what is in the bundle, if anything, and empties it. */
static ths_status
bundle_send(ths_self *self, struct splitter *splitter, uint32_t counter,
    uint32_t ticket)
{
	ths_bytes bytes = bundle_bytes(&splitter->bundle);

	if (bytes.size == 0)
		return THS_OK;
	splitter->bundle.size = 0;
	splitter->pending[ticket]++;
	return ths_send(self, splitter->counters[counter], words,
	    .ticket = ticket, .bundle = bytes);
}

/* Chains the words of the tally by the counter that owns them. */
static void
chains_make(struct splitter *splitter)
{
	const struct tally *tally = &splitter->tally;
	uint16_t *chain;

	memset(splitter->chains, 0, sizeof(splitter->chains));
	for (uint32_t i = 0; i < tally->words_length; i++) {
		chain = &splitter->chains[word_counter(tally->words[i].hash,
		    splitter->counters_length)];
		splitter->next[i] = *chain;
		*chain = (uint16_t)(i + 1);
	}
}

/* Sends one chain, in as many messages as it takes. */
static ths_status
chain_send(ths_self *self, struct splitter *splitter, uint32_t counter,
    uint32_t ticket)
{
	const struct tally *tally = &splitter->tally;
	ths_status status = THS_OK;
	uint32_t i;

	for (i = splitter->chains[counter]; i != 0;
	    i = splitter->next[i - 1]) {
		const struct tally_word *word = &tally->words[i - 1];
		const char *letters = tally->letters + word->first;
		const struct entry entry = {
			.count = word->count,
			.hash = word->hash,
			.length = word->length,
		};

		if (bundle_try_put(&splitter->bundle, &entry, letters))
			continue;
		status = bundle_send(self, splitter, counter, ticket);
		if (status != THS_OK)
			return status;
		/* Into an empty bundle every word goes. */
		bundle_try_put(&splitter->bundle, &entry, letters);
	}
	return bundle_send(self, splitter, counter, ticket);
}

static ths_status
on_start(ths_self *self, struct splitter *splitter,
    const struct splitter_start *start)
{
	ths_status status = THS_OK;

	assert(start->counters.size <= sizeof(splitter->counters));
	splitter->reader = start->reader;
	memcpy(splitter->counters, start->counters.data, start->counters.size);
	splitter->counters_length =
	    (uint32_t)(start->counters.size / sizeof(ths_address));
	for (uint32_t i = 0; i < TICKETS && status == THS_OK; i++)
		status = ths_send(self, splitter->reader, credit, .ticket = i);
	return status;
}

static ths_status
on_chunk(ths_self *self, struct splitter *splitter, const struct chunk *chunk)
{
	ths_status status = THS_OK;

	tally_text(&splitter->tally, chunk->text);
	chains_make(splitter);
	for (uint32_t i = 0; i < splitter->counters_length; i++) {
		status = chain_send(self, splitter, i, chunk->ticket);
		if (status != THS_OK)
			return status;
	}
	if (splitter->pending[chunk->ticket] > 0)
		return THS_OK;
	/* There was not one word in it, so nobody will acknowledge it. */
	return ths_reply(self, credit, .ticket = chunk->ticket);
}

static ths_status
on_counted(ths_self *self, struct splitter *splitter,
    const struct counted *counted)
{
	if (--splitter->pending[counted->ticket] > 0)
		return THS_OK;
	return ths_send(self, splitter->reader, credit,
	    .ticket = counted->ticket);
}

/* Every ticket that ends was free: all its words have been counted. */
static ths_status
on_chunks_end(ths_self *self, struct splitter *splitter,
    const struct chunks_end *chunks_end)
{
	ths_status status = THS_OK;

	(void)chunks_end;
	if (++splitter->tickets_ended < TICKETS)
		return THS_OK;
	for (uint32_t i = 0; i < splitter->counters_length &&
	    status == THS_OK; i++)
		status = ths_send(self, splitter->counters[i], words_end);
	return status;
}

THS_ACTOR(splitter, struct splitter,
    THS_START(splitter_start, on_start),
    THS_ON(chunk, on_chunk),
    THS_ON(counted, on_counted),
    THS_ON(chunks_end, on_chunks_end))

ths_status
splitter_spawn(ths_vm *vm, ths_address *splitter, ths_address reader,
    const ths_address *counters, uint32_t counters_length)
{
	return ths_spawn(vm, splitter, &splitter_actor, &(ths_spawn_options){
		.start = THS_ANY(splitter_start,
		    .reader = reader,
		    .counters = { counters,
			counters_length * sizeof(*counters) }),
	});
}
