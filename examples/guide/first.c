/* SPDX-License-Identifier: MIT */
/* first - one actor, one question, one answer. */
#include <inttypes.h>
#include <stdio.h>
#include <thespis/thespis.h>

THS_MESSAGE(add,   THS_FIELD(int64_t, amount))
THS_MESSAGE(total, THS_FIELD(int64_t, value))

struct counter { int64_t value; };

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

	if (ths_vm_start(&vm, NULL) ||
	    ths_spawn(vm, &counter, &counter_actor, NULL))
		return 1;
	ths_mail *mail = ths_call(vm, counter, THS_SECONDS(1), add,
	    .amount = 42);
	const struct total *total = ths_mail_as(mail, total);
	if (total)
		printf("%" PRId64 "\n", total->value);
	else
		fprintf(stderr, "%s\n", ths_mail_why(mail));
	ths_mail_free(mail);
	ths_vm_stop(vm, THS_SECONDS(10));
	ths_vm_free(vm);
}
