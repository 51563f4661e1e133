/* SPDX-License-Identifier: MIT */
/*
 * stress_deputies - actors come and go while threads of theirs send and set
 * timers in their names.
 *
 * What goes wrong in the world if this fails: an actor that has a thread for
 * its device loses what the device says, or gets it twice or out of order; a
 * timer that the thread has set never comes, or comes to somebody else who has
 * moved in where the actor lived; or the whole stands still.
 *
 * How it would be noticed: each thread numbers what it sends to a reader, which
 * expects the next number from the actor's own address; and counts the timers
 * it has set, which the actor tells back.  The thread now and then lets its
 * actor end, and goes on using the deputy: from some moment on all its calls
 * must answer THS_GONE.  Then it has another actor made, in the same place as
 * often as not.  A wake-up bears the turn of its thread, so that one for an
 * actor that has ended is known when another gets it.  At the end all that was
 * sent has been read, and no timer is set.
 */
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "tests/stress/options.h"
#include "thespis/thespis.h"

enum { THREADS = 6, STEPS_MAX = 400, DELAY_US_MAX = 2000 };

THS_MESSAGE(begin, THS_FIELD(uint64_t, limb))
THS_MESSAGE(letter, THS_FIELD(uint64_t, limb), THS_FIELD(uint64_t, number))
THS_SIGNAL(appoint)
THS_SIGNAL(appointed)
THS_SIGNAL(woken)
THS_SIGNAL(leave)

struct limb {
	const struct options *options;
	ths_vm *vm;
	pthread_t thread;
	uint32_t index;
	uint32_t turn; /* which actor; written while there is none */
	ths_deputy *deputy;
	ths_address reader;
	ths_address actor;
	_Atomic uint64_t woken; /* of this turn */
	uint64_t sent;          /* of all turns */
	_Atomic uint64_t read;
};

struct actor { struct limb *limb; };

static ths_status
actor_begin(ths_self *self, struct actor *actor, const struct begin *begin)
{
	(void)self;
	actor->limb = (struct limb *)(uintptr_t)begin->limb;
	return THS_OK;
}

static ths_status
actor_appoint(ths_self *self, struct actor *actor,
    const struct appoint *appoint)
{
	(void)appoint;
	STRESS_CHECK(ths_deputy_open(self, &actor->limb->deputy) == THS_OK);
	return ths_reply(self, appointed);
}

static ths_status
actor_wakeup(ths_self *self, struct actor *actor,
    const struct ths_wakeup *wakeup)
{
	(void)self;
	STRESS_CHECK(wakeup->payload == actor->limb->turn);
	atomic_fetch_add(&actor->limb->woken, 1);
	return THS_OK;
}

static ths_status
actor_leave(ths_self *self, struct actor *actor, const struct leave *leave)
{
	(void)actor, (void)leave;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(actor, struct actor, THS_START(begin, actor_begin),
    THS_ON(appoint, actor_appoint), THS_ON(ths_wakeup, actor_wakeup),
    THS_ON(leave, actor_leave))

static ths_status
reader_letter(ths_self *self, ths_nothing *state, const struct letter *letter)
{
	struct limb *limb = (struct limb *)(uintptr_t)letter->limb;

	(void)state;
	STRESS_CHECK(ths_address_equal(ths_sender(self), limb->actor));
	STRESS_CHECK(atomic_fetch_add(&limb->read, 1) == letter->number);
	return THS_OK;
}

THS_ACTOR(reader, ths_nothing, THS_ON(letter, reader_letter))

/* ------------------------------------------------------------------ threads */

static void
begin_turn(struct limb *limb)
{
	ths_mail *mail;

	limb->turn++;
	atomic_store(&limb->woken, 0);
	STRESS_CHECK(ths_spawn(limb->vm, &limb->actor, &actor_actor,
	    &(ths_spawn_options){ .start = THS_ANY(begin,
	    .limb = (uintptr_t)limb) }) == THS_OK);
	mail = ths_call(limb->vm, limb->actor, THS_SECONDS(60), appoint);
	STRESS_CHECK(ths_mail_as(mail, appointed) != NULL);
	ths_mail_free(mail);
}

static void
await(const _Atomic uint64_t *number, uint64_t wanted)
{
	/* Ends by the alarm of options.c if it is lost. */
	while (atomic_load(number) < wanted)
		sched_yield();
	STRESS_CHECK(atomic_load(number) == wanted);
}

static ths_status
set_timer(struct limb *limb, struct random *random, uint64_t *set)
{
	ths_status status = ths_deputy_timer_set(limb->deputy,
	    THS_MICROSECONDS(random_below(random, DELAY_US_MAX)), limb->turn,
	    NULL);

	*set += status == THS_OK;
	return status;
}

static ths_status
send_letter(struct limb *limb)
{
	ths_status status = ths_deputy_send(limb->deputy, limb->reader, letter,
	    .limb = (uintptr_t)limb, .number = limb->sent);

	limb->sent += status == THS_OK;
	return status;
}

/* Uses the deputy until it is told that the actor has ended. */
static void
outlive(struct limb *limb, struct random *random)
{
	ths_status status = THS_OK;
	uint64_t set = 0;

	STRESS_CHECK(ths_tell(limb->vm, limb->actor, leave) == THS_OK);
	while (status == THS_OK)
		status = random_below(random, 2) == 0 ? send_letter(limb) :
		    set_timer(limb, random, &set);
	STRESS_CHECK(status == THS_GONE);
	STRESS_CHECK(send_letter(limb) == THS_GONE);
	STRESS_CHECK(set_timer(limb, random, &set) == THS_GONE);
}

static void *
work(void *argument)
{
	struct limb *limb = argument;
	struct random random;

	random_init(&random, limb->options->seed + limb->index);
	while (!options_over(limb->options)) {
		uint32_t steps = random_below(&random, STEPS_MAX);
		uint64_t set = 0;

		begin_turn(limb);
		for (uint32_t i = 0; i < steps; i++)
			STRESS_CHECK((random_below(&random, 4) == 0 ?
			    set_timer(limb, &random, &set) :
			    send_letter(limb)) == THS_OK);
		await(&limb->woken, set);
		outlive(limb, &random);
		ths_deputy_close(limb->deputy);
		await(&limb->read, limb->sent);
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	static struct limb limbs[THREADS];
	struct options options = options_read(argc, argv,
	    "threads act for actors that come and go");
	ths_vm_config config = { .workers = options.workers,
		.seed = options.seed | 1 };
	uint64_t turns = 0, sent = 0;
	ths_vm_status status;
	ths_vm *vm;

	STRESS_CHECK(ths_vm_start(&vm, &config) == THS_OK);
	for (uint32_t i = 0; i < THREADS; i++) {
		limbs[i].options = &options;
		limbs[i].vm = vm;
		limbs[i].index = i;
		STRESS_CHECK(ths_spawn(vm, &limbs[i].reader, &reader_actor,
		    NULL) == THS_OK);
		STRESS_CHECK(pthread_create(&limbs[i].thread, NULL, work,
		    &limbs[i]) == 0);
	}
	for (uint32_t i = 0; i < THREADS; i++) {
		pthread_join(limbs[i].thread, NULL);
		turns += limbs[i].turn;
		sent += limbs[i].sent;
	}
	STRESS_CHECK(ths_vm_stop(vm, THS_SECONDS(60)) == THS_OK);
	ths_vm_status_read(vm, &status);
	printf("%" PRIu64 " actors, %" PRIu64 " letters, %" PRIu64
	    " handled in all\n", turns, sent, status.handled);
	STRESS_CHECK(status.spawned == turns + THREADS);
	ths_vm_free(vm);
	return 0;
}
