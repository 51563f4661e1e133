/* SPDX-License-Identifier: MIT */
/*
 * clients, simulated: three threads that call an echo which answers at once,
 * later, through another actor, twice or never, and one that dies meanwhile;
 * two of them share one client.
 *
 * If this fails, a caller gets the answer to another's question or waits for
 * ever, a late or second answer is handled or lost, a dead letter ends no call
 * or the wrong one, or a time-out comes early:
 * each question has a number, and what every actor sends is accounted for.
 */
#include "tests/sim/vm_world.h"

enum { CLIENTS = 3, CALLS = 8, QUESTIONS = (CLIENTS + 1) * CALLS };

#define PATIENCE THS_MILLISECONDS(5)
#define LATER THS_MILLISECONDS(20)

enum manner {
	MANNER_AT_ONCE,
	MANNER_TWICE,
	MANNER_BY_ANOTHER,
	MANNER_DEAD,
	MANNER_LATER, /* than the caller waits */
	MANNER_NEVER,
	MANNERS
};

THS_MESSAGE(question,
    THS_FIELD(uint32_t, number),
    THS_FIELD(int, manner),
    THS_FIELD(ths_address, asker))
THS_MESSAGE(answer, THS_FIELD(uint32_t, number))
THS_SIGNAL(leave)

static struct world {
	struct vm_world base;
	ths_address echo;
	ths_client *shared;
	seeds_count questions;
	seeds_count answers;  /* sent by actors */
	seeds_count answered; /* received by callers */
	seeds_count refused;
	seeds_count timeouts;
} world;

struct echo {
	ths_address other;
	ths_address askers[QUESTIONS]; /* to answer later */
};

static ths_status
give_answer(ths_self *self, ths_address to, uint32_t number)
{
	seeds_add(&world.answers, 1);
	return ths_send(self, to, answer, .number = number);
}

static ths_status on_start(ths_self *self, struct echo *echo);
static ths_status on_question(ths_self *self, struct echo *echo,
    const struct question *question);
static ths_status on_wakeup(ths_self *self, struct echo *echo,
    const struct ths_wakeup *wakeup);

static ths_status
on_passed(ths_self *self, ths_nothing *nothing, const struct question *question)
{
	(void)nothing;
	return give_answer(self, question->asker, question->number);
}

THS_ACTOR(helper, ths_nothing, THS_ON(question, on_passed))
THS_ACTOR(echo, struct echo,
    THS_START(on_start),
    THS_ON(question, on_question),
    THS_ON(ths_wakeup, on_wakeup))

static ths_status
on_start(ths_self *self, struct echo *echo)
{
	return ths_spawn_child(self, &echo->other, &helper_actor, NULL);
}

static ths_status
on_question(ths_self *self, struct echo *echo, const struct question *question)
{
	switch ((enum manner)question->manner) {
	case MANNER_TWICE:
		give_answer(self, ths_sender(self), question->number);
		return give_answer(self, ths_sender(self), question->number);
	case MANNER_AT_ONCE:
		return give_answer(self, ths_sender(self), question->number);
	case MANNER_BY_ANOTHER:
		return ths_send(self, echo->other, question,
		    .number = question->number, .asker = ths_sender(self));
	case MANNER_LATER:
		echo->askers[question->number] = ths_sender(self);
		return ths_timer_set(self, LATER, question->number, NULL);
	case MANNER_DEAD:
	case MANNER_NEVER:
	case MANNERS:
		break;
	}
	return THS_OK;
}

static ths_status
on_wakeup(ths_self *self, struct echo *echo, const struct ths_wakeup *wakeup)
{
	return give_answer(self, echo->askers[wakeup->payload],
	    (uint32_t)wakeup->payload);
}

static ths_status
on_leave(ths_self *self, ths_nothing *nothing, const struct leave *leave)
{
	(void)nothing, (void)leave;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(mortal, ths_nothing, THS_ON(leave, on_leave))

/* Whom to ask, for an answer of this manner. */
static ths_address
whom(ths_client *client, enum manner manner)
{
	ths_address mortal;

	if (manner != MANNER_DEAD)
		return world.echo;
	SEEDS_CHECK(ths_spawn(world.base.vm, &mortal, &mortal_actor, NULL) ==
	    THS_OK);
	/* Without: it has no handler for questions, and dies with the VM. */
	if (sim_random(world.base.sim, 4) != 0)
		SEEDS_CHECK(ths_tell_message(world.base.vm, client, mortal,
		    THS_PAYLOAD(leave)) == THS_OK);
	return mortal;
}

static void
call_once(ths_client *client, enum manner manner)
{
	uint32_t number = seeds_add(&world.questions, 1);
	uint64_t from = clock_now(&world.base.sim->clock);
	bool is_patient = manner < MANNER_LATER;
	ths_mail *mail = ths_call_message(world.base.vm, client,
	    whom(client, manner),
	    is_patient ? THS_FOREVER : PATIENCE, THS_PAYLOAD(question,
	    .number = number, .manner = (int)manner));
	const struct answer *answer = ths_mail_as(mail, answer);

	if (answer != NULL) {
		SEEDS_CHECK(is_patient);
		/* T-082 */
		SEEDS_CHECK(answer->number == number);
		seeds_add(&world.answered, 1);
	} else if (manner == MANNER_DEAD) {
		SEEDS_CHECK(ths_mail_status(mail) == THS_GONE ||
		    ths_mail_status(mail) == THS_REFUSED);
		seeds_add(&world.refused, 1);
	} else {
		SEEDS_CHECK(!is_patient);
		SEEDS_CHECK(ths_mail_status(mail) == THS_TIMEOUT);
		SEEDS_CHECK(clock_now(&world.base.sim->clock) - from >=
		    (uint64_t)PATIENCE);
		seeds_add(&world.timeouts, 1);
	}
	ths_mail_free(mail);
}

static void
call(void *argument)
{
	ths_client *client = argument;

	for (int i = 0; i < CALLS; i++)
		call_once(client, (enum manner)sim_random(world.base.sim,
		    MANNERS));
}

/* Prepares, as a simulated thread, what the callers need. */
static void
prepare(void *argument)
{
	ths_client *own;

	(void)argument;
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.echo, &echo_actor, NULL) ==
	    THS_OK);
	SEEDS_CHECK(ths_client_open(world.base.vm, &world.shared) == THS_OK);
	SEEDS_CHECK(ths_client_open(world.base.vm, &own) == THS_OK);
	for (int i = 0; i < CLIENTS; i++)
		vm_world_client(&world.base, "caller", call, i == 0 ? own :
		    i == 1 ? world.shared : NULL);
	vm_world_client(&world.base, "sharer", call, world.shared);
	vm_world_stopper(&world.base);
}

static void
start(ths_sim *sim)
{
	vm_world_start(&world.base, sim, NULL);
	seeds_spawn(sim, "preparer", prepare, NULL);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(world.questions == QUESTIONS);
	SEEDS_CHECK(world.questions == world.answered + world.refused +
	    world.timeouts);
	/* What was answered late, or a second time, is dead; and so are the
	 * questions that were refused. */
	SEEDS_CHECK(world.answers + world.refused == world.answered +
	    vm_world_dead(&world.base));
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Every call ends with its own answer, or in time.",
		.description = "T-082",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
