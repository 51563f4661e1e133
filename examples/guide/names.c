/* SPDX-License-Identifier: MIT */
/* names - actors that can be found by what they are called. */
#include <stdio.h>
#include <thespis/thespis.h>

THS_SIGNAL(who)
THS_MESSAGE(me, THS_FIELD(ths_string, name))
THS_MESSAGE(take, THS_FIELD(ths_string, name))

static ths_status
on_who(ths_self *self, ths_nothing *nothing, const struct who *who)
{
	(void)nothing, (void)who;
	return ths_reply(self, me, .name = ths_my_name(self));
}

static ths_status
on_take(ths_self *self, ths_nothing *nothing, const struct take *take)
{
	ths_status status = ths_name_register(self, take->name);

	(void)nothing;
	if (status != THS_OK)
		return ths_fail(self, "%s: %s", take->name,
		    ths_status_text(status));
	return ths_reply(self, me, .name = take->name);
}

THS_ACTOR(clerk, ths_nothing, THS_ON(who, on_who), THS_ON(take, on_take))

static void
answer_show(ths_mail *mail)
{
	const struct me *me = ths_mail_as(mail, me);

	if (me)
		printf("\"%s\"\n", me->name);
	else
		printf("%s\n", ths_mail_why(mail));
	ths_mail_free(mail);
}

static int
meet(ths_vm *vm)
{
	const ths_spawn_options options = { .name = "reception" };
	const ths_duration patience = THS_SECONDS(10);
	ths_address first, second, other;

	if (ths_spawn(vm, &first, &clerk_actor, &options) ||
	    ths_spawn(vm, &second, &clerk_actor, &options) ||
	    ths_spawn(vm, &other, &clerk_actor, NULL))
		return 1;
	printf("the same: %s\n", ths_address_equal(first, second) ? "yes" :
	    "no");
	answer_show(ths_call(vm, second, patience, who));
	answer_show(ths_call(vm, other, patience, who));
	answer_show(ths_call(vm, other, patience, take, .name = "archive"));
	answer_show(ths_call(vm, other, patience, take, .name = "reception"));
	if (ths_name_find(vm, "archive", &first) == THS_OK)
		printf("found: %s\n", ths_address_equal(first, other) ?
		    "the other" : "somebody");
	printf("attic: %s\n", ths_status_text(ths_name_find(vm, "attic",
	    &first)));
	return 0;
}

int
main(void)
{
	const ths_vm_config config = { .log_level = THS_LOG_NONE };
	ths_vm *vm;

	if (ths_vm_start(&vm, &config) || meet(vm))
		return 1;
	ths_vm_stop(vm, THS_SECONDS(10));
	ths_vm_free(vm);
}
