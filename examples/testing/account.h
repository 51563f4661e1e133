/* SPDX-License-Identifier: MIT */
/*
 * account - an actor that keeps money: what is tested in this folder.
 *
 * It pays out no more than it has, and adds a hundredth once a day.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include <thespis/thespis.h>

THS_MESSAGE(deposit, THS_FIELD(int64_t, amount))
THS_MESSAGE(withdraw, THS_FIELD(int64_t, amount))
THS_SIGNAL(look)
THS_MESSAGE(balance, THS_FIELD(int64_t, amount))

/*
 * Opens an account with nothing on it.  It answers deposit, withdraw and look
 * with a balance; a withdrawal of more than there is fails.  As ths_spawn().
 */
ths_status account_open(ths_vm *vm, ths_address *account);

#endif
