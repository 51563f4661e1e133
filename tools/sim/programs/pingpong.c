/* SPDX-License-Identifier: MIT */
/*
 * pingpong - pairs of actors that send a ball to and fro; a client waits for
 * the last one to finish.
 *
 * If this fails, a wake-up was lost, or a ball lost or doubled.
 */
#include "tools/sim/programs/programs.h"

enum { PAIRS = 3, PAIRS_MAX = 64, ROUNDS = 40 };

THS_MESSAGE(serve,
    THS_FIELD(ths_address, to),
    THS_FIELD(ths_address, referee))
THS_MESSAGE(ball,
    THS_FIELD(uint64_t, left),
    THS_FIELD(ths_address, referee))
THS_MESSAGE(match_over, THS_FIELD(uint64_t, hits))

struct player {
	uint64_t hits;
};

static struct court {
	ths_sim *sim;
	ths_vm *vm;
	uint64_t pairs;
	uint64_t rounds;
} court;

static ths_status
player_serve(ths_self *self, struct player *player, const struct serve *serve)
{
	(void)player;
	return ths_send(self, serve->to, ball, .left = 2 * court.rounds,
	    .referee = serve->referee);
}

static ths_status
player_ball(ths_self *self, struct player *player, const struct ball *ball)
{
	player->hits++;
	if (ball->left > 0)
		return ths_reply(self, ball, .left = ball->left - 1,
		    .referee = ball->referee);
	/* An even number of flights behind the first: this one returns it. */
	return ths_send(self, ball->referee, match_over,
	    .hits = player->hits);
}

THS_ACTOR(player, struct player,
    THS_ON(serve, player_serve),
    THS_ON(ball, player_ball))

static void
referee(void *argument)
{
	ths_client *client = NULL;

	(void)argument;
	THS_SIM_CHECK(court.sim, ths_client_open(court.vm, &client) == THS_OK);
	for (uint64_t i = 0; i < court.pairs; i++) {
		ths_address ends[2];

		for (int k = 0; k < 2; k++)
			THS_SIM_CHECK(court.sim, ths_spawn(court.vm, &ends[k],
			    &player_actor, NULL) == THS_OK);
		THS_SIM_CHECK(court.sim, ths_client_tell(client, ends[1],
		    serve, .to = ends[0],
		    .referee = ths_client_address(client)) == THS_OK);
		THS_SIM_CHECK(court.sim, ths_client_tell(client, ends[0],
		    serve, .to = ends[1],
		    .referee = ths_client_address(client)) == THS_OK);
	}
	for (uint64_t i = 0; i < 2 * court.pairs; i++) {
		ths_mail *mail = ths_client_listen(client, THS_SECONDS(60));
		const struct match_over *over = ths_mail_as(mail, match_over);

		THS_SIM_CHECK(court.sim, over != NULL);
		THS_SIM_CHECK(court.sim, over->hits > court.rounds);
		ths_mail_free(mail);
	}
	ths_client_close(client);
	THS_SIM_CHECK(court.sim,
	    ths_vm_stop(court.vm, THS_SECONDS(10)) == THS_OK);
}

static void
start(ths_sim *sim)
{
	court.sim = sim;
	court.pairs = ths_sim_parameter(sim, "pairs", PAIRS, 1);
	court.rounds = ths_sim_parameter(sim, "rounds", ROUNDS, 1);
	THS_SIM_CHECK(sim, court.pairs <= PAIRS_MAX);
	court.vm = ths_sim_vm(sim, NULL);
	if (ths_sim_why(sim) == NULL)
		ths_sim_thread(sim, "referee", referee, NULL);
}

const ths_sim_program pingpong_program = {
	.name = "pingpong",
	.what = "Pairs of actors play with two balls each; none is lost.",
	.state = &court,
	.state_size = sizeof(court),
	.start = start,
};
