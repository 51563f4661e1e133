/* SPDX-License-Identifier: MIT */
/*
 * ping-pong, simulated: two clients, each with a pair of actors that pass a
 * ball to and fro until it has been hit often enough; then the client is told.
 *
 * If this fails, mail between actors or to a client is lost (the world is
 * stuck), handled twice, or a stop does not wait for its actors.
 */
#include "tests/sim/vm_world.h"

enum { CLIENTS = 2, HITS = 20 };

THS_MESSAGE(ball,
    THS_FIELD(int32_t, hits),
    THS_FIELD(ths_address, partner),
    THS_FIELD(ths_address, umpire))
THS_MESSAGE(over, THS_FIELD(int32_t, hits))

static struct vm_world world;

static ths_status
on_ball(ths_self *self, ths_nothing *nothing, const struct ball *ball)
{
	(void)nothing;
	if (ball->hits == HITS)
		return ths_send(self, ball->umpire, over, .hits = ball->hits);
	return ths_send(self, ball->partner, ball, .hits = ball->hits + 1,
	    .partner = ths_me(self), .umpire = ball->umpire);
}

THS_ACTOR(player, ths_nothing, THS_ON(ball, on_ball))

static void
play(void *argument)
{
	ths_client *client;
	ths_address ping;
	ths_address pong;
	ths_mail *mail;

	(void)argument;
	SEEDS_CHECK(ths_client_open(world.vm, &client) == THS_OK);
	SEEDS_CHECK(ths_spawn(world.vm, &ping, &player_actor, NULL) == THS_OK);
	SEEDS_CHECK(ths_spawn(world.vm, &pong, &player_actor, NULL) == THS_OK);
	mail = ths_ask_message(world.vm, client, ping, THS_FOREVER,
	    THS_PAYLOAD(ball, .partner = pong,
	    .umpire = ths_client_address(client)));
	SEEDS_CHECK(ths_mail_as(mail, over) != NULL);
	SEEDS_CHECK(ths_mail_as(mail, over)->hits == HITS);
	ths_mail_free(mail);
	ths_client_close(client);
}

static void
start(ths_sim *sim)
{
	vm_world_start(&world, sim, NULL);
	for (int i = 0; i < CLIENTS; i++)
		vm_world_client(&world, "client", play, NULL);
	vm_world_stopper(&world);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world);
	SEEDS_CHECK(world.stopped == THS_OK);
	SEEDS_CHECK(world.status.handled == CLIENTS * (HITS + 2));
	SEEDS_CHECK(world.status.spawned == CLIENTS * 2);
	SEEDS_CHECK(vm_world_dead(&world) == 0);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Two pairs of actors and their clients meet again.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
