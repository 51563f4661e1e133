/* SPDX-License-Identifier: MIT */
/*
 * inbox with a sleeping consumer, simulated: three producers, and a thread that
 * takes what comes, awaits more, and sleeps, now and then only until a
 * deadline.
 *
 * If this fails, a client sleeps with its mail before it, or is woken by a push
 * that another was meant to announce: letters are counted and each producer's
 * numbers are compared.
 */
#include "mailbox/inbox.h"
#include "tests/sim/seeds.h"

enum { PRODUCERS = 3, LETTERS = 6 };

static struct world {
	ths_sim *sim;
	struct inbox inbox;
	struct parker parker; /* of the consumer */
	uint32_t handled[PRODUCERS];
	uint32_t count;
	struct producer {
		uint32_t index;
		alignas(ENVELOPE_SIZE_MIN) unsigned char
		    blocks[LETTERS][ENVELOPE_SIZE_MIN];
	} producers[PRODUCERS];
} world;

static void
produce(void *argument)
{
	struct producer *self = argument;

	for (uint32_t i = 0; i < LETTERS; i++) {
		struct envelope *envelope = (void *)self->blocks[i];
		enum inbox_pushed pushed;

		envelope->from_slot = self->index;
		envelope->type = i;
		pushed = inbox_push(&world.inbox, envelope, 0);
		SEEDS_CHECK(pushed != INBOX_WAS_IDLE && pushed != INBOX_FULL);
		if (pushed == INBOX_WAS_AWAITED)
			parker_wake(&world.parker);
		if (i % 3 == 2)
			sim_sleep(world.sim, 1000);
	}
}

static void
handle_all(void)
{
	struct envelope *envelope = inbox_take(&world.inbox);

	while (envelope != NULL) {
		struct envelope *newer = envelope->next;

		SEEDS_CHECK(envelope->type ==
		    world.handled[envelope->from_slot]++);
		world.count++;
		envelope = newer;
	}
}

static void
consume(void *argument)
{
	(void)argument;
	for (;;) {
		uint32_t ticket;

		handle_all();
		if (world.count == PRODUCERS * LETTERS)
			return;
		ticket = parker_ticket(&world.parker);
		if (!inbox_try_await(&world.inbox))
			continue;
		parker_wait(&world.parker, ticket, sim_random(world.sim, 2) ?
		    CLOCK_NEVER : clock_now(&world.sim->clock) + 500);
		inbox_end_await(&world.inbox);
	}
}

static void
start(ths_sim *sim)
{
	world.sim = sim;
	inbox_init(&world.inbox, true);
	parker_init(&world.parker, &sim->parker_port, &sim->clock);
	for (uint32_t i = 0; i < PRODUCERS; i++) {
		world.producers[i].index = i;
		seeds_spawn(sim, "producer", produce, &world.producers[i]);
	}
	seeds_spawn(sim, "consumer", consume, NULL);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	for (uint32_t i = 0; i < PRODUCERS; i++)
		SEEDS_CHECK(world.handled[i] == LETTERS);
	SEEDS_CHECK(!inbox_has_mail(&world.inbox));
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "A sleeping consumer is woken by its mail.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
