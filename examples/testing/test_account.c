/* SPDX-License-Identifier: MIT */
/*
 * Tests of an actor with Criterion, each in a world of its own: no threads, no
 * sleeping, no luck.  What they teach:
 *   - home, which is the test, asks as any thread does, and time jumps;
 *   - mailboxes can be looked into, and messages met one by one;
 *   - what depends on the order of threads is tried with many seeds.
 */
#include <criterion/criterion.h>
#include <thespis/sim.h>

#include "account.h"

static const ths_vm_config quiet = { .log_level = THS_LOG_NONE };
static ths_sim *sim;
static ths_vm *vm;
static ths_address account;

static void
open_world_of(uint64_t seed)
{
	sim = ths_sim_new(&(ths_sim_config){ .seed = seed });
	vm = ths_sim_vm(sim, &quiet);
	cr_assert_eq(account_open(vm, &account), THS_OK);
}

static void
open_world(void)
{
	open_world_of(1);
}

/* Nobody is left, nothing is lost: the world looks after that. */
static void
close_world(void)
{
	cr_assert_eq(ths_sim_free(sim), THS_SIM_DONE);
}

TestSuite(account, .init = open_world, .fini = close_world);

/* The balance in an answer; -1: it has failed. */
static int64_t
amount_of(ths_mail *mail)
{
	const struct balance *balance = ths_mail_as(mail, balance);
	int64_t amount = balance == NULL ? -1 : balance->amount;

	ths_mail_free(mail);
	return amount;
}

#define ASK(...) amount_of(ths_call(vm, account, THS_SECONDS(1), __VA_ARGS__))

Test(account, pays_out_what_was_paid_in)
{
	cr_assert_eq(ASK(deposit, .amount = 50), 50);
	cr_assert_eq(ASK(withdraw, .amount = 20), 30);
}

Test(account, pays_out_no_more)
{
	cr_assert_eq(ASK(deposit, .amount = 50), 50);
	cr_assert_eq(ASK(withdraw, .amount = 51), -1);
	cr_assert_eq(ASK(look), 50);
}

Test(account, adds_a_hundredth_a_day)
{
	cr_assert_eq(ASK(deposit, .amount = 1000), 1000);
	ths_sim_run_for(sim, THS_SECONDS(300000)); /* three days, nearly four */
	cr_assert_eq(ASK(look), 1030);
}

Test(account, meets_its_mail_in_order)
{
	ths_sim_message next;

	ths_tell(vm, account, deposit, .amount = 1);
	ths_tell(vm, account, withdraw, .amount = 1);
	cr_assert_eq(ths_sim_step(sim), THS_SIM_TRUE);
	cr_assert_eq(ths_sim_mailbox(sim, account, &next, 1), 1);
	cr_assert_str_eq(next.type->name, "withdraw");
}

/* Two at once want it all: one of them gets it, whoever comes first. */
static int paid;

static void
want_all(void *unused)
{
	(void)unused;
	paid += ASK(withdraw, .amount = 50) >= 0;
}

Test(accounts, pay_only_once_whoever_comes_first)
{
	for (uint64_t seed = 1; seed <= 200; seed++) {
		open_world_of(seed);
		paid = 0;
		cr_assert_eq(ASK(deposit, .amount = 50), 50);
		ths_sim_thread(sim, "one", want_all, NULL);
		ths_sim_thread(sim, "two", want_all, NULL);
		ths_sim_run(sim);
		cr_assert_eq(paid, 1, "seed %d", (int)seed);
		close_world();
	}
}
