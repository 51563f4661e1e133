/* SPDX-License-Identifier: MIT */
/*
 * inbox, simulated: three producers, each with letters of its own.  Whoever
 * finds the inbox idle consumes it until it can go idle again, as a worker
 * would.
 *
 * If this fails, an actor loses mail, sleeps with mail waiting, gets a sender's
 * mail out of order, or is run by two workers at once: letters are counted,
 * each producer's numbers are compared, and `consumers` is looked at over a
 * point.
 */
#include "mailbox/inbox.h"
#include "tests/sim/seeds.h"

enum { PRODUCERS = 3, LETTERS = 6 };

static struct world {
	struct inbox inbox;
	seeds_count consumers;
	uint32_t handled[PRODUCERS];
	uint32_t slices;
	struct producer {
		uint32_t index;
		alignas(ENVELOPE_SIZE_MIN) unsigned char
		    blocks[LETTERS][ENVELOPE_SIZE_MIN];
	} producers[PRODUCERS];
} world;

static void
handle(const struct envelope *envelope)
{
	uint32_t *handled = &world.handled[envelope->from_slot];

	SEEDS_CHECK(envelope->type == *handled);
	*handled += 1;
}

/* One stay on a worker.  The inbox is ours until try_idle succeeds. */
static void
consume(void)
{
	do {
		struct envelope *envelope;

		SEEDS_CHECK(seeds_add(&world.consumers, 1) == 0);
		world.slices++;
		envelope = inbox_take(&world.inbox);
		while (envelope != NULL) {
			struct envelope *newer = envelope->next;

			sched_point(SCHED_SITE_INBOX);
			handle(envelope);
			envelope = newer;
		}
		SEEDS_CHECK(seeds_add(&world.consumers, -1u) == 1);
	} while (!inbox_try_idle(&world.inbox));
}

static void
produce(void *argument)
{
	struct producer *self = argument;

	for (uint32_t i = 0; i < LETTERS; i++) {
		struct envelope *envelope = (void *)self->blocks[i];

		envelope->from_slot = self->index;
		envelope->type = i;
		if (inbox_push(&world.inbox, envelope, 0) == INBOX_WAS_IDLE)
			consume();
	}
}

/* Wakes the consumer without mail, as a stop does. */
static void
claim(void *argument)
{
	(void)argument;
	for (int i = 0; i < 3; i++) {
		if (inbox_try_claim(&world.inbox))
			consume();
	}
}

static void
start(ths_sim *sim)
{
	inbox_init(&world.inbox, false);
	for (uint32_t i = 0; i < PRODUCERS; i++) {
		world.producers[i].index = i;
		seeds_spawn(sim, "producer", produce, &world.producers[i]);
	}
	seeds_spawn(sim, "claimer", claim, NULL);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	for (uint32_t i = 0; i < PRODUCERS; i++)
		SEEDS_CHECK(world.handled[i] == LETTERS);
	SEEDS_CHECK(!inbox_has_mail(&world.inbox));
	SEEDS_CHECK(inbox_try_claim(&world.inbox));
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "An inbox keeps all mail, in order, for one consumer.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
