/* SPDX-License-Identifier: MIT */
/* parents - types that extend another, and messages as text. */
#include <stdio.h>
#include <thespis/thespis.h>

THS_MESSAGE(event, THS_FIELD(ths_string, who))
THS_MESSAGE_AS(login, "door.login", THS_BASE(event), THS_FIELD(int, door))
THS_MESSAGE_AS(alarm, "door.alarm", THS_BASE(event), THS_FIELD(bool, is_loud))

static void
message_show(const ths_type *type, const void *message)
{
	char text[128];

	ths_message_print(type, message, text, sizeof(text));
	puts(text);
	ths_message_json(type, message, text, sizeof(text));
	puts(text);
}

static ths_status
on_alarm(ths_self *self, ths_nothing *nothing, const struct alarm *alarm)
{
	(void)nothing;
	message_show(&alarm_type, alarm);
	return ths_reply(self, event, .who = "guard");
}

/* For events of every kind that has no handler of its own. */
static ths_status
on_event(ths_self *self, ths_nothing *nothing, const struct event *event)
{
	(void)self, (void)nothing;
	message_show(&event_type, event);
	return THS_OK;
}

THS_ACTOR(guard, ths_nothing,
    THS_ON(alarm, on_alarm),
    THS_ON(event, on_event))

int
main(void)
{
	ths_vm *vm;
	ths_address guard;

	if (ths_vm_start(&vm, NULL) ||
	    ths_spawn(vm, &guard, &guard_actor, NULL))
		return 1;
	ths_tell(vm, guard, login, .base.who = "Ann", .door = 3);
	ths_mail_free(ths_call(vm, guard, THS_SECONDS(10), alarm,
	    .base.who = "Eve", .is_loud = true));
	ths_vm_stop(vm, THS_SECONDS(10));
	ths_vm_free(vm);
}
