/* SPDX-License-Identifier: MIT */
/*
 * A program for thespis-sim: two clients pay in and out, however their threads
 * come in each other's way.
 *
 *     thespis-sim ./payday.so --seeds 1..1000
 */
#include <thespis/sim.h>

#include "account.h"

enum { CLIENTS = 2 };

static struct {
	ths_sim *sim;
	ths_vm *vm;
	ths_address account;
	int64_t paid_in; /* and not out again */
	int done;
} state;

/* Pays in or out; true: that was done. */
static bool
move(int64_t amount)
{
	ths_mail *mail = amount > 0 ?
	    ths_call(state.vm, state.account, THS_FOREVER, deposit,
	    .amount = amount) :
	    ths_call(state.vm, state.account, THS_FOREVER, withdraw,
	    .amount = -amount);
	const struct balance *balance = ths_mail_as(mail, balance);
	bool is_done = balance != NULL;

	if (is_done)
		THS_SIM_CHECK(state.sim, balance->amount >= 0);
	ths_mail_free(mail);
	return is_done;
}

static void
be_client(void *unused)
{
	uint64_t moves = ths_sim_parameter(state.sim, "moves", 20, 1);

	(void)unused;
	for (uint64_t i = 0; i < moves; i++) {
		int64_t amount = (int64_t)ths_sim_random(state.sim, 100) - 50;

		if (move(amount))
			state.paid_in += amount;
	}
	if (++state.done < CLIENTS)
		return;
	THS_SIM_CHECK(state.sim, move(-state.paid_in) || state.paid_in == 0);
	THS_SIM_CHECK(state.sim,
	    ths_vm_stop(state.vm, THS_SECONDS(10)) == THS_OK);
}

static void
start(ths_sim *sim)
{
	state.sim = sim;
	state.vm = ths_sim_vm(sim, NULL);
	THS_SIM_CHECK(sim, account_open(state.vm, &state.account) == THS_OK);
	for (int i = 0; i < CLIENTS; i++)
		ths_sim_thread(sim, "client", be_client, NULL);
}

static const ths_sim_program payday = {
	.name = "payday",
	.what = "Nobody gets more than was paid in.",
	.state = &state,
	.state_size = sizeof(state),
	.start = start,
};

THS_SIM_PROGRAMS(&payday);
