/* SPDX-License-Identifier: MIT */
/* failure - a handler that fails is called again; then its sender hears. */
#include <stdio.h>
#include <thespis/thespis.h>

THS_MESSAGE(bake, THS_FIELD(int, degrees))
THS_MESSAGE(cake, THS_FIELD(int, attempts))

struct oven { int attempts; };

static ths_status
on_bake(ths_self *self, struct oven *oven, const struct bake *bake)
{
	int attempts = ++oven->attempts; /* the state keeps what was done */

	if (bake->degrees > 250)
		return ths_fail(self, "%d degrees, in attempt %d",
		    bake->degrees, attempts);
	if (bake->degrees > 200 && attempts == 1)
		return ths_fail(self, "still cold");
	oven->attempts = 0;
	return ths_reply(self, cake, .attempts = attempts);
}

THS_ACTOR(oven, struct oven, THS_ON(bake, on_bake))

static void
order(ths_vm *vm, ths_address oven, int degrees)
{
	ths_mail *mail = ths_call(vm, oven, THS_SECONDS(10), bake,
	    .degrees = degrees);
	const struct cake *cake = ths_mail_as(mail, cake);
	const struct ths_poison *poison = ths_mail_as(mail, ths_poison);

	if (cake)
		printf("a cake after %d attempts\n", cake->attempts);
	if (poison) {
		const struct bake *bake = ths_any_as(poison->message, bake);
		printf("no cake at %d: %s\n", bake ? bake->degrees : 0,
		    poison->details);
	}
	ths_mail_free(mail);
}

int
main(void)
{
	const ths_vm_config config = { .log_level = THS_LOG_NONE };
	ths_vm *vm;
	ths_address oven;

	if (ths_vm_start(&vm, &config) ||
	    ths_spawn(vm, &oven, &oven_actor, NULL))
		return 1;
	order(vm, oven, 180);
	order(vm, oven, 220);
	order(vm, oven, 300);
	ths_vm_stop(vm, THS_SECONDS(10));
	ths_vm_free(vm);
}
