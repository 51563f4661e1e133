/* SPDX-License-Identifier: MIT */
/*
 * deputies, simulated: an actor whose own threads send and set timers in its
 * name, on two workers; or in an inline VM that a caller pumps, or the host's
 * loop.
 *
 * If this fails, a timer that a thread has set is noticed by nobody (a lost
 * wake-up between that thread and who sleeps until a later time), or a message
 * of such a thread is lost, out of order, or from somebody else.
 */
#include "base/sched_point.h"
#include "tests/sim/vm_world.h"
#include "thespis/deputy.h"

enum { LIMBS = 3, STEPS = 12, LATE_NS_MAX = 2500 * 1000 };

THS_SIGNAL(appoint)
THS_SIGNAL(appointed)
THS_SIGNAL(wait)
THS_SIGNAL(done)
THS_MESSAGE(letter, THS_FIELD(uint32_t, limb), THS_FIELD(uint32_t, number))

enum way { WORKERS, CALLER, HOST, WAYS };

static struct world {
	struct vm_world base;
	enum way way;
	ths_address head;
	ths_address reader;
	ths_deputy *deputy;
	struct parker loop;    /* where the event loop sleeps */
	_Atomic bool is_appointed; /* release, acquire: the deputy is there */
	seeds_count limbs;     /* numbers given out */
	seeds_count met;       /* letters answered and wake-ups */
	uint32_t next[LIMBS];  /* the reader's */
} world;

struct head {
	ths_address waiting;
};

static ths_status
head_appoint(ths_self *self, struct head *head, const struct appoint *appoint)
{
	(void)head, (void)appoint;
	SEEDS_CHECK(ths_deputy_open(self, &world.deputy) == THS_OK);
	return ths_reply(self, appointed);
}

static ths_status
head_wait(ths_self *self, struct head *head, const struct wait *wait)
{
	(void)wait;
	head->waiting = ths_sender(self);
	return seeds_read(&world.met) < LIMBS * STEPS ? THS_OK :
	    ths_send(self, head->waiting, done);
}

static ths_status
meet(ths_self *self, struct head *head)
{
	if (seeds_add(&world.met, 1) + 1 < LIMBS * STEPS)
		return THS_OK;
	if (world.way == HOST)
		parker_wake(&world.loop);
	if (ths_address_is_nobody(head->waiting))
		return THS_OK;
	return ths_send(self, head->waiting, done);
}

static ths_status
head_letter(ths_self *self, struct head *head, const struct letter *letter)
{
	(void)letter;
	return meet(self, head);
}

static ths_status
head_wakeup(ths_self *self, struct head *head, const struct ths_wakeup *wakeup)
{
	/* Never early, and not so late as if somebody had slept on. */
	SEEDS_CHECK((uint64_t)ths_now(self) >= wakeup->payload);
	SEEDS_CHECK((uint64_t)ths_now(self) <= wakeup->payload + LATE_NS_MAX);
	return meet(self, head);
}

THS_ACTOR(head, struct head, THS_ON(appoint, head_appoint),
    THS_ON(wait, head_wait), THS_ON(letter, head_letter),
    THS_ON(ths_wakeup, head_wakeup))

static ths_status
reader_letter(ths_self *self, ths_nothing *state, const struct letter *letter)
{
	(void)state;
	SEEDS_CHECK(ths_address_equal(ths_sender(self), world.head));
	SEEDS_CHECK(world.next[letter->limb] <= letter->number);
	world.next[letter->limb] = letter->number + 1;
	return ths_reply(self, letter);
}

THS_ACTOR(reader, ths_nothing, THS_ON(letter, reader_letter))

/* ----------------------------------------------------------------- threads */

static void
await_deputy(void)
{
	while (!atomic_load_explicit(&world.is_appointed,
	    memory_order_acquire))
		sim_sleep(world.base.sim, 10);
}

static void
limb(void *argument)
{
	uint32_t limb = seeds_add(&world.limbs, 1);

	(void)argument;
	await_deputy();
	for (uint32_t i = 0; i < STEPS; i++) {
		ths_duration delay = THS_MICROSECONDS(
		    sim_random(world.base.sim, 4000));

		if (sim_random(world.base.sim, 2) == 0)
			SEEDS_CHECK(ths_deputy_send(world.deputy, world.reader,
			    letter, .limb = limb, .number = i) == THS_OK);
		else
			SEEDS_CHECK(ths_deputy_timer_set(world.deputy, delay,
			    clock_now(&world.base.sim->clock) +
			    (uint64_t)delay, NULL) == THS_OK);
		if (sim_random(world.base.sim, 3) == 0)
			sim_sleep(world.base.sim, sim_random(world.base.sim,
			    5 * 1000 * 1000));
	}
}

static void
appoint_deputy(void)
{
	ths_mail *mail = ths_call(world.base.vm, world.head, THS_FOREVER,
	    appoint);

	SEEDS_CHECK(ths_mail_as(mail, appointed) != NULL);
	ths_mail_free(mail);
	atomic_store_explicit(&world.is_appointed, true,
	    memory_order_release);
}

/* From any thread. */
static void
wake_loop(void *context)
{
	(void)context;
	parker_wake(&world.loop);
}

static void
run_loop(void)
{
	while (seeds_read(&world.met) < LIMBS * STEPS) {
		uint32_t ticket = parker_ticket(&world.loop);
		ths_duration left;

		ths_vm_run(world.base.vm, 0);
		left = ths_vm_next_deadline(world.base.vm);
		if (left > 0 && seeds_read(&world.met) < LIMBS * STEPS)
			parker_wait(&world.loop, ticket, clock_after(
			    clock_now(&world.base.sim->clock), left));
	}
}

static void
lead(void *argument)
{
	ths_mail *mail;

	(void)argument;
	appoint_deputy();
	if (world.way == HOST) {
		run_loop();
		return;
	}
	mail = ths_call(world.base.vm, world.head, THS_FOREVER, wait);
	SEEDS_CHECK(ths_mail_as(mail, done) != NULL);
	ths_mail_free(mail);
}

static void
start(ths_sim *sim)
{
	world.way = (enum way)sim_random(sim, WAYS);
	parker_init(&world.loop, &sim->parker_port, &sim->clock);
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .mode = world.way == WORKERS ? THS_MODE_LOCAL : THS_MODE_INLINE,
	    .wake = world.way == WORKERS ? NULL : wake_loop });
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.head, &head_actor,
	    NULL) == THS_OK);
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.reader, &reader_actor,
	    NULL) == THS_OK);
	vm_world_client(&world.base, "lead", lead, NULL);
	for (int i = 0; i < LIMBS; i++)
		vm_world_client(&world.base, "limb", limb, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(world.met == LIMBS * STEPS);
	SEEDS_CHECK(vm_world_dead(&world.base) == 0);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "What an actor's threads send and set is met.",
		.description = "T-054 T-055",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
