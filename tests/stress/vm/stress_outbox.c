/* SPDX-License-Identifier: MIT */
/*
 * stress_outbox - bursts from several actors to several others, while whoever
 * has nothing to do takes over what is kept back.
 *
 * What goes wrong in the world if this fails: a long series of bookings is made
 * twice, or one of them is left out, or "that was all" overtakes the last ones.
 * Or a receiver waits for a burst whose sender has gone on to compute.
 *
 * How it would be noticed: each producer numbers what it sends to each
 * receiver, as plain, as text and as what is only tried, in bursts of any
 * length with pauses and mail to others between; a receiver compares.  Now and
 * then a relay or a child is told of a number just sent and tells the receiver,
 * who must have met it by then.  A producer lingers after some bursts and looks
 * whether the receiver has met all of it: then somebody has taken over.  How
 * often is printed; it hangs on who has nothing to do, and cannot happen with
 * one worker.
 * (That it happens when it must: tests/unit/vm/test_handoff.c.)  At the end
 * everything sent has been met.
 */
#include <inttypes.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/random.h"
#include "tests/stress/options.h"
#include "thespis/thespis.h"
#include "vm/actor/slot.h"
#include "vm/crew.h"

enum {
	PRODUCERS = 6,
	RECEIVERS = 3,
	BURST_MAX = 300,
	PAUSE_MAX = 2000,   /* rounds of nothing */
	LINGER_MAX_MS = 20,
	BURSTS = 4,         /* in one handler, at most */
	NAP_MAX_US = 8000,
};

THS_MESSAGE(number, THS_FIELD(uint64_t, value), THS_FIELD(uint32_t, from))
THS_MESSAGE(text, THS_FIELD(ths_string, line), THS_FIELD(uint64_t, value),
    THS_FIELD(uint32_t, from))
/* From `from` the receiver `to` has been sent all below `value`. */
THS_MESSAGE(hearsay, THS_FIELD(uint64_t, value), THS_FIELD(uint32_t, from),
    THS_FIELD(uint32_t, to))
THS_MESSAGE(role, THS_FIELD(uint32_t, index))
THS_SIGNAL(go)
THS_SIGNAL(ask)

static struct arena {
	struct options options;
	ths_vm *vm;
	atomic_bool is_over;
	ths_address receivers[RECEIVERS];
	ths_address relay;
	_Atomic uint64_t sent[PRODUCERS][RECEIVERS];
	_Atomic uint64_t met[PRODUCERS][RECEIVERS];
	_Atomic uint32_t napping; /* producers */
	_Atomic uint64_t lingered;
	_Atomic uint64_t taken_over;
	_Atomic uint64_t heard;
} arena;

/* ---------------------------------------------------------------- receivers */

struct receiver {
	uint32_t index;
	uint64_t next[PRODUCERS];
};

static ths_status
receiver_born(ths_self *self, struct receiver *receiver,
    const struct role *role)
{
	(void)self;
	receiver->index = role->index;
	return THS_OK;
}

static void
meet(struct receiver *receiver, uint32_t from, uint64_t value)
{
	if (value != receiver->next[from])
		fprintf(stderr, "%" PRIu32 " of %" PRIu32 " met %" PRIu64
		    " instead of %" PRIu64 "\n", receiver->index, from, value,
		    receiver->next[from]);
	STRESS_CHECK(value == receiver->next[from]);
	receiver->next[from]++;
	/* Relaxed: hides no race. */
	atomic_store_explicit(&arena.met[from][receiver->index],
	    receiver->next[from], memory_order_relaxed);
}

static ths_status
receiver_number(ths_self *self, struct receiver *receiver,
    const struct number *number)
{
	(void)self;
	meet(receiver, number->from, number->value);
	return THS_OK;
}

static ths_status
receiver_text(ths_self *self, struct receiver *receiver,
    const struct text *text)
{
	(void)self;
	STRESS_CHECK(strtoull(text->line, NULL, 10) == text->value);
	meet(receiver, text->from, text->value);
	return THS_OK;
}

static ths_status
receiver_hearsay(ths_self *self, struct receiver *receiver,
    const struct hearsay *hearsay)
{
	(void)self;
	STRESS_CHECK(receiver->next[hearsay->from] >= hearsay->value);
	atomic_fetch_add_explicit(&arena.heard, 1, memory_order_relaxed);
	return THS_OK;
}

static ths_status
receiver_ask(ths_self *self, struct receiver *receiver, const struct ask *ask)
{
	(void)receiver, (void)ask;
	return ths_reply(self, go);
}

THS_ACTOR(receiver, struct receiver, THS_START(role, receiver_born),
    THS_ON(number, receiver_number), THS_ON(text, receiver_text),
    THS_ON(hearsay, receiver_hearsay), THS_ON(ask, receiver_ask))

/* ------------------------------------------------------ relays and children */

static ths_status
relay_hearsay(ths_self *self, ths_nothing *state, const struct hearsay *hearsay)
{
	(void)state;
	return ths_send_message(self, arena.receivers[hearsay->to],
	    &hearsay_type, hearsay);
}

static ths_status
child_born(ths_self *self, ths_nothing *state, const struct hearsay *hearsay)
{
	ths_exit(self);
	return relay_hearsay(self, state, hearsay);
}

THS_ACTOR(relay, ths_nothing, THS_ON(hearsay, relay_hearsay))
THS_ACTOR(child, ths_nothing, THS_START(hearsay, child_born))

/* ---------------------------------------------------------------- producers */

struct producer {
	uint32_t index;
	struct random random;
	uint64_t sent[RECEIVERS];
};

static ths_status
producer_born(ths_self *self, struct producer *producer,
    const struct role *role)
{
	(void)self;
	producer->index = role->index;
	random_init(&producer->random, arena.options.seed + role->index);
	return THS_OK;
}

static void
send_one(ths_self *self, struct producer *producer, uint32_t to)
{
	uint64_t value = producer->sent[to]++;
	char line[24];

	switch (random_below(&producer->random, 16)) {
	case 0:
		snprintf(line, sizeof(line), "%" PRIu64, value);
		ths_send(self, arena.receivers[to], text, .line = line,
		    .value = value, .from = producer->index);
		break;
	case 1:
		STRESS_CHECK(ths_try_send(self, arena.receivers[to], number,
		    .value = value, .from = producer->index) == THS_OK);
		break;
	default:
		ths_send(self, arena.receivers[to], number, .value = value,
		    .from = producer->index);
	}
}

/* Something between: mail to another, word by another way, a pause. */
static void
interrupt(ths_self *self, struct producer *producer, uint32_t to)
{
	struct hearsay hearsay = { producer->sent[to], producer->index, to };
	ths_spawn_options options = { .start = { &hearsay_type, &hearsay } };
	ths_status status;
	ths_address child;

	switch (random_below(&producer->random, 4)) {
	case 0:
		send_one(self, producer, (to + 1) % RECEIVERS);
		break;
	case 1:
		ths_send_message(self, arena.relay, &hearsay_type, &hearsay);
		break;
	case 2:
		status = ths_spawn_child(self, &child, &child_actor, &options);
		STRESS_CHECK(status == THS_OK || status == THS_STOPPED);
		break;
	case 3:
		for (uint32_t i = random_below(&producer->random, PAUSE_MAX);
		    i > 0; i--)
			machine_pause();
		break;
	}
}

/* Waits a while for the receiver, if something is kept back that only another
 * worker can push meanwhile. */
static void
linger(const ths_self *self, const struct producer *producer, uint32_t to)
{
	ths_duration until = ths_now(self) + THS_MILLISECONDS(LINGER_MAX_MS);

	/* Relaxed: the running worker's own, and a number to look at. */
	if (atomic_load_explicit(&slot_of_self(self)->crew->outbox.length,
	    memory_order_relaxed) == 0)
		return;
	atomic_fetch_add_explicit(&arena.lingered, 1, memory_order_relaxed);
	while (ths_now(self) < until) {
		if (atomic_load_explicit(&arena.met[producer->index][to],
		    memory_order_relaxed) == producer->sent[to]) {
			atomic_fetch_add_explicit(&arena.taken_over, 1,
			    memory_order_relaxed);
			return;
		}
		sched_yield();
	}
}

static void
burst(ths_self *self, struct producer *producer, uint32_t to)
{
	uint32_t length = 1 + random_below(&producer->random, BURST_MAX);
	uint32_t odds = 2 + random_below(&producer->random, 200);

	while (length-- > 0) {
		send_one(self, producer, to);
		if (random_below(&producer->random, odds) == 0)
			interrupt(self, producer, to);
	}
	if (random_below(&producer->random, 32) == 0) {
		linger(self, producer, to);
		if (random_below(&producer->random, 2) == 0)
			send_one(self, producer, to);
	}
}

static ths_status
producer_go(ths_self *self, struct producer *producer, const struct go *go)
{
	uint32_t bursts = 1 + random_below(&producer->random, BURSTS);
	uint32_t to = 0;

	(void)go;
	while (bursts-- > 0) {
		to = random_below(&producer->random, RECEIVERS);
		burst(self, producer, to);
	}
	for (uint32_t i = 0; i < RECEIVERS; i++)
		atomic_store_explicit(&arena.sent[producer->index][i],
		    producer->sent[i], memory_order_relaxed);
	if (atomic_load(&arena.is_over))
		return THS_OK;
	/* Who has nothing to do searches, so now and then some must not. */
	if (random_below(&producer->random, 8) == 0) {
		atomic_fetch_add(&arena.napping, 1);
		return ths_timer_set(self, THS_MICROSECONDS(random_below(
		    &producer->random, NAP_MAX_US)), 0, NULL);
	}
	return ths_send(self, arena.receivers[to], ask);
}

static ths_status
producer_awake(ths_self *self, struct producer *producer,
    const struct ths_wakeup *wakeup)
{
	(void)producer, (void)wakeup;
	ths_send(self, ths_me(self), go);
	atomic_fetch_sub(&arena.napping, 1); /* from here its mail is counted */
	return THS_OK;
}

THS_ACTOR(producer, struct producer, THS_START(role, producer_born),
    THS_ON(go, producer_go), THS_ON(ths_wakeup, producer_awake))

/* --------------------------------------------------------------------- main */

static ths_address
spawn(const ths_actor *actor, uint32_t index)
{
	ths_spawn_options options = { .start = THS_ANY(role,
	    .index = index) };
	ths_address address;

	STRESS_CHECK(ths_spawn(arena.vm, &address, actor, &options) == THS_OK);
	return address;
}

/* Waits until the producers have slept and been answered for the last time, and
 * no child or mail is on its way; the alarm of the options ends it otherwise.
 * The counts are not of one moment, unless a second look finds them unchanged:
 * then between the two they were, and so were the naps. */
static void
wait_for_rest(void)
{
	ths_vm_status first, second;
	uint32_t napping;

	do {
		usleep(1000);
		ths_vm_status_read(arena.vm, &first);
		napping = atomic_load(&arena.napping);
		ths_vm_status_read(arena.vm, &second);
	} while (napping > 0 || first.queued > 0 || second.queued > 0 ||
	    first.accepted != second.accepted ||
	    first.handled != second.handled ||
	    second.actors > PRODUCERS + RECEIVERS + 1);
}

static void
run(void)
{
	STRESS_CHECK(ths_spawn(arena.vm, &arena.relay, &relay_actor, NULL) ==
	    THS_OK);
	for (uint32_t i = 0; i < RECEIVERS; i++)
		arena.receivers[i] = spawn(&receiver_actor, i);
	for (uint32_t i = 0; i < PRODUCERS; i++)
		STRESS_CHECK(ths_tell(arena.vm, spawn(&producer_actor, i),
		    go) == THS_OK);
	while (!options_over(&arena.options))
		usleep(10000);
	atomic_store(&arena.is_over, true);
	wait_for_rest();
}

static void
check_books(void)
{
	ths_vm_status status;
	uint64_t sent = 0;
	uint64_t dead = 0;

	ths_vm_status_read(arena.vm, &status);
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		dead += status.dead[i];
	for (uint32_t i = 0; i < PRODUCERS; i++) {
		for (uint32_t j = 0; j < RECEIVERS; j++) {
			STRESS_CHECK(arena.sent[i][j] == arena.met[i][j]);
			sent += arena.sent[i][j];
		}
	}
	printf("%" PRIu64 " numbers, %" PRIu64 " heard of, %" PRIu64 " of %"
	    PRIu64 " bursts taken over\n", sent, arena.heard, arena.taken_over,
	    arena.lingered);
	STRESS_CHECK(status.accepted == status.handled + status.absorbed +
	    dead);
	STRESS_CHECK(dead == 0);
	STRESS_CHECK(arena.options.workers > 1 || arena.taken_over == 0);
}

int
main(int argc, char **argv)
{
	ths_vm_config config = { 0 };

	arena.options = options_read(argc, argv,
	    "a burst is met in order, whole, and soon");
	config.workers = arena.options.workers;
	config.seed = arena.options.seed | 1;
	STRESS_CHECK(ths_vm_start(&arena.vm, &config) == THS_OK);
	run();
	STRESS_CHECK(ths_vm_stop(arena.vm, THS_SECONDS(60)) == THS_OK);
	check_books();
	ths_vm_free(arena.vm);
	return 0;
}
