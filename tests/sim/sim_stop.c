/* SPDX-License-Identifier: MIT */
/*
 * a stop in the middle, simulated: actors that send to each other without end
 * and to a client that never reads, threads that tell until they are refused,
 * callers that wait for ever, and two threads that stop the VM with little
 * time.
 *
 * If this fails, a caller is left waiting, a stop never returns or answers
 * other than the other's, or a message is in nobody's account.
 */
#include "tests/sim/vm_world.h"

enum { ACTORS = 3, CALLERS = 3, TELLERS = 2, TIME_NS = 3000 };

THS_MESSAGE(token, THS_FIELD(uint32_t, passed))
THS_SIGNAL(silence)

static struct world {
	struct vm_world base;
	ths_address actors[ACTORS];
	ths_client *hoarder; /* the tellers'; its mail is never read */
	ths_address hoard;
	seeds_count woken;
	seeds_count has_stopped;
	seeds_count answers[2]; /* of the stops; plus one */
} world;

static ths_status
on_token(ths_self *self, ths_nothing *nothing, const struct token *token)
{
	(void)nothing;
	if (token->passed % 4 == 0)
		ths_send(self, world.hoard, silence);
	return ths_send(self, world.actors[token->passed % ACTORS], token,
	    .passed = token->passed + 1);
}

static ths_status
on_silence(ths_self *self, ths_nothing *nothing, const struct silence *silence)
{
	(void)self;
	(void)nothing;
	(void)silence;
	return THS_OK;
}

THS_ACTOR(passer, ths_nothing,
    THS_ON(token, on_token),
    THS_ON(silence, on_silence))

static void
wait_for_ever(void *argument)
{
	ths_address *to = argument;
	ths_client *client;
	ths_mail *mail;

	if (ths_client_open(world.base.vm, &client) == THS_OK) {
		mail = ths_call_message(world.base.vm, client, *to, THS_FOREVER,
		    THS_PAYLOAD(silence));
		SEEDS_CHECK(ths_mail_status(mail) == THS_STOPPED);
		ths_mail_free(mail);
		ths_client_close(client);
	}
	seeds_add(&world.woken, 1);
}

static void
tell(void *argument)
{
	ths_status status;

	(void)argument;
	do {
		/* They share a client, so that one waits at its desk when the
		 * door closes. */
		status = ths_tell_message(world.base.vm, world.hoarder,
		    world.actors[0], THS_PAYLOAD(silence));
		SEEDS_CHECK(status == THS_OK || status == THS_STOPPED);
		sched_point(SCHED_SITE_SPIN);
	} while (status == THS_OK);
}

static void
stop(void *argument)
{
	ths_status status;

	(void)argument;
	sim_sleep(world.base.sim, sim_random(world.base.sim, TIME_NS));
	status = ths_vm_stop(world.base.vm, TIME_NS);
	SEEDS_CHECK(status == THS_OK || status == THS_TIMEOUT);
	seeds_add(&world.answers[seeds_add(&world.has_stopped, 1)],
	    1 + (uint32_t)status);
}

static void
start(ths_sim *sim)
{
	vm_world_start(&world.base, sim, NULL);
	for (int i = 0; i < ACTORS; i++)
		SEEDS_CHECK(ths_spawn(world.base.vm, &world.actors[i],
		    &passer_actor, NULL) == THS_OK);
	SEEDS_CHECK(ths_client_open(world.base.vm, &world.hoarder) == THS_OK);
	world.hoard = ths_client_address(world.hoarder);
	for (int i = 0; i < 2; i++)
		SEEDS_CHECK(ths_tell(world.base.vm, world.actors[i], token) ==
		    THS_OK);
	for (int i = 0; i < CALLERS; i++)
		seeds_spawn(sim, "caller", wait_for_ever, &world.actors[i]);
	for (int i = 0; i < TELLERS; i++)
		seeds_spawn(sim, "teller", tell, NULL);
	seeds_spawn(sim, "stopper", stop, NULL);
	seeds_spawn(sim, "stopper", stop, NULL);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	/* T-599 */
	vm_world_end(&world.base);
	SEEDS_CHECK(world.has_stopped == 2);
	SEEDS_CHECK(world.answers[0] == world.answers[1]);
	SEEDS_CHECK(world.woken == CALLERS);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "A stop wakes everybody and accounts for everything.",
		.description = "T-599 M-32",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
