/* SPDX-License-Identifier: MIT */
/* inline - a VM without threads: it runs when it is told to. */
#include <stdio.h>
#include <thespis/thespis.h>

THS_MESSAGE(remind, THS_FIELD(ths_string, of))

static ths_status
on_remind(ths_self *self, ths_nothing *nothing, const struct remind *remind)
{
	(void)nothing;
	printf("remember: %s\n", remind->of);
	return ths_timer_set(self, THS_SECONDS(3600), 0, NULL);
}

static ths_status
on_wakeup(ths_self *self, ths_nothing *nothing, const struct ths_wakeup *wakeup)
{
	(void)self, (void)nothing, (void)wakeup;
	puts("it is time");
	return THS_OK;
}

THS_ACTOR(diary, ths_nothing,
    THS_ON(remind, on_remind),
    THS_ON(ths_wakeup, on_wakeup))

int
main(void)
{
	const ths_vm_config config = { .mode = THS_MODE_INLINE };
	ths_vm *vm;
	ths_address diary;

	if (ths_vm_start(&vm, &config) ||
	    ths_spawn(vm, &diary, &diary_actor, NULL))
		return 1;
	ths_tell(vm, diary, remind, .of = "the milk");
	puts("told, and nothing has happened yet");
	printf("next: %s\n", ths_vm_next_deadline(vm) == 0 ? "now" : "later");
	ths_vm_run(vm, 0);
	printf("next: in %d minutes\n", (int)((ths_vm_next_deadline(vm) +
	    THS_SECONDS(59)) / THS_SECONDS(60)));
	ths_vm_stop(vm, THS_SECONDS(10));
	ths_vm_free(vm);
}
