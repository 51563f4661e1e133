/* SPDX-License-Identifier: MIT */
/*
 * naps, simulated: some handlers sleep for a second, all workers but one or two
 * more than there are; all others are served; tests/scenes/waiting.h.
 *
 * If this fails, mail lies in the next slot or the outbox of a worker whose
 * handler blocks, and nobody comes for it; or one comes twice; or nobody is told
 * which actor it is that blocks, or more than once; or an actor is suspected that
 * only has many short handlers to run.
 */
#include <stdio.h>
#include <string.h>

#include "tests/sim/player.h"

static struct vm_world world;
static seeds_count napping;

enum {
	NAP_NS = 1000000000,
	/* C-28: four looks of the sentinel, two until a spare comes and two
	 * more for what waits behind a napper on a spare, and a little work. */
	SOON_NS = 50000000,
	LONG_NS = 200000000, /* a handler, to be told of */
	MOMENT_NS = 7000000,
	MOMENTS = 60, /* twice as long together */
};

static seeds_count told; /* lines of long handlers */
static seeds_count told_of[8]; /* the same, of one napper each */
static char names[8][THS_ADDRESS_TEXT_SIZE]; /* of the nappers */

static void
sleep_long(void)
{
	seeds_add(&napping, 1);
	sim_sleep(world.sim, NAP_NS);
	seeds_add(&napping, -1u);
}

#define WAITING_BEGIN() ((void)0)
#define WAITING_NAP() sleep_long()
#define WAITING_ECHOES 12

#include "tests/scenes/waiting.h"

static seeds_count moments;

static ths_status
nodder_number(ths_self *self, ths_nothing *state, const struct number *number)
{
	(void)self, (void)state, (void)number;
	sim_sleep(world.sim, MOMENT_NS);
	seeds_add(&moments, 1);
	return THS_OK;
}

THS_ACTOR(nodder, ths_nothing, THS_ON(number, nodder_number))

/* Two workers, or three, or four. */
static uint32_t
workers_of(const ths_sim *sim)
{
	return 2 + (uint32_t)(sim->config.seed % 3);
}

/* So many nap: one less than there are workers, or two more. */
static uint32_t
nappers_of(const ths_sim *sim)
{
	return sim->config.seed % 2 == 0 ? workers_of(sim) - 1 :
	    workers_of(sim) + 2;
}

/* The sentinel's thread. */
static void
on_log(void *context, ths_log_level level, const char *line)
{
	static const char start[] = "actor napper ";
	unsigned long long span_ms;
	int end = 0;

	(void)context;
	SEEDS_CHECK(level == THS_LOG_WARNING);
	SEEDS_CHECK(strncmp(line, start, sizeof(start) - 1) == 0);
	line += sizeof(start) - 1;
	for (uint32_t i = 0; i < nappers_of(world.sim); i++) {
		size_t length = strlen(names[i]);

		if (strncmp(line, names[i], length) == 0 &&
		    line[length] == ' ')
			seeds_add(&told_of[i], 1);
	}
	SEEDS_CHECK(sscanf(strchr(line, ' '), " has been in its handler for "
	    "%llu ms%n", &span_ms, &end) == 1);
	SEEDS_CHECK(strchr(line, ' ')[end] == '\0');
	SEEDS_CHECK(span_ms >= LONG_NS / 1000000);
	SEEDS_CHECK(span_ms < (LONG_NS + SOON_NS) / 1000000);
	seeds_add(&told, 1);
}

/* So many short naps, in one slice perhaps. */
static void
nod(void)
{
	ths_address nodder = stage_spawn(world.vm, &nodder_actor);

	for (int i = 0; i < MOMENTS; i++)
		SEEDS_CHECK(ths_tell(world.vm, nodder, number, .value = i) ==
		    THS_OK);
}

/* Each echo in turn. */
static void
ask_all(const struct waiting_room *room)
{
	for (int i = 0; i < WAITING_ECHOES; i++) {
		uint64_t since = world.sim->now_ns;

		SEEDS_CHECK(number_of(ths_call(world.vm, room->echoes[i],
		    STAGE_PATIENCE, number, .value = i)) == i);
		SEEDS_CHECK(world.sim->now_ns < since + SOON_NS);
	}
}

static void
play(void *argument)
{
	const uint32_t nappers = nappers_of(world.sim);
	struct waiting_room room;
	ths_client *client;
	uint64_t since;

	(void)argument;
	SEEDS_CHECK(ths_client_open(world.vm, &client) == THS_OK);
	since = world.sim->now_ns;
	waiting_nap(world.vm, client, &room, (int)nappers);
	for (uint32_t i = 0; i < nappers; i++)
		ths_address_print(room.nappers[i], names[i]);
	waiting_for_letters(world.vm, client, (int)nappers);
	SEEDS_CHECK(world.sim->now_ns < since + SOON_NS);
	ask_all(&room);
	SEEDS_CHECK(seeds_read(&napping) == nappers);
	/* A while later, when they have been told of. */
	sim_sleep(world.sim, LONG_NS + SOON_NS);
	SEEDS_CHECK(seeds_read(&napping) == nappers);
	SEEDS_CHECK(seeds_read(&told) == nappers);
	nod();
	ask_all(&room);
	ths_client_close(client);
}

static void
start(ths_sim *sim)
{
	napping = 0;
	moments = 0;
	told = 0;
	for (int i = 0; i < 8; i++)
		told_of[i] = 0;
	vm_world_start(&world, sim, &(ths_vm_config){
	    .workers = workers_of(sim), .long_handler_ns = LONG_NS,
	    .log = on_log });
	vm_world_client(&world, "asker", play, NULL);
	vm_world_stopper(&world);
}

static void
end(ths_sim *sim)
{
	const uint32_t nappers = nappers_of(sim);

	vm_world_end(&world);
	SEEDS_CHECK(world.stopped == THS_OK);
	SEEDS_CHECK(vm_world_dead(&world) == 0);
	SEEDS_CHECK(moments == MOMENTS);
	/* Once for each call, however long it stays. */
	SEEDS_CHECK(told == nappers);
	for (uint32_t i = 0; i < nappers; i++)
		SEEDS_CHECK(told_of[i] == 1);
	SEEDS_CHECK(world.status.long_handlers == nappers);
	SEEDS_CHECK(world.status.spares == 0);
	SEEDS_CHECK(nappers < workers_of(sim) ||
	    world.status.spares_most >= 3);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Who naps in a handler keeps its own mail waiting.",
		.description = "T-056",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
