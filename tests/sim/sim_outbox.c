/* SPDX-License-Identifier: MIT */
/*
 * an outbox, simulated: two producers that send bursts to two receivers, and
 * between them to a relay and to children, which tell the receivers how far
 * they must have come.  After some bursts a producer lingers, so that a worker
 * that searches takes over what is kept back.
 *
 * If this fails, a message of a burst is lost or met twice, comes out of its
 * order, or is overtaken by what was sent after it on another way: receivers
 * compare each producer's numbers.
 */
#include "tests/sim/vm_world.h"
#include "vm/actor/slot.h"
#include "vm/crew.h"

enum {
	PRODUCERS = 2,
	RECEIVERS = 2,
	BURSTS = 3,         /* of each producer */
	BURST_MIN = 11,     /* opens the outbox if the receiver stands still */
	BURST_MAX = 30,
	BURST_LONG = OUTBOX_MAX + BURST_MIN + 5,
	LINGER_POINTS = 600,
	SPIN_MAX = 3 * OUTBOX_MOMENT_ROUNDS,
};

THS_MESSAGE(number, THS_FIELD(uint32_t, value), THS_FIELD(uint32_t, from))
THS_MESSAGE(hearsay, THS_FIELD(uint32_t, value), THS_FIELD(uint32_t, from),
    THS_FIELD(uint32_t, to))
THS_MESSAGE(role, THS_FIELD(uint32_t, index))
THS_SIGNAL(go)

static struct world {
	struct vm_world base;
	ths_address receivers[RECEIVERS];
	ths_address producers[PRODUCERS];
	ths_address relay;
	seeds_count met[PRODUCERS][RECEIVERS];
	seeds_count sent[PRODUCERS][RECEIVERS];
	seeds_count done; /* bursts */
} world;

/* What must happen now and then. */
enum tally { TAKEN_OVER };

/* ---------------------------------------------------------------- receivers */

struct receiver { uint32_t index; };

static ths_status
on_receiver_role(ths_self *self, struct receiver *receiver,
    const struct role *role)
{
	(void)self;
	receiver->index = role->index;
	return THS_OK;
}

static ths_status
on_number(ths_self *self, struct receiver *receiver,
    const struct number *number)
{
	(void)self;
	SEEDS_CHECK(seeds_add(&world.met[number->from][receiver->index], 1) ==
	    number->value);
	return THS_OK;
}

static ths_status
on_hearsay(ths_self *self, struct receiver *receiver,
    const struct hearsay *hearsay)
{
	(void)self;
	SEEDS_CHECK(seeds_read(&world.met[hearsay->from][receiver->index]) >=
	    hearsay->value);
	return THS_OK;
}

THS_ACTOR(receiver, struct receiver,
    THS_START(role, on_receiver_role),
    THS_ON(number, on_number),
    THS_ON(hearsay, on_hearsay))

/* ------------------------------------------------------- relay and children */

static ths_status
pass_on(ths_self *self, ths_nothing *nothing, const struct hearsay *hearsay)
{
	(void)nothing;
	return ths_send_message(self, world.receivers[hearsay->to],
	    &hearsay_type, hearsay);
}

static ths_status
on_birth(ths_self *self, ths_nothing *nothing, const struct hearsay *hearsay)
{
	ths_exit(self);
	return pass_on(self, nothing, hearsay);
}

THS_ACTOR(relay, ths_nothing, THS_ON(hearsay, pass_on))
THS_ACTOR(child, ths_nothing, THS_START(hearsay, on_birth))

/* ---------------------------------------------------------------- producers */

struct producer {
	uint32_t index;
	uint32_t bursts;
	uint32_t sent[RECEIVERS];
};

static uint32_t
random_to(uint32_t n)
{
	return (uint32_t)sim_random(world.base.sim, n);
}

static ths_status
on_producer_role(ths_self *self, struct producer *producer,
    const struct role *role)
{
	(void)self;
	producer->index = role->index;
	return THS_OK;
}

static void
send_many(ths_self *self, struct producer *producer, uint32_t to,
    uint32_t count)
{
	while (count-- > 0)
		SEEDS_CHECK(ths_send(self, world.receivers[to], number,
		    .value = producer->sent[to]++, .from = producer->index) ==
		    THS_OK);
}

/* Tells a third one how far the receiver must have come. */
static void
spread(ths_self *self, struct producer *producer, uint32_t to)
{
	struct hearsay hearsay = { producer->sent[to], producer->index, to };
	ths_spawn_options options = { .start = { &hearsay_type, &hearsay } };
	ths_address child;

	if (random_to(2) == 0)
		SEEDS_CHECK(ths_send_message(self, world.relay, &hearsay_type,
		    &hearsay) == THS_OK);
	else
		SEEDS_CHECK(ths_spawn_child(self, &child, &child_actor,
		    &options) == THS_OK);
}

/* Computes, until the receiver has met everything or for so long. */
static void
linger(const ths_self *self, const struct producer *producer, uint32_t to)
{
	/* Relaxed: the running worker's own. */
	if (atomic_load_explicit(&slot_of_self(self)->crew->outbox.length,
	    memory_order_relaxed) == 0)
		return;
	for (int i = 0; i < LINGER_POINTS; i++) {
		if (seeds_read(&world.met[producer->index][to]) ==
		    producer->sent[to]) {
			seeds_tally(TAKEN_OVER);
			return;
		}
		sched_point(SCHED_SITE_SPIN);
	}
}

static ths_status
on_go(ths_self *self, struct producer *producer, const struct go *go)
{
	uint32_t to = random_to(RECEIVERS);
	uint32_t count = random_to(8) == 0 ? BURST_LONG : BURST_MIN +
	    random_to(BURST_MAX - BURST_MIN);

	(void)go;
	send_many(self, producer, to, count);
	if (random_to(2) == 0)
		linger(self, producer, to);
	if (random_to(2) == 0)
		send_many(self, producer, to, random_to(4));
	if (random_to(2) == 0)
		spread(self, producer, to);
	for (uint32_t i = 0; i < RECEIVERS; i++)
		atomic_store_explicit(&world.sent[producer->index][i],
		    producer->sent[i], memory_order_relaxed);
	seeds_add(&world.done, 1);
	return ++producer->bursts == BURSTS ? THS_OK :
	    ths_send(self, ths_me(self), go);
}

THS_ACTOR(producer, struct producer,
    THS_START(role, on_producer_role),
    THS_ON(go, on_go))

/* --------------------------------------------------------------------- main */

static ths_address
spawn(const ths_actor *actor, uint32_t index)
{
	ths_spawn_options options = { .start = THS_ANY(role,
	    .index = index) };
	ths_address address;

	SEEDS_CHECK(ths_spawn(world.base.vm, &address, actor, &options) ==
	    THS_OK);
	return address;
}

/* What an exit request overtakes would be a dead letter. */
static void
wait_for_all(void *argument)
{
	ths_vm_status status;

	(void)argument;
	for (uint32_t i = 0; i < PRODUCERS; i++)
		SEEDS_CHECK(ths_tell(world.base.vm, world.producers[i], go) ==
		    THS_OK);
	do {
		sim_sleep(world.base.sim, 1000);
		ths_vm_status_read(world.base.vm, &status);
	} while (seeds_read(&world.done) < PRODUCERS * BURSTS ||
	    status.queued > 0 || status.actors > PRODUCERS + RECEIVERS + 1);
}

static void
start(ths_sim *sim)
{
	vm_world_start(&world.base, sim, &(ths_vm_config){ .workers = 3,
	    .spin_max = SPIN_MAX });
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.relay, &relay_actor,
	    NULL) == THS_OK);
	for (uint32_t i = 0; i < RECEIVERS; i++)
		world.receivers[i] = spawn(&receiver_actor, i);
	for (uint32_t i = 0; i < PRODUCERS; i++)
		world.producers[i] = spawn(&producer_actor, i);
	vm_world_client(&world.base, "waiter", wait_for_all, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(vm_world_dead(&world.base) == 0);
	for (uint32_t i = 0; i < PRODUCERS; i++) {
		for (uint32_t j = 0; j < RECEIVERS; j++)
			SEEDS_CHECK(seeds_read(&world.met[i][j]) ==
			    seeds_read(&world.sent[i][j]));
	}
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "A burst is met whole and in order, and overtaken by "
		    "nothing.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.tallies = { "a burst was taken over" },
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
