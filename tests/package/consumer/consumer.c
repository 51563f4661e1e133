/* SPDX-License-Identifier: MIT */
/*
 * consumer - the smallest program that needs the whole library: it starts a VM,
 * asks an actor and stops.  A name of its own that is also one of the library's
 * hidden ones shows that they do not meet.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <thespis/thespis.h>
#include <thespis/version.h>

THS_MESSAGE(add, THS_FIELD(int64_t, amount))
THS_MESSAGE(total, THS_FIELD(int64_t, value))

struct counter {
	int64_t value;
};

void check_failed(void);

void
check_failed(void)
{
	puts("Thespis " THS_VERSION);
}

static ths_status
on_add(ths_self *self, struct counter *counter, const struct add *add)
{
	counter->value += add->amount;
	return ths_reply(self, total, .value = counter->value);
}

THS_ACTOR(counter, struct counter, THS_ON(add, on_add))

int
main(void)
{
	ths_vm *vm;
	ths_address counter;
	ths_mail *mail;
	const struct total *total;
	int64_t value;

	check_failed();
	if (ths_vm_start(&vm, NULL) != THS_OK)
		return EXIT_FAILURE;
	if (ths_spawn(vm, &counter, &counter_actor, NULL) != THS_OK)
		return EXIT_FAILURE;
	mail = ths_call(vm, counter, THS_SECONDS(10), add, .amount = 42);
	total = ths_mail_as(mail, total);
	value = total != NULL ? total->value : 0;
	printf("%" PRId64 "\n", value);
	ths_mail_free(mail);
	if (ths_vm_stop(vm, THS_SECONDS(10)) != THS_OK)
		return EXIT_FAILURE;
	ths_vm_free(vm);
	return value == 42 ? EXIT_SUCCESS : EXIT_FAILURE;
}
