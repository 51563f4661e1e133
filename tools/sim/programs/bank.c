/* SPDX-License-Identifier: MIT */
/*
 * bank - clients move money between accounts whose handlers fail now and then;
 * what all accounts hold together stays the same.
 *
 *   client --transfer--> account --deposit--> account
 *   client <-----------------done------------
 *   client <--refused---  (no money, or the other one has failed twice: the
 *                          money is put back)
 *   client <-ths_poison-  (it has failed twice itself, and done nothing)
 *
 * A handler looks first, may fail, and then does all that it does.  Each client
 * has a few transfers under way.  The last to go home asks each account what it
 * holds, when no transfer is on its way any more, and stops the VM.
 *
 * If this fails, money or an answer is lost, made or told twice.
 */
#include <stdatomic.h>
#include <string.h>

#include "tools/sim/programs/programs.h"

enum {
	ACCOUNTS = 100,
	TRANSFERS = 1000,
	CLIENTS = 4,
	CLIENTS_MAX = 16,
	WORKERS = 3,
	WINDOW = 16,        /* transfers that a client has under way */
	CENTS_FIRST = 1000, /* in each account */
	CENTS_MAX = 300,    /* of one transfer */
	FAILURE_ONE_IN = 20,
	ACCOUNTS_MAX = 4096,
};

#define PATIENCE THS_SECONDS(60)

THS_MESSAGE(transfer,
    THS_FIELD(ths_address, to),
    THS_FIELD(int64_t, cents))
THS_MESSAGE(deposit,
    THS_FIELD(ths_address, client),
    THS_FIELD(int64_t, cents))
THS_SIGNAL(done)
THS_SIGNAL(refused)
THS_SIGNAL(how_much)
THS_MESSAGE(balance, THS_FIELD(int64_t, cents))

struct account {
	int64_t cents;
};

static struct bank {
	ths_sim *sim;
	ths_vm *vm;
	ths_address accounts[ACCOUNTS_MAX];
	uint32_t accounts_length;
	uint32_t transfers; /* of each client; the first has the rest as well */
	uint32_t rest;
	_Atomic uint32_t clients; /* still at work */
	_Atomic uint32_t numbers; /* handed out to clients */
} bank;

/* ----------------------------------------------------------------- account */

static bool
has_bad_luck(void)
{
	return ths_sim_random(bank.sim, FAILURE_ONE_IN) == 0;
}

static ths_status
account_init(ths_self *self, struct account *account,
    const struct balance *balance)
{
	(void)self;
	account->cents = balance->cents;
	return THS_OK;
}

static ths_status
account_transfer(ths_self *self, struct account *account,
    const struct transfer *transfer)
{
	ths_status status;

	if (has_bad_luck())
		return ths_fail(self, "the pen is dry");
	if (account->cents < transfer->cents)
		return ths_reply(self, refused);
	status = ths_send(self, transfer->to, deposit,
	    .client = ths_sender(self), .cents = transfer->cents);
	if (status == THS_OK)
		account->cents -= transfer->cents;
	return status;
}

static ths_status
account_deposit(ths_self *self, struct account *account,
    const struct deposit *deposit)
{
	ths_status status;

	if (has_bad_luck())
		return ths_fail(self, "the safe is stuck");
	status = ths_send(self, deposit->client, done);
	if (status == THS_OK)
		account->cents += deposit->cents;
	return status;
}

/* A deposit of ours could not be made: the money is still ours. */
static ths_status
account_poison(ths_self *self, struct account *account,
    const struct ths_poison *poison)
{
	const struct deposit *deposit = ths_any_as(poison->message, deposit);

	if (deposit == NULL)
		return THS_OK;
	account->cents += deposit->cents;
	return ths_send(self, deposit->client, refused);
}

static ths_status
account_how_much(ths_self *self, struct account *account,
    const struct how_much *how_much)
{
	(void)how_much;
	return ths_reply(self, balance, .cents = account->cents);
}

THS_ACTOR(account, struct account,
    THS_INIT(balance, account_init),
    THS_ON(transfer, account_transfer),
    THS_ON(deposit, account_deposit),
    THS_ON(ths_poison, account_poison),
    THS_ON(how_much, account_how_much))

/* ----------------------------------------------------------------- clients */

static ths_address
any_account(void)
{
	return bank.accounts[ths_sim_random(bank.sim, bank.accounts_length)];
}

static void
begin_transfer(void)
{
	ths_address from = any_account();
	ths_address to = any_account();
	int64_t cents = 1 + ths_sim_random(bank.sim, CENTS_MAX);

	THS_SIM_CHECK(bank.sim, ths_tell(bank.vm, from, transfer, .to = to,
	    .cents = cents) == THS_OK);
}

/* Waits until a transfer of this client's has ended. */
static void
hear(void)
{
	ths_mail *mail = ths_listen(bank.vm, NULL, PATIENCE);
	ths_status status = ths_mail_status(mail);

	if (status != THS_FAILED) {
		THS_SIM_CHECK(bank.sim, status == THS_OK);
		THS_SIM_CHECK(bank.sim, ths_mail_as(mail, done) != NULL ||
		    ths_mail_as(mail, refused) != NULL);
	}
	ths_mail_free(mail);
}

/* What all accounts hold together, which the last client asks. */
static void
audit(void)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < bank.accounts_length; i++)
		THS_SIM_CHECK(bank.sim, ths_tell(bank.vm, bank.accounts[i],
		    how_much) == THS_OK);
	for (uint32_t i = 0; i < bank.accounts_length; i++) {
		ths_mail *mail = ths_listen(bank.vm, NULL, PATIENCE);
		const struct balance *balance = ths_mail_as(mail, balance);

		THS_SIM_CHECK(bank.sim, balance != NULL);
		sum += balance->cents;
		ths_mail_free(mail);
	}
	THS_SIM_CHECK(bank.sim,
	    sum == (int64_t)bank.accounts_length * CENTS_FIRST);
}

static void
client(void *argument)
{
	uint32_t left = bank.transfers;
	uint32_t under_way = 0;

	(void)argument;
	if (atomic_fetch_add(&bank.numbers, 1) == 0)
		left += bank.rest;
	while (left > 0 || under_way > 0) {
		if (left > 0 && under_way < WINDOW) {
			begin_transfer();
			under_way++;
			left--;
		} else {
			hear();
			under_way--;
		}
	}
	if (atomic_fetch_sub(&bank.clients, 1) > 1)
		return;
	audit();
	THS_SIM_CHECK(bank.sim, ths_vm_stop(bank.vm, PATIENCE) == THS_OK);
}

static void
start(ths_sim *sim)
{
	uint64_t accounts = ths_sim_parameter(sim, "accounts", ACCOUNTS, 1);
	uint64_t transfers = ths_sim_parameter(sim, "transfers", TRANSFERS, 1);
	uint64_t clients = ths_sim_parameter(sim, "clients", CLIENTS, 1);

	THS_SIM_CHECK(sim, accounts <= ACCOUNTS_MAX && clients <= CLIENTS_MAX &&
	    transfers <= UINT32_MAX);
	bank.sim = sim;
	bank.vm = ths_sim_vm(sim, &(ths_vm_config){
	    .workers = WORKERS, .log_level = THS_LOG_NONE });
	if (bank.vm == NULL || ths_sim_why(sim) != NULL)
		return;
	bank.accounts_length = (uint32_t)accounts;
	bank.transfers = (uint32_t)(transfers / clients);
	bank.rest = (uint32_t)(transfers % clients);
	atomic_init(&bank.clients, (uint32_t)clients);
	for (uint32_t i = 0; i < bank.accounts_length; i++) {
		const ths_spawn_options options = {
			.start = THS_ANY(balance, .cents = CENTS_FIRST),
		};
		THS_SIM_CHECK(sim, ths_spawn(bank.vm, &bank.accounts[i],
		    &account_actor, &options) == THS_OK);
	}
	for (uint64_t i = 0; i < clients; i++)
		ths_sim_thread(sim, "client", client, NULL);
}

const ths_sim_program bank_program = {
	.name = "bank",
	.what = "Clients move money between accounts; the sum stays.",
	.state = &bank,
	.state_size = sizeof(bank),
	.start = start,
};
