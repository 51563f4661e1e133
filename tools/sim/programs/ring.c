/* SPDX-License-Identifier: MIT */
/*
 * ring - actors in a ring hand tokens on; each token has its way to go, and
 * reports at its end how far it has come.
 *
 * If this fails, a token was lost, doubled, or went astray.
 */
#include "tools/sim/programs/programs.h"

enum { ACTORS = 50, ACTORS_MAX = 1000, TOKENS = 4, HOPS = 200 };

THS_MESSAGE(link_up, THS_FIELD(ths_address, next))
THS_MESSAGE(token,
    THS_FIELD(uint64_t, hops),
    THS_FIELD(uint64_t, left),
    THS_FIELD(ths_address, host))
THS_MESSAGE(arrived, THS_FIELD(uint64_t, hops))

struct link {
	ths_address next;
};

static struct ring {
	ths_sim *sim;
	ths_vm *vm;
	uint64_t actors;
	uint64_t tokens;
	uint64_t hops;
	ths_address links[ACTORS_MAX];
} ring;

static ths_status
link_init(ths_self *self, struct link *link, const struct link_up *link_up)
{
	(void)self;
	link->next = link_up->next;
	return THS_OK;
}

static ths_status
link_token(ths_self *self, struct link *link, const struct token *token)
{
	if (token->left == 0)
		return ths_send(self, token->host, arrived,
		    .hops = token->hops);
	return ths_send(self, link->next, token, .hops = token->hops + 1,
	    .left = token->left - 1, .host = token->host);
}

/* The first one closes the ring. */
static ths_status
link_link_up(ths_self *self, struct link *link, const struct link_up *link_up)
{
	(void)self;
	link->next = link_up->next;
	return THS_OK;
}

THS_ACTOR(link, struct link,
    THS_INIT(link_up, link_init),
    THS_ON(link_up, link_link_up),
    THS_ON(token, link_token))

static void
close_ring(void)
{
	for (uint64_t i = 0; i < ring.actors; i++) {
		const ths_spawn_options options = {
			.start = THS_ANY(link_up,
			    .next = ring.links[i == 0 ? 0 : i - 1]),
		};
		THS_SIM_CHECK(ring.sim, ths_spawn(ring.vm, &ring.links[i],
		    &link_actor, &options) == THS_OK);
	}
	THS_SIM_CHECK(ring.sim, ths_tell(ring.vm, ring.links[0], link_up,
	    .next = ring.links[ring.actors - 1]) == THS_OK);
}

static void
host(void *argument)
{
	ths_client *client = NULL;

	(void)argument;
	close_ring();
	THS_SIM_CHECK(ring.sim, ths_client_open(ring.vm, &client) == THS_OK);
	for (uint64_t i = 0; i < ring.tokens; i++)
		THS_SIM_CHECK(ring.sim, ths_client_tell(client,
		    ring.links[ring.actors - 1], token, .left = ring.hops + i,
		    .host = ths_client_address(client)) == THS_OK);
	/* One after the other: those with a longer way come in later. */
	for (uint64_t i = 0; i < ring.tokens; i++) {
		ths_mail *mail = ths_client_listen(client, THS_SECONDS(60));
		const struct arrived *arrived = ths_mail_as(mail, arrived);

		THS_SIM_CHECK(ring.sim, arrived != NULL);
		THS_SIM_CHECK(ring.sim, arrived->hops >= ring.hops &&
		    arrived->hops < ring.hops + ring.tokens);
		ths_mail_free(mail);
	}
	ths_client_close(client);
	THS_SIM_CHECK(ring.sim,
	    ths_vm_stop(ring.vm, THS_SECONDS(10)) == THS_OK);
}

static void
start(ths_sim *sim)
{
	ring.sim = sim;
	ring.actors = ths_sim_parameter(sim, "actors", ACTORS, 1);
	ring.tokens = ths_sim_parameter(sim, "tokens", TOKENS, 1);
	ring.hops = ths_sim_parameter(sim, "hops", HOPS, 1);
	THS_SIM_CHECK(sim, ring.actors <= ACTORS_MAX);
	ring.vm = ths_sim_vm(sim, NULL);
	if (ths_sim_why(sim) == NULL)
		ths_sim_thread(sim, "host", host, NULL);
}

const ths_sim_program ring_program = {
	.name = "ring",
	.what = "Tokens go round a ring of actors; each comes in.",
	.state = &ring,
	.state_size = sizeof(ring),
	.start = start,
};
