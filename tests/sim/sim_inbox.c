/* SPDX-License-Identifier: MIT */
/*
 * inbox, simulated: three producers, each with letters of its own.  Whoever
 * finds the inbox idle consumes it until it can go idle again, as a worker
 * would, a lone letter where it lies.  In every other world there is room for a
 * few only.
 *
 * If this fails, an actor loses mail, sleeps with mail waiting, gets a sender's
 * mail out of order, has more than its limit, or is run by two workers at once: letters are counted,
 * each producer's numbers are compared, and `consumers` is looked at over a
 * point.
 */
#include "mailbox/inbox.h"
#include "tests/sim/seeds.h"

enum { PRODUCERS = 3, LETTERS = 6, LIMIT = 2 };

static struct world {
	ths_sim *sim;
	struct inbox inbox;
	uint32_t limit; /* 0: none */
	seeds_count consumers;
	uint32_t handled[PRODUCERS];
	struct producer {
		uint32_t index;
		alignas(ENVELOPE_SIZE_MIN) unsigned char
		    blocks[LETTERS][ENVELOPE_SIZE_MIN];
	} producers[PRODUCERS];
} world;

/* What must happen now and then. */
enum tally { FULL, LONE };

static void
handle(const struct envelope *envelope)
{
	uint32_t *handled = &world.handled[envelope->from_slot];

	SEEDS_CHECK(envelope->type == *handled);
	*handled += 1;
}

/* Handles what was taken, the oldest first. */
static void
handle_all(struct envelope *envelope)
{
	uint32_t count = 0;

	while (envelope != NULL) {
		struct envelope *newer = envelope->next;

		sched_point(SCHED_SITE_INBOX);
		handle(envelope);
		envelope = newer;
		count++;
	}
	SEEDS_CHECK(world.limit == 0 || count <= world.limit);
}

static void
begin_slice(void)
{
	SEEDS_CHECK(seeds_add(&world.consumers, 1) == 0);
}

static void
end_slice(void)
{
	SEEDS_CHECK(seeds_add(&world.consumers, -1u) == 1);
}

/* A lone letter, met where it lies.  True: the inbox is idle. */
static bool
consume_one(struct envelope *lone)
{
	seeds_tally(LONE);
	handle(lone);
	end_slice();
	if (inbox_try_idle_past(&world.inbox, lone))
		return true;
	begin_slice();
	lone = inbox_take_past(&world.inbox, lone);
	SEEDS_CHECK(lone != NULL);
	handle_all(lone);
	end_slice();
	return inbox_try_idle(&world.inbox);
}

/* One stay on a worker.  The inbox is ours until it is idle. */
static void
consume(void)
{
	bool is_idle;

	do {
		struct envelope *lone = NULL;

		begin_slice();
		if (sim_random(world.sim, 2) == 0)
			lone = inbox_peek_one(&world.inbox);
		if (lone != NULL) {
			is_idle = consume_one(lone);
			continue;
		}
		handle_all(inbox_take(&world.inbox));
		end_slice();
		is_idle = inbox_try_idle(&world.inbox);
	} while (!is_idle);
}

/* Pushes a letter, when there is room. */
static enum inbox_pushed
push(struct envelope *envelope)
{
	enum inbox_pushed pushed;

	while ((pushed = inbox_push(&world.inbox, envelope, world.limit)) ==
	    INBOX_FULL) {
		seeds_tally(FULL);
		sched_point(SCHED_SITE_SPIN);
	}
	SEEDS_CHECK(world.limit == 0 ||
	    inbox_count(&world.inbox) <= world.limit);
	return pushed;
}

static void
produce(void *argument)
{
	struct producer *self = argument;

	for (uint32_t i = 0; i < LETTERS; i++) {
		struct envelope *envelope = (void *)self->blocks[i];

		envelope->from_slot = self->index;
		envelope->type = i;
		if (push(envelope) == INBOX_WAS_IDLE)
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
	world.sim = sim;
	world.limit = sim_random(sim, 2) == 0 ? 0 : LIMIT;
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
		.tallies = { "the inbox was full", "a letter was alone" },
	};

	return seeds_main(argc, argv, &program);
}
