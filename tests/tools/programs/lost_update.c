/* SPDX-License-Identifier: MIT */
/*
 * lost_update - clients add to a number by asking for it and setting it: a bug
 * that only some orders show, for --shrink and for replays.
 */
#include <stdatomic.h>

#include <thespis/sim.h>
#include <thespis/thespis.h>

enum { CLIENTS = 6, CLIENTS_MAX = 16, ROUNDS = 20, BYSTANDERS = 100 };

THS_SIGNAL(get)
THS_MESSAGE(set, THS_FIELD(int64_t, value))
THS_MESSAGE(number, THS_FIELD(int64_t, value))

struct cell { int64_t value; };

static struct world {
	ths_sim *sim;
	ths_vm *vm;
	ths_address cell;
	uint64_t rounds;
	int64_t wanted;
	_Atomic uint64_t clients; /* still at work */
} world;

static ths_status
cell_get(ths_self *self, struct cell *cell, const struct get *get)
{
	(void)get;
	return ths_reply(self, number, .value = cell->value);
}

static ths_status
cell_set(ths_self *self, struct cell *cell, const struct set *set)
{
	(void)self;
	cell->value = set->value;
	return THS_OK;
}

THS_ACTOR(cell, struct cell, THS_ON(get, cell_get), THS_ON(set, cell_set))

static int64_t
ask(void)
{
	ths_mail *mail = ths_call(world.vm, world.cell, THS_SECONDS(10), get);
	const struct number *number = ths_mail_as(mail, number);
	int64_t value;

	THS_SIM_CHECK(world.sim, number != NULL);
	value = number->value;
	ths_mail_free(mail);
	return value;
}

static void
client(void *argument)
{
	(void)argument;
	for (uint64_t i = 0; i < world.rounds; i++) {
		int64_t value = ask();

		THS_SIM_CHECK(world.sim, ths_tell(world.vm, world.cell, set,
		    .value = value + 1) == THS_OK);
	}
	if (atomic_fetch_sub(&world.clients, 1) > 1)
		return;
	THS_SIM_CHECK(world.sim, ask() == world.wanted);
	THS_SIM_CHECK(world.sim,
	    ths_vm_stop(world.vm, THS_SECONDS(10)) == THS_OK);
}

static void
start(ths_sim *sim)
{
	uint64_t clients = ths_sim_parameter(sim, "clients", CLIENTS, 1);
	uint64_t bystanders = ths_sim_parameter(sim, "bystanders", BYSTANDERS,
	    0);

	world.sim = sim;
	world.rounds = ths_sim_parameter(sim, "rounds", ROUNDS, 1);
	world.wanted = (int64_t)(clients * world.rounds);
	THS_SIM_CHECK(sim, clients <= CLIENTS_MAX);
	world.vm = ths_sim_vm(sim, NULL);
	if (ths_sim_why(sim) != NULL)
		return;
	for (uint64_t i = 0; i <= bystanders; i++)
		THS_SIM_CHECK(sim, ths_spawn(world.vm, &world.cell,
		    &cell_actor, NULL) == THS_OK);
	atomic_init(&world.clients, clients);
	for (uint64_t i = 0; i < clients; i++)
		ths_sim_thread(sim, "client", client, NULL);
}

static const ths_sim_program program = {
	.name = "lost_update",
	.what = "Two add at once, and one is lost.",
	.state = &world,
	.state_size = sizeof(world),
	.start = start,
};

THS_SIM_PROGRAMS(&program);
