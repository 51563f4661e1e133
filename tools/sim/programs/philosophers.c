/* SPDX-License-Identifier: MIT */
/*
 * philosophers - some sit round a table with a fork between each two; each
 * needs both his forks to eat, and takes the one with the lower number first.
 *
 * If this fails, two have eaten with one fork, somebody starves, or a timer
 * came too early or never.
 */
#include "tools/sim/programs/programs.h"

enum { GUESTS = 5, GUESTS_MAX = 256, MEALS = 8, EATING_NS_MAX = 1000 * 1000 };

THS_SIGNAL(take)
THS_SIGNAL(taken)
THS_SIGNAL(put)
THS_SIGNAL(sit_down)
THS_SIGNAL(fed)
THS_MESSAGE(place,
    THS_FIELD(ths_address, first),
    THS_FIELD(ths_address, second))

static struct table {
	ths_sim *sim;
	ths_vm *vm;
	uint64_t guests;
	uint64_t meals;
	ths_address forks[GUESTS_MAX];
} table;

/* -------------------------------------------------------------------- fork */

struct fork {
	ths_address holder;
	ths_address waiting;
};

static ths_status
fork_take(ths_self *self, struct fork *fork, const struct take *take)
{
	(void)take;
	if (ths_address_is_nobody(fork->holder)) {
		fork->holder = ths_sender(self);
		return ths_reply(self, taken);
	}
	THS_SIM_CHECK(table.sim, ths_address_is_nobody(fork->waiting));
	fork->waiting = ths_sender(self);
	return THS_OK;
}

static ths_status
fork_put(ths_self *self, struct fork *fork, const struct put *put)
{
	(void)put;
	THS_SIM_CHECK(table.sim, ths_address_equal(fork->holder,
	    ths_sender(self)));
	fork->holder = fork->waiting;
	fork->waiting = THS_NOBODY;
	if (ths_address_is_nobody(fork->holder))
		return THS_OK;
	return ths_send(self, fork->holder, taken);
}

THS_ACTOR(fork, struct fork,
    THS_ON(take, fork_take),
    THS_ON(put, fork_put))

/* ------------------------------------------------------------- philosopher */

struct philosopher {
	struct place place;
	ths_address host;
	uint64_t meals;
	ths_duration ready; /* when the meal is over */
	int forks;          /* in his hands */
};

static ths_status
philosopher_init(ths_self *self, struct philosopher *philosopher,
    const struct place *place)
{
	(void)self;
	philosopher->place = *place;
	return THS_OK;
}

static ths_status
philosopher_sit_down(ths_self *self, struct philosopher *philosopher,
    const struct sit_down *sit_down)
{
	(void)sit_down;
	philosopher->host = ths_sender(self);
	return ths_send(self, philosopher->place.first, take);
}

static ths_status
philosopher_taken(ths_self *self, struct philosopher *philosopher,
    const struct taken *taken)
{
	ths_duration eating;

	(void)taken;
	if (++philosopher->forks < 2)
		return ths_send(self, philosopher->place.second, take);
	eating = ths_sim_random(table.sim, EATING_NS_MAX);
	philosopher->ready = ths_now(self) + eating;
	return ths_timer_set(self, eating, 0, NULL);
}

static ths_status
philosopher_wakeup(ths_self *self, struct philosopher *philosopher,
    const struct ths_wakeup *wakeup)
{
	(void)wakeup;
	THS_SIM_CHECK(table.sim, ths_now(self) >= philosopher->ready);
	THS_SIM_CHECK(table.sim, philosopher->forks == 2);
	philosopher->forks = 0;
	ths_send(self, philosopher->place.second, put);
	ths_send(self, philosopher->place.first, put);
	if (++philosopher->meals < table.meals)
		return ths_send(self, philosopher->place.first, take);
	return ths_send(self, philosopher->host, fed);
}

THS_ACTOR(philosopher, struct philosopher,
    THS_INIT(place, philosopher_init),
    THS_ON(sit_down, philosopher_sit_down),
    THS_ON(taken, philosopher_taken),
    THS_ON(ths_wakeup, philosopher_wakeup))

/* ---------------------------------------------------------------- the host */

static ths_address
seat(uint64_t number)
{
	uint64_t left = number;
	uint64_t right = (number + 1) % table.guests;
	ths_address philosopher;
	const ths_spawn_options options = {
		.start = THS_ANY(place,
		    .first = table.forks[left < right ? left : right],
		    .second = table.forks[left < right ? right : left]),
	};

	THS_SIM_CHECK(table.sim, ths_spawn(table.vm, &philosopher,
	    &philosopher_actor, &options) == THS_OK);
	return philosopher;
}

static void
host(void *argument)
{
	(void)argument;
	for (uint64_t i = 0; i < table.guests; i++)
		THS_SIM_CHECK(table.sim, ths_spawn(table.vm, &table.forks[i],
		    &fork_actor, NULL) == THS_OK);
	for (uint64_t i = 0; i < table.guests; i++)
		THS_SIM_CHECK(table.sim, ths_tell(table.vm, seat(i),
		    sit_down) == THS_OK);
	for (uint64_t i = 0; i < table.guests; i++) {
		ths_mail *mail = ths_listen(table.vm, NULL, THS_SECONDS(60));

		THS_SIM_CHECK(table.sim, ths_mail_as(mail, fed) != NULL);
		ths_mail_free(mail);
	}
	THS_SIM_CHECK(table.sim,
	    ths_vm_stop(table.vm, THS_SECONDS(10)) == THS_OK);
}

static void
start(ths_sim *sim)
{
	table.sim = sim;
	table.guests = ths_sim_parameter(sim, "guests", GUESTS, 2);
	table.meals = ths_sim_parameter(sim, "meals", MEALS, 1);
	THS_SIM_CHECK(sim, table.guests <= GUESTS_MAX);
	table.vm = ths_sim_vm(sim, NULL);
	if (ths_sim_why(sim) == NULL)
		ths_sim_thread(sim, "host", host, NULL);
}

const ths_sim_program philosophers_program = {
	.name = "philosophers",
	.what = "Philosophers share forks; everybody eats, nobody too early.",
	.state = &table,
	.state_size = sizeof(table),
	.start = start,
};
