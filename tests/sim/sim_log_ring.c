/* SPDX-License-Identifier: MIT */
/*
 * log ring, simulated: three threads say lines into a ring of one to four
 * places; now and then the sink says one, too, and one thread flushes.
 *
 * If this fails, two threads are in the sink at once, or a line comes twice,
 * out of order, or stays in the ring when everybody has gone on.
 */
#include "base/log_ring.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/seeds.h"

enum { SAYERS = 3, LINES_MAX = 8, ECHO = SAYERS };

static struct world {
	struct memory memory;
	struct log_ring ring;
	uint32_t length;
	uint32_t lines[SAYERS]; /* that each says */
	uint32_t echo_one_in; /* lines that the sink answers */
	seeds_count put[SAYERS + 1];
	seeds_count lost[SAYERS + 1];
	seeds_count echoes;
	/* The sink's alone, hence plain. */
	bool is_inside;
	uint32_t last[SAYERS + 1];
	uint32_t given[SAYERS + 1];
	uint32_t heard;
	uint32_t told;
} world;

static void
say(uint32_t who, uint32_t number)
{
	char text[LOG_LINE_MAX];

	snprintf(text, sizeof(text), "%u %u", who, number);
	seeds_add(log_ring_put(&world.ring, THS_LOG_INFO, text) ?
	    &world.put[who] : &world.lost[who], 1);
	log_ring_call(&world.ring);
}

static void
hear(void *context, ths_log_level level, const char *text)
{
	char *rest;
	uint32_t who, number;

	(void)context;
	SEEDS_CHECK(!world.is_inside);
	world.is_inside = true;
	sched_point(SCHED_SITE_LOG);
	if (level == THS_LOG_ERROR) {
		unsigned lost = 0;

		SEEDS_CHECK(sscanf(text, "lines of the log lost: %u", &lost) ==
		    1 && lost > 0);
		world.told += lost;
	} else {
		who = (uint32_t)strtoul(text, &rest, 10);
		number = (uint32_t)strtoul(rest, &rest, 10);
		SEEDS_CHECK(*rest == '\0' && who <= ECHO);
		SEEDS_CHECK(number > world.last[who]);
		world.last[who] = number;
		world.given[who]++;
	}
	world.heard++;
	if (world.heard % world.echo_one_in == 0)
		say(ECHO, seeds_add(&world.echoes, 1) + 1);
	sched_point(SCHED_SITE_LOG);
	world.is_inside = false;
}

static void
say_all(void *argument)
{
	uint32_t who = (uint32_t)(uintptr_t)argument;

	for (uint32_t i = 1; i <= world.lines[who]; i++) {
		say(who, i);
		sched_point(SCHED_SITE_LOG);
	}
	if (who == 0)
		log_ring_flush(&world.ring);
}

static void
start(ths_sim *sim)
{
	static const char *const names[SAYERS] = { "first", "second", "third" };

	world.length = 1 + sim_random(sim, 4);
	/* 1: the sink never falls silent by itself. */
	world.echo_one_in = 1 + sim_random(sim, 6);
	memory_init(&world.memory, NULL, 0);
	SEEDS_CHECK(log_ring_init(&world.ring, &world.memory, world.length,
	    hear, NULL) == THS_OK);
	for (uint32_t i = 0; i < SAYERS; i++) {
		world.lines[i] = 1 + sim_random(sim, LINES_MAX);
		seeds_spawn(sim, names[i], say_all, (void *)(uintptr_t)i);
	}
}

static void
end(ths_sim *sim)
{
	uint32_t lost = 0;

	(void)sim;
	/* Nobody has left a line behind. */
	for (uint32_t i = 0; i <= SAYERS; i++) {
		SEEDS_CHECK(world.given[i] == world.put[i]);
		SEEDS_CHECK(world.put[i] + world.lost[i] ==
		    (i == ECHO ? world.echoes : world.lines[i]));
		lost += world.lost[i];
	}
	SEEDS_CHECK(world.ring.lost == lost && world.told <= lost);
	world.echo_one_in = UINT32_MAX;
	log_ring_fini(&world.ring, &world.memory);
	SEEDS_CHECK(world.told == lost);
	memory_fini(&world.memory);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "The log gives each line to one sink at a time.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
