/* SPDX-License-Identifier: MIT */
/* account - an actor that keeps money; see account.h. */
#include "account.h"

struct account {
	int64_t amount;
};

static ths_status
on_start(ths_self *self, struct account *account)
{
	(void)account;
	return ths_timer_every(self, THS_SECONDS(86400), 0, NULL);
}

static ths_status
on_deposit(ths_self *self, struct account *account,
    const struct deposit *deposit)
{
	account->amount += deposit->amount;
	return ths_reply(self, balance, .amount = account->amount);
}

static ths_status
on_withdraw(ths_self *self, struct account *account,
    const struct withdraw *withdraw)
{
	if (withdraw->amount > account->amount)
		return ths_fail(self, "there is not so much");
	account->amount -= withdraw->amount;
	return ths_reply(self, balance, .amount = account->amount);
}

static ths_status
on_look(ths_self *self, struct account *account, const struct look *look)
{
	(void)look;
	return ths_reply(self, balance, .amount = account->amount);
}

static ths_status
on_day(ths_self *self, struct account *account, const struct ths_wakeup *day)
{
	(void)self;
	(void)day;
	account->amount += account->amount / 100;
	return THS_OK;
}

THS_ACTOR(account, struct account, THS_START(on_start),
    THS_ON(deposit, on_deposit), THS_ON(withdraw, on_withdraw),
    THS_ON(look, on_look), THS_ON(ths_wakeup, on_day))

ths_status
account_open(ths_vm *vm, ths_address *account)
{
	return ths_spawn(vm, account, &account_actor, NULL);
}
