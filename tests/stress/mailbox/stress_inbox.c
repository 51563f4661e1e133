/* SPDX-License-Identifier: MIT */
/*
 * stress_inbox - many threads push to two inboxes, one of them limited; whoever
 * finds one idle submits its consumer; every thread may be the one to run it.
 *
 * What goes wrong in the world if this fails: an actor sleeps on with mail
 * waiting (a lost wake-up), runs on two workers at once, gets the mail of one
 * sender out of order, loses or doubles a message, or has more mail waiting
 * than its limit.
 *
 * How it is noticed: a submit adds one to `submitted`, which must have been
 * zero; the thread that takes it back to zero runs the consumer, whose fields
 * are plain, so that ThreadSanitizer notices two at once as well.  Every letter
 * carries its producer and its number, checked on arrival; every take is
 * counted against the limit.  At the end what was submitted is run, and then
 * the inbox must be idle and everything pushed have arrived: a lost wake-up
 * leaves mail.
 */
#include "mailbox/inbox.h"

#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "tests/stress/options.h"

enum {
	ACTORS = 2,
	LIMIT = 37,      /* messages in the inbox of the second */
	LETTERS = 256,   /* of each producer to each actor */
	WORKERS_MAX = 64,
};

/* The message.  Its number is the envelope's correlation, its producer
 * from_slot. */
struct letter {
	atomic_bool is_free; /* store, release -> load, acquire */
};

/* What only the consumer touches: plain on purpose. */
struct consumer {
	uint64_t next[WORKERS_MAX]; /* the number due from each producer */
	uint64_t runs;
	uint64_t messages;
};

struct actor {
	struct inbox inbox;
	uint32_t limit; /* 0: none */
	/* fetch_add, release -> compare-exchange, acquire: what the one who
	 * submits knows of the last consumer, the next one knows. */
	_Atomic uint32_t submitted;
	_Atomic uint32_t running;
	struct consumer consumer;
};

struct world {
	struct options options;
	struct actor actors[ACTORS];
};

struct producer {
	pthread_t thread;
	struct world *world;
	uint32_t index;
	struct random random;
	unsigned char *blocks; /* of envelopes: LETTERS for each actor */
	uint64_t pushed[ACTORS];
	uint64_t refused;
	uint64_t claims;
};

/* By the one who has moved the inbox from idle, or was its consumer. */
static void
submit(struct actor *actor)
{
	STRESS_CHECK(atomic_fetch_add_explicit(&actor->submitted, 1,
	    memory_order_release) == 0);
}

static struct letter *
letter_of(struct envelope *envelope)
{
	return (struct letter *)(void *)envelope->message;
}

/* The next letter of its producer, and no other. */
static void
check(struct consumer *consumer, const struct envelope *envelope)
{
	uint64_t *next = &consumer->next[envelope->from_slot];

	STRESS_CHECK(envelope->correlation == *next);
	++*next;
	consumer->messages++;
}

/* The letter is its producer's again. */
static void
give_back(struct envelope *envelope)
{
	atomic_store_explicit(&letter_of(envelope)->is_free, true,
	    memory_order_release);
}

static uint32_t
receive(struct consumer *consumer, struct envelope *envelope)
{
	uint32_t count = 0;

	while (envelope != NULL) {
		struct envelope *next = envelope->next;

		check(consumer, envelope);
		count++;
		give_back(envelope);
		envelope = next;
	}
	return count;
}

/* A lone letter, met where it lies: what most slices are. */
static void
consume_one(struct actor *actor, struct envelope *envelope)
{
	struct envelope *rest;

	check(&actor->consumer, envelope);
	atomic_fetch_sub_explicit(&actor->running, 1, memory_order_relaxed);
	if (inbox_try_idle_past(&actor->inbox, envelope)) {
		give_back(envelope);
		return;
	}
	STRESS_CHECK(atomic_fetch_add_explicit(&actor->running, 1,
	    memory_order_relaxed) == 0);
	rest = inbox_take_past(&actor->inbox, envelope);
	STRESS_CHECK(rest != NULL);
	give_back(envelope);
	receive(&actor->consumer, rest);
	atomic_fetch_sub_explicit(&actor->running, 1, memory_order_relaxed);
	submit(actor);
}

/* A slice: some takes, then idle; or submitted again when mail has come. */
static void
consume(struct actor *actor, struct random *random)
{
	/* Relaxed: the edge is that of `submitted`. */
	STRESS_CHECK(atomic_fetch_add_explicit(&actor->running, 1,
	    memory_order_relaxed) == 0);
	actor->consumer.runs++;
	if (random_below(random, 2) == 0) {
		struct envelope *lone = inbox_peek_one(&actor->inbox);

		if (lone != NULL) {
			consume_one(actor, lone);
			return;
		}
	}
	for (uint32_t takes = random_below(random, 3); takes > 0; takes--) {
		uint32_t count = receive(&actor->consumer,
		    inbox_take(&actor->inbox));

		STRESS_CHECK(actor->limit == 0 || count <= actor->limit);
	}
	atomic_fetch_sub_explicit(&actor->running, 1, memory_order_relaxed);
	if (!inbox_try_idle(&actor->inbox))
		submit(actor);
}

static bool
try_consume(struct actor *actor, struct random *random)
{
	uint32_t one = 1;

	/* Fails when nobody has submitted it, or another was quicker. */
	if (!atomic_compare_exchange_strong_explicit(&actor->submitted, &one,
	    0, memory_order_acquire, memory_order_relaxed))
		return false;
	consume(actor, random);
	return true;
}

static struct envelope *
envelope_at(const struct producer *producer, uint64_t index)
{
	return (void *)(producer->blocks + index * ENVELOPE_SIZE_MIN);
}

/* Pushes a letter, unless all are out or the inbox is full. */
static void
produce(struct producer *producer, uint32_t to)
{
	struct actor *actor = &producer->world->actors[to];
	uint64_t number = producer->pushed[to];
	struct envelope *envelope = envelope_at(producer,
	    to * LETTERS + number % LETTERS);
	struct letter *letter = letter_of(envelope);
	enum inbox_pushed pushed;

	if (!atomic_load_explicit(&letter->is_free, memory_order_acquire))
		return;
	envelope->from_slot = producer->index;
	envelope->correlation = number;
	/* Relaxed: the push gives it away. */
	atomic_store_explicit(&letter->is_free, false, memory_order_relaxed);
	pushed = inbox_push(&actor->inbox, envelope, actor->limit);
	if (pushed == INBOX_FULL) {
		atomic_store_explicit(&letter->is_free, true,
		    memory_order_relaxed);
		producer->refused++;
		return;
	}
	producer->pushed[to]++;
	if (pushed == INBOX_WAS_IDLE)
		submit(actor);
}

static void *
producer_run(void *context)
{
	struct producer *producer = context;
	struct random *random = &producer->random;

	for (uint64_t step = 1;; step++) {
		uint32_t dice = random_below(random, 64);
		uint32_t to = dice % ACTORS;
		struct actor *actor = &producer->world->actors[to];

		if (dice < 2) {
			/* Wakes it without mail, as a kill does. */
			if (inbox_try_claim(&actor->inbox)) {
				producer->claims++;
				submit(actor);
			}
		} else if (dice < 16) {
			try_consume(actor, random);
		} else {
			produce(producer, to);
		}
		STRESS_CHECK(actor->limit == 0 ||
		    inbox_count(&actor->inbox) <= actor->limit);
		if (step % 512 == 0)
			sched_yield();
		if (step % 1024 == 0 &&
		    options_over(&producer->world->options))
			return NULL;
	}
}

static void
producer_init(struct producer *producer, struct world *world, uint32_t index)
{
	producer->world = world;
	producer->index = index;
	random_init(&producer->random, world->options.seed + index);
	producer->blocks = aligned_alloc(ENVELOPE_SIZE_MIN,
	    ACTORS * LETTERS * ENVELOPE_SIZE_MIN);
	STRESS_CHECK(producer->blocks != NULL);
	memset(producer->blocks, 0, ACTORS * LETTERS * ENVELOPE_SIZE_MIN);
	for (uint32_t i = 0; i < ACTORS * LETTERS; i++)
		atomic_init(&letter_of(envelope_at(producer, i))->is_free,
		    true);
}

/* Everything pushed has arrived, and nobody consumes. */
static void
settle(struct actor *actor, const uint64_t pushed[], uint32_t count)
{
	struct random random;

	random_init(&random, 1);
	while (try_consume(actor, &random))
		;
	STRESS_CHECK(!inbox_has_mail(&actor->inbox));
	STRESS_CHECK(inbox_count(&actor->inbox) == 0);
	STRESS_CHECK(inbox_try_claim(&actor->inbox));
	for (uint32_t i = 0; i < count; i++)
		STRESS_CHECK(actor->consumer.next[i] == pushed[i]);
	printf("limit %" PRIu32 ": %" PRIu64 " messages in %" PRIu64 " runs\n",
	    actor->limit, actor->consumer.messages, actor->consumer.runs);
}

int
main(int argc, char **argv)
{
	static struct world world;
	static struct producer producers[WORKERS_MAX];
	static uint64_t pushed[ACTORS][WORKERS_MAX];
	uint32_t workers;
	uint64_t refused = 0;
	uint64_t claims = 0;

	world.options = options_read(argc, argv,
	    "inbox: push, take, idle, claim");
	workers = world.options.workers;
	for (uint32_t i = 0; i < ACTORS; i++) {
		inbox_init(&world.actors[i].inbox, false);
		world.actors[i].limit = i == 0 ? 0 : LIMIT;
	}
	for (uint32_t i = 0; i < workers; i++)
		producer_init(&producers[i], &world, i);
	for (uint32_t i = 0; i < workers; i++)
		STRESS_CHECK(pthread_create(&producers[i].thread, NULL,
		    producer_run, &producers[i]) == 0);
	for (uint32_t i = 0; i < workers; i++) {
		pthread_join(producers[i].thread, NULL);
		for (uint32_t to = 0; to < ACTORS; to++)
			pushed[to][i] = producers[i].pushed[to];
		refused += producers[i].refused;
		claims += producers[i].claims;
	}
	for (uint32_t i = 0; i < ACTORS; i++)
		settle(&world.actors[i], pushed[i], workers);
	printf("%" PRIu64 " refused, %" PRIu64 " claims\n", refused, claims);
	for (uint32_t i = 0; i < workers; i++)
		free(producers[i].blocks);
	return 0;
}
