/* SPDX-License-Identifier: MIT */
/*
 * a pipeline, simulated: a reader that sends lines of words to splitters,
 * paced by credits, splitters that send each word to the counter of its hash,
 * counters that report to a ranking when everybody before them is done.
 *
 * If this fails, a word is lost, counted twice or by two counters, or a "done"
 * overtakes the words before it: the ranking must have the reader's own counts.
 */
#include <string.h>

#include "tests/sim/vm_world.h"

enum { LINES = 24, SPLITTERS = 3, COUNTERS = 2, WORDS = 5, CREDITS = 4 };

static const char *const words[WORDS] = { "to", "be", "or", "not", "that" };

THS_MESSAGE(line, THS_FIELD(ths_string, text))
THS_MESSAGE(word, THS_FIELD(ths_string, text))
THS_SIGNAL(credit)
THS_SIGNAL(done)
THS_MESSAGE(count,
    THS_FIELD(ths_string, text),
    THS_FIELD(uint32_t, times))
THS_MESSAGE(ranking,
    THS_FIELD(uint32_t, distinct),
    THS_FIELD(uint32_t, total))

static struct world {
	struct vm_world base;
	ths_address ranker;
	ths_address reader;
	ths_address splitters[SPLITTERS];
	ths_address counters[COUNTERS];
	uint32_t expected[WORDS];
} world;

static uint32_t
index_of(const char *text)
{
	for (uint32_t i = 0; i < WORDS; i++) {
		if (strcmp(words[i], text) == 0)
			return i;
	}
	seeds_fail(__FILE__, __LINE__, "the word is one of ours");
}

/* ------------------------------------------------------------------ ranking */

struct ranker {
	uint32_t counts[WORDS];
	uint32_t done;
	ths_address asker;
};

static ths_status
on_ranking(ths_self *self, struct ranker *ranker, const struct ranking *ranking)
{
	(void)ranking;
	ranker->asker = ths_sender(self);
	return ths_send(self, world.reader, credit);
}

static ths_status
on_count(ths_self *self, struct ranker *ranker, const struct count *count)
{
	(void)self;
	SEEDS_CHECK(ranker->counts[index_of(count->text)] == 0);
	ranker->counts[index_of(count->text)] = count->times;
	return THS_OK;
}

static ths_status
on_counter_done(ths_self *self, struct ranker *ranker, const struct done *done)
{
	uint32_t distinct = 0;
	uint32_t total = 0;

	(void)done;
	if (++ranker->done < COUNTERS)
		return THS_OK;
	for (uint32_t i = 0; i < WORDS; i++) {
		SEEDS_CHECK(ranker->counts[i] == world.expected[i]);
		distinct += ranker->counts[i] > 0;
		total += ranker->counts[i];
	}
	return ths_send(self, ranker->asker, ranking, .distinct = distinct,
	    .total = total);
}

THS_ACTOR(ranker, struct ranker,
    THS_ON(ranking, on_ranking),
    THS_ON(count, on_count),
    THS_ON(done, on_counter_done))

/* ----------------------------------------------------------------- counters */

struct counter {
	uint32_t counts[WORDS];
	uint32_t done;
};

static ths_status
on_word(ths_self *self, struct counter *counter, const struct word *word)
{
	uint32_t index = index_of(word->text);

	SEEDS_CHECK(ths_address_equal(ths_me(self),
	    world.counters[index % COUNTERS]));
	SEEDS_CHECK(counter->done < SPLITTERS);
	counter->counts[index]++;
	return THS_OK;
}

static ths_status
on_splitter_done(ths_self *self, struct counter *counter,
    const struct done *done)
{
	(void)done;
	if (++counter->done < SPLITTERS)
		return THS_OK;
	for (uint32_t i = 0; i < WORDS; i++) {
		if (counter->counts[i] > 0)
			ths_send(self, world.ranker, count, .text = words[i],
			    .times = counter->counts[i]);
	}
	return ths_send(self, world.ranker, done);
}

THS_ACTOR(counter, struct counter,
    THS_ON(word, on_word),
    THS_ON(done, on_splitter_done))

/* ---------------------------------------------------------------- splitters */

static ths_status
on_line(ths_self *self, ths_nothing *nothing, const struct line *line)
{
	const char *text = line->text;

	(void)nothing;
	while (*text != '\0') {
		char one[16];
		size_t length = strcspn(text, " ");

		SEEDS_CHECK(length < sizeof(one));
		memcpy(one, text, length);
		one[length] = '\0';
		ths_send(self, world.counters[index_of(one) % COUNTERS], word,
		    .text = one);
		text += length + (text[length] == ' ');
	}
	return ths_reply(self, credit);
}

static ths_status
on_reader_done(ths_self *self, ths_nothing *nothing, const struct done *done)
{
	(void)nothing;
	(void)done;
	for (int i = 0; i < COUNTERS; i++)
		ths_send(self, world.counters[i], done);
	return THS_OK;
}

THS_ACTOR(splitter, ths_nothing,
    THS_ON(line, on_line),
    THS_ON(done, on_reader_done))

/* ------------------------------------------------------------------- reader */

struct reader {
	uint32_t sent;
	uint32_t answered;
	bool has_begun;
};

static void
send_line(ths_self *self, struct reader *reader)
{
	uint32_t first = reader->sent % WORDS;
	uint32_t second = reader->sent / 3 % WORDS;
	char text[32];

	strcpy(text, words[first]);
	strcat(text, " ");
	strcat(text, words[second]);
	world.expected[first]++;
	world.expected[second]++;
	ths_send(self, world.splitters[reader->sent++ % SPLITTERS], line,
	    .text = text);
}

static ths_status
on_credit(ths_self *self, struct reader *reader, const struct credit *credit)
{
	(void)credit;
	if (!reader->has_begun) {
		reader->has_begun = true;
		for (int i = 0; i < CREDITS; i++)
			send_line(self, reader);
		return THS_OK;
	}
	reader->answered++;
	SEEDS_CHECK(reader->sent - reader->answered < CREDITS);
	if (reader->sent < LINES) {
		send_line(self, reader);
	} else if (reader->answered == LINES) {
		for (int i = 0; i < SPLITTERS; i++)
			ths_send(self, world.splitters[i], done);
	}
	return THS_OK;
}

THS_ACTOR(reader, struct reader, THS_ON(credit, on_credit))

/* --------------------------------------------------------------------- main */

static void
ask_for_ranking(void *argument)
{
	ths_mail *mail;

	(void)argument;
	mail = ths_call(world.base.vm, world.ranker, THS_FOREVER, ranking);
	SEEDS_CHECK(ths_mail_as(mail, ranking) != NULL);
	SEEDS_CHECK(ths_mail_as(mail, ranking)->total == 2 * LINES);
	SEEDS_CHECK(ths_mail_as(mail, ranking)->distinct == WORDS);
	ths_mail_free(mail);
}

static void
spawn(ths_address *address, const ths_actor *actor)
{
	SEEDS_CHECK(ths_spawn(world.base.vm, address, actor, NULL) == THS_OK);
}

static void
start(ths_sim *sim)
{
	vm_world_start(&world.base, sim, &(ths_vm_config){ .workers = 3 });
	spawn(&world.ranker, &ranker_actor);
	spawn(&world.reader, &reader_actor);
	for (int i = 0; i < SPLITTERS; i++)
		spawn(&world.splitters[i], &splitter_actor);
	for (int i = 0; i < COUNTERS; i++)
		spawn(&world.counters[i], &counter_actor);
	vm_world_client(&world.base, "asker", ask_for_ranking, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(vm_world_dead(&world.base) == 0);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "A pipeline counts every word once.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
