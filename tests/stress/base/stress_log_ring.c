/* SPDX-License-Identifier: MIT */
/*
 * stress_log_ring - many threads say lines, and one of them waits for the sink
 * now and then.
 *
 * What goes wrong in the world if this fails: a host's log function is entered
 * by two threads at once, lines come in the wrong order, twice, torn or not at
 * all, or the last ones stay in the VM until somebody says something else.
 *
 * How it would be noticed: the sink writes plain fields, for the thread
 * sanitizer to see.  Each line bears its thread and a serial number: in the
 * sink those of one thread grow, and at the end what was given, and what was
 * lost, add up to what was said.  A line that was put is given out, at the
 * latest when a flush by its thread returns.  Now and then the sink says a
 * line itself, gives the processor away, or is slow, so that the ring runs
 * full.
 */
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/log_ring.h"
#include "base/random.h"
#include "tests/stress/options.h"

enum { SAYERS_MAX = 64, LENGTH_MAX = 16 };

#define ECHO SAYERS_MAX /* whose lines the sink says */

struct sayer {
	struct arena *arena;
	struct random random;
	pthread_t thread;
	uint32_t number;
	uint64_t said;
	uint64_t put;
};

/* What the sink alone touches, and who comes after the last thread. */
struct sink {
	struct random random;
	uint64_t given[SAYERS_MAX + 1];
	uint64_t last[SAYERS_MAX + 1];
	uint64_t echoes_said, echoes_put;
	uint64_t notes, told;
	bool is_inside;
};

struct arena {
	struct options options;
	struct log_ring ring;
	struct sink sink;
	/* Of each sayer, as the sink has it; relaxed: for its own flushes. */
	_Atomic uint64_t reached[SAYERS_MAX];
};

static bool
say(struct arena *arena, uint32_t who, uint64_t serial)
{
	char text[LOG_LINE_MAX];
	bool is_put;

	snprintf(text, sizeof(text), "%" PRIu32 " %" PRIu64 " %*s.", who,
	    serial, (int)(serial % 300), "");
	is_put = log_ring_put(&arena->ring, THS_LOG_INFO, text);
	log_ring_call(&arena->ring);
	return is_put;
}

static void
be_slow(struct arena *arena)
{
	struct sink *sink = &arena->sink;

	switch (random_below(&sink->random, 64)) {
	case 0:
		sink->echoes_said++;
		sink->echoes_put += say(arena, ECHO, sink->echoes_said);
		break;
	case 1:
		sched_yield();
		break;
	case 2:
		for (int i = 0; i < 2000; i++)
			machine_pause();
		break;
	}
}

static void
hear(void *context, ths_log_level level, const char *text)
{
	struct arena *arena = context;
	struct sink *sink = &arena->sink;
	uint64_t serial, lost;
	uint32_t who;

	STRESS_CHECK(!sink->is_inside);
	sink->is_inside = true;
	if (level == THS_LOG_ERROR) {
		STRESS_CHECK(sscanf(text, "lines of the log lost: %" SCNu64,
		    &lost) == 1);
		sink->notes++;
		sink->told += lost;
	} else {
		STRESS_CHECK(sscanf(text, "%" SCNu32 " %" SCNu64, &who,
		    &serial) == 2);
		STRESS_CHECK(who <= ECHO && text[strlen(text) - 1] == '.');
		STRESS_CHECK(serial > sink->last[who]);
		sink->last[who] = serial;
		sink->given[who]++;
		if (who < ECHO)
			atomic_store_explicit(&arena->reached[who], serial,
			    memory_order_relaxed);
	}
	be_slow(arena);
	sink->is_inside = false;
}

static void *
sayer_run(void *argument)
{
	struct sayer *sayer = argument;
	struct arena *arena = sayer->arena;
	uint64_t last_put = 0;

	while (!options_over(&arena->options)) {
		for (int i = 0; i < 50; i++) {
			sayer->said++;
			if (say(arena, sayer->number, sayer->said)) {
				sayer->put++;
				last_put = sayer->said;
			}
			if (random_below(&sayer->random, 8) == 0)
				sched_yield();
		}
		if (random_below(&sayer->random, 4) != 0)
			continue;
		log_ring_flush(&arena->ring);
		STRESS_CHECK(atomic_load_explicit(
		    &arena->reached[sayer->number], memory_order_relaxed) ==
		    last_put);
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	static struct arena arena;
	static struct sayer sayers[SAYERS_MAX];
	uint64_t said = 0, given = 0;
	struct memory memory;
	struct random random;
	uint32_t length;

	arena.options = options_read(argc, argv, "as many threads as workers "
	    "say lines, beside the main one");
	random_init(&random, arena.options.seed);
	random_init(&arena.sink.random, random_next(&random));
	length = 1 + random_below(&random, LENGTH_MAX);
	memory_init(&memory, NULL, 0);
	STRESS_CHECK(log_ring_init(&arena.ring, &memory, length, hear,
	    &arena) == THS_OK);
	for (uint32_t i = 0; i <= arena.options.workers; i++) {
		STRESS_CHECK(i < SAYERS_MAX);
		sayers[i].arena = &arena;
		sayers[i].number = i;
		random_init(&sayers[i].random, random_next(&random));
		STRESS_CHECK(pthread_create(&sayers[i].thread, NULL,
		    sayer_run, &sayers[i]) == 0);
	}
	for (uint32_t i = 0; i <= arena.options.workers; i++)
		pthread_join(sayers[i].thread, NULL);
	/* Nobody has left a line behind: no call, no flush. */
	for (uint32_t i = 0; i <= arena.options.workers; i++) {
		STRESS_CHECK(arena.sink.given[i] == sayers[i].put);
		said += sayers[i].said;
		given += sayers[i].put;
	}
	STRESS_CHECK(arena.sink.given[ECHO] == arena.sink.echoes_put);
	said += arena.sink.echoes_said;
	given += arena.sink.echoes_put;
	STRESS_CHECK(said - given == arena.ring.lost);
	log_ring_fini(&arena.ring, &memory);
	STRESS_CHECK(arena.sink.told == arena.ring.lost);
	memory_fini(&memory);
	printf("%" PRIu64 " lines in a ring of %" PRIu32 ", each given once "
	    "and in order, or among %" PRIu64 " lost\n", said, length,
	    said - given);
	return 0;
}
