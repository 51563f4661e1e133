/* SPDX-License-Identifier: MIT */
/*
 * supervision - clients call a divider that crashes when asked to divide by
 * zero; its supervisor starts it anew, and clients find the new one by its
 * name.
 *
 * If this fails, an answer is wrong, a crash ends more than one life, or the
 * divider does not come back.
 */
#include <stdatomic.h>

#include "tools/sim/programs/programs.h"

enum { CLIENTS = 3, CLIENTS_MAX = 8, QUESTIONS = 12, ZERO_ONE_IN = 4 };

THS_MESSAGE(divide, THS_FIELD(int64_t, number), THS_FIELD(int64_t, by))
THS_MESSAGE(quotient, THS_FIELD(int64_t, value))

static struct house {
	ths_sim *sim;
	ths_vm *vm;
	uint64_t questions;
	_Atomic uint64_t clients; /* still at work */
} house;

static ths_status
divider_start(ths_self *self, ths_nothing *nothing)
{
	(void)nothing;
	return ths_name_register(self, "divider");
}

static ths_status
divider_divide(ths_self *self, ths_nothing *nothing,
    const struct divide *divide)
{
	(void)nothing;
	if (divide->by == 0)
		return ths_crash(self, "division by zero");
	return ths_reply(self, quotient, .value = divide->number / divide->by);
}

THS_ACTOR(divider, ths_nothing,
    THS_START(divider_start),
    THS_ON(divide, divider_divide))

static const ths_child_spec children[] = {
	{ .name = "divider", .actor = &divider_actor },
};

THS_SUPERVISOR(office,
    .children = children, .children_length = 1,
    .restarts_max = 1000, .window = THS_SECONDS(5))

/* Who is the divider now?  It comes back after each crash. */
static ths_address
find_divider(void)
{
	ths_address divider = THS_NOBODY;

	while (ths_name_find(house.vm, "divider", &divider) != THS_OK)
		ths_sim_sleep(house.sim, THS_MICROSECONDS(10));
	return divider;
}

/* It may die of somebody else's question meanwhile; of a good one it gives the
 * right answer or none. */
static void
ask(void)
{
	int64_t by = ths_sim_random(house.sim, ZERO_ONE_IN);
	ths_mail *mail = ths_call(house.vm, find_divider(), THS_SECONDS(10),
	    divide, .number = 12 * by, .by = by);
	const struct quotient *quotient = ths_mail_as(mail, quotient);

	THS_SIM_CHECK(house.sim, ths_mail_status(mail) != THS_TIMEOUT);
	THS_SIM_CHECK(house.sim, by > 0 || quotient == NULL);
	THS_SIM_CHECK(house.sim, quotient == NULL || quotient->value == 12);
	ths_mail_free(mail);
}

static void
client(void *argument)
{
	(void)argument;
	for (uint64_t i = 0; i < house.questions; i++)
		ask();
	if (atomic_fetch_sub(&house.clients, 1) > 1)
		return;
	(void)find_divider();
	THS_SIM_CHECK(house.sim,
	    ths_vm_stop(house.vm, THS_SECONDS(10)) == THS_OK);
}

static void
start(ths_sim *sim)
{
	uint64_t clients = ths_sim_parameter(sim, "clients", CLIENTS, 1);
	ths_address office;

	house.sim = sim;
	house.questions = ths_sim_parameter(sim, "questions", QUESTIONS, 1);
	THS_SIM_CHECK(sim, clients <= CLIENTS_MAX);
	house.vm = ths_sim_vm(sim, &(ths_vm_config){
	    .log_level = THS_LOG_NONE });
	if (ths_sim_why(sim) != NULL)
		return;
	THS_SIM_CHECK(sim, ths_spawn(house.vm, &office, &office_actor, NULL) ==
	    THS_OK);
	atomic_init(&house.clients, clients);
	for (uint64_t i = 0; i < clients; i++)
		ths_sim_thread(sim, "client", client, NULL);
}

const ths_sim_program supervision_program = {
	.name = "supervision",
	.what = "A divider crashes and comes back; answers stay right.",
	.state = &house,
	.state_size = sizeof(house),
	.start = start,
};
